"""The editor's pages over a real store, with a designer signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

import surveys.views.answer_api
import surveys.views.designing
import surveys.views.editing
import surveys.views.log
import surveys.views.result_files
import surveys.views.results
import surveys.views.starting
from accounts.guards import seal_app
from accounts.officials import create_official
from accounts.roles import Role
from accounts.views import blueprint as accounts_blueprint
from crypto.passwords import CHEAPEST_FOR_TESTS
from infra.clock import FixedClock
from infra.config import load_settings
from infra.runtime import Runtime, open_runtime
from infra.web import init_web
from surveys.questionnaire import Definition
from surveys.surveys import current_definition, get_survey
from tests.conftest import Stores
from tests.surveys.open_site import DURING, ROOT
from tests.voting.polling import running_verifier
from tests.web.official_site import Visitor


@dataclass(frozen=True, slots=True)
class DesignSite:
    """The application, and what a test looks at behind it."""

    runtime: Runtime
    app: Flask

    def visitor(self, role: Role = Role.SURVEY_DESIGNER) -> Visitor:
        """A browser in which an official with a role is signed in."""
        store = self.runtime.store("service")
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

    def definition(self, survey_id: str) -> Definition:
        """The questionnaire as it was saved last."""
        with self.runtime.store("service").reading() as session:
            survey = get_survey(session, survey_id)
            return current_definition(session, survey).definition


@contextmanager
def design_site(stores: Stores, folder: Path, redis_url: str) -> Iterator[DesignSite]:
    """Open the editor's pages, and a verifier that new surveys ask."""
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(folder),
            "URNE_VERIFIER_SOCKET": str(folder / "v.sock"),
            "REDIS_URL": redis_url,
            "SERVICE_DATABASE_URL": stores.urls["service"],
            "REGISTER_DATABASE_URL": stores.urls["register"],
        }
    )
    runtime = open_runtime(settings, clock=FixedClock(DURING))
    app = Flask("design-site", root_path=str(ROOT))
    init_web(app, runtime)
    csrf = CSRFProtect(app)
    for blueprint in (
        accounts_blueprint,
        surveys.views.answer_api.blueprint,
        surveys.views.designing.blueprint,
        surveys.views.editing.blueprint,
        surveys.views.log.blueprint,
        surveys.views.result_files.blueprint,
        surveys.views.results.blueprint,
        surveys.views.starting.blueprint,
    ):
        app.register_blueprint(blueprint)
    seal_app(app, csrf)
    with running_verifier(folder):
        yield DesignSite(runtime, app)
    runtime.close()
