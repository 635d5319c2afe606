"""A survey's definition: read, written, and named by its digest.

The format is `urne-survey/1`, published as JSON Schema in surveys/schema/. There is one
way to write a definition, so that two that ask the same have the same digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final, NoReturn

from crypto.encoding import JsonValue, encode_json
from surveys.conditions import condition_json
from surveys.definition_problems import (
    DefinitionTooLarge,
    NotADefinition,
    Problem,
    Reason,
)
from surveys.definition_reader import FORMAT, read_definition
from surveys.questionnaire import LANGUAGES, Choice, Definition, Page, Question, Texts

__all__ = [
    "Choice",
    "Definition",
    "Page",
    "Question",
    "definition_bytes",
    "definition_digest",
    "definition_json",
    "read_definition",
    "read_definition_file",
    "require_readable",
]

MOST_BYTES: Final = 1024 * 1024
"""Of a definition's file; the longest sensible one is a tenth of it."""

DIGEST_BYTES: Final = 32


def definition_json(definition: Definition) -> dict[str, JsonValue]:
    """The definition as a JSON value; what is empty or as usual is left out."""
    return _without_empty(
        {
            "format": FORMAT,
            "languages": list(definition.languages),
            "title": _texts(definition.title),
            "intro": _texts(definition.intro),
            "thanks": _texts(definition.thanks),
            "pages": [_page(page) for page in definition.pages],
        }
    )


def definition_bytes(definition: Definition) -> bytes:
    """The definition in canonical JSON (docs/protocol.md §1.5), UTF-8."""
    return encode_json(definition_json(definition))


def require_readable(data: bytes) -> None:
    """Refuse a file of more than 1 MiB.

    Raises:
        DefinitionTooLarge: see there.

    """
    if len(data) > MOST_BYTES:
        raise DefinitionTooLarge((Problem("", Reason.TOO_LONG, limit=MOST_BYTES),))


def definition_digest(definition: Definition) -> bytes:
    """SHA-256 of `definition_bytes`, 32 bytes: a browser compares it with a file's."""
    return hashlib.sha256(definition_bytes(definition)).digest()


def read_definition_file(data: bytes) -> Definition:
    """The definition in a JSON file, canonical or as a person has set it up.

    Raises:
        DefinitionTooLarge: more than 1 MiB, or as `read_definition`.
        NotADefinition: not JSON in UTF-8, a name twice in an object, fractions.
        DefinitionRefused: as `read_definition`.

    """
    require_readable(data)
    try:
        raw: JsonValue = json.loads(
            data.decode("utf-8-sig"),
            parse_float=_refuse,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise NotADefinition((Problem("", Reason.NOT_AN_OBJECT),)) from None
    return read_definition(raw)


def _refuse(_text: str) -> NoReturn:
    raise ValueError("numbers here are integers, or decimals written as text")


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return read


def _page(page: Page) -> dict[str, JsonValue]:
    written = _without_empty(
        {
            "code": page.code,
            "title": _texts(page.title),
            "shuffle": page.shuffle,
        }
    )
    if page.show_if is not None:
        written["show_if"] = condition_json(page.show_if)
    written["questions"] = [_question(question) for question in page.questions]
    return written


def _question(question: Question) -> dict[str, JsonValue]:
    written = _without_empty(
        {
            "code": question.code,
            "kind": question.kind.value,
            "title": _texts(question.title),
            "help": _texts(question.help),
            "required": question.required,
            "choices": _choices(question.choices),
            "rows": _choices(question.rows),
            "other": _texts(question.other),
            "non_answers": [each.value for each in question.non_answers],
            "shuffle": question.shuffle,
            "decimals": question.decimals,
            "low_label": _texts(question.low_label),
            "high_label": _texts(question.high_label),
            "background": question.background,
        }
    )
    # Zero is a bound, so these are not left out for being empty.
    if question.minimum is not None:
        written["min"] = question.minimum
    if question.maximum is not None:
        written["max"] = question.maximum
    if question.show_if is not None:
        written["show_if"] = condition_json(question.show_if)
    return written


def _choices(choices: Sequence[Choice]) -> list[JsonValue]:
    return [
        _without_empty(
            {
                "code": choice.code,
                "label": _texts(choice.label),
                "exclusive": choice.exclusive,
            }
        )
        for choice in choices
    ]


def _texts(texts: Texts) -> dict[str, JsonValue]:
    return {
        language: texts.own(language) for language in LANGUAGES if texts.own(language)
    }


def _without_empty(fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in fields.items() if value}
