"""The open survey over HTTP: whole in one language, no cookie, once for each form."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import text
from werkzeug.test import TestResponse

import surveys.views.answering
from surveys.tables import Survey
from tests.conftest import Stores
from tests.surveys.course import course
from tests.surveys.open_site import CLOSES, OPENS, PAGE, OpenSite, open_site

SENDING = {
    "side": "@review",
    "steg": "send",
    "sprak": "nb",
    "nummer": "ab" * 16,
    "deltok": "nei",
}


@pytest.fixture
def site(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[OpenSite]:
    lent = open_site(sqlite_stores.service, tmp_path, course(), redis_url)
    yield lent
    lent.runtime.close()


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def hidden(answer: TestResponse) -> dict[str, str]:
    return {
        str(field["name"]): str(field["value"])
        for field in soup(answer).select("input[type=hidden]")
    }


def test_open_survey_is_answered_once_whatever_is_sent_twice(site: OpenSite) -> None:
    with site.app.test_client() as client:
        first = client.get(PAGE)
        form = hidden(first)
        assert len(bytes.fromhex(form["nummer"])) == 16
        assert form != hidden(client.get(PAGE))
        page = client.post(PAGE, data={**form, "steg": "bli"})
        assert hidden(page)["nummer"] == form["nummer"]
        client.post(PAGE, data=SENDING)
        sent = client.post(PAGE, data=SENDING)
        assert sent.status_code == 303
        assert sent.location == f"{PAGE}/takk?sprak=nb"
        assert site.responses() == [{"deltok": "nei"}]
        client.post(PAGE, data={**SENDING, "nummer": "cd" * 16})
        assert len(site.responses()) == 2
        receipt = client.get(f"{PAGE}/takk?sprak=nb")
        assert "Takk, svaret ditt er sendt" in receipt.text
        for answer in (first, page, sent, receipt):
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"


def test_hostile_forms_store_nothing(site: OpenSite) -> None:
    hostile = (
        {**SENDING, "deltok": "kanskje"},
        {**SENDING, "deltok": ""},
        {**SENDING, "side": "\x00", "steg": "SEND"},
        {**SENDING, "deltok": "ja", "nytte": "6"},
        {**SENDING, "ett_ord": "\x1b[31m", "endre": "x"},
        {**SENDING, "ett_ord": "<script>alert(1)</script>" * 9},
        {"deltok": "nei"},
    )
    with site.app.test_client() as client:
        for form in hostile:
            answer = client.post(PAGE, data=form)
            assert answer.status_code in (200, 422), form
            assert "<script>alert" not in answer.text
        assert client.post(PAGE, data=b"\xff", content_type="text/plain").status_code
        huge = client.post(PAGE, data={**SENDING, "bedre": "x" * 2_000_000})
        assert huge.status_code == 413
        # A number that is none of ours is replaced; the response is taken all the same.
        assert client.post(PAGE, data={**SENDING, "nummer": "'--"}).status_code == 303
        assert client.get("/u/finnes-ikke").status_code == 404
    assert site.responses() == [{"deltok": "nei"}]


def test_who_shares_a_busy_network_keeps_what_was_filled_in(
    site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveys.views.answering, "SENT_BY_A_NETWORK", 1)
    with site.app.test_client() as client:
        assert client.post(PAGE, data=SENDING).status_code == 303
        again = {**SENDING, "nummer": "cd" * 16}
        busy = client.post(PAGE, data=again)
        assert busy.status_code == 429
        assert 0 < int(busy.headers["Retry-After"]) <= 900
        assert "Svaret er ikke sendt." in busy.text
        kept = hidden(busy)
        assert (kept["nummer"], kept["deltok"]) == (again["nummer"], "nei")
        # Another network is none of it, nor is everybody behind a silent proxy one.
        for address in ("192.0.2.7", "", ""):
            form = {**SENDING, "nummer": secrets.token_hex(16)}
            sent = client.post(
                PAGE, data=form, environ_overrides={"REMOTE_ADDR": address}
            )
            assert sent.status_code == 303
        runtime = site.runtime
        # The same network has not used up another survey's forms.
        with site.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            surveys.views.answering._require_forms_left(runtime, "0" * 32)
    assert len(site.responses()) == 4


def test_what_was_typed_comes_back_as_plain_text(site: OpenSite) -> None:
    typed = '"><img src=x onerror=alert(1)>'
    form = {**SENDING, "steg": "tilbake", "ett_ord": typed, "timer": typed}
    with site.app.test_client() as client:
        page = soup(client.post(PAGE, data=form))
    field = page.select_one("#ett_ord-0")
    assert isinstance(field, Tag)
    assert field["value"] == typed
    assert page.find("img") is None


def test_whole_page_is_in_the_language_chosen(site: OpenSite) -> None:
    with site.app.test_client() as client:
        english = client.get(PAGE, headers={"Accept-Language": "en-GB,nb;q=0.5"})
        assert soup(english).html["lang"] == "en"  # type: ignore[index]
        assert "This is an open survey" in english.text
        assert "Å få vite" in english.text
        # Nynorsk is not among the survey's languages: neither half of the page has it.
        page = client.get(f"{PAGE}?sprak=nn", headers={"Accept-Language": "nn"})
        assert soup(page).html["lang"] == "nb"  # type: ignore[index]
        form = {**SENDING, "steg": "bli", "bytt": "en", "side": "deltakelse"}
        turned = client.post(PAGE, data=form)
        assert "Did you attend the course?" in turned.text
        assert "(required)" in turned.text
        assert soup(turned).select_one("#deltok-2[checked]") is not None


def test_outside_its_time_nothing_is_asked_or_taken(site: OpenSite) -> None:
    late = CLOSES + timedelta(minutes=11)
    for now, words in ((OPENS - timedelta(1), "ikke åpnet ennå"), (late, "er lukket")):
        with site.at(now).test_client() as client:
            for answer in (client.get(PAGE), client.post(PAGE, data=SENDING)):
                assert words in answer.text
                assert soup(answer).form is None
    with site.runtime.store("service").begin() as session:
        session.execute(text("UPDATE surveys SET phase = 'cancelled'"))
    with site.app.test_client() as client:
        assert "er avlyst" in client.get(PAGE).text
        assert "er avlyst" in client.post(PAGE, data=SENDING).text
    assert site.responses() == []
    with site.runtime.store("service").reading() as session:
        assert session.get_one(Survey, site.survey_id).received is None
