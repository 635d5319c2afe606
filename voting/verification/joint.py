"""Verifies a joint count offline: every record, and their sum (docs/protocol.md §9)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voting.joint import (
    Declaration,
    JointFile,
    decode_declaration,
    require_alike,
    verify_joint_signature,
)
from voting.joint_result import (
    JointResult,
    SiblingResult,
    encode_joint_protocol,
    read_sibling,
    reckon_joint,
)
from voting.record import read_record
from voting.verification.facts import CheckFailed
from voting.verification.runner import CheckResult, Report, verify_record

_CHECKS: Final = ("Alike", "Declaration", "Joint protocol")


@dataclass(frozen=True, slots=True)
class JointReport:
    """What came of the records, and of adding them up."""

    records: tuple[tuple[str, Report], ...]
    """By file name, in the order in which the unions are shown."""
    checks: tuple[CheckResult, ...]
    result: JointResult | None

    @property
    def passed(self) -> bool:
        """Whether every record holds, and every check of the sum."""
        return all(report.passed for _, report in self.records) and all(
            check.passed for check in self.checks
        )


def verify_joint(paths: Sequence[Path], file: JointFile | None) -> JointReport:
    """Verify records and add them up; with the joint file, hold it against them.

    Raises:
        OSError, RecordRefused: a file is no usable record.

    """
    reports, digests = [], []
    for path in paths:
        with path.open("rb") as source:
            digests.append(hashlib.file_digest(source, "sha256").digest())
            source.seek(0)
            reports.append((path.name, verify_record(read_record(source))))
    if not all(report.passed for _, report in reports):
        return JointReport(tuple(reports), (), None)
    unions = [
        read_sibling(
            report.facts.manifest,
            report.facts.fingerprint,
            report.facts.parts.protocol,
            digest,
        )
        for (_, report), digest in zip(reports, digests, strict=True)
    ]
    return _verify_sum(reports, unions, file)


def _verify_sum(
    reports: list[tuple[str, Report]],
    unions: list[SiblingResult],
    file: JointFile | None,
) -> JointReport:
    checks: list[CheckResult] = []
    declaration: Declaration | None = None
    try:
        require_alike([each.manifest for each in unions])
        checks.append(_passed(1, "Alike"))
        if file is not None:
            declaration = _verify_declaration(reports, unions, file)
            order = _order(declaration, unions)
            unions = [unions[place] for place in order]
            reports = [reports[place] for place in order]
            checks.append(_passed(2, "Declaration"))
        result = reckon_joint(unions)
        if file is not None and declaration is not None:
            _verify_protocol(file, declaration, result)
            checks.append(_passed(3, "Joint protocol"))
    except Exception as refused:  # noqa: BLE001 - a check that breaks has not passed
        reason = f"{type(refused).__name__}: {refused}"
        number = len(checks) + 1
        checks.append(CheckResult(number, _CHECKS[number - 1], False, reason))  # noqa: FBT003 - the field is named passed
        return JointReport(tuple(reports), tuple(checks), None)
    return JointReport(tuple(reports), tuple(checks), result)


def _order(declaration: Declaration, unions: Sequence[SiblingResult]) -> list[int]:
    places = [each.fingerprint for each in unions]
    return [places.index(each) for each in declaration.fingerprints]


def _verify_declaration(
    reports: Sequence[tuple[str, Report]],
    unions: Sequence[SiblingResult],
    file: JointFile,
) -> Declaration:
    declaration = decode_declaration(file.declaration)
    key = unions[0].manifest.service_key
    verify_joint_signature(key, file.declaration_signature, "joint", file.declaration)
    if sorted(declaration.fingerprints) != sorted(each.fingerprint for each in unions):
        raise CheckFailed("the records are not those that were declared")
    for name, report in reports:
        board = report.facts.board
        if board.opened is None or board.opened.at <= declaration.declared_at:
            raise CheckFailed(f"{name} had opened when the count was declared")
    closings = {report.facts.board.schedules[0].closes_at for _, report in reports}
    if len(closings) > 1:
        raise CheckFailed("they were not to close at one time")
    return declaration


def _verify_protocol(
    file: JointFile, declaration: Declaration, result: JointResult
) -> None:
    key = result.unions[0].manifest.service_key
    verify_joint_signature(
        key, file.protocol_signature, "joint-protocol", file.protocol
    )
    if encode_joint_protocol(declaration, result) != file.protocol:
        raise CheckFailed("the joint protocol is not what the records add up to")


def _passed(number: int, name: str) -> CheckResult:
    return CheckResult(number, name, passed=True, reason="")
