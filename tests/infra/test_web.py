from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug.test import TestResponse

from infra.headers import content_security_policy
from infra.i18n import show_date, show_moment, show_number, show_percent, show_time
from infra.json_requests import read_json
from infra.logs import AllowListFormatter
from infra.problems import problem_of, register_problem
from infra.runtime import Runtime
from infra.throttle import TooManyAttempts
from infra.web import current_runtime, init_web

ROOT = Path(__file__).parents[2]
NAME = "Kari Nordmann"
OSLO = timezone(timedelta(hours=2))


class PhaseRefused(Exception):
    """A refusal of a room."""


class ElectionNotOpen(PhaseRefused):
    """One below it."""


register_problem(PhaseRefused, 409, _("Avstemningen er ikke åpen."))


def _build(runtime: Runtime) -> Flask:
    app = Flask("urne-test", root_path=str(ROOT))
    init_web(app, runtime)

    @app.get("/side")
    def page() -> str:
        return render_template_string("{{ lang }} {{ n|tall }}", n=12345)

    @app.get("/lagre")
    def cached() -> ResponseReturnValue:
        return "", 200, {"Cache-Control": "public, max-age=60"}

    @app.get("/avslag")
    @app.get("/api/avslag")
    def refuse() -> str:
        raise ElectionNotOpen(NAME)

    @app.get("/feil")
    @app.get("/api/feil")
    def fail() -> str:
        raise LookupError(NAME)

    @app.get("/vent")
    def wait() -> str:
        raise TooManyAttempts(42)

    @app.get("/videre")
    def move() -> ResponseReturnValue:
        return redirect("/side")

    @app.post("/api/les")
    def read() -> ResponseReturnValue:
        return dict(read_json({"a": int}))

    @app.get("/kjenner")
    def knows() -> str:
        return current_runtime().settings.environment

    return app


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return _build(runtime)


@pytest.fixture
def two_hosts(runtime: Runtime) -> Flask:
    settings = replace(
        runtime.settings,
        environment="production",
        service_url="https://valg.example",
        register_url="https://manntall.example",
    )
    return _build(replace(runtime, settings=settings))


def _policy(answer: TestResponse) -> dict[str, str]:
    text = answer.headers["Content-Security-Policy"]
    return dict(part.partition(" ")[::2] for part in text.split("; "))


@pytest.mark.parametrize(
    ("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.4")]
)
def test_only_trusted_proxies_say_whom_they_speak_for(
    runtime: Runtime, proxies: int, seen: str
) -> None:
    settings = replace(runtime.settings, trusted_proxies=proxies)
    app = Flask("behind-proxies")
    init_web(app, replace(runtime, settings=settings))
    app.add_url_rule("/peer", view_func=lambda: str(request.remote_addr))
    said = {"X-Forwarded-For": "192.0.2.1, 198.51.100.4, 203.0.113.9"}
    assert app.test_client().get("/peer", headers=said).text == seen


def test_every_answer_has_its_headers(app: Flask) -> None:
    client = app.test_client()
    for path in ("/side", "/finnes-ikke", "/feil", "/api/feil", "/videre"):
        answer = client.get(path)
        policy = _policy(answer)
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["style-src"] == "'self'"
        assert policy["connect-src"] == "'self'"
        assert policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert policy["trusted-types"] == "urne"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_view_may_say_that_its_answer_can_be_kept(app: Flask) -> None:
    answer = app.test_client().get("/lagre")
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_the_page_that_is_also_a_file_names_its_own_script(runtime: Runtime) -> None:
    policy = content_security_policy(
        runtime.settings, inline_hashes=["sha256-abc"], worker_blobs=True
    )
    assert "script-src 'self' 'sha256-abc'" in policy
    assert "worker-src 'self' blob:" in policy
    assert "unsafe" not in policy


def test_the_voters_page_may_ask_the_register_on_its_own_host(
    two_hosts: Flask,
) -> None:
    client = two_hosts.test_client()
    policy = _policy(client.get("/side"))
    both = "'self' https://manntall.example https://valg.example"
    assert policy["connect-src"] == policy["form-action"] == both
    origin = {"Origin": "https://valg.example"}
    asked = client.options("/api/les", headers=origin)
    assert asked.headers["Access-Control-Allow-Origin"] == "https://valg.example"
    assert asked.headers["Access-Control-Allow-Headers"] == "Content-Type"
    answer = client.post("/api/les", json={"a": 1}, headers=origin)
    assert answer.json == {"a": 1}
    assert answer.headers["Access-Control-Allow-Origin"] == "https://valg.example"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://valg.example.evil.example"]
)
def test_no_other_page_may_ask(two_hosts: Flask, origin: str) -> None:
    client = two_hosts.test_client()
    for answer in (
        client.options("/api/les", headers={"Origin": origin}),
        client.post("/api/les", json={"a": 1}, headers={"Origin": origin}),
        client.get("/side", headers={"Origin": "https://valg.example"}),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_refusal_is_told_by_its_name_and_sentence(app: Flask) -> None:
    answer = app.test_client().get("/api/avslag")
    assert answer.status_code == 409
    assert answer.json == {
        "error": "ElectionNotOpen",
        "message": "Avstemningen er ikke åpen.",
    }
    page = app.test_client().get("/avslag")
    assert page.status_code == 409
    assert page.mimetype == "text/html"
    assert NAME not in page.text


def test_what_nobody_foresaw_tells_nothing(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    client = app.test_client()
    page, answer = client.get("/feil"), client.get("/api/feil")
    for each in (page, answer):
        assert each.status_code == 500
        assert NAME not in each.text
        assert "LookupError" not in each.text
    assert answer.json is not None
    assert answer.json["error"] == "InternalError"
    said = [AllowListFormatter().format(record) for record in caplog.records]
    assert len(said) == 2
    assert all("urne.web fail: LookupError at test_web.py:" in line for line in said)
    assert "Kari" not in caplog.text


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/api/finnes-ikke", 404, "NotFound"),
        ("/api/les", 405, "MethodNotAllowed"),
    ],
)
def test_the_webs_own_refusals_are_told_the_same_way(
    app: Flask, path: str, status: int, name: str
) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"] == name
    assert answer.json["message"].endswith(".")


def test_a_page_that_is_not_there_has_a_page(app: Flask) -> None:
    answer = app.test_client().get("/finnes-ikke")
    assert answer.status_code == 404
    assert "Siden finnes ikke" in answer.text


def test_a_bad_request_of_a_program_is_refused_by_name(app: Flask) -> None:
    client = app.test_client()
    found = [
        client.post("/api/les", data="a=1"),
        client.post("/api/les", data="{", content_type="application/json"),
        client.post("/api/les", json={"a": "1"}),
        client.post("/api/les", json={"a": 1, "b": 2}),
        client.post("/api/les", json={"a": 1, "b": "x" * 300_000}),
    ]
    assert [(each.status_code, each.json and each.json["error"]) for each in found] == [
        (415, "NotJson"),
        (400, "JsonMalformed"),
        (400, "WrongFields"),
        (400, "WrongFields"),
        (413, "RequestTooLarge"),
    ]


def test_whoever_tries_too_often_is_told_how_long_to_wait(app: Flask) -> None:
    answer = app.test_client().get("/vent")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "42"


def test_a_redirect_is_no_problem(app: Flask) -> None:
    answer = app.test_client().get("/videre")
    assert answer.headers["Location"] == "/side"


def test_a_page_follows_the_readers_language_and_else_bokmaal(app: Flask) -> None:
    client = app.test_client()
    wanted = {
        "": "nb",
        "no": "nb",
        "nb-NO,nb;q=0.9": "nb",
        "nn-NO": "nn",
        "de,en;q=0.5": "en",
        "de": "nb",
        "en-GB": "en",
    }
    for header, language in wanted.items():
        answer = client.get("/side", headers={"Accept-Language": header})
        assert answer.text.split()[0] == language, header
        assert "Set-Cookie" not in answer.headers
    assert client.get("/side").text == "nb 12\u00a0345"


def test_dates_and_numbers_are_written_the_norwegian_way(app: Flask) -> None:
    at = datetime(2026, 6, 1, 14, 5, tzinfo=OSLO)
    winter = datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(0)))
    with app.test_request_context():
        assert show_moment(at) == "1. juni 2026 kl. 14.05"
        assert show_moment(winter) == "1. januar 2026 kl. 13.00"
        assert show_time(at) == "kl. 14.05"
        assert show_date(at) == "1. juni 2026"
        assert show_date(date(2026, 5, 17)) == "17. mai 2026"
        assert show_number(1234567) == "1\u00a0234\u00a0567"
        assert show_percent(2, 3) == "66,7\u00a0%"
        assert show_percent(1, 2000) == "0,1\u00a0%"
        assert show_percent(0, 0) == "–"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert show_moment(at) == "1 June 2026, 14:05"


def test_a_moment_before_midnight_utc_is_the_next_day_in_oslo(app: Flask) -> None:
    late = datetime(2026, 6, 1, 23, 30, tzinfo=timezone(timedelta(0)))
    with app.test_request_context():
        assert show_date(late) == "2. juni 2026"


def test_the_runtime_is_there_for_every_view(app: Flask) -> None:
    assert app.test_client().get("/kjenner").text == "test"


def test_the_nearest_registered_class_answers(app: Flask) -> None:
    class Special(ElectionNotOpen):
        pass

    with app.test_request_context():
        assert problem_of(Special(NAME)).status == 409
        assert problem_of(Special(NAME)).name == "Special"
        assert problem_of(ValueError(NAME)).status == 500
