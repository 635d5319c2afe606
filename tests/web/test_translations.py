from __future__ import annotations

import pytest

from scripts.translating.catalogues import LANGUAGES, extract_messages, faults_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_translated_and_nothing_else(language: str) -> None:
    faults = faults_of(language, extract_messages())
    assert faults == [], "run scripts/translate and translate what is new"
