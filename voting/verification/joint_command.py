"""What ``scripts/verify --joint`` prints of several records and their sum."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crypto.errors import CryptoError
from voting.contests import Contest
from voting.documents import DocumentRefused
from voting.joint import decode_joint_file
from voting.joint_result import JointResult
from voting.record import RecordRefused
from voting.verification.joint import JointReport, verify_joint
from voting.verification.telling import (
    FAILED,
    PASSED,
    PRACTICE_NOTE,
    UNUSABLE,
    line_of,
    result_as_json,
    say,
)

NOT_COMPARED = (
    "Without --file only the sum is checked, not what was declared and published."
)


def verify_jointly(
    records: Sequence[Path], joint_file: Path | None, *, as_json: bool
) -> int:
    """Verify records and their sum; 0 if all passed, 1 if not, 2 if unusable."""
    try:
        file = decode_joint_file(joint_file.read_bytes()) if joint_file else None
        report = verify_joint(records, file)
    except (OSError, RecordRefused, DocumentRefused, CryptoError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return UNUSABLE
    if as_json:
        say(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        say("\n".join(_as_text(report)))
        if report.passed and file is None:
            say(NOT_COMPARED)
    return PASSED if report.passed else FAILED


def _as_json(report: JointReport) -> dict[str, Any]:
    told: dict[str, Any] = {
        "passed": report.passed,
        "records": [
            {
                "file": name,
                "passed": each.passed,
                "checks": [result_as_json(result) for result in each.results],
            }
            for name, each in report.records
        ],
        "checks": [result_as_json(result) for result in report.checks],
    }
    if report.result is not None:
        told |= _result_as_json(report.result)
    return told


def _result_as_json(result: JointResult) -> dict[str, Any]:
    return {
        "practice": result.unions[0].manifest.practice,
        "unions": [
            {
                "organisation": each.manifest.organisation,
                "fingerprint": each.fingerprint.hex(),
                "voted": each.turnout.voted,
                "entitled": each.turnout.entitled,
                "sealed": each.sealed,
            }
            for each in result.unions
        ],
        "parts": [
            {"unions": list(each.unions), "votes": [list(row) for row in each.votes]}
            for each in result.parts
        ],
        "contests": [
            {
                "title": each.contest.title,
                "choices": _labels(each.contest),
                "total": list(each.total),
                "adopted": each.decision.adopted if each.decision else None,
                "binding": each.decision.binding if each.decision else None,
            }
            for each in result.contests
        ],
    }


def _as_text(report: JointReport) -> list[str]:
    lines: list[str] = []
    for name, each in report.records:
        failed = [line_of(result) for result in each.results if not result.passed]
        lines.append(f"{name}: {'verified' if each.passed else 'NOT VERIFIED'}")
        lines += failed
    lines += [line_of(result) for result in report.checks]
    if report.result is None or not report.passed:
        return [*lines, "", "NOT VERIFIED: the joint count does not hold."]
    result = report.result
    lines.append("")
    for place, union in enumerate(result.unions):
        voted = f"{union.turnout.voted} of {union.turnout.entitled} voted"
        apart = "" if result.is_shown_alone(place) else ", shown with others"
        lines.append(f"{union.manifest.organisation}: {voted}{apart}")
    for contest in result.contests:
        lines += ["", contest.contest.title]
        labels = _labels(contest.contest)
        lines += [
            f"  {label}: {votes}"
            for label, votes in zip(labels, contest.total, strict=True)
        ]
    lines += ["", "VERIFIED: every record and their sum."]
    if result.unions[0].manifest.practice:
        lines.append(PRACTICE_NOTE)
    return lines


def _labels(contest: Contest) -> list[str]:
    return [*contest.choices, *(["(blank)"] if contest.blank else [])]
