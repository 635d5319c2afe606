"""The open survey's way from page to page: nothing sent is trusted, nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.answer_problems import AnswerReason
from surveys.form_answers import field_names
from surveys.questionnaire import Kind
from surveys.walk import MOST_CARRIED, Step, first_step, page_to_change, take_step
from tests.surveys.course import course
from tests.surveys.questionnaires import every_kind

COURSE = course()
FIRST_SHOWN = "om_kurset deltok bransje"


def press(move: str, page: str, **fields: Any) -> Step:  # noqa: ANN401 - a form's
    """Send the course's form; a list stands for a field sent several times."""
    form = {"steg": move, "side": page, **fields}
    return take_step(COURSE, _lists(form))


def _lists(form: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in form.items()
    }


def where(step: Step) -> str:
    return "review" if step.page is None else step.page.code


def asked(step: Step) -> list[str]:
    assert step.page is not None
    return [question.code for question in step.page.questions]


def test_first_page_has_only_what_nothing_has_called_up() -> None:
    step = first_step(COURSE)
    assert (where(step), asked(step)) == ("deltakelse", FIRST_SHOWN.split())
    assert step.place == 1
    assert len(step.pages) == 2


def test_answers_decide_which_page_comes_next() -> None:
    no = press("fram", "deltakelse", deltok="nei", vist=FIRST_SHOWN)
    assert where(no) == "til_slutt"
    yes = press("fram", "deltakelse", deltok="ja", vist=f"{FIRST_SHOWN} temaer")
    assert where(yes) == "vurdering"
    assert (yes.place, len(yes.pages)) == (2, 3)


def test_questions_called_up_on_the_same_page_are_shown_before_going_on() -> None:
    step = press("fram", "deltakelse", deltok="ja", vist=FIRST_SHOWN)
    assert where(step) == "deltakelse"
    assert "temaer" in asked(step)
    assert step.has_more
    assert step.problems == ()


def test_what_is_missing_is_told_where_it_is_asked() -> None:
    step = press("fram", "deltakelse", vist=FIRST_SHOWN)
    (problem,) = step.problems
    assert (problem.question, problem.reason) == ("deltok", AnswerReason.REQUIRED)
    # Jumping ahead leads back to the page with the fault.
    ahead = press("fram", "til_slutt")
    assert where(ahead) == "deltakelse"
    sent = press("send", "@review")
    assert not sent.is_sent
    assert where(sent) == "deltakelse"


def test_going_back_asks_nothing_and_loses_nothing() -> None:
    step = press("tilbake", "vurdering", deltok="ja", nytte="99", timer="mange")
    assert where(step) == "deltakelse"
    assert step.problems == ()
    assert dict(step.carried(COURSE)) == {"nytte": "99", "timer": "mange"}
    assert where(press("tilbake", "deltakelse")) == "deltakelse"
    assert where(press("tilbake", "@review", deltok="nei")) == "til_slutt"


def test_what_is_carried_is_what_the_page_does_not_ask() -> None:
    filled = {"deltok": "ja", "nytte": "3", "temaer": ["lov", "@other"]}
    step = press("fram", "vurdering", **filled, **{"temaer:other": "Økonomi"})
    assert where(step) == "til_slutt"
    assert list(step.carried(COURSE)) == [
        ("deltok", "ja"),
        ("temaer", "lov"),
        ("temaer", "@other"),
        ("temaer:other", "Økonomi"),
        ("nytte", "3"),
    ]


def test_sending_needs_everything_in_order() -> None:
    sent = press("send", "@review", deltok="ja", nytte="3", temaer=["lov"])
    assert sent.is_sent
    assert sent.answers == {"deltok": "ja", "nytte": 3, "temaer": ["lov"]}
    again = press("send", "@review", deltok="ja", nytte="3", temaer=["lov", "ingen"])
    assert not again.is_sent
    assert where(again) == "deltakelse"


def test_answers_to_hidden_questions_are_dropped() -> None:
    sent = press("send", "@review", deltok="nei", nytte="3", temaer=["lov"])
    assert sent.is_sent
    assert sent.answers == {"deltok": "nei"}


def test_strange_pages_moves_and_fields_lead_to_the_first_page() -> None:
    for move, page in (
        ("hopp", "?"),
        ("fram", "../etc"),
        ("", ""),
        ("bli", "vurdering"),
    ):
        step = press(move, page, admin="1", **{"deltok.x": "y", "__class__": "z"})
        assert where(step) == "deltakelse"
        assert list(step.carried(COURSE)) == []


def test_too_many_and_too_long_values_go_no_further() -> None:
    step = press(
        "tilbake", "vurdering", deltok="ja", temaer=["lov"] * 5_000, bedre="x" * 90_000
    )
    assert len(step.form["temaer"]) < 20
    assert len(step.form["bedre"][0]) == MOST_CARRIED


def test_a_page_to_change_is_shown_as_it_was_filled_in() -> None:
    form = _lists({"side": "@review", "deltok": "ja", "nytte": "3"})
    step = page_to_change(COURSE, form, "vurdering")
    assert where(step) == "vurdering"
    assert step.form["nytte"] == ["3"]
    assert where(page_to_change(COURSE, form, "ukjent")) == "deltakelse"


_NAMES = sorted(
    {name for each in every_kind().answered_questions for name in field_names(each)}
    | {"side", "steg", "vist", "endre", "@", ":other", "matrise.", "matrise.x"}
)
_PAGES = ["p1", "p2", "@review", "fram", "tilbake", "send", "enkelt lang"]
_ODD = ["@other", "@dont_know", "1", "-1", "1e9", "2027-02-30", "\x00", "\u202e"]
_RIGHT = ["ja", "u30", "r1", "x", "enig", "2027-02-28"]
_VALUES = st.text(max_size=30) | st.sampled_from([*_PAGES, *_ODD, *_RIGHT])


@given(st.dictionaries(st.sampled_from(_NAMES), st.lists(_VALUES, max_size=4)))
@settings(max_examples=150, deadline=None)
def test_no_form_breaks_the_way(form: dict[str, list[str]]) -> None:
    definition = every_kind()
    step = take_step(definition, form)
    assert 1 <= step.place <= len(step.pages) + 1
    names = {name for each in definition.questions for name in field_names(each)}
    assert {name for name, _ in step.carried(definition)} <= names
    if step.is_sent:
        assert step.answers["alder"] in ("u30", "o30", "@prefer_not")
        kinds = {definition.question(c.split(":")[0]).kind for c in step.answers}
        assert Kind.HEADING not in kinds
