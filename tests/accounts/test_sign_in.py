"""Signing in and out over HTTP, and what the guards let through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from werkzeug.test import TestResponse

from accounts.guards import (
    MarkedTwice,
    UnmarkedView,
    access_of,
    current_official,
    official,
    public,
    register_official,
    seal_app,
    voter,
)
from accounts.officials import OfficialIdentity, create_official
from accounts.passes import issue_pass
from accounts.roles import Role
from accounts.sessions import REGISTER_COOKIE, SERVICE_COOKIE
from accounts.tables import OfficialSession
from accounts.views import blueprint
from accounts.views.entering import ATTEMPTS_PER_QUARTER
from accounts.views.rooms import own_path
from crypto.passwords import CHEAPEST_FOR_TESTS
from crypto.signing import SigningSeed
from infra.config import load_settings
from infra.databases import create_schema
from infra.runtime import Runtime, open_runtime
from infra.wall import WallBreached, touch
from infra.web import current_runtime, init_web

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "et langt nok passord"
EMAIL = "kari@forbundet.example"
TOKEN = "{{ csrf_token() }}"


@pytest.fixture
def runtime(tmp_path: Path, redis_url: str) -> Iterator[Runtime]:
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(tmp_path),
            "REDIS_URL": redis_url,
        }
    )
    opened = open_runtime(settings)
    for side in ("service", "register"):
        create_schema(opened.store(side))
    yield opened
    opened.close()


@pytest.fixture
def kari(runtime: Runtime) -> OfficialIdentity:
    with runtime.store("service").begin() as session:
        return create_official(
            session,
            name="Kari",
            email=EMAIL,
            password=PASSWORD,
            roles=[Role.ORGANISER],
            profile=CHEAPEST_FOR_TESTS,
        )


def build(runtime: Runtime) -> Flask:
    app = Flask("accounts-under-test", root_path=str(ROOT))
    init_web(app, runtime)
    csrf = CSRFProtect(app)
    app.register_blueprint(blueprint)

    @app.route("/valg")
    @official(Role.ORGANISER)
    def organisers() -> str:
        return f"{current_official().name} {render_template_string(TOKEN)}"

    @app.route("/revisjon")
    @official(Role.AUDITOR)
    def auditors() -> str:
        return "revisor"

    @app.route("/r/side", methods=["GET", "POST"])
    @register_official(Role.ORGANISER)
    def on_the_register() -> str:
        return current_official().name

    @app.route("/alle")
    @public
    def everybody() -> str:
        return "alle"

    @app.route("/stemme", methods=["POST"])
    @voter("register")
    def voting() -> str:
        touch("register")
        with pytest.raises(WallBreached):
            current_runtime().store("service").reading().__enter__()
        return "ett register"

    seal_app(app, csrf)
    return app


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    return build(runtime).test_client()


def sign_in(client: FlaskClient, **values: str) -> TestResponse:
    page = client.get("/konto/inn").get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2]
    data = {"email": EMAIL, "password": PASSWORD, **values}
    return client.post(
        "/konto/inn", data={"csrf_token": token.partition('"')[0], **data}
    )


def test_sign_in_leads_to_the_page_that_was_asked_for(
    client: FlaskClient, kari: OfficialIdentity
) -> None:
    asked = client.get("/valg")
    assert asked.headers["Location"] == "/konto/inn?neste=/valg"
    answer = sign_in(client, neste="/valg/abc")
    assert answer.headers["Location"] == "/valg/abc"
    assert kari.name in client.get("/valg").get_data(as_text=True)


def test_cookie_is_for_the_server_and_this_site_alone(
    client: FlaskClient, kari: OfficialIdentity
) -> None:
    assert kari.id
    (set_cookie,) = [
        value
        for value in sign_in(client).headers.getlist("Set-Cookie")
        if value.startswith(SERVICE_COOKIE)
    ]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Strict" in set_cookie
    assert "Secure" not in set_cookie  # plain http, in tests alone
    assert EMAIL not in set_cookie


@pytest.mark.parametrize(
    "wanted",
    [
        "https://ond.example/valg",
        "//ond.example",
        "/\\ond.example",
        "/valg/../../ond",
        "/valg?x=//ond",
        "javascript:alert(1)",
        "/s/hemmelig",
        "",
    ],
)
def test_nobody_is_led_to_another_site(wanted: str, kari: OfficialIdentity) -> None:
    assert own_path(wanted, kari) == "/valg"


def test_wrong_password_and_unknown_address_look_alike(
    client: FlaskClient, kari: OfficialIdentity
) -> None:
    assert kari.id
    answers = [
        sign_in(client, password="feil passord her"),
        sign_in(client, email="ukjent@forbundet.example"),
    ]
    told = {
        answer.get_data(as_text=True).count("hører ikke sammen") for answer in answers
    }
    assert [answer.status_code for answer in answers] == [422, 422]
    assert told == {2}
    assert PASSWORD not in answers[1].get_data(as_text=True)


def test_guessing_is_stopped_but_signing_in_often_is_not(
    client: FlaskClient, kari: OfficialIdentity
) -> None:
    assert kari.id
    for _ in range(ATTEMPTS_PER_QUARTER + 2):
        assert sign_in(client).status_code == 302
    for _ in range(ATTEMPTS_PER_QUARTER):
        assert sign_in(client, password="feil passord her").status_code == 422
    stopped = sign_in(client)
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0


def test_form_of_another_site_signs_nobody_in(
    client: FlaskClient, kari: OfficialIdentity
) -> None:
    assert kari.id
    answer = client.post("/konto/inn", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/valg").status_code == 302


def test_signing_out_ends_the_session_for_good(
    client: FlaskClient, runtime: Runtime, kari: OfficialIdentity
) -> None:
    assert kari.id
    sign_in(client)
    token = client.get("/valg").get_data(as_text=True).split()[1]
    kept = client.get_cookie(SERVICE_COOKIE)
    assert kept is not None
    assert client.post("/konto/ut").status_code == 400
    answer = client.post("/konto/ut", data={"csrf_token": token})
    assert answer.headers["Location"] == "/konto/inn"
    client.set_cookie(SERVICE_COOKIE, kept.value)
    assert client.get("/valg").status_code == 302
    with runtime.store("service").reading() as session:
        assert session.query(OfficialSession).all() == []


def test_role_decides(client: FlaskClient, kari: OfficialIdentity) -> None:
    assert kari.id
    sign_in(client)
    assert client.get("/valg").status_code == 200
    assert client.get("/revisjon").status_code == 403
    assert client.get("/alle").status_code == 200


def test_register_knows_an_official_by_the_pass_alone(
    client: FlaskClient, runtime: Runtime, kari: OfficialIdentity
) -> None:
    sign_in(client)
    away = client.get("/r/side")
    assert away.headers["Location"] == f"{runtime.settings.service_url}/valg"
    seed = SigningSeed(runtime.settings.secrets_of("service").signing_seed.reveal())
    given = issue_pass(kari, runtime.clock.now(), seed)
    client.set_cookie(REGISTER_COOKIE, given)
    assert client.get("/r/side").get_data(as_text=True) == "Kari"
    assert client.post("/r/side").status_code == 400
    client.set_cookie(REGISTER_COOKIE, given[:-4] + "AAAA")
    assert client.get("/r/side").status_code == 302


def test_voter_needs_no_token_and_touches_one_side(client: FlaskClient) -> None:
    answer = client.post("/stemme", data={})
    assert answer.get_data(as_text=True) == "ett register"
    assert "Set-Cookie" not in answer.headers


def test_app_with_an_unmarked_view_does_not_start(runtime: Runtime) -> None:
    app = Flask("unmarked", root_path=str(ROOT))
    init_web(app, runtime)
    csrf = CSRFProtect(app)
    app.add_url_rule("/glemt", view_func=lambda: "glemt", endpoint="glemt")
    with pytest.raises(UnmarkedView):
        seal_app(app, csrf)


def test_view_has_one_mark() -> None:
    def view() -> str:
        return ""

    public(view)
    assert access_of(view).kind == "public"
    with pytest.raises(MarkedTwice):
        official()(view)
