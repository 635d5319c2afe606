import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings

from crypto.encoding import encode_json
from surveys.definition import (
    definition_bytes,
    definition_digest,
    definition_json,
    read_definition,
    read_definition_file,
)
from surveys.definition_problems import (
    DefinitionMalformed,
    DefinitionRefused,
    DefinitionTooLarge,
    DefinitionUnlawful,
    NotADefinition,
    Reason,
)
from surveys.questionnaire import Definition, Kind
from tests.surveys.questionnaires import (
    choices,
    definitions,
    every_kind,
    every_kind_json,
    nb,
    question,
    questionnaire,
)


def refusal(raw: Any) -> DefinitionRefused:  # noqa: ANN401 - whatever is sent
    with pytest.raises(DefinitionRefused) as refused:
        read_definition(raw)
    return refused.value


def told(raw: Any) -> set[tuple[str, Reason]]:  # noqa: ANN401 - as above
    return {(problem.path, problem.reason) for problem in refusal(raw).problems}


def test_every_kind_is_read_and_written_as_it_was() -> None:
    raw = every_kind_json()
    definition = read_definition(raw)
    assert {each.kind for each in definition.questions} == set(Kind)
    assert definition_json(definition) == raw
    assert definition.question("nps").steps == range(11)
    assert definition.question("skala").steps == range(1, 6)
    assert definition.question("enkelt").choice_codes == ("ja", "nei", "@other")


@given(definitions())
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_as_the_same(definition: Definition) -> None:
    written = definition_bytes(definition)
    assert read_definition_file(written) == definition
    assert definition_bytes(read_definition_file(written)) == written


def test_digest_is_that_of_the_canonical_file() -> None:
    definition = every_kind()
    digest = definition_digest(definition)
    assert digest == hashlib.sha256(encode_json(definition_json(definition))).digest()
    shown_otherwise = json.dumps(every_kind_json(), indent=4).encode()
    assert definition_digest(read_definition_file(shown_otherwise)) == digest
    other = every_kind_json()
    other["pages"][0]["questions"][0]["title"]["nb"] += "."
    assert definition_digest(read_definition(other)) != digest


def test_two_ways_to_write_one_text_have_one_digest() -> None:
    composed = questionnaire([], title=nb("Sp\u00f8rsm\u00e5l"))
    apart = questionnaire([], title=nb("  Spørsma\u030al \r\n".rstrip("\r\n")))
    assert definition_digest(read_definition(composed)) == definition_digest(
        read_definition(apart)
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'"urne-survey/1"',
        b"{",
        b"\xff\xfe{}",
        b'{"format": "urne-survey/2"}',
        b'{"format": ["urne-survey/1"]}',
        b'{"format":"urne-survey/1","format":"urne-survey/1"}',
        b'{"format":"urne-survey/1","pages":1.5}',
        b'{"format":"urne-survey/1","pages":NaN}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
    ids=range(13),
)
def test_files_that_hold_no_definition_are_refused(data: bytes) -> None:
    with pytest.raises(NotADefinition):
        read_definition_file(data)


def test_sizes_have_limits() -> None:
    with pytest.raises(DefinitionTooLarge):
        read_definition_file(b" " * (1024 * 1024 + 1))
    with pytest.raises(DefinitionTooLarge):
        read_definition(questionnaire(*[[] for _ in range(51)]))
    many = [question(f"q{number}", "nps") for number in range(201)]
    with pytest.raises(DefinitionTooLarge):
        read_definition(questionnaire(many))
    assert len(list(read_definition(questionnaire(many[:200])).questions)) == 200
    crowded = question("a", "single", choices=choices(*map(str, range(101))))
    path = "pages[0].questions[0]"
    assert (f"{path}.choices", Reason.TOO_MANY) in told(questionnaire([crowded]))
    long = question("a", "nps", help=nb("x" * 5_001))
    assert (f"{path}.help.nb", Reason.TOO_LONG) in told(questionnaire([long]))
    wide = {"any": [{"q": "a", "op": "blank"}] * 21}
    assert told(questionnaire([question("b", "nps", show_if=wide)])) == {
        (f"{path}.show_if.any", Reason.TOO_MANY),
        (f"{path}.show_if.any", Reason.TOO_FEW),
    }


def test_every_problem_is_told_with_its_path() -> None:
    raw = every_kind_json()
    raw["colour"] = "red"
    raw["languages"] = ["nb", "se", "nb"]
    raw["intro"] = {"en": "Hello"}
    raw["pages"][0]["code"] = "Første side"
    questions = raw["pages"][0]["questions"]
    questions[0]["required"] = "yes"
    questions[1]["help"] = "text"
    questions[2]["choices"][1] = {"code": "no no", "label": {"nb": "a\u202eb"}}
    questions[3]["min"] = True
    questions[4]["kind"] = "slider"
    raw["pages"].append(7)
    first = "pages[0].questions"
    assert told(raw) == {
        ("", Reason.UNKNOWN_FIELD),
        ("languages[1]", Reason.UNKNOWN_VALUE),
        ("languages[2]", Reason.SAME_CODE),
        ("intro.en", Reason.LANGUAGE_NOT_DECLARED),
        ("intro", Reason.ORIGINAL_MISSING),
        ("pages[0].code", Reason.MALFORMED_CODE),
        (f"{first}[0].required", Reason.NOT_TRUE_OR_FALSE),
        (f"{first}[1].help", Reason.NOT_AN_OBJECT),
        (f"{first}[2].choices[1].code", Reason.MALFORMED_CODE),
        (f"{first}[2].choices[1].label.nb", Reason.UNREADABLE_TEXT),
        (f"{first}[2].choices[1].label", Reason.ORIGINAL_MISSING),
        (f"{first}[3].min", Reason.NOT_AN_INTEGER),
        (f"{first}[4].kind", Reason.UNKNOWN_VALUE),
        ("pages[2]", Reason.NOT_AN_OBJECT),
    }


HOSTILE: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**70, "", "x" * 10_000, "\ud800", "\x00", [], [[]]),
    *([None], {}, {"nb": 3}, {"all": []}, [{}], {"\ud800": {}}),
]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401
    found = [path] if path else []
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in pairs:
        found += _places(inner, (*path, key))
    return found


def _is_read_or_refused(raw: Any) -> bool:  # noqa: ANN401 - whatever is sent
    try:
        definition_bytes(read_definition(raw))
    except DefinitionRefused as refused:
        return bool(refused.problems) and len(str(refused)) < 300
    return True


def test_anything_anywhere_is_read_or_refused_by_name() -> None:
    for number, (*way, last) in enumerate(_places(every_kind_json())):
        # A third of them at each place: every one comes at many places of each sort.
        for hostile in HOSTILE[number % 3 :: 3]:
            raw = every_kind_json()
            place = raw
            for step in way:
                place = place[step]
            place[last] = hostile
            assert _is_read_or_refused(raw), (way, last, hostile)


def test_a_hostile_definition_tells_at_most_two_hundred_problems() -> None:
    bad = [{"code": "X", "kind": "single", "title": 1, "choices": [1] * 100}] * 100
    assert len(refusal(questionnaire(bad)).problems) == 200


@pytest.mark.parametrize(
    ("asked", "field", "reason"),
    [
        (question("a", "nps", choices=choices("x", "y")), "choices", "for"),
        (question("a", "single", choices=choices("x")), "choices", "few"),
        (question("a", "matrix", choices=choices("x", "y")), "rows", "few"),
        (question("a", "short_text", non_answers=["@dont_know"]), "non_answers", "for"),
        (question("a", "number", other=nb("Annet")), "other", "for"),
        (question("a", "heading", required=True), "required", "for"),
        (question("a", "scale", min=1), "max", "missing"),
        (question("a", "scale", min=5, max=5), "min", "above"),
        (question("a", "number", min="10", max="9"), "min", "above"),
        (question("a", "number", min="1.5"), "min", "range"),
        (question("a", "date", min="2027-01-02", max="2027-01-01"), "min", "above"),
        (question("a", "multiple", choices=choices("x"), max=2), "max", "range"),
        (question("a", "nps", min=1), "min", "for"),
        (question("a", "multiple", choices=choices("x"), background=True), "b", "for"),
    ],
)
def test_settings_must_fit_the_kind(
    asked: dict[str, Any], field: str, reason: str
) -> None:
    refused = refusal(questionnaire([asked]))
    assert isinstance(refused, DefinitionUnlawful)
    [problem] = refused.problems
    assert problem.path.startswith(f"pages[0].questions[0].{field}")
    assert reason in problem.reason


def test_codes_are_unique_each_in_its_place() -> None:
    raw = questionnaire(
        [question("a", "single", choices=choices("x", "x", "y"))],
        [question("a", "nps")],
    )
    raw["pages"][1]["code"] = "p1"
    assert told(raw) == {
        ("pages[1].code", Reason.SAME_CODE),
        ("pages[1].questions[0].code", Reason.SAME_CODE),
        ("pages[0].questions[0].choices[1].code", Reason.SAME_CODE),
    }


A = question("a", "single", choices=choices("ja", "nei"))


def shown_if(condition: object, first: dict[str, Any] = A) -> dict[str, Any]:
    return questionnaire([first, question("b", "nps", show_if=condition)])


def test_conditions_refer_backward_only() -> None:
    answered = {"op": "answered"}
    read_definition(shown_if({"q": "a", **answered}))
    for code in ("b", "c", "zzz"):
        raw = questionnaire(
            [A, question("b", "nps", show_if={"q": code, **answered})],
            [question("c", "nps")],
        )
        path = "pages[0].questions[1].show_if.q"
        assert told(raw) == {(path, Reason.REFERS_FORWARD)}
    page = questionnaire([question("c", "nps")], [A])
    page["pages"][1]["show_if"] = {"q": "c", **answered}
    read_definition(page)
    page["pages"][1]["show_if"] = {"any": [{"q": "a", **answered}]}
    assert told(page) == {("pages[1].show_if.any[0].q", Reason.REFERS_FORWARD)}


def test_conditions_ask_what_can_be_answered() -> None:
    every = every_kind_json()["pages"][1]["questions"]
    asked = {each["code"]: each for each in [A, *every]}
    good = [
        ("a", "in", ["ja"]),
        ("tall", "gt", ["3.5"]),
        ("tall", "in", ["@dont_know"]),
        ("dato", "lt", ["2027-01-01"]),
        ("skala", "in", [1, 2, "@prefer_not"]),
        ("nps", "le", [6]),
    ]
    bad = [
        ("a", "in", ["kanskje"], Reason.UNKNOWN_CHOICE),
        ("a", "in", ["@dont_know"], Reason.UNKNOWN_CHOICE),
        ("a", "gt", ["ja"], Reason.NOT_COMPARABLE),
        ("a", "has_all", ["ja"], Reason.NOT_COMPARABLE),
        ("kort", "in", ["hei"], Reason.NOT_COMPARABLE),
        ("nps", "in", [11], Reason.UNKNOWN_CHOICE),
        ("nps", "lt", ["6"], Reason.UNKNOWN_CHOICE),
        ("dato", "lt", [5], Reason.UNKNOWN_CHOICE),
        ("matrise", "in", ["enig"], Reason.ROW_NOT_NAMED),
    ]
    for code, operator, values in good:
        condition = {"q": code, "op": operator, "v": values}
        first = {k: v for k, v in asked[code].items() if k != "help"}
        read_definition(shown_if(condition, first))
    for code, operator, values, reason in bad:
        condition = {"q": code, "op": operator, "v": values}
        assert reason in {why for _, why in told(shown_if(condition, asked[code]))}


def test_conditions_have_one_form() -> None:
    path = "pages[0].questions[1].show_if"
    for condition, place, reason in [
        ({"q": "a"}, f"{path}.op", Reason.MISSING),
        ({"op": "blank"}, f"{path}.q", Reason.MISSING),
        ({"q": "a", "op": "in"}, f"{path}.v", Reason.TOO_FEW),
        ({"q": "a", "op": "eval", "v": ["x"]}, f"{path}.op", Reason.UNKNOWN_VALUE),
        ({"q": "a", "op": "blank", "v": ["x"]}, f"{path}.v", Reason.NOT_FOR_THIS_KIND),
        ({"all": []}, f"{path}.all", Reason.TOO_FEW),
        ({"all": [], "any": []}, path, Reason.UNKNOWN_FIELD),
        ("a = ja", path, Reason.NOT_AN_OBJECT),
    ]:
        refused = refusal(shown_if(condition))
        assert isinstance(refused, DefinitionMalformed)
        assert (place, reason) in {(p.path, p.reason) for p in refused.problems}
    deep: dict[str, Any] = {"q": "a", "op": "blank"}
    for _ in range(3):
        deep = {"not": deep}
    read_definition(shown_if(deep))
    assert told(shown_if({"not": deep})) == {
        (f"{path}.not.not.not.not", Reason.TOO_DEEP)
    }


def test_pipes_lead_to_earlier_pages_only() -> None:
    later = question("b", "nps", title=nb("Hvorfor {{a}}?"))
    read_definition(questionnaire([A], [later]))
    assert told(questionnaire([A, later])) == {
        ("pages[0].questions[1].title.nb", Reason.REFERS_FORWARD)
    }
    matrix = question("a", "matrix", choices=choices("x", "y"), rows=choices("r"))
    assert told(questionnaire([matrix], [later])) == {
        ("pages[1].questions[0].title.nb", Reason.NOT_ANSWERED_KIND)
    }
    assert told(questionnaire([A], intro=nb("{{a}}"))) == {
        ("intro.nb", Reason.NOT_PIPED_HERE)
    }
    label = question("b", "single", choices=choices("x", "y"))
    label["choices"][0]["label"] = nb("{{a}}")
    assert told(questionnaire([A], [label])) == {
        ("pages[1].questions[0].choices[0].label.nb", Reason.NOT_PIPED_HERE)
    }
