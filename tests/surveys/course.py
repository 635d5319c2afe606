"""A course evaluation that asks in every way there is, as a union would word it."""

from __future__ import annotations

from typing import Any

from surveys.definition import Definition, read_definition


def _both(nb: str, en: str) -> dict[str, str]:
    return {"nb": nb, "en": en}


def _choices(**labels: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"code": code, "label": _both(nb, en)} for code, (nb, en) in labels.items()]


_BOTH = ["@dont_know", "@prefer_not"]

_FIRST = [
    {
        "code": "om_kurset",
        "kind": "information",
        "title": _both("Om kurset", "About the course"),
        "help": _both(
            "Det gjelder tillitsvalgtkurset i mars.", "This is the course in March."
        ),
    },
    {
        "code": "deltok",
        "kind": "single",
        "title": _both("Deltok du på kurset?", "Did you attend the course?"),
        "required": True,
        "choices": _choices(
            ja=("Ja, hele", "Yes, all of it"),
            delvis=("Ja, noe av det", "Yes, part of it"),
            nei=("Nei", "No"),
        ),
    },
    {
        "code": "temaer",
        "kind": "multiple",
        "title": _both("Hvilke temaer ga deg noe?", "Which topics were useful?"),
        "show_if": {"q": "deltok", "op": "in", "v": ["ja", "delvis"]},
        "choices": [
            *_choices(
                tariff=("Tariff og forhandlinger", "Collective bargaining"),
                lov=("Arbeidsmiljøloven", "The Working Environment Act"),
                rolle=("Rollen som tillitsvalgt", "The role of a shop steward"),
            ),
            {
                "code": "ingen",
                "label": _both("Ingen av dem", "None of them"),
                "exclusive": True,
            },
        ],
        "other": _both("Annet", "Other"),
        "max": 2,
    },
    {
        "code": "bransje",
        "kind": "dropdown",
        "title": _both("Hvilken bransje jobber du i?", "Which industry are you in?"),
        "choices": _choices(
            helse=("Helse og omsorg", "Health and care"),
            industri=("Industri", "Manufacturing"),
            stat=("Staten", "The state"),
        ),
        "other": _both("En annen bransje", "Another industry"),
        "non_answers": ["@prefer_not"],
        "background": True,
    },
]
_SECOND = [
    {
        "code": "del_to",
        "kind": "heading",
        "title": _both("Innhold og form", "Content and form"),
    },
    {
        "code": "nytte",
        "kind": "scale",
        "title": _both(
            "Hvor nyttig var kurset for deg?", "How useful was the course to you?"
        ),
        "help": _both("Du deltok: {{deltok}}.", "You attended: {{deltok}}."),
        "required": True,
        "min": 1,
        "max": 5,
        "low_label": _both("Ikke nyttig", "Not useful"),
        "high_label": _both("Svært nyttig", "Very useful"),
        "non_answers": ["@dont_know"],
    },
    {
        "code": "anbefale",
        "kind": "nps",
        "title": _both(
            "Hvor sannsynlig er det at du vil anbefale kurset til en kollega?",
            "How likely are you to recommend the course to a colleague?",
        ),
        "low_label": _both("Svært lite sannsynlig", "Very unlikely"),
        "high_label": _both("Svært sannsynlig", "Very likely"),
    },
    {
        "code": "enighet",
        "kind": "matrix",
        "title": _both("Hvor enig er du?", "How far do you agree?"),
        "rows": _choices(
            holdt=("Kurslederen holdt seg til temaet", "The leader kept to the topic"),
            tid=("Det var tid nok til spørsmål", "There was time for questions"),
        ),
        "choices": _choices(
            uenig=("Uenig", "Disagree"),
            delvis=("Verken eller", "Neither"),
            enig=("Enig", "Agree"),
        ),
        "non_answers": ["@dont_know"],
    },
    {
        "code": "viktigst",
        "kind": "ranking",
        "title": _both("Hva er viktigst neste gang?", "What matters most next time?"),
        "choices": _choices(
            lengde=("Kortere dager", "Shorter days"),
            sted=("Nærmere hjemmet", "Closer to home"),
            praksis=("Flere øvelser", "More exercises"),
        ),
    },
]
_THIRD = [
    {
        "code": "timer",
        "kind": "number",
        "title": _both(
            "Hvor mange timer brukte du på forberedelser?",
            "How many hours did you prepare?",
        ),
        "min": "0",
        "max": "40",
        "decimals": 1,
        "non_answers": _BOTH,
    },
    {
        "code": "sist",
        "kind": "date",
        "title": _both("Når var du sist på kurs?", "When was your last course?"),
        "min": "2020-01-01",
        "max": "2027-12-31",
        "non_answers": ["@dont_know"],
    },
    {
        "code": "ett_ord",
        "kind": "short_text",
        "title": _both("Beskriv kurset med ett ord", "The course in one word"),
        "max": 40,
    },
    {
        "code": "bedre",
        "kind": "long_text",
        "title": _both("Hva kan vi gjøre bedre?", "What can we do better?"),
        "max": 1000,
    },
    {
        "code": "samtykke",
        "kind": "consent",
        "title": _both(
            "Ja, det jeg har skrevet, kan gjengis ordrett i rapporten.",
            "Yes, what I wrote may be quoted in the report.",
        ),
    },
]


def course_json() -> dict[str, Any]:
    """The questionnaire as JSON, in bokmål and English."""
    return {
        "format": "urne-survey/1",
        "languages": ["nb", "en"],
        "title": _both("Hvordan var kurset?", "How was the course?"),
        "intro": _both(
            "Svarene brukes til å lage neste kurs. Det tar omtrent fem minutter.",
            "The answers are used to plan the next course. It takes five minutes.",
        ),
        "thanks": _both(
            "Resultatet legges fram på årsmøtet.",
            "The result will be presented at the annual meeting.",
        ),
        "pages": [
            {
                "code": "deltakelse",
                "title": _both("Deltakelse", "Attendance"),
                "questions": _FIRST,
            },
            {
                "code": "vurdering",
                "title": _both("Vurdering", "Assessment"),
                "show_if": {"q": "deltok", "op": "in", "v": ["ja", "delvis"]},
                "questions": _SECOND,
            },
            {
                "code": "til_slutt",
                "title": _both("Til slutt", "Finally"),
                "questions": _THIRD,
            },
        ],
    }


def course() -> Definition:
    """The questionnaire."""
    return read_definition(course_json())
