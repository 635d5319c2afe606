"""Practice elections: like any other in all but what they decide. Pure.

Whether an election is one stands from its creation (docs/protocol.md §4.1): its roll,
its messages and its manifest say the same, so that none is ever taken for a real one.
What was practised is copied, not turned into the real thing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from voting.draft_editing import Basics
from voting.drafts import Draft

PRACTICE_BEGINS_IN: Final = timedelta(hours=2)
PRACTICE_LASTS: Final = timedelta(hours=2)
"""Proposed for a practice election: an evening's work for a committee."""


def copy_draft(source: Draft, basics: Basics) -> Draft:
    """Return a draft with another's contests, rules and committee's numbers.

    Groups named in a contest stay named: a copy's roll has the same or says so.
    """
    return replace(
        source,
        organisation=basics.organisation,
        language=basics.language,
        practice=basics.practice,
        opens_at=basics.opens_at,
        closes_at=basics.closes_at,
    )


def practice_times(now: datetime) -> tuple[datetime, datetime]:
    """Propose opening and closing of a practice election, on whole hours."""
    opens = now.replace(minute=0, second=0, microsecond=0) + PRACTICE_BEGINS_IN
    return opens, opens + PRACTICE_LASTS
