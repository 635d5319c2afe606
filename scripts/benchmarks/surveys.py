"""Results of a large survey, step by step: counted once, then read and handed out."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.sealing import LockKey, lock, unlock
from infra.i18n import speaking
from scripts.benchmarks.roll import Footprint
from surveys.conditions import Answers
from surveys.definition import Definition, read_definition_file
from surveys.exports.tables import results_workbook
from surveys.gate import Terms, backgrounds, publish_results
from surveys.published import published_json, read_published
from surveys.questionnaire import TEXT_KINDS, Kind, Question
from surveys.report import make_report

_MODULE = "scripts.benchmarks.surveys"
_ROOT = Path(__file__).parents[2]
_QUESTIONNAIRES = _ROOT / "surveys" / "templates_of_surveys"
_WRITES = 5
"""One of so many writes something to a question of words."""


def measure_surveys(responses: int) -> Iterator[Footprint]:
    """The questionnaire for members, answered so often, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", _MODULE, str(responses)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        text=True,
    )
    for name, seconds, mebibytes in json.loads(done.stdout):
        yield Footprint(f"{responses:,} responses: {name}", seconds, mebibytes)


def main(responses: int) -> None:
    """Measure in this process, and print the steps as JSON."""
    file = _QUESTIONNAIRES / "medlemsundersokelse.json"
    definition = read_definition_file(file.read_bytes())
    key = LockKey(bytes(range(32)))
    stored = [
        lock(key, encode_json(dict(_answers(definition, number))))
        for number in range(responses)
    ]
    steps = []
    started = perf_counter()
    opened = (json.loads(unlock(key, each)) for each in stored)
    background = next(iter(backgrounds(definition)), "")
    published = publish_results(definition, opened, Terms(5, background))
    document = encode_json(published_json(published))
    texts = json.dumps({each: list(published.texts[each]) for each in published.texts})
    steps.append(("open, count and publish, once", perf_counter() - started, _peak()))
    with speaking("nb"):
        started = perf_counter()
        again = read_published(decode_json(document), json.loads(texts))
        report = make_report(definition, again, {})
        steps.append(("results page", perf_counter() - started, _peak()))
        started = perf_counter()
        size = len(results_workbook("Resultater", [], report))
        name = f"workbook of {size // 1024:,} KiB"
        steps.append((name, perf_counter() - started, _peak()))
    sys.stdout.write(json.dumps(steps))


def _answers(definition: Definition, number: int) -> Answers:
    """Answers in no common rhythm; whether a question was asked is disregarded."""
    found: dict[str, JsonValue] = {}
    for place, question in enumerate(definition.answered_questions):
        answer = _answer(question, (number * (2 * place + 7) + number // 11) % 9973)
        if answer is not None:
            found[question.code] = answer
    return found


def _answer(question: Question, draw: int) -> JsonValue:
    codes = question.choice_codes
    if question.kind in TEXT_KINDS:
        return None if draw % _WRITES else f"Jeg ønsker meg flere kurs, nummer {draw}."
    if question.kind is Kind.MULTIPLE:
        return [code for at, code in enumerate(codes) if draw >> at & 1] or None
    if question.kind is Kind.MATRIX:
        rows = enumerate(question.rows)
        return {row.code: codes[(draw + at) % len(codes)] for at, row in rows}
    if question.kind is Kind.RANKING:
        turn = draw % len(codes)
        return [*codes[turn:], *codes[:turn]]
    return _single(question, draw)


def _single(question: Question, draw: int) -> JsonValue:
    known: dict[Kind, JsonValue] = {
        Kind.NUMBER: str(draw % 60),
        Kind.DATE: f"2026-{1 + draw % 12:02}-{1 + draw % 28:02}",
        Kind.CONSENT: True,
    }
    if question.kind in known:
        return known[question.kind]
    offered = question.steps or question.choice_codes
    return offered[draw % len(offered)]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
