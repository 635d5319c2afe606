"""Practice elections: what a copy takes over, and how long one is proposed to last."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from voting.draft_editing import (
    Basics,
    Defaults,
    new_draft,
    with_basics,
    yes_no_contest,
)
from voting.drafts import DraftContest, with_contest
from voting.practice import copy_draft, practice_times

NOW = datetime(2027, 2, 1, 9, 40, tzinfo=UTC)
OPENS = NOW + timedelta(days=14)
BASICS = Basics("Forbundet", "nb", False, OPENS, OPENS + timedelta(days=7))
DEFAULTS = Defaults(20, 20)


def test_a_copy_has_the_wording_and_rules_but_its_own_times() -> None:
    source = with_contest(
        new_draft(BASICS, DEFAULTS), DraftContest(yes_no_contest("Ny avtale"), ("A",))
    )
    source = replace(source, threshold=3, approvals_needed=4)
    opens, closes = practice_times(NOW)
    other = replace(BASICS, practice=True, opens_at=opens, closes_at=closes)
    copied = copy_draft(source, other)
    assert (copied.contests, copied.rules) == (source.contests, source.rules)
    assert (copied.threshold, copied.approvals_needed) == (3, 4)
    assert copied.practice
    assert not source.practice
    assert (copied.opens_at, copied.closes_at) == (opens, closes)


def test_an_evening_is_proposed_and_it_is_to_come() -> None:
    opens, closes = practice_times(NOW)
    assert opens == datetime(2027, 2, 1, 11, tzinfo=UTC)
    assert closes - opens == timedelta(hours=2)


def test_changing_the_basics_never_makes_a_practice_election_a_real_one() -> None:
    practised = new_draft(replace(BASICS, practice=True), DEFAULTS)
    assert with_basics(practised, replace(BASICS, practice=False)).practice
    real = new_draft(replace(BASICS, practice=False), DEFAULTS)
    assert not with_basics(real, replace(BASICS, practice=True)).practice
