"""How the parts of a definition must fit together.

Codes are unique, references go backward, and a setting stands only where it means
something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from surveys.condition_laws import note_condition
from surveys.definition_problems import DefinitionUnlawful, ProblemList, Reason
from surveys.piping import PIPED_KINDS, piped_codes
from surveys.questionnaire import (
    BACKGROUND_KINDS,
    CHOICE_KINDS,
    LABELLED_ENDS_KINDS,
    LANGUAGES,
    MAXIMUM_KINDS,
    MINIMUM_KINDS,
    NON_ANSWER_KINDS,
    OTHER_KINDS,
    SHUFFLED_KINDS,
    UNANSWERED_KINDS,
    Bound,
    Choice,
    Definition,
    Kind,
    Question,
    Texts,
    texts_of_question,
)
from surveys.values import decimals_of

_FEWEST_CHOICES: Final = {Kind.MULTIPLE: 1}
_USUAL_FEWEST: Final = 2


def require_lawful(definition: Definition) -> None:
    """Refuse a definition whose parts do not fit together.

    Raises:
        DefinitionUnlawful: with every problem and its path.

    """
    problems = ProblemList()
    _note_equal_codes(definition, problems)
    for path, texts in (("intro", definition.intro), ("thanks", definition.thanks)):
        _note_no_piping(texts, path, problems)
    _note_no_piping(definition.title, "title", problems)
    on_earlier_pages: dict[str, Question] = {}
    for number, page in enumerate(definition.pages):
        path = f"pages[{number}]"
        note_condition(page.show_if, f"{path}.show_if", on_earlier_pages, problems)
        _note_piping(page.title, f"{path}.title", on_earlier_pages, problems)
        earlier = dict(on_earlier_pages)
        for place, question in enumerate(page.questions):
            where = f"{path}.questions[{place}]"
            _note_question(question, where, problems)
            note_condition(question.show_if, f"{where}.show_if", earlier, problems)
            _note_all_piping(question, where, on_earlier_pages, problems)
            earlier.setdefault(question.code, question)
        on_earlier_pages = earlier
    problems.require_none(DefinitionUnlawful)


def _note_equal_codes(definition: Definition, problems: ProblemList) -> None:
    _note_equal(
        ((f"pages[{at}]", page.code) for at, page in enumerate(definition.pages)),
        problems,
    )
    _note_equal(
        (
            (f"pages[{at}].questions[{place}]", question.code)
            for at, page in enumerate(definition.pages)
            for place, question in enumerate(page.questions)
        ),
        problems,
    )


def _note_equal(codes: Iterable[tuple[str, str]], problems: ProblemList) -> None:
    seen: set[str] = set()
    for path, code in codes:
        if code in seen:
            problems.add(f"{path}.code", Reason.SAME_CODE, code)
        seen.add(code)


def _note_question(question: Question, path: str, problems: ProblemList) -> None:
    _note_misplaced(question, path, problems)
    for name, choices in (("choices", question.choices), ("rows", question.rows)):
        _note_equal(
            ((f"{path}.{name}[{at}]", each.code) for at, each in enumerate(choices)),
            problems,
        )
        _note_exclusive(question, choices, f"{path}.{name}", problems)
    if question.kind in CHOICE_KINDS:
        fewest = _FEWEST_CHOICES.get(question.kind, _USUAL_FEWEST)
        if len(question.choice_codes) < fewest:
            problems.add(f"{path}.choices", Reason.TOO_FEW, limit=fewest)
    if question.kind is Kind.MATRIX and not question.rows:
        problems.add(f"{path}.rows", Reason.TOO_FEW, limit=1)
    _note_bounds(question, path, problems)


def _note_exclusive(
    question: Question, choices: Sequence[Choice], path: str, problems: ProblemList
) -> None:
    for at, choice in enumerate(choices):
        if choice.exclusive and question.kind is not Kind.MULTIPLE:
            problems.add(f"{path}[{at}].exclusive", Reason.NOT_FOR_THIS_KIND)


def _note_misplaced(question: Question, path: str, problems: ProblemList) -> None:
    kind = question.kind
    misplaced = {
        "choices": question.choices and kind not in CHOICE_KINDS,
        "rows": question.rows and kind is not Kind.MATRIX,
        "other": question.other and kind not in OTHER_KINDS,
        "non_answers": question.non_answers and kind not in NON_ANSWER_KINDS,
        "shuffle": question.shuffle and kind not in SHUFFLED_KINDS,
        "min": question.minimum is not None and kind not in MINIMUM_KINDS,
        "max": question.maximum is not None and kind not in MAXIMUM_KINDS,
        "decimals": question.decimals and kind is not Kind.NUMBER,
        "low_label": question.low_label and kind not in LABELLED_ENDS_KINDS,
        "high_label": question.high_label and kind not in LABELLED_ENDS_KINDS,
        "background": question.background and kind not in BACKGROUND_KINDS,
        "required": question.required and kind in UNANSWERED_KINDS,
    }
    for name, is_misplaced in misplaced.items():
        if is_misplaced:
            problems.add(f"{path}.{name}", Reason.NOT_FOR_THIS_KIND, kind)


def _note_bounds(question: Question, path: str, problems: ProblemList) -> None:
    low, high = question.minimum, question.maximum
    for name, bound in (("min", low), ("max", high)):
        _note_bound(question, bound, f"{path}.{name}", problems)
    if low is not None and high is not None and _is_above(question.kind, low, high):
        problems.add(f"{path}.min", Reason.MINIMUM_ABOVE_MAXIMUM)


def _note_bound(
    question: Question, bound: Bound | None, path: str, problems: ProblemList
) -> None:
    if bound is None:
        if question.kind is Kind.SCALE:
            problems.add(path, Reason.MISSING)
        return
    most = len(question.choice_codes)
    if question.kind in {Kind.MULTIPLE, Kind.RANKING} and int(bound) > most:
        problems.add(path, Reason.OUT_OF_RANGE, limit=most)
    if question.kind is Kind.NUMBER and decimals_of(str(bound)) > question.decimals:
        problems.add(path, Reason.OUT_OF_RANGE, limit=question.decimals)


def _is_above(kind: Kind, low: int | str, high: int | str) -> bool:
    if kind is Kind.DATE:
        return str(low) > str(high)
    if kind is Kind.SCALE:
        return int(low) >= int(high)
    return Decimal(low) > Decimal(high)


def _note_all_piping(
    question: Question,
    path: str,
    earlier: dict[str, Question],
    problems: ProblemList,
) -> None:
    for place, texts in texts_of_question(question, path):
        if place in {f"{path}.title", f"{path}.help"}:
            _note_piping(texts, place, earlier, problems)
        else:
            _note_no_piping(texts, place, problems)


def _note_piping(
    texts: Texts, path: str, earlier: dict[str, Question], problems: ProblemList
) -> None:
    for language in LANGUAGES:
        for code in piped_codes(texts.own(language)):
            if code not in earlier:
                problems.add(f"{path}.{language}", Reason.REFERS_FORWARD, code)
            elif earlier[code].kind not in PIPED_KINDS:
                problems.add(f"{path}.{language}", Reason.NOT_ANSWERED_KIND, code)


def _note_no_piping(texts: Texts, path: str, problems: ProblemList) -> None:
    for language in LANGUAGES:
        for code in piped_codes(texts.own(language)):
            problems.add(f"{path}.{language}", Reason.NOT_PIPED_HERE, code)
