"""Which texts are not written in a language that the definition promises."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.questionnaire import Definition, Language, texts_of_definition


@dataclass(frozen=True, slots=True)
class MissingTranslation:
    """A text that stands in another language only."""

    path: str
    """As in `surveys.definition_problems.Problem`."""

    language: Language
    original: str
    """What it says in the language that the definition was written in."""


def missing_translations(
    definition: Definition, language: Language | None = None
) -> tuple[MissingTranslation, ...]:
    """Every text not written in a language, or in any of the definition's."""
    wanted = definition.languages if language is None else (language,)
    original = definition.languages[0]
    return tuple(
        MissingTranslation(path, each, texts.in_language(original))
        for each in wanted
        for path, texts in texts_of_definition(definition)
        if texts and not texts.own(each)
    )
