"""One answer held against its question; each kind in a function of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from crypto.encoding import JsonValue
from surveys.answer_problems import AnswerReason, WrongAnswer
from surveys.questionnaire import Kind, Question
from surveys.values import (
    UnreadableText,
    clean_text,
    decimals_of,
    is_date,
    is_number,
)

_LONGEST_RANK: Final = 3


def check_answer(question: Question, value: JsonValue) -> JsonValue:
    """The answer in its one form (see `surveys.conditions.Answers`), None for a blank.

    Whether a blank is allowed is not asked here, except for a matrix begun on.

    Raises:
        WrongAnswer: what is wrong with it.

    """
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, str) and value in question.non_answers:
        if question.kind is Kind.MATRIX:
            raise WrongAnswer(AnswerReason.WRONG_SHAPE)
        return value
    return _CHECKS[question.kind](question, value)


def _check_one(question: Question, value: JsonValue) -> str:
    if not isinstance(value, str):
        raise WrongAnswer(AnswerReason.WRONG_SHAPE)
    if value not in question.choice_codes:
        raise WrongAnswer(AnswerReason.NOT_A_CHOICE)
    return value


def _codes_in(question: Question, value: JsonValue) -> list[str]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise WrongAnswer(AnswerReason.WRONG_SHAPE)
    if len(value) > len(question.choice_codes):
        raise WrongAnswer(AnswerReason.TOO_MANY, len(question.choice_codes))
    codes = [_check_one(question, each) for each in value]
    if len(set(codes)) < len(codes):
        raise WrongAnswer(AnswerReason.TWICE)
    return codes


def _check_count(question: Question, count: int) -> None:
    if question.minimum is not None and count < int(question.minimum):
        raise WrongAnswer(AnswerReason.TOO_FEW, int(question.minimum))
    if question.maximum is not None and count > int(question.maximum):
        raise WrongAnswer(AnswerReason.TOO_MANY, int(question.maximum))


def _check_several(question: Question, value: JsonValue) -> list[str]:
    codes = _codes_in(question, value)
    exclusive = {choice.code for choice in question.choices if choice.exclusive}
    if exclusive.intersection(codes):
        if len(codes) > 1:
            raise WrongAnswer(AnswerReason.EXCLUSIVE_WITH_OTHERS)
        return codes
    _check_count(question, len(codes))
    return [code for code in question.choice_codes if code in codes]


def _check_ranking(question: Question, value: JsonValue) -> list[str]:
    if isinstance(value, Mapping):
        value = _ranked(value)
    codes = _codes_in(question, value)
    if question.minimum is None and question.maximum is None:
        if len(codes) < len(question.choices):
            raise WrongAnswer(AnswerReason.TOO_FEW, len(question.choices))
    else:
        _check_count(question, len(codes))
    return codes


def _ranked(ranks: Mapping[str, JsonValue]) -> list[JsonValue]:
    # As a form without script sends it: a rank beside each choice.
    by_rank: dict[int, JsonValue] = {}
    for code, typed in ranks.items():
        rank = str(typed)
        if not (rank.isascii() and rank.isdigit() and len(rank) <= _LONGEST_RANK):
            raise WrongAnswer(AnswerReason.NOT_A_NUMBER)
        if int(rank) in by_rank:
            raise WrongAnswer(AnswerReason.TWICE)
        by_rank[int(rank)] = code
    if sorted(by_rank) != list(range(1, len(by_rank) + 1)):
        raise WrongAnswer(AnswerReason.RANKS_WITH_HOLES)
    return [by_rank[rank] for rank in sorted(by_rank)]


def _check_matrix(question: Question, value: JsonValue) -> dict[str, JsonValue] | None:
    if not isinstance(value, Mapping):
        raise WrongAnswer(AnswerReason.WRONG_SHAPE)
    rows = [row.code for row in question.rows]
    if any(row not in rows for row in value):
        raise WrongAnswer(AnswerReason.WRONG_SHAPE)
    answered: dict[str, JsonValue] = {}
    for row in rows:
        cell = value.get(row)
        if cell is not None and cell != "":
            if cell not in question.codes:
                raise WrongAnswer(AnswerReason.NOT_A_CHOICE, row=row)
            answered[row] = cell
        elif question.required:
            raise WrongAnswer(AnswerReason.ROW_MISSING, row=row)
    return answered or None


def _check_text(question: Question, value: JsonValue) -> str | None:
    if not isinstance(value, str):
        raise WrongAnswer(AnswerReason.WRONG_SHAPE)
    longest = question.longest_answer
    # Lines end in two characters in what a form sends, and in one here.
    if len(value) > 2 * longest + 2:
        raise WrongAnswer(AnswerReason.TOO_LONG, longest)
    try:
        text = clean_text(value, lines=question.kind is Kind.LONG_TEXT)
    except UnreadableText:
        raise WrongAnswer(AnswerReason.UNREADABLE_TEXT) from None
    if len(text) > longest:
        raise WrongAnswer(AnswerReason.TOO_LONG, longest)
    return text or None


def _check_number(question: Question, value: JsonValue) -> str:
    text = str(value) if _is_integer(value) else value
    if not isinstance(text, str) or not is_number(text):
        raise WrongAnswer(AnswerReason.NOT_A_NUMBER)
    if decimals_of(text) > question.decimals:
        raise WrongAnswer(AnswerReason.TOO_MANY_DECIMALS, question.decimals)
    if question.minimum is not None and Decimal(text) < Decimal(question.minimum):
        raise WrongAnswer(AnswerReason.TOO_SMALL, question.minimum)
    if question.maximum is not None and Decimal(text) > Decimal(question.maximum):
        raise WrongAnswer(AnswerReason.TOO_LARGE, question.maximum)
    return text


def _check_date(question: Question, value: JsonValue) -> str:
    if not isinstance(value, str) or not is_date(value):
        raise WrongAnswer(AnswerReason.NOT_A_DATE)
    if question.minimum is not None and value < str(question.minimum):
        raise WrongAnswer(AnswerReason.TOO_EARLY, question.minimum)
    if question.maximum is not None and value > str(question.maximum):
        raise WrongAnswer(AnswerReason.TOO_LATE, question.maximum)
    return value


def _check_step(question: Question, value: JsonValue) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongAnswer(AnswerReason.WRONG_SHAPE)
    if value not in question.steps:
        raise WrongAnswer(AnswerReason.NOT_A_CHOICE)
    return value


def _check_consent(_question: Question, value: JsonValue) -> bool | None:
    if not isinstance(value, bool):
        raise WrongAnswer(AnswerReason.WRONG_SHAPE)
    # A consent that is not given is a blank: there is no other way to give none.
    return value or None


def _is_integer(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_CHECKS: Final[Mapping[Kind, Callable[[Question, JsonValue], JsonValue]]] = {
    Kind.SINGLE: _check_one,
    Kind.DROPDOWN: _check_one,
    Kind.MULTIPLE: _check_several,
    Kind.RANKING: _check_ranking,
    Kind.MATRIX: _check_matrix,
    Kind.SHORT_TEXT: _check_text,
    Kind.LONG_TEXT: _check_text,
    Kind.NUMBER: _check_number,
    Kind.DATE: _check_date,
    Kind.SCALE: _check_step,
    Kind.NPS: _check_step,
    Kind.CONSENT: _check_consent,
}
