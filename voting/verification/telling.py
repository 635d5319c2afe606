"""How the verifier speaks: exit statuses, a line and a JSON object for each check."""

import sys
from typing import Any, Final

from voting.verification.runner import CheckResult

PASSED, FAILED, UNUSABLE = 0, 1, 2

PRACTICE_NOTE: Final = "PRACTICE: this is no real election. It decides nothing."


def line_of(result: CheckResult) -> str:
    """Return what came of a check, as a line."""
    if result.passed:
        return f"{result.number:2}. {result.name}: passed"
    return f"{result.number:2}. {result.name}: FAILED: {result.reason}"


def result_as_json(result: CheckResult) -> dict[str, Any]:
    """Return what came of a check, as JSON."""
    return {
        "number": result.number,
        "name": result.name,
        "passed": result.passed,
        "reason": result.reason,
    }


def say(text: str) -> None:
    """Write to standard output."""
    sys.stdout.write(text + "\n")
