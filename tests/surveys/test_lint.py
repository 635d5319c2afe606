from typing import Any

import pytest

from surveys.definition import read_definition
from surveys.lint import FindingCode, Severity, is_launchable, lint_definition
from surveys.modes import Mode
from tests.surveys.questionnaires import (
    asking,
    choices,
    every_kind,
    nb,
    question,
    questionnaire,
)


def codes(
    asked: list[dict[str, Any]],
    mode: Mode = Mode.ANONYMOUS,
    invited: int | None = 1_000,
    threshold: int = 5,
) -> set[FindingCode]:
    definition = asking(*asked)
    return {each.code for each in lint_definition(definition, mode, invited, threshold)}


ASKING = [
    ("Hva heter du?", FindingCode.ASKS_NAME),
    ("Navn", FindingCode.ASKS_NAME),
    ("Skriv fornavnet ditt", FindingCode.ASKS_NAME),
    ("Kva heiter du?", FindingCode.ASKS_NAME),
    ("Etternamn", FindingCode.ASKS_NAME),
    ("Your name", FindingCode.ASKS_NAME),
    ("Din e-post", FindingCode.ASKS_EMAIL),
    ("E-mail", FindingCode.ASKS_EMAIL),
    ("Telefonnummer", FindingCode.ASKS_PHONE),
    ("Mobilnr.", FindingCode.ASKS_PHONE),
    ("Phone number", FindingCode.ASKS_PHONE),
    ("Fødselsnummer (11 siffer)", FindingCode.ASKS_IDENTITY_NUMBER),
    ("Personnummer", FindingCode.ASKS_IDENTITY_NUMBER),
    ("Fnr", FindingCode.ASKS_IDENTITY_NUMBER),
    ("National identity number", FindingCode.ASKS_IDENTITY_NUMBER),
    ("Når er du født?", FindingCode.ASKS_BIRTH_DATE),
    ("Date of birth", FindingCode.ASKS_BIRTH_DATE),
    ("Medlemsnummer", FindingCode.ASKS_MEMBER_NUMBER),
    ("Hjemmeadresse", FindingCode.ASKS_ADDRESS),
    ("Hvor gammel er du?", FindingCode.EXACT_AGE),
]
HARMLESS = [
    "Hvor mange timer arbeider du i uka?",
    "Hva bør forbundet gjøre annerledes?",
    "Kva synest du om kurset?",
    "What should we do more of?",
    "Er du fornøyd med lønna?",
    "Hva savner du i samarbeidet?",
    "Hvilke fordeler bruker du oftest?",
]


@pytest.mark.parametrize(("title", "code"), ASKING)
def test_questions_that_give_people_away_are_found(
    title: str, code: FindingCode
) -> None:
    assert codes([question("a", "short_text") | {"title": nb(title)}]) == {code}


@pytest.mark.parametrize("title", HARMLESS)
def test_other_questions_are_let_be(title: str) -> None:
    assert codes([question("a", "long_text") | {"title": nb(title)}]) == set()


def test_identity_numbers_are_refused_in_every_mode_and_language() -> None:
    raw = questionnaire(
        [question("a", "short_text")],
        languages=["nb", "en"],
        title={"nb": "T", "en": "T"},
    )
    raw["pages"][0]["questions"][0]["title"] = {"nb": "Ditt nummer", "en": "SSN"}
    for mode in Mode:
        found = lint_definition(read_definition(raw), mode, 100)
        assert found[0].code is FindingCode.ASKS_IDENTITY_NUMBER
        assert found[0].severity is Severity.REFUSAL
        assert found[0].question == "a"
        assert not is_launchable(found)


def test_named_surveys_may_ask_who_one_is() -> None:
    name = question("a", "short_text") | {"title": nb("Navn")}
    assert codes([name], Mode.NAMED) == set()
    assert codes([name], Mode.OPEN, None) == {FindingCode.ASKS_NAME}


def test_closed_questions_and_help_texts_ask_for_nobody() -> None:
    closed = question("a", "single", choices=choices("ja", "nei"))
    closed["title"] = nb("Er navnet på klubben godt?")
    advised = question("b", "long_text", help=nb("Ikke skriv navn her."))
    assert codes([closed, advised]) == set()


def test_identity_numbers_are_found_wherever_they_may_be_asked_for() -> None:
    number, said = nb("Fødselsnummer"), FindingCode.NAMES_IDENTITY_NUMBER
    for kind in ("single", "multiple", "dropdown"):
        other = question("a", kind, choices=choices("ja", "nei"), other=nb("Annet"))
        assert codes([other]) == set()
        asked = other | {"title": number}
        assert codes([asked], Mode.NAMED) == {FindingCode.ASKS_IDENTITY_NUMBER}
        asked = other | {"other": number}
        assert codes([asked]) == {FindingCode.ASKS_IDENTITY_NUMBER}
    typed = question("a", "short_text", title=nb("Skriv her"))
    for kind in ("heading", "information"):
        assert codes([question("h", kind, title=number), typed]) == {said}
    raw = questionnaire([typed])
    raw["pages"][0]["title"] = number
    definition = read_definition(raw)
    found = lint_definition(definition, Mode.NAMED, None)
    assert [(each.code, each.question) for each in found] == [(said, "")]
    assert is_launchable(found), "it may say that nobody shall write it"


def test_few_invited_are_warned_of_and_too_few_refused() -> None:
    asked = [question("a", "nps")]
    for invited, expected in [
        (10, set()),
        (9, {FindingCode.FEW_INVITED}),
        (5, {FindingCode.FEW_INVITED}),
        (4, {FindingCode.TOO_FEW_INVITED}),
    ]:
        assert codes(asked, invited=invited) == expected
        assert codes(asked, Mode.PSEUDONYMOUS, invited) == expected
    found = lint_definition(asking(*asked), Mode.ANONYMOUS, 7, 8)
    assert not is_launchable(found)
    assert found[0].number == 8
    assert codes(asked, Mode.OPEN, None) == set()
    assert is_launchable(lint_definition(asking(*asked), Mode.ANONYMOUS, None))


def test_background_that_leaves_small_groups_is_warned_of() -> None:
    def background(code: str, count: int, *, marked: bool = True) -> dict[str, Any]:
        names = choices(*(f"c{number}" for number in range(count)))
        return question(code, "single", choices=names, background=marked)

    three = [background("a", 5), background("b", 4), background("c", 2)]
    assert codes(three, invited=200) == set()
    assert codes(three, invited=199) == {FindingCode.SMALL_GROUPS}
    four = [*three, background("d", 2, marked=False) | {"title": nb("Kjønn")}]
    assert codes(four, invited=10_000) == {FindingCode.MUCH_BACKGROUND}
    assert codes(four, Mode.NAMED, 20) == set()


def test_what_is_not_finished_is_found() -> None:
    empty = read_definition(questionnaire([], [question("h", "heading")]))
    found = {each.code: each for each in lint_definition(empty, Mode.OPEN, None)}
    assert found[FindingCode.NOTHING_ASKED].severity is Severity.REFUSAL
    assert found[FindingCode.EMPTY_PAGE].question == "p1"
    long = [question(f"q{number}", "nps") for number in range(61)]
    assert codes(long) == {FindingCode.LONG}
    half = questionnaire([question("a", "nps")], languages=["nb", "nn"])
    findings = lint_definition(read_definition(half), Mode.OPEN, None)
    assert [(each.code, each.number) for each in findings] == [
        (FindingCode.NOT_TRANSLATED, 2)
    ]
    assert not is_launchable(findings)
    assert is_launchable(lint_definition(every_kind(), Mode.ANONYMOUS, 500))
