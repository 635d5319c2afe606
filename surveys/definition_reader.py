"""Reads a definition from JSON: the shape and the size of every part.

All that is wrong is told at once, each problem with its path. How the parts fit
together is looked at afterwards, in `surveys.definition_laws`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from crypto.encoding import INTEGER_LIMIT, JsonValue
from surveys.condition_reader import read_condition
from surveys.definition_fields import Fields
from surveys.definition_laws import require_lawful
from surveys.definition_problems import (
    DefinitionMalformed,
    DefinitionTooLarge,
    NotADefinition,
    Problem,
    ProblemList,
    Reason,
)
from surveys.questionnaire import (
    HIGHEST_SCALE,
    LANGUAGES,
    LONGEST_LONG_ANSWER,
    LONGEST_PASSAGE,
    LONGEST_SHORT_ANSWER,
    LOWEST_SCALE,
    MOST_CHOICES,
    MOST_DECIMALS,
    MOST_PAGES,
    MOST_QUESTIONS,
    MOST_ROWS,
    Bound,
    Choice,
    Definition,
    Kind,
    Language,
    NonAnswer,
    Page,
    Question,
)
from surveys.values import is_date, is_number

FORMAT: Final = "urne-survey/1"

_DEFINITION_FIELDS: Final = ("format", "intro", "languages", "pages", "thanks", "title")
_PAGE_FIELDS: Final = ("code", "questions", "show_if", "shuffle", "title")
_QUESTION_FIELDS: Final = (
    *("background", "choices", "code", "decimals", "help", "high_label", "kind"),
    *("low_label", "max", "min", "non_answers", "other", "required", "rows"),
    *("show_if", "shuffle", "title"),
)
_CHOICE_FIELDS: Final = ("code", "exclusive", "label")


def read_definition(raw: JsonValue) -> Definition:
    """The definition that a JSON value of format `urne-survey/1` holds.

    Texts are stripped of the space around them and brought to Unicode form NFC.

    Raises:
        NotADefinition: no object, or not of this format.
        DefinitionTooLarge: more pages or questions than there may be.
        DefinitionMalformed: a part of a wrong type or size, or one that is missing.
        DefinitionUnlawful: codes that are not unique, references that are not
            backward, settings that the kind of question does not have.

    """
    if not isinstance(raw, Mapping):
        raise NotADefinition((Problem("", Reason.NOT_AN_OBJECT),))
    if raw.get("format") != FORMAT:
        raise NotADefinition((Problem("format", Reason.UNKNOWN_VALUE),))
    _require_size(raw)
    problems = ProblemList()
    fields = Fields(raw, "", problems)
    fields.languages = _read_languages(fields)
    definition = _read(fields)
    problems.require_none(DefinitionMalformed)
    require_lawful(definition)
    return definition


def _require_size(raw: Mapping[str, JsonValue]) -> None:
    pages = raw.get("pages")
    if isinstance(pages, str) or not isinstance(pages, Sequence):
        return
    if len(pages) > MOST_PAGES:
        problem = Problem("pages", Reason.TOO_MANY, limit=MOST_PAGES)
        raise DefinitionTooLarge((problem,))
    count = 0
    for page in pages:
        questions = page.get("questions") if isinstance(page, Mapping) else None
        if isinstance(questions, Sequence) and not isinstance(questions, str):
            count += len(questions)
    if count > MOST_QUESTIONS:
        problem = Problem("pages", Reason.TOO_MANY, "questions", MOST_QUESTIONS)
        raise DefinitionTooLarge((problem,))


def _read_languages(fields: Fields) -> tuple[Language, ...]:
    found: list[Language] = []
    for place, value in enumerate(fields.items("languages", len(LANGUAGES))):
        path = f"languages[{place}]"
        known = [language for language in get_args(Language) if language == value]
        if not known:
            fields.problems.add(path, Reason.UNKNOWN_VALUE)
        elif known[0] in found:
            fields.problems.add(path, Reason.SAME_CODE)
        else:
            found.append(known[0])
    if not found:
        fields.note("languages", Reason.TOO_FEW, 1)
    return tuple(found) or LANGUAGES


def _read(fields: Fields) -> Definition:
    fields.allow(_DEFINITION_FIELDS)
    pages = tuple(_read_page(page) for page in fields.objects("pages", MOST_PAGES))
    if not pages:
        fields.note("pages", Reason.TOO_FEW, 1)
    return Definition(
        title=fields.texts("title", required=True),
        pages=pages,
        languages=fields.languages,
        intro=fields.texts("intro", LONGEST_PASSAGE),
        thanks=fields.texts("thanks", LONGEST_PASSAGE),
    )


def _read_page(fields: Fields) -> Page:
    fields.allow(_PAGE_FIELDS)
    questions = fields.objects("questions", MOST_QUESTIONS)
    return Page(
        code=fields.code(),
        questions=tuple(
            question for each in questions if (question := _read_question(each))
        ),
        title=fields.texts("title"),
        show_if=read_condition(fields),
        shuffle=fields.flag("shuffle"),
    )


def _read_question(fields: Fields) -> Question | None:
    fields.allow(_QUESTION_FIELDS)
    kind = fields.member("kind", Kind)
    if kind is None:
        return None
    return Question(
        code=fields.code(),
        kind=kind,
        title=fields.texts("title", required=True),
        help=fields.texts("help", LONGEST_PASSAGE),
        required=fields.flag("required"),
        show_if=read_condition(fields),
        choices=_read_choices(fields, "choices", MOST_CHOICES),
        rows=_read_choices(fields, "rows", MOST_ROWS),
        other=fields.texts("other"),
        non_answers=_read_non_answers(fields),
        shuffle=fields.flag("shuffle"),
        minimum=_read_bound(fields, "min", kind),
        maximum=_read_bound(fields, "max", kind),
        decimals=fields.integer("decimals", 0, MOST_DECIMALS) or 0,
        low_label=fields.texts("low_label"),
        high_label=fields.texts("high_label"),
        background=fields.flag("background"),
    )


def _read_choices(fields: Fields, name: str, most: int) -> tuple[Choice, ...]:
    choices = []
    for each in fields.objects(name, most):
        each.allow(_CHOICE_FIELDS)
        code = each.code(of_choice=True)
        label = each.texts("label", required=True)
        choices.append(Choice(code, label, each.flag("exclusive")))
    return tuple(choices)


def _read_non_answers(fields: Fields) -> tuple[NonAnswer, ...]:
    given = []
    for place, value in enumerate(fields.items("non_answers", len(NonAnswer))):
        path = f"{fields.at('non_answers')}[{place}]"
        if not isinstance(value, str) or value not in set(NonAnswer):
            fields.problems.add(path, Reason.UNKNOWN_VALUE)
        elif value in given:
            fields.problems.add(path, Reason.SAME_CODE)
        else:
            given.append(value)
    # In one order, so that two definitions that ask the same have one digest.
    return tuple(each for each in NonAnswer if each in given)


_LARGEST: Final = {
    Kind.SHORT_TEXT: LONGEST_SHORT_ANSWER,
    Kind.LONG_TEXT: LONGEST_LONG_ANSWER,
    Kind.SCALE: HIGHEST_SCALE,
}


def _read_bound(fields: Fields, name: str, kind: Kind) -> Bound | None:
    if name not in fields.values:
        return None
    value = fields.values[name]
    if kind is Kind.NUMBER:
        return _read_number(fields, name)
    if kind is not Kind.DATE:
        low = LOWEST_SCALE if kind is Kind.SCALE else 1
        return fields.integer(name, low, _LARGEST.get(kind, MOST_CHOICES))
    if isinstance(value, str) and is_date(value):
        return value
    fields.note(name, Reason.NOT_A_DATE)
    return None


def _read_number(fields: Fields, name: str) -> str | None:
    value = fields.values[name]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < INTEGER_LIMIT else ""
    if isinstance(value, str) and is_number(value):
        return value
    fields.note(name, Reason.NOT_A_NUMBER)
    return None
