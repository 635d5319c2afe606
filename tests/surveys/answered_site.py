"""A closed survey of every kind of question with its responses, and its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import redis
from flask import Flask
from flask_wtf.csrf import CSRFProtect

from accounts.guards import seal_app
from accounts.officials import create_official
from accounts.roles import Role
from accounts.views import blueprint as accounts_blueprint
from crypto.encoding import JsonValue, encode_json
from crypto.passwords import CHEAPEST_FOR_TESTS
from infra.clock import FixedClock
from infra.databases import Store
from infra.runtime import Runtime
from infra.web import init_web
from surveys.answers import clean_answers
from surveys.conditions import Answers
from surveys.definition import Definition, read_definition
from surveys.lifecycle import close_survey
from surveys.responses import NewResponse, drop_response, move_responses, move_spent
from surveys.surveys import get_survey
from surveys.views import BLUEPRINTS
from tests.surveys.open_site import CLOSES, open_site
from tests.surveys.questionnaires import choices, nb, question, questionnaire
from tests.web.official_site import Visitor

ROOT = Path(__file__).resolve().parents[2]
AFTER = CLOSES + timedelta(hours=1)

ENJOYMENT = ["helt_uenig", "uenig", "verken", "enig", "helt_enig"]

EVERY_RESULT = read_definition(
    questionnaire(
        [
            question(
                "fylke",
                "single",
                title=nb("Hvilket fylke jobber du i?"),
                choices=choices("oslo", "vestland", "troms"),
                background=True,
            ),
            question(
                "fornoyd",
                "scale",
                title=nb("Hvor fornøyd er du med tillitsvalgte?"),
                min=1,
                max=5,
                low_label=nb("Svært misfornøyd"),
                high_label=nb("Svært fornøyd"),
                non_answers=["@dont_know"],
            ),
            question("anbefale", "nps", title=nb("Ville du anbefalt oss?")),
            question(
                "kurs",
                "multiple",
                title=nb("Hvilke kurs har du gått på?"),
                choices=choices("lonn", "hms", "data"),
            ),
            question(
                "miljo",
                "matrix",
                title=nb("Hvor enig er du?"),
                rows=[
                    {"code": "trives", "label": nb("Jeg trives på jobben")},
                    {"code": "tid", "label": nb("Jeg har nok tid")},
                ],
                choices=choices(*ENJOYMENT),
            ),
            question(
                "viktig",
                "ranking",
                title=nb("Hva er viktigst?"),
                choices=choices("lonn", "tid", "kurs"),
            ),
            question("ar", "number", title=nb("Hvor mange år har du vært medlem?")),
            question("dato", "date", title=nb("Når gikk du sist på kurs?")),
            question("samtykke", "consent", title=nb("Kan vi bruke svarene?")),
            question("mer", "long_text", title=nb("Vil du si noe mer?")),
        ]
    )
)


def everyday_answers(number: int) -> Answers:
    """What respondent `number` gives: no two questions in the same rhythm."""
    raw: dict[str, JsonValue] = {
        "fylke": ["oslo", "vestland", "troms"][(number * number) % 3],
        "fornoyd": [4, 5, 3, 4, 2, 5, 4, 3, 5, 1][number % 10],
        "anbefale": [9, 10, 7, 8, 3, 9, 10][number % 7],
        "kurs": [["lonn"], ["lonn", "hms"], ["data"]][number % 3],
        "miljo": {
            "trives": ENJOYMENT[[3, 4, 4, 3, 2, 1, 3, 4, 0][number % 9]],
            "tid": ENJOYMENT[[0, 1, 1, 2, 3, 1, 0][number % 7]],
        },
        "viktig": [["lonn", "tid", "kurs"], ["tid", "lonn", "kurs"]][number % 2],
        "ar": str(number % 37),
        "dato": f"2026-{1 + number % 12:02}-15",
        "samtykke": True,
    }
    if number % 4 == 0:
        raw["mer"] = f'=HYPERLINK("x") <b>Mer kurs</b>, takk ({number % 20})'
    return clean_answers(EVERY_RESULT, raw)


@dataclass(frozen=True, slots=True)
class AnsweredSite:
    """The designer's pages over one survey."""

    runtime: Runtime
    app: Flask
    survey_id: str

    def visitor(self, role: Role | None = Role.SURVEY_DESIGNER) -> Visitor:
        """A browser in which an official with a role is signed in, or nobody."""
        store = self.runtime.store("service")
        who = None
        if role is not None:
            with store.begin() as session:
                who = create_official(
                    session,
                    email=f"{role}@eksempelforbundet.no",
                    name="Dina Designer",
                    roles=frozenset({role}),
                    password="et langt nok passord",
                    profile=CHEAPEST_FOR_TESTS,
                )
        return Visitor(self.app, store, self.runtime, who)

    @property
    def page(self) -> str:
        """Where the results are."""
        return f"/undersokelser/{self.survey_id}/resultater"


def answered_site(
    store: Store,
    folder: Path,
    given: Sequence[Answers],
    definition: Definition = EVERY_RESULT,
    *,
    redis_url: str,
) -> AnsweredSite:
    """Make, launch, answer and close a survey of mode open; every response is moved."""
    site = open_site(store, folder, definition)
    keystore = site.runtime.keystore("service")
    with store.begin() as session:
        survey = get_survey(session, site.survey_id)
        assert survey.key_id
        assert survey.intake_key
        for number, answers in enumerate(given):
            spent = number.to_bytes(32, "big")
            new = NewResponse(spent, spent, encode_json(dict(answers)))
            drop_response(session, survey.id, survey.intake_key, new)
        key = keystore.read_key(survey.key_id)
    with store.begin() as session:
        assert close_survey(session, site.runtime.settings, site.survey_id, AFTER)
        move_responses(session, key, site.survey_id, fewest=1)
        move_spent(session, site.survey_id, fewest=1)
        get_survey(session, site.survey_id).rewritten_at = AFTER
    runtime = Runtime(
        site.runtime.settings,
        FixedClock(AFTER),
        site.runtime.stores,
        {"service": redis.Redis.from_url(redis_url)},
    )
    return AnsweredSite(runtime, results_app(runtime), site.survey_id)


def results_app(runtime: Runtime) -> Flask:
    """The pages of results, and those of accounts that they lead to."""
    app = Flask("results-site", root_path=str(ROOT))
    init_web(app, runtime)
    csrf = CSRFProtect(app)
    for blueprint in (accounts_blueprint, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    seal_app(app, csrf)
    return app
