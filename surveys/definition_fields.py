"""Reads the fields of one object in a definition, and notes what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar, get_args

from crypto.encoding import JsonValue
from surveys.definition_problems import ProblemList, Reason
from surveys.questionnaire import (
    LANGUAGES,
    LONGEST_CODE,
    LONGEST_LABEL,
    NO_TEXT,
    Language,
    Texts,
)
from surveys.values import UnreadableText, clean_text

E = TypeVar("E", bound=StrEnum)

_QUESTION_CODE: Final = re.compile(r"[a-z][a-z0-9_]*")
_CHOICE_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_]*")

_UNKNOWN_FIELDS_TOLD: Final = 10


def is_question_code(text: str) -> bool:
    """Whether a question or a page may be called so."""
    return len(text) <= LONGEST_CODE and _QUESTION_CODE.fullmatch(text) is not None


def is_choice_code(text: str) -> bool:
    """Whether a choice or a row may be called so; digits alone are allowed."""
    return len(text) <= LONGEST_CODE and _CHOICE_CODE.fullmatch(text) is not None


class Fields:
    """One object of the document, at a path."""

    __slots__ = ("languages", "path", "problems", "values")

    def __init__(
        self,
        values: Mapping[str, JsonValue],
        path: str,
        problems: ProblemList,
        languages: tuple[Language, ...] = LANGUAGES,
    ) -> None:
        self.values = values
        self.path = path
        self.problems = problems
        self.languages = languages

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def note(self, name: str, reason: Reason, limit: int | None = None) -> None:
        """Note a problem with a field."""
        self.problems.add(self.at(name), reason, limit=limit)

    def allow(self, names: Collection[str]) -> None:
        """Note every field that is none of these."""
        unknown = [name for name in self.values if name not in names]
        for name in unknown[:_UNKNOWN_FIELDS_TOLD]:
            self.problems.add(self.path, Reason.UNKNOWN_FIELD, name[:LONGEST_CODE])

    def flag(self, name: str) -> bool:
        """True or false; false where it is missing."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.note(name, Reason.NOT_TRUE_OR_FALSE)
            return False
        return value

    def integer(self, name: str, low: int, high: int) -> int | None:
        """An integer from low to high, or nothing where it is missing."""
        if name not in self.values:
            return None
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, int):
            self.note(name, Reason.NOT_AN_INTEGER)
            return None
        if not low <= value <= high:
            self.note(name, Reason.OUT_OF_RANGE, high)
            return None
        return value

    def code(self, *, of_choice: bool = False) -> str:
        """The field `code`."""
        value = self.values.get("code")
        if value is None:
            self.note("code", Reason.MISSING)
        elif not isinstance(value, str):
            self.note("code", Reason.NOT_A_TEXT)
        elif is_choice_code(value) if of_choice else is_question_code(value):
            return value
        else:
            self.note("code", Reason.MALFORMED_CODE, LONGEST_CODE)
        return ""

    def member(self, name: str, kinds: type[E]) -> E | None:
        """One of the values of an enumeration; required."""
        value = self.values.get(name)
        if value is None:
            self.note(name, Reason.MISSING)
        elif not isinstance(value, str):
            self.note(name, Reason.NOT_A_TEXT)
        elif value in set(kinds):
            return kinds(value)
        else:
            self.note(name, Reason.UNKNOWN_VALUE)
        return None

    def texts(
        self, name: str, longest: int = LONGEST_LABEL, *, required: bool = False
    ) -> Texts:
        """A text in the declared languages; more than a label may have lines."""
        if name not in self.values:
            if required:
                self.note(name, Reason.MISSING)
            return NO_TEXT
        value = self.values[name]
        if not isinstance(value, Mapping):
            self.note(name, Reason.NOT_AN_OBJECT)
            return NO_TEXT
        inner = Fields(value, self.at(name), self.problems, self.languages)
        inner.allow(get_args(Language))
        read = {
            language: inner._text(language, longest)
            for language in LANGUAGES
            if language in value
        }
        texts = Texts(**read)
        if not texts.own(self.languages[0]) and (required or texts):
            self.note(name, Reason.ORIGINAL_MISSING)
        return texts

    def _text(self, language: Language, longest: int) -> str:
        value = self.values[language]
        if not isinstance(value, str):
            self.note(language, Reason.NOT_A_TEXT)
            return ""
        if len(value) > longest:
            self.note(language, Reason.TOO_LONG, longest)
            return ""
        try:
            text = clean_text(value, lines=longest > LONGEST_LABEL)
        except UnreadableText:
            self.note(language, Reason.UNREADABLE_TEXT)
            return ""
        if len(text) > longest:
            self.note(language, Reason.TOO_LONG, longest)
        if text and language not in self.languages:
            self.note(language, Reason.LANGUAGE_NOT_DECLARED)
        return text

    def items(self, name: str, most: int) -> Sequence[JsonValue]:
        """A list of at most so many; empty where it is missing."""
        value = self.values.get(name, ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.note(name, Reason.NOT_A_LIST)
            return ()
        if len(value) > most:
            self.note(name, Reason.TOO_MANY, most)
            return ()
        return value

    def objects(self, name: str, most: int) -> Iterator[Fields]:
        """The objects of a list, each with its path."""
        for place, value in enumerate(self.items(name, most)):
            path = f"{self.at(name)}[{place}]"
            if isinstance(value, Mapping):
                yield Fields(value, path, self.problems, self.languages)
            else:
                self.problems.add(path, Reason.NOT_AN_OBJECT)
