"""What may be put right after launch: typos and translations, and nothing else.

Who has answered has answered what stood there. A change that could turn the meaning is
another questionnaire, and so another survey. What is let through stands on the log for
all to compare, because no rule sees every twist of words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from typing import Final

from surveys.editing_distance import is_within
from surveys.piping import piped_codes
from surveys.questionnaire import (
    Definition,
    Language,
    Question,
    Texts,
    texts_of_definition,
)
from surveys.skeleton import without_texts

MOST_EDITS: Final = 40
"""Characters inserted, removed or replaced in one text."""
ALWAYS_ALLOWED: Final = 2
"""Edits of a short text: two letters that changed places."""
EDITED_PART: Final = 8
"""An eighth of a longer text may change."""

_WORD: Final = re.compile(r"\w+")
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_TURNING: Final = frozenset(
    {"ikke", "ikkje", "aldri", "ingen", "uten", "utan", "not", "no", "never", "without"}
    | {"none", "mindre", "less", "mer", "meir", "more"}
)
_TURNING_PREFIXES: Final = ("u", "un", "in", "im", "dis", "mis", "non")


class WordingReason(StrEnum):
    """Why a change of words is more than a typo put right."""

    STRUCTURE = "structure"
    """Something else than words differs: codes, kinds, order, conditions, limits."""
    LANGUAGE_REMOVED = "language_removed"
    ORIGINAL_CHANGED = "original_changed"
    """Another language comes first."""
    TEXT_ADDED = "text_added"
    TEXT_REMOVED = "text_removed"
    TOO_DIFFERENT = "too_different"
    MEANING_TURNED = "meaning_turned"
    """A "not" or a number came, went or changed."""
    PIPING_CHANGED = "piping_changed"
    LABELS_EXCHANGED = "labels_exchanged"
    """A choice is called what another was called."""


@dataclass(frozen=True, slots=True)
class WordingProblem:
    """One change that is more than a typo put right."""

    path: str
    """As in `surveys.definition_problems.Problem`; empty for the whole."""

    reason: WordingReason


class NotWordingOnly(ValueError):
    """The change needs a new version, and so a new survey."""

    def __init__(self, problems: tuple[WordingProblem, ...]) -> None:
        """Take the problems in the document's order."""
        first = problems[0]
        super().__init__(
            f"{len(problems)} changes beyond wording; "
            f"the first at {first.path!r}: {first.reason}"
        )
        self.problems = problems


def require_wording_only(old: Definition, new: Definition) -> None:
    """Refuse a change of a launched definition beyond typos and translations.

    A text that was empty in a translation may be written, and a language added. A text
    that stood there may change by an eighth of its letters, but no number in it, and no
    word that turns its meaning.

    Raises:
        NotWordingOnly: with every problem and its path.

    """
    problems = list(_problems(old, new))
    if problems:
        raise NotWordingOnly(tuple(problems))


def _problems(old: Definition, new: Definition) -> Iterator[WordingProblem]:
    if new.languages[0] != old.languages[0]:
        yield WordingProblem("languages", WordingReason.ORIGINAL_CHANGED)
    if set(old.languages) - set(new.languages):
        yield WordingProblem("languages", WordingReason.LANGUAGE_REMOVED)
    if without_texts(old) != without_texts(new):
        # The texts no longer lie side by side, so there is nothing to compare.
        yield WordingProblem("", WordingReason.STRUCTURE)
        return
    pairs = zip(texts_of_definition(old), texts_of_definition(new), strict=True)
    for (path, before), (_, after) in pairs:
        for language in old.languages:
            reason = _compare(before, after, language, old.languages[0])
            if reason is not None:
                yield WordingProblem(f"{path}.{language}", reason)
    yield from _exchanged(old, new)


def _compare(
    before: Texts, after: Texts, language: Language, original: Language
) -> WordingReason | None:
    was, now = before.own(language), after.own(language)
    if was == now:
        return None
    if not was:
        return WordingReason.TEXT_ADDED if language == original else None
    if not now:
        return WordingReason.TEXT_REMOVED
    if Counter(piped_codes(was)) != Counter(piped_codes(now)):
        return WordingReason.PIPING_CHANGED
    if _is_turned(was, now):
        return WordingReason.MEANING_TURNED
    allowed = min(MOST_EDITS, max(ALWAYS_ALLOWED, len(was) // EDITED_PART))
    return None if is_within(was, now, allowed) else WordingReason.TOO_DIFFERENT


def _is_turned(was: str, now: str) -> bool:
    if _NUMBER.findall(was) != _NUMBER.findall(now):
        return True
    before = Counter(_WORD.findall(was.casefold()))
    after = Counter(_WORD.findall(now.casefold()))
    gone, come = before - after, after - before
    if any(word in _TURNING for word in (*gone, *come)):
        return True
    return any(
        longer == prefix + shorter
        for one, other in ((gone, come), (come, gone))
        for shorter in one
        for longer in other
        for prefix in _TURNING_PREFIXES
    )


def _exchanged(old: Definition, new: Definition) -> Iterator[WordingProblem]:
    for was, now in zip(old.questions, new.questions, strict=True):
        for name in ("choices", "rows"):
            if _takes_another_label(was, now, name):
                path = f"{was.code}.{name}"
                yield WordingProblem(path, WordingReason.LABELS_EXCHANGED)


def _takes_another_label(was: Question, now: Question, name: str) -> bool:
    before = [choice.label for choice in getattr(was, name)]
    after = [choice.label for choice in getattr(now, name)]
    if was.other:
        before.append(was.other)
        after.append(now.other)
    return any(
        _is_same(after[one], before[other], language)
        and not _is_same(before[one], before[other], language)
        for one, other in permutations(range(len(before)), 2)
        for language in ("nb", "nn", "en")
    )


def _is_same(one: Texts, other: Texts, language: Language) -> bool:
    text = one.own(language).casefold()
    return bool(text) and text == other.own(language).casefold()
