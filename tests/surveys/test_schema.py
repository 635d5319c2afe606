"""The published schema and the reader say the same of a definition's shape."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from jsonschema import Draft202012Validator

import surveys
from surveys.definition import definition_json, read_definition
from surveys.definition_problems import (
    DefinitionMalformed,
    DefinitionRefused,
    DefinitionTooLarge,
    NotADefinition,
)
from surveys.questionnaire import Definition, Kind, NonAnswer
from tests.surveys.questionnaires import (
    choices,
    definitions,
    every_kind_json,
    nb,
    question,
    questionnaire,
)

SCHEMA = json.loads(
    (Path(surveys.__file__).parent / "schema/urne-survey-1.schema.json").read_text(
        "utf-8"
    )
)
VALIDATOR = Draft202012Validator(SCHEMA)


def is_valid(raw: object) -> bool:
    return bool(VALIDATOR.is_valid(raw))


def is_well_formed(raw: Any) -> bool:  # noqa: ANN401 - whatever is sent
    try:
        read_definition(raw)
    except (NotADefinition, DefinitionTooLarge, DefinitionMalformed):
        return False
    except DefinitionRefused:
        pass
    return True


def test_schema_is_one_of_2020_12_and_knows_every_kind() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    asked = SCHEMA["$defs"]["question"]["properties"]
    assert asked["kind"]["enum"] == [kind.value for kind in Kind]
    assert asked["non_answers"]["items"]["enum"] == [each.value for each in NonAnswer]
    assert list(VALIDATOR.iter_errors(every_kind_json())) == []


@given(definitions())
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_valid(definition: Definition) -> None:
    assert list(VALIDATOR.iter_errors(definition_json(definition))) == []


def test_what_the_schema_refuses_the_reader_refuses_and_the_other_way() -> None:
    asked = question("a", "single", choices=choices("x", "y"))
    wrong: list[Any] = [
        None,
        {},
        questionnaire([asked], format="urne-survey/2"),
        questionnaire([asked], languages=[]),
        questionnaire([asked], languages=["nb", "nb"]),
        questionnaire([asked], languages=["se"]),
        questionnaire([asked], pages=[]),
        questionnaire([asked], title="Prøve"),
        questionnaire([asked], intro=nb("x" * 5_001)),
        questionnaire([asked], colour="red"),
        questionnaire([asked | {"kind": "slider"}]),
        questionnaire([asked | {"code": "A"}]),
        questionnaire([asked | {"code": "a" * 33}]),
        questionnaire([asked | {"choices": choices("No")}]),
        questionnaire([asked | {"choices": choices(*map(str, range(101)))}]),
        questionnaire([asked | {"required": 1}]),
        questionnaire([asked | {"show_if": {"all": []}}]),
        questionnaire([asked | {"show_if": {"q": "b", "op": "eval", "v": [1]}}]),
        questionnaire([asked | {"show_if": {"q": "b", "op": "lt", "v": [1, 2]}}]),
        questionnaire([asked | {"show_if": {"q": "b", "op": "in", "v": [1.5]}}]),
        questionnaire([asked | {"show_if": {"q": "b", "op": "blank", "v": [1]}}]),
        questionnaire([asked | {"non_answers": ["@maybe"]}]),
        questionnaire([question("n", "number", min="01")]),
        questionnaire([question("n", "number", min="1,5")]),
        questionnaire([question("d", "date", min="1.1.2027")]),
        questionnaire([question("s", "scale", min=0, max=11)]),
        questionnaire([question("t", "short_text", max=501)]),
        questionnaire([question("m", "multiple", choices=choices("x"), min=0)]),
        questionnaire(*[[] for _ in range(51)]),
    ]
    for raw in wrong:
        assert not is_valid(raw), raw
        assert not is_well_formed(raw), raw
    right = [
        questionnaire([asked]),
        questionnaire([]),
        questionnaire([asked | {"required": False, "help": {}, "non_answers": []}]),
        questionnaire([question("n", "number", min=-3, max="9.5", decimals=1)]),
        questionnaire([asked | {"show_if": {"not": {"q": "b", "op": "answered"}}}]),
    ]
    for raw in right:
        assert is_valid(raw), raw
        assert is_well_formed(raw), raw
