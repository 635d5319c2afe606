"""The parts of the simulation that need no server."""

from __future__ import annotations

from collections import Counter

import pytest

from crypto.ballot_shape import ContestShape, StyleShape, require_valid
from register.rollfile import read_roll
from scripts.simulation.drawing import Draw
from scripts.simulation.forms import NoSuchForm, find_form, read_forms
from scripts.simulation.polling import draw_selections
from scripts.simulation.rolls import invent_members, write_roll

PAGE = """
<form action="/konto/ut" method="post"><input name="csrf_token" value="a&amp;b"></form>
<form method="POST" novalidate>
  <input name="title" value="Sak 1"><input type="submit" name="send" value="Send">
  <input type="checkbox" name="members" value="1" checked>
  <input type="checkbox" name="members" value="2">
  <input type="radio" name="kind" value="x"><input name="gone" value="1" disabled>
  <select name="choice">
    <option value="0">A</option><option value="1">B</option>
  </select>
  <textarea name="body">
Hei &lt;navn&gt;
</textarea>
</form>
"""


def test_the_same_seed_gives_the_same_people() -> None:
    members = invent_members(200, groups=3, seed=5)
    assert members == invent_members(200, groups=3, seed=5)
    assert members != invent_members(200, groups=3, seed=6)
    assert len({each.number for each in members}) == 200
    assert len({each.email for each in members}) == 200
    assert len({each.group for each in members}) == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1252"])
def test_the_register_reads_every_roll_that_is_made(encoding: str) -> None:
    members = invent_members(300, groups=20, seed=1)
    preview = read_roll(write_roll(members, encoding=encoding), "roll.csv")
    assert preview.errors == ()
    read = [(row.member_number, row.email, row.group) for row in preview.rows]
    assert read == [(each.number, each.email, each.group) for each in members]


def test_draws_are_spread_evenly() -> None:
    draw = Draw(1, "test")
    drawn = Counter(draw.below(4) for _ in range(4_000))
    assert set(drawn) == {0, 1, 2, 3}
    assert all(850 < times < 1_150 for times in drawn.values())
    assert 850 < sum(draw.chance(0.25) for _ in range(4_000)) < 1_150
    items = list(range(50))
    draw.shuffle(items)
    assert items != list(range(50))
    assert sorted(items) == list(range(50))


def test_every_drawn_ballot_is_valid() -> None:
    shape = StyleShape(
        (
            ContestShape(0, choices=2, blank=True, minimum=1, maximum=1),
            ContestShape(1, choices=5, blank=False, minimum=1, maximum=3),
        )
    )
    draw = Draw(3, "ballots")
    drawn = [draw_selections(shape, draw) for _ in range(300)]
    for selections in drawn:
        require_valid(shape, selections)
    assert {first.blank for first, _ in drawn} == {True, False}
    assert {len(second.choices) for _, second in drawn} == {1, 2, 3}


def test_a_form_is_sent_as_a_browser_would() -> None:
    first, second = read_forms(PAGE, "/valg/ny")
    assert first.fields == [("csrf_token", "a&b")]
    assert second.fields == [
        ("title", "Sak 1"),
        ("members", "1"),
        ("choice", "0"),
        ("body", "Hei <navn>\n"),
    ]
    assert (second.action, second.method) == ("/valg/ny", "post")
    assert second.offered("members") == ["1", "2"]
    filled = second.filled({"members": ["1", "2"], "title": "Sak 2"})
    assert filled == [
        ("choice", "0"),
        ("body", "Hei <navn>\n"),
        ("members", "1"),
        ("members", "2"),
        ("title", "Sak 2"),
    ]


def test_a_form_or_field_that_is_not_there_is_named() -> None:
    forms = read_forms(PAGE, "/valg/ny")
    with pytest.raises(NoSuchForm, match="/valg/gammel"):
        find_form(forms, ending="/valg/gammel")
    with pytest.raises(NoSuchForm, match="gone"):
        find_form(forms, ending="/valg/ny").filled({"gone": "2"})
