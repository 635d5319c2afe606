from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from accounts.roles import Role
from crypto.encoding import decode_json
from register.shredding_jobs import shred_roll
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.register_site import (
    Browser,
    an_app,
    signed_in,
    told,
    words_of,
)
from tests.register.roll_files import ELECTION
from tests.smtp import SmtpServer


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


@pytest.fixture
def app(office: PostOffice) -> Flask:
    return an_app(office)


def official(office: PostOffice, app: Flask) -> Browser:
    return signed_in(office, Role.AUDITOR, app=app)


def close(office: PostOffice) -> None:
    election = office.election
    election.clock.instant = election.clock.instant.replace(
        year=2026, month=3, day=2, hour=9, minute=0, second=0, microsecond=0
    )
    election.open(*members(3))
    election.take(election.link("1"))
    election.close()


def test_before_it_the_page_says_when_and_what_will_go(
    office: PostOffice, app: Flask
) -> None:
    close(office)
    shown = words_of(official(office, app).get("/makulering"))
    assert "Makuleres senest 7. juni 2026" in shown
    assert "Dette blir slettet" in shown
    assert "innførsler i manntallet 3" in shown
    assert "avkryssinger i mottak 1" in shown
    office.election.approve()
    shown = words_of(official(office, app).get("/makulering"))
    assert "Makuleres 8. april 2026" in shown
    assert "Av seg selv" in shown


def test_while_votes_are_cast_nothing_tells_how_many(
    office: PostOffice, app: Flask
) -> None:
    office.open(*members(25))
    office.invite()
    before = words_of(official(office, app).get("/makulering"))
    for mail in office.smtp.messages[:3]:
        office.mark(mail)
    shown = words_of(official(office, app).get("/makulering"))
    assert shown == before
    assert "innførsler i manntallet 25" in shown
    assert "meldinger 20" in shown
    assert "avkryssinger 0" in shown
    assert "i mottak" not in shown


def test_a_hold_is_shown_with_its_reason(office: PostOffice, app: Flask) -> None:
    close(office)
    office.election.approve()
    office.election.clock.move(days=20)
    office.election.send("hold", office.election.hold())
    shown = words_of(official(office, app).get("/makulering"))
    assert "Klage 4 behandles." in shown
    assert "Makuleres 28. april 2026" in shown


def test_after_it_the_certificate_is_shown_and_handed_over(
    office: PostOffice, app: Flask
) -> None:
    close(office)
    office.election.approve()
    assert official(office, app).get("/makulering/attest.json").status_code == 404
    office.election.clock.instant += timedelta(days=31)
    shred_roll(office.runtime, ELECTION)
    page = official(office, app)
    answer = page.get("/makulering")
    assert "Alt som ble lett etter, er borte" in told(answer)
    shown = words_of(answer)
    assert "Resultatet er godkjent" in shown
    assert "innførsler i manntallet 3" in shown
    assert "no rows" in shown
    assert "rester på lagringsmedier" in shown
    document = decode_json(page.get("/makulering/attest.json").data)
    assert isinstance(document, dict)
    assert document["election"] == ELECTION
    assert str(document["signature"]) in shown


def test_a_draft_tells_its_last_date(office: PostOffice, app: Flask) -> None:
    office.election.create()
    shown = words_of(official(office, app).get("/makulering"))
    assert "Makuleres senest" in shown
    assert "90 dager" in shown


def test_a_survey_designer_does_not_see_it(office: PostOffice, app: Flask) -> None:
    office.election.create()
    designer = signed_in(office, Role.SURVEY_DESIGNER, app=app, who="d" * 32)
    assert designer.get("/makulering").status_code == 403
