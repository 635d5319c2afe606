import re
from dataclasses import replace
from datetime import date

import pytest

from surveys.modes import PERSONAL_MODES, Mode
from surveys.questionnaire import LANGUAGES
from surveys.statement import (
    Statement,
    StatementFacts,
    StatementIncomplete,
    make_statement,
)

FACTS = StatementFacts(
    mode=Mode.ANONYMOUS,
    controller="Fagforbundet Prøve",
    purpose="Bedre kurs {controller} for tillitsvalgte.",
    threshold=7,
    deletes_on=date(2027, 3, 1),
    identified_until=date(2027, 2, 3),
    legal_basis="Samtykke",
    processor="Driftsselskapet AS",
)


def whole(statement: Statement) -> str:
    return "\n".join([statement.heading, *statement.sentences])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", Mode)
def test_statement_tells_what_was_set(mode: Mode, language: str) -> None:
    text = whole(make_statement(replace(FACTS, mode=mode), language))  # type: ignore[arg-type]
    assert "Fagforbundet Prøve" in text
    assert " 7 " in text
    assert {"nb": "1. mars 2027", "nn": "1. mars 2027", "en": "1 March 2027"}[
        language
    ] in text
    personal = mode in PERSONAL_MODES
    assert ("Driftsselskapet AS" in text) is personal
    assert ("Samtykke" in text) is personal
    assert ("3 February" in text or "3. februar" in text) is personal
    # A designer's braces stay braces.
    assert "Bedre kurs {controller} for tillitsvalgte" in text
    assert text.count("{") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_anonymous_mode_is_called_anonymous(language: str) -> None:
    anonymous = whole(make_statement(FACTS, language))  # type: ignore[arg-type]
    assert re.search(r"er anonym|is anonymous", anonymous)
    open_one = replace(FACTS, mode=Mode.OPEN)
    assert "anonym" not in whole(make_statement(open_one, language)).casefold()  # type: ignore[arg-type]
    for mode in PERSONAL_MODES:
        text = whole(make_statement(replace(FACTS, mode=mode), language))  # type: ignore[arg-type]
        assert re.sub(r"ikk(j?)e anonym|not anonymous", "", text).count("anonym") == 0


def test_only_an_anonymous_survey_never_hands_out_rows() -> None:
    for mode in Mode:
        told = "rad for rad" in whole(make_statement(replace(FACTS, mode=mode)))
        assert told is (mode is not Mode.ANONYMOUS)


def test_what_is_personal_is_not_stated_without_its_date() -> None:
    for mode in PERSONAL_MODES:
        with pytest.raises(StatementIncomplete):
            make_statement(replace(FACTS, mode=mode, identified_until=None))
    undated = replace(FACTS, identified_until=None)
    assert make_statement(undated) == make_statement(FACTS)
