"""Runs the twelve checks; one that fails hides none of the others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voting.record import RecordParts
from voting.verification import (
    approval,
    ballots,
    board,
    ceremony,
    decryption,
    files,
    manifest,
    marks,
    paper,
    protocol,
    tally,
    tokens,
)
from voting.verification.facts import Facts, Progress, silent

Check = Callable[[Facts], None]

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("Files", files.check),
    ("Ceremony", ceremony.check),
    ("Manifest", manifest.check),
    ("Board", board.check),
    ("Ballots", ballots.check),
    ("Tokens", tokens.check),
    ("Marks", marks.check),
    ("Paper", paper.check),
    ("Tally", tally.check),
    ("Decryption", decryption.check),
    ("Protocol", protocol.check),
    ("Approval", approval.check),
)
"""The checks of docs/protocol.md §7, in its order, by its names."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of one check."""

    number: int
    """From 1."""
    name: str
    passed: bool
    reason: str
    """Why it failed; empty when it passed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all checks."""

    results: tuple[CheckResult, ...]
    facts: Facts

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(result.passed for result in self.results)


def verify_record(
    parts: RecordParts, *, progress: Progress = silent, parallel_from: int = 300
) -> Report:
    """Run every check on a record.

    Args:
        parts: the entries of the record.
        progress: told how many ballots of how many have been verified.
        parallel_from: ballots from which two processes verify them.

    """
    facts = Facts(parts, progress, parallel_from)
    results = [
        run_check(number, name, check, facts)
        for number, (name, check) in enumerate(CHECKS, 1)
    ]
    return Report(tuple(results), facts)


def run_check(number: int, name: str, check: Check, facts: Facts) -> CheckResult:
    """Run one check; whatever it raises is why it failed."""
    try:
        check(facts)
    except Exception as refused:  # noqa: BLE001 - a check that breaks has not passed
        reason = f"{type(refused).__name__}: {refused}"
        return CheckResult(number, name, passed=False, reason=reason)
    return CheckResult(number, name, passed=True, reason="")
