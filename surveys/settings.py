"""What a designer decides of a survey beside its questions, and its bounds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from surveys.manifest import is_line, is_text
from surveys.modes import PERSONAL_MODES, Mode

USUAL_THRESHOLD: Final = 5
LOWEST_THRESHOLD: Final = 3
HIGHEST_THRESHOLD: Final = 1_000
LONGEST_TITLE: Final = 200
LONGEST_NAME: Final = 300
LONGEST_PURPOSE: Final = 5_000
LONGEST_KEPT: Final = timedelta(days=10 * 366)
"""From the closing to the deletion of the responses."""
LONGEST_IDENTIFIED: Final = timedelta(days=366)
"""From the closing to the removal of what ties a response to its giver."""


class SurveyRefused(Exception):
    """Something cannot be done with a survey; the subclasses say why."""


class TitleMalformed(SurveyRefused):
    """Title and organisation have 1 to 200 printable characters."""


class TextTooLong(SurveyRefused):
    """A text of the settings is too long."""


class TextMalformed(SurveyRefused):
    """A text of the settings holds a character that is none of text."""


class DatesOutOfOrder(SurveyRefused):
    """Opening, closing, the end of identification and deletion follow one another."""


class KeptTooLong(SurveyRefused):
    """Responses are kept ten years at most, and tied to their givers for one."""


class ThresholdRefused(SurveyRefused):
    """It is 3 to 1,000, and once set it is only ever raised."""


@dataclass(frozen=True, slots=True)
class SurveySettings:
    """What a designer decides of a survey beside its questions.

    Texts may be empty and dates missing until launch (surveys/launch.py).
    """

    title: str
    organisation: str
    mode: Mode
    threshold: int = USUAL_THRESHOLD
    purpose: str = ""
    controller: str = ""
    legal_basis: str = ""
    processor: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    deletes_at: datetime | None = None
    identified_until: datetime | None = None
    """Pseudonymous and named alone."""


def check_settings(wanted: SurveySettings) -> SurveySettings:
    """Return settings as they are stored.

    Raises:
        TitleMalformed, TextTooLong, TextMalformed, DatesOutOfOrder, KeptTooLong,
        ThresholdRefused: see there.

    """
    if not LOWEST_THRESHOLD <= wanted.threshold <= HIGHEST_THRESHOLD:
        raise ThresholdRefused
    if wanted.mode not in PERSONAL_MODES:
        wanted = replace(wanted, identified_until=None)
    names = (wanted.controller, wanted.legal_basis, wanted.processor)
    # A form's lines end in two characters, and a manifest's in one.
    purpose = "\n".join(wanted.purpose.splitlines())
    if len(purpose) > LONGEST_PURPOSE or max(map(len, names)) > LONGEST_NAME:
        raise TextTooLong
    if not (is_text(purpose) and all(map(is_line, names))):
        raise TextMalformed
    _require_order(wanted)
    _require_end(wanted)
    return replace(
        wanted,
        purpose=purpose,
        title=_clean_title(wanted.title),
        organisation=_clean_title(wanted.organisation),
    )


def _require_order(wanted: SurveySettings) -> None:
    steps = (wanted.opens_at, wanted.closes_at, wanted.deletes_at)
    known = [step for step in steps if step is not None]
    if known != sorted(set(known)):
        raise DatesOutOfOrder
    until = wanted.identified_until
    if until is None:
        return
    if wanted.closes_at is not None and until <= wanted.closes_at:
        raise DatesOutOfOrder
    if wanted.deletes_at is not None and until > wanted.deletes_at:
        raise DatesOutOfOrder


def _require_end(wanted: SurveySettings) -> None:
    if wanted.closes_at is None:
        return
    ends = (
        (wanted.deletes_at, LONGEST_KEPT),
        (wanted.identified_until, LONGEST_IDENTIFIED),
    )
    for end, longest in ends:
        if end is not None and end - wanted.closes_at > longest:
            raise KeptTooLong


def _clean_title(title: str) -> str:
    cleaned = " ".join(title.split())
    if not 1 <= len(cleaned) <= LONGEST_TITLE or not cleaned.isprintable():
        raise TitleMalformed
    return cleaned
