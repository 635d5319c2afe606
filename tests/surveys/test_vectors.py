"""Python's half of the vectors; Node's is tests/javascript/survey.test.mjs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import encode_json
from crypto.errors import CryptoError
from crypto.times import MalformedTime
from surveys.answer_problems import AnswersRefused
from surveys.answers import clean_answers, visible_pages
from surveys.condition_reader import read_condition
from surveys.conditions import condition_json, is_met
from surveys.definition import read_definition
from surveys.definition_fields import Fields
from surveys.definition_problems import DefinitionMalformed, ProblemList
from surveys.form_answers import read_form_answers
from surveys.manifest import decode_manifest
from surveys.piping import piped

VECTORS = Path(__file__).parent / "vectors"


def read(name: str) -> Any:  # noqa: ANN401 - as JSON is
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def comment(case: dict[str, Any]) -> str:
    return str(case["comment"])


@pytest.mark.parametrize("case", read("conditions")["cases"], ids=comment)
def test_condition_is_met_or_not(case: dict[str, Any]) -> None:
    problems = ProblemList()
    raw = {} if case["condition"] is None else {"show_if": case["condition"]}
    condition = read_condition(Fields(raw, "", problems))
    problems.require_none(DefinitionMalformed)
    assert is_met(condition, case["answers"]) is case["met"]
    if condition is not None:
        assert condition_json(condition) == case["condition"]


def test_pages_are_shown() -> None:
    vectors = read("visibility")
    definition = read_definition(vectors["definition"])
    for case in vectors["cases"]:
        shown = [
            {"code": page.code, "questions": [each.code for each in page.questions]}
            for page in visible_pages(definition, case["answers"])
        ]
        assert shown == case["pages"], case["comment"]


def test_earlier_answers_are_filled_in() -> None:
    vectors = read("piping")
    definition = read_definition(vectors["definition"])
    for case in vectors["cases"]:
        language = case.get("language", "nb")
        filled = piped(case["text"], case["answers"], definition, language)
        assert filled == case["piped"], case["comment"]


@pytest.mark.parametrize("case", read("answers")["cases"], ids=comment)
def test_form_is_read_and_answers_are_kept_or_refused(case: dict[str, Any]) -> None:
    definition = read_definition(read("answers")["definition"])
    raw = read_form_answers(definition, case["form"])
    try:
        kept, problems = clean_answers(definition, raw), []
    except AnswersRefused as refused:
        kept, problems = None, [asdict(each) for each in refused.problems]
    assert problems == case.get("problems", [])
    assert kept == case.get("answers")


@pytest.mark.parametrize("case", read("manifests")["cases"], ids=comment)
def test_manifest_is_accepted_or_refused(case: dict[str, Any]) -> None:
    vectors = read("manifests")
    changed = {**vectors["manifest"], **case["changes"]}
    document = {k: v for k, v in changed.items() if v != vectors["removed"]}
    if case["accepted"]:
        assert decode_manifest(encode_json(document)).mode == document["mode"]
    else:
        with pytest.raises((CryptoError, MalformedTime)):
            decode_manifest(encode_json(document))
