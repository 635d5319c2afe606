from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local_times import NoSuchLocalTime, from_local, to_local
from infra.slugs import propose_slug
from tests.voting.manifests import AGREEMENT, DELEGATES
from voting.draft_editing import (
    Basics,
    CommitteeNumbers,
    Defaults,
    NoSuchContest,
    contest_at,
    move_contest,
    new_draft,
    propose_numbers,
    with_basics,
    with_numbers,
    yes_no_contest,
)
from voting.drafts import (
    Draft,
    DraftContest,
    decode_draft,
    encode_draft,
    require_committee,
    with_contest,
)

OPENS = datetime(2027, 3, 1, 8, tzinfo=UTC)
BASICS = Basics("Forbundet", "nb", False, OPENS, OPENS + timedelta(days=7))


def local(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2027, month, day, hour, minute)  # noqa: DTZ001 - as written


def a_draft() -> Draft:
    draft = new_draft(BASICS, Defaults(20, 20))
    for contest in (AGREEMENT, DELEGATES, yes_no_contest("Streik")):
        draft = with_contest(draft, DraftContest(contest))
    return draft


def titles(draft: Draft) -> list[str]:
    return [each.contest.title for each in draft.contests]


def test_new_draft_can_be_stored_and_read() -> None:
    draft = new_draft(BASICS, Defaults(1, 3))
    assert decode_draft(encode_draft(draft)) == draft
    assert (draft.rules.batch_size, draft.rules.suppression_threshold) == (1, 3)


def test_other_basics_leave_contests_and_rules() -> None:
    changed = with_basics(a_draft(), replace(BASICS, organisation="Andre"))
    assert changed.organisation == "Andre"
    assert changed.contests == a_draft().contests


def test_other_numbers_leave_the_rest() -> None:
    changed = with_numbers(a_draft(), CommitteeNumbers(4, 5))
    assert (changed.threshold, changed.approvals_needed) == (4, 5)
    assert changed.contests == a_draft().contests


def test_contest_moves_up_and_down_and_is_numbered_anew() -> None:
    up = move_contest(a_draft(), 1, up=True)
    assert titles(up) == ["Utsendinger", "Tariffavtalen", "Streik"]
    down = move_contest(up, 1, up=False)
    assert titles(down) == ["Utsendinger", "Streik", "Tariffavtalen"]
    assert [each.contest.index for each in down.contests] == [0, 1, 2]


def test_ends_of_the_list_are_ends() -> None:
    assert move_contest(a_draft(), 0, up=True) == a_draft()
    assert move_contest(a_draft(), 2, up=False) == a_draft()


@pytest.mark.parametrize("index", [-1, 3])
def test_no_contest_in_the_place_is_refused(index: int) -> None:
    with pytest.raises(NoSuchContest):
        move_contest(a_draft(), index, up=True)
    with pytest.raises(NoSuchContest):
        contest_at(a_draft(), index)


@given(st.integers(3, 9))
def test_proposed_numbers_fit_every_committee(holders: int) -> None:
    numbers = propose_numbers(holders)
    require_committee(holders, numbers.threshold, numbers.approvals_needed)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Lønnsoppgjøret 2027: frontfaget!", "lonnsoppgjoret-2027-frontfaget"),
        ("Sámi bargiid searvi – čoahkkin", "sami-bargiid-searvi-coahkkin"),
        ("Å", "valg-a"),
        ("!!!", "valg"),
        ("x" * 100, "x" * 60),
    ],
)
def test_slug_says_what_the_title_says(title: str, slug: str) -> None:
    assert propose_slug(title) == slug


@given(st.text(max_size=200))
def test_slug_is_always_one(title: str) -> None:
    slug = propose_slug(title)
    assert 3 <= len(slug) <= 60
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        (local(1, 15, 8, 0), datetime(2027, 1, 15, 7, 0, tzinfo=UTC)),
        (local(7, 15, 8, 0), datetime(2027, 7, 15, 6, 0, tzinfo=UTC)),
        # The hour that comes twice: the first is meant.
        (local(10, 31, 2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_time_in_oslo_is_an_instant(written: datetime, instant: datetime) -> None:
    assert from_local(written) == instant
    assert to_local(instant) == written


def test_hour_that_never_comes_is_refused() -> None:
    with pytest.raises(NoSuchLocalTime):
        from_local(local(3, 28, 2, 30))
