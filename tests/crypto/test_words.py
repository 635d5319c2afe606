"""The words that key holders read aloud, docs/protocol.md §6.3."""

import json
from itertools import combinations
from pathlib import Path

WORDS: list[str] = json.loads(
    Path("static/js/crypto/words.json").read_text(encoding="utf-8")
)


def test_there_is_one_word_for_every_byte() -> None:
    assert len(WORDS) == len(set(WORDS)) == 256


def test_words_are_short_and_lower_case() -> None:
    assert all(3 <= len(word) <= 8 for word in WORDS)
    assert set("".join(WORDS)) <= set("abcdefghijklmnopqrstuvwxyzæøå")


def test_no_two_words_begin_alike() -> None:
    assert not [pair for pair in combinations(WORDS, 2) if pair[0][:4] == pair[1][:4]]


def test_no_two_words_differ_by_one_letter_only() -> None:
    assert not [pair for pair in combinations(WORDS, 2) if _is_near(*pair)]


def _is_near(first: str, second: str) -> bool:
    return bool(_with_one_letter_gone(first) & _with_one_letter_gone(second))


def _with_one_letter_gone(word: str) -> set[str]:
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}
