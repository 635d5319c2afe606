"""An open survey of every kind of question, launched and open, on one store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text

import surveys.views.answering
from accounts.guards import seal_app
from crypto.encoding import JsonValue, decode_json
from crypto.sealing import unseal
from infra.clock import FixedClock
from infra.config import load_settings
from infra.databases import Store
from infra.runtime import Runtime
from infra.sides import Side
from infra.web import init_web
from surveys.definition import Definition
from surveys.launch import launch_survey
from surveys.lifecycle import open_survey
from surveys.modes import Mode
from surveys.responses import intake_key
from surveys.settings import SurveySettings
from surveys.surveys import create_survey, get_survey

ROOT = Path(__file__).resolve().parents[2]
SLUG = "medlemsundersokelse"
PAGE = f"/u/{SLUG}"
LAUNCHED = datetime(2027, 3, 1, 8, tzinfo=UTC)
OPENS = LAUNCHED + timedelta(hours=1)
DURING = OPENS + timedelta(hours=1)
CLOSES = OPENS + timedelta(days=14)
DELETES = CLOSES + timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OpenSite:
    """The application over one open survey, and what a test looks at behind it."""

    runtime: Runtime
    app: Flask
    survey_id: str

    def responses(self) -> list[JsonValue]:
        """What waits in intake, opened."""
        with self.runtime.store("service").reading() as session:
            key_id = get_survey(session, self.survey_id).key_id
            sealed = [
                bytes(row)
                for row in session.scalars(
                    text("SELECT sealed_answers FROM response_intake")
                )
            ]
        assert key_id is not None
        opener = intake_key(self.runtime.keystore("service").read_key(key_id))
        return [decode_json(unseal(opener, each)) for each in sealed]

    def at(self, now: datetime) -> Flask:
        """The application with its clock at another time."""
        runtime = self.runtime
        moved = Runtime(
            runtime.settings, FixedClock(now), runtime.stores, runtime.connections
        )
        return answering_app(moved)


def open_site(
    store: Store, folder: Path, definition: Definition, redis_url: str | None = None
) -> OpenSite:
    """Make, launch and open a survey of mode open; to send in it needs Redis."""
    settings = load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(folder)})
    connections: dict[Side, redis.Redis] = {}
    if redis_url is not None:
        connections["service"] = redis.Redis.from_url(redis_url)
    runtime = Runtime(settings, FixedClock(DURING), {"service": store}, connections)
    wanted = SurveySettings(
        title="Medlemsundersøkelsen 2027",
        organisation="Fagforbundet for prøver",
        mode=Mode.OPEN,
        purpose="Å få vite hva medlemmene mener om kursene.",
        controller="Fagforbundet for prøver",
        opens_at=OPENS,
        closes_at=CLOSES,
        deletes_at=DELETES,
    )
    with store.begin() as session:
        survey = create_survey(
            session,
            settings,
            slug=SLUG,
            wanted=wanted,
            definition=definition,
            actor="o1",
            at=LAUNCHED,
            verifier_key=None,
        )
        keystore = runtime.keystore("service")
        launch_survey(session, settings, keystore, survey, actor="o1", at=LAUNCHED)
        survey_id = survey.id
    with store.begin() as session:
        assert open_survey(session, survey_id, OPENS)
    return OpenSite(runtime, answering_app(runtime), survey_id)


def answering_app(runtime: Runtime) -> Flask:
    """The respondents' pages alone."""
    app = Flask("answering-site", root_path=str(ROOT))
    init_web(app, runtime)
    app.register_blueprint(surveys.views.answering.blueprint)
    seal_app(app, CSRFProtect(app))
    return app
