"""The command line of scripts/simulate."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

from scripts.simulation.elections import Place
from scripts.simulation.runs import STAGES, Run, RunPlan
from scripts.simulation.servers import USUAL_BATCH, started_server

LEAST_VOTERS: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate an election; 0 if it came as far as asked and all of it holds."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.url is not None and chosen.data is None:
        parser.error(
            "--url needs --data: the folder of that server, for mail and clock"
        )
    if chosen.voters < max(chosen.groups, LEAST_VOTERS):
        parser.error("at least three voters, and one in each group")
    chosen.out.mkdir(parents=True, exist_ok=True)
    plan = RunPlan(
        voters=chosen.voters,
        groups=chosen.groups,
        abstain=chosen.abstain,
        until=chosen.until,
        seed=chosen.seed,
    )
    with _server(chosen) as place:
        summary = Run(place, plan, chosen.out, _say).hold()
    (chosen.out / "summary.json").write_text(json.dumps(summary, indent=2), "utf-8")
    print(json.dumps(summary, ensure_ascii=False) if chosen.json else _told(summary))
    holds = summary.get("verified", True) and not summary.get("shredding_checks_failed")
    return 0 if holds else 1


def _server(chosen: argparse.Namespace) -> AbstractContextManager[Place]:
    if chosen.url is not None:
        return nullcontext(Place(chosen.url.rstrip("/"), chosen.data.absolute()))
    likely = int(chosen.voters * (1 - chosen.abstain) / 2)
    smallest = max(1, min(USUAL_BATCH, likely))
    return started_server(
        (chosen.out / "data").absolute(), smallest=smallest, split=chosen.two_processes
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/simulate",
        description="Hold a whole election over HTTP, every voter with own keys.",
        epilog="Exit status: 0 all of it holds, 1 something does not.",
    )
    parser.add_argument("--voters", type=int, required=True, metavar="N")
    parser.add_argument("--groups", type=int, default=3, metavar="G", help="3")
    parser.add_argument(
        "--abstain", type=_share, default=0.3, metavar="SHARE", help="0.3"
    )
    parser.add_argument("--until", choices=STAGES, default="approved")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="1")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.add_argument(
        "--two-processes", action="store_true", help="register and service apart"
    )
    parser.add_argument(
        "--url", metavar="URL", help="a server that runs, instead of one started here"
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="with --url: that server's folder"
    )
    return parser


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError("a share from 0 to below 1")
    return share


def _told(summary: dict[str, Any]) -> str:
    lines = [f"{name}: {value}" for name, value in summary.items() if name != "result"]
    for contest in summary.get("result", ()):
        lines.append(contest["title"])
        lines += [f"  {name}: {votes}" for name, votes in contest["votes"].items()]
    return "\n".join(lines)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
