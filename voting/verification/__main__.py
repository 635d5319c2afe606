"""The command behind ``scripts/verify RECORD.zip [--json]``.

And behind ``scripts/verify --joint A.zip B.zip … [--file JOINT.json]``.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crypto.codes import short_fingerprint
from voting.record import NotARecord, RecordRefused, read_record
from voting.verification.facts import Facts
from voting.verification.joint_command import verify_jointly
from voting.verification.runner import CheckResult, Report, verify_record
from voting.verification.telling import (
    FAILED,
    PASSED,
    PRACTICE_NOTE,
    UNUSABLE,
    line_of,
    result_as_json,
    say,
)

PAPER_NOTE = (
    "The paper results in it were counted by hand: two of the committee declare them,"
    " and no record can prove them."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a record; 0 if all passed, 1 if any check failed, 2 if unusable."""
    options = _parser().parse_args(arguments)
    if options.joint:
        return verify_jointly(options.joint, options.file, as_json=options.json)
    try:
        with options.record.open("rb") as source:
            parts = read_record(source)
    except (OSError, NotARecord) as error:
        sys.stderr.write(f"{options.record}: {error}\n")
        return UNUSABLE
    except RecordRefused as refused:
        reason = f"{type(refused).__name__}: {refused}"
        return _tell_refused(CheckResult(1, "Files", False, reason), options.json)  # noqa: FBT003 - the field is named passed
    report = verify_record(parts, progress=_show_progress)
    if options.json:
        say(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        say("\n".join(_as_text(report)))
    return PASSED if report.passed else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/verify",
        description="Verify an election record offline, from its zip alone.",
        epilog="Exit status: 0 every check passed, 1 one failed, 2 no usable record.",
    )
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("record", type=Path, metavar="RECORD.zip", nargs="?")
    given.add_argument(
        "--joint",
        type=Path,
        metavar="RECORD.zip",
        nargs="+",
        help="add up the records of a joint count",
    )
    parser.add_argument(
        "--file", type=Path, metavar="JOINT.json", help="hold this against their sum"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON report")
    return parser


def _tell_refused(result: CheckResult, as_json: bool) -> int:  # noqa: FBT001 - an option of the command
    if as_json:
        checks = [result_as_json(result)]
        say(json.dumps({"passed": False, "checks": checks}, indent=2))
    else:
        say(line_of(result))
    return FAILED


def _as_json(report: Report) -> dict[str, Any]:
    facts = report.facts
    told: dict[str, Any] = {
        "passed": report.passed,
        "checks": [result_as_json(result) for result in report.results],
        "fingerprint": facts.fingerprint.hex(),
        "short_fingerprint": short_fingerprint(facts.fingerprint),
        "paper_declared": facts.parts.paper is not None,
    }
    if report.passed:
        told |= {
            "title": facts.manifest.title,
            "practice": facts.manifest.practice,
            "root": facts.head.root.hex(),
            "size": facts.head.size,
            "ballots": len(facts.box.counted),
            "contests": _contests(facts),
        }
    return told


def _contests(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "title": contest.title,
            "choices": [*contest.choices, *(["(blank)"] if contest.blank else [])],
            "digital": list(result.digital),
            "paper": list(result.paper),
            "total": list(result.total),
        }
        for contest, result in zip(
            facts.manifest.contests, facts.result.contests, strict=True
        )
    ]


def _as_text(report: Report) -> list[str]:
    lines = [line_of(result) for result in report.results]
    facts = report.facts
    lines += ["", f"Fingerprint: {facts.fingerprint.hex()}"]
    short = short_fingerprint(facts.fingerprint)
    lines.append(f"In every voting link, after the dot: {short}")
    if not report.passed:
        failed = sum(not result.passed for result in report.results)
        checks = "check" if failed == 1 else "checks"
        return [*lines, "", f"NOT VERIFIED: {failed} {checks} failed."]
    lines += [
        f"Final root of the board: {facts.head.root.hex()} ({facts.head.size} leaves)",
        *([PRACTICE_NOTE] if facts.manifest.practice else []),
        "Compare these with the signed protocol and with your own link.",
        "",
    ]
    for contest in _contests(facts):
        lines.append(contest["title"])
        rows = zip(contest["choices"], contest["total"], contest["paper"], strict=True)
        for choice, total, on_paper in rows:
            declared = f", {on_paper} of them on paper" if on_paper else ""
            lines.append(f"  {choice}: {total}{declared}")
    lines += ["", "VERIFIED: every check passed."]
    if facts.manifest.practice:
        lines.append(PRACTICE_NOTE)
    if facts.parts.paper is not None:
        lines.append(PAPER_NOTE)
    return lines


def _show_progress(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done} of {total} ballots")
    if done == total:
        sys.stderr.write("\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
