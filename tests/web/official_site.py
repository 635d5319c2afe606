"""The officials' pages over a real application, real stores and a real Redis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.test import TestResponse

from accounts.guards import seal_app
from accounts.officials import OfficialIdentity
from accounts.sessions import SERVICE_COOKIE, open_session
from accounts.views import blueprint as accounts_blueprint
from infra.databases import Store
from infra.runtime import Runtime
from infra.web import init_web
from voting.views import BLUEPRINTS

ROOT = Path(__file__).resolve().parents[2]


def officials_app(runtime: Runtime) -> Flask:
    """Build the service's side."""
    app = Flask("officials", root_path=str(ROOT))
    init_web(app, runtime)
    csrf = CSRFProtect(app)
    for blueprint in (accounts_blueprint, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    seal_app(app, csrf)
    return app


@dataclass(frozen=True)
class Answer:
    """What came back, read as a browser would."""

    response: TestResponse

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def html(self) -> str:
        """The page's source."""
        return self.response.get_data(as_text=True)

    @property
    def soup(self) -> BeautifulSoup:
        """The page."""
        return BeautifulSoup(self.html, "html.parser")

    @property
    def text(self) -> str:
        """The main part's words, single-spaced."""
        return self.words("main")

    @property
    def title(self) -> str:
        """The h1."""
        return self.words("h1")

    def words(self, selector: str) -> str:
        """The words of the first element that a selector finds."""
        found = self.soup.select_one(selector)
        assert found is not None, selector
        return " ".join(found.get_text(" ").split())

    def form_of(self, action_ends: str) -> Tag:
        """The form whose address ends so."""
        for form in self.soup.select("form"):
            if str(form.get("action") or "").endswith(action_ends):
                return form
        raise LookupError(action_ends)


class Visitor:
    """A browser with or without a session."""

    def __init__(
        self, app: Flask, store: Store, runtime: Runtime, who: OfficialIdentity | None
    ) -> None:
        """Sign in, if it is somebody."""
        self.client = app.test_client()
        if who is not None:
            with store.begin() as session:
                token = open_session(session, who.id, runtime.clock.now())
            self.client.set_cookie(SERVICE_COOKIE, token)

    def get(self, path: str, **options: Any) -> Answer:  # noqa: ANN401 - the client's
        """Open a page."""
        return Answer(self.client.get(path, **options))

    def post(self, path: str, page: str | None = None, **data: Any) -> Answer:  # noqa: ANN401 - any field
        """Send a form, with the token of a page that was opened before."""
        shown = self.get(page or path)
        token = shown.soup.select_one("[name=csrf_token]")
        assert token is not None, "the page has no form of ours"
        return self.send(path, {"csrf_token": token["value"], **data})

    def send(self, path: str, data: Mapping[str, Any]) -> Answer:
        """Send whatever, and follow where it leads."""
        return Answer(self.client.post(path, data=data, follow_redirects=True))
