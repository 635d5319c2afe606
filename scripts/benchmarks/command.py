"""The command line of scripts/bench."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from scripts.benchmarks.ballots import measure_ballots, measure_counting
from scripts.benchmarks.invitations import measure_invitations
from scripts.benchmarks.letters import measure_letters
from scripts.benchmarks.measuring import Measurement
from scripts.benchmarks.roll import Footprint, measure_roll
from scripts.benchmarks.surveys import measure_surveys

_BENCHMARKS: Mapping[str, Callable[[int], Iterator[Measurement]]] = {
    "ballots": measure_ballots,
    "counting": measure_counting,
    "letters": measure_letters,
}
_LARGE: Mapping[str, Callable[[int], Iterator[Footprint]]] = {
    "invitations": measure_invitations,
    "roll": measure_roll,
    "surveys": measure_surveys,
}
"""Take minutes, so they are measured only when they are named."""


def main() -> int:
    """Run the chosen benchmarks, all short ones by default, and print the results."""
    known = [*_BENCHMARKS, *_LARGE]
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measure medians on this machine."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="/".join(known))
    parser.add_argument("--runs", type=int, default=200, help="runs of each (200)")
    parser.add_argument(
        "--members",
        type=int,
        default=400_000,
        help="of a large roll or survey (400000)",
    )
    parser.add_argument("--json", action="store_true", help="one object a line")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(known))
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}")
    for name in chosen.names or _BENCHMARKS:
        found: Iterator[Measurement | Footprint] = (
            _LARGE[name](max(chosen.members, 4))
            if name in _LARGE
            else _BENCHMARKS[name](max(chosen.runs, 1))
        )
        for measured in found:
            line = json.dumps(asdict(measured)) if chosen.json else measured.line
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
