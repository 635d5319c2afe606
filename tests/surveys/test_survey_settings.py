"""What is refused of a survey's settings before any of it reaches a manifest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from surveys.manifest import is_line, is_text
from surveys.modes import Mode
from surveys.settings import (
    LONGEST_IDENTIFIED,
    LONGEST_KEPT,
    LONGEST_PURPOSE,
    KeptTooLong,
    SurveySettings,
    TextMalformed,
    TextTooLong,
    check_settings,
)

CLOSES = datetime(2027, 4, 15, 14, tzinfo=UTC)
WANTED = SurveySettings(
    title="Medlemmene",
    organisation="Forbundet",
    mode=Mode.NAMED,
    opens_at=CLOSES - timedelta(days=14),
    closes_at=CLOSES,
    identified_until=CLOSES + LONGEST_IDENTIFIED,
    deletes_at=CLOSES + LONGEST_KEPT,
)


def test_lines_of_a_purpose_are_kept_as_a_manifest_has_them() -> None:
    typed = replace(WANTED, purpose="Første linje.\r\nAndre linje.\r\rFjerde.")
    purpose = check_settings(typed).purpose
    assert purpose == "Første linje.\nAndre linje.\n\nFjerde."
    assert is_text(purpose)
    # As long as may be: the form's line ends do not count twice.
    check_settings(replace(WANTED, purpose="x\r\n" * (LONGEST_PURPOSE // 2)))
    with pytest.raises(TextTooLong):
        check_settings(replace(WANTED, purpose="x" * (LONGEST_PURPOSE + 1)))


@pytest.mark.parametrize("name", ["purpose", "controller", "legal_basis", "processor"])
@pytest.mark.parametrize("character", ["\0", "\x08", "\x1b", "\x7f", "\x9f"])
def test_what_no_manifest_may_hold_is_refused_of_a_draft(
    name: str, character: str
) -> None:
    assert not is_text(character)
    assert not is_line(character)
    changed: dict[str, Any] = {name: f"For{character}bundet"}
    with pytest.raises(TextMalformed):
        check_settings(replace(WANTED, **changed))


def test_responses_are_not_kept_for_ever() -> None:
    assert check_settings(WANTED) == WANTED
    second = timedelta(seconds=1)
    for later in (
        replace(WANTED, deletes_at=CLOSES + LONGEST_KEPT + second),
        replace(WANTED, identified_until=CLOSES + LONGEST_IDENTIFIED + second),
    ):
        with pytest.raises(KeptTooLong):
            check_settings(later)
    undated = replace(WANTED, opens_at=None, closes_at=None)
    assert check_settings(undated) == undated, "a draft may lack its dates"
