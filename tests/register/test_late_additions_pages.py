from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from accounts.roles import Role
from register.correction_tables import Correction
from register.roll import EntryNotFound
from register.tables import RollEntry
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.register_audit import events
from tests.register.register_site import (
    Browser,
    an_app,
    signed_in,
    told,
    words_of,
)
from tests.register.roll_files import identity_number
from tests.smtp import SmtpServer

NEW = {
    "member_number": "77",
    "given_name": "Nina",
    "family_name": "Ny",
    "email": "nina@example.no",
    "mobile": "",
    "group": "Alle",
    "reason": "Meldt inn i tide, ikke registrert",
}


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    lent.open(*members(2))
    yield lent
    lent.runtime.close()


@pytest.fixture
def app(office: PostOffice) -> Flask:
    return an_app(office)


@pytest.fixture
def first(office: PostOffice, app: Flask) -> Browser:
    return signed_in(office, app=app)


@pytest.fixture
def second(office: PostOffice, app: Flask) -> Browser:
    return signed_in(office, app=app, who="b" * 32)


def ask(browser: Browser, **changes: str) -> str:
    answer = browser.post(
        "/rettelser/ny-innforing", {**NEW, **changes}, of="/rettelser/ny-innforing"
    )
    return told(answer)


def only(office: PostOffice) -> Correction:
    with office.election.store.reading() as session:
        return session.scalars(select(Correction)).one()


def counted(office: PostOffice) -> int:
    with office.election.store.reading() as session:
        return session.scalars(select(func.count()).select_from(RollEntry)).one()


def test_a_member_is_added_when_a_second_official_agrees(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    assert "Forslaget venter." in ask(first)
    assert counted(office) == 2
    shown = words_of(second.get("/rettelser"))
    assert "Venter på godkjenning" in shown
    assert "Nina" not in shown
    here = f"/rettelser/{only(office).id.hex()}"
    opened = words_of(second.get(here))
    assert "Nina Ny" in opened
    assert "Åse Arrangør" in opened
    agreed = second.post(f"{here}/godkjenn", of=here)
    assert "lenken er på vei" in told(agreed)
    assert counted(office) == 3
    leaf = office.election.posted("leaf")[-1]["leaf"]
    assert (leaf["type"], leaf["reason"]) == ("addition", NEW["reason"])
    office.work_off()
    (mail,) = office.smtp.messages_to("nina@example.no")
    office.mark(mail)
    (event,) = events(office, "added-late")
    assert event["agreed"] == "b" * 32
    read = {each["correction"] for each in events(office, "correction-read")}
    assert read == {only(office).id.hex()}


def test_one_official_alone_adds_nobody(office: PostOffice, first: Browser) -> None:
    ask(first)
    here = f"/rettelser/{only(office).id.hex()}"
    assert "en annen må godkjenne" in told(first.get(here))
    assert "En annen funksjonær" in told(first.post(f"{here}/godkjenn"))
    assert counted(office) == 2
    with pytest.raises(IntegrityError), office.election.store.begin() as session:
        session.execute(update(Correction).values(state="agreed", decided_by=OFFICIAL))


def test_what_is_decided_is_decided_once(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    ask(first)
    here = f"/rettelser/{only(office).id.hex()}"
    second.post(f"{here}/avsla")
    assert only(office).sealed is None
    assert "alt avgjort" in told(second.post(f"{here}/godkjenn"))
    assert counted(office) == 2
    assert second.get(here).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"member_number": "1"}, "står i manntallet alt"),
        ({"member_number": ""}, "Skriv medlemsnummeret"),
        ({"member_number": "***"}, "tegn som ikke hører hjemme"),
        ({"email": "nina(at)example.no"}, "ikke én gyldig e-postadresse"),
        ({"reason": "nei"}, "begrunnelse på 5 til 500 tegn"),
        ({"given_name": "N" * 101}, "høyst 100 tegn"),
    ],
)
def test_what_could_not_be_added_is_told_at_once(
    office: PostOffice, first: Browser, changes: dict[str, str], words: str
) -> None:
    assert words in ask(first, **changes)
    with office.election.store.reading() as session:
        assert session.scalars(select(Correction)).all() == []


def test_an_identity_number_is_no_member_number(
    office: PostOffice, first: Browser
) -> None:
    assert "fødselsnummer" in ask(first, member_number=identity_number("010190"))
    with office.election.store.reading() as session:
        assert session.scalars(select(Correction)).all() == []


def test_nobody_is_added_after_closing(
    office: PostOffice, app: Flask, first: Browser
) -> None:
    ask(first)
    office.election.clock.move(days=8)
    later = signed_in(office, app=app, who="b" * 32)
    here = f"/rettelser/{only(office).id.hex()}"
    assert "Dette kan ikke gjøres nå" in told(later.post(f"{here}/godkjenn"))
    assert counted(office) == 2


def test_an_auditor_sees_how_many_and_no_names(
    office: PostOffice, app: Flask, first: Browser
) -> None:
    ask(first)
    auditor = signed_in(office, Role.AUDITOR, app=app, who="c" * 32)
    here = f"/rettelser/{only(office).id.hex()}"
    assert "Innføring 1" in words_of(auditor.get("/rettelser"))
    assert auditor.get(here).status_code == 403
    assert auditor.post(f"{here}/godkjenn", of="/manntall").status_code == 403


@pytest.mark.parametrize("wrong", ["0" * 32, "zz", "0"])
def test_a_proposal_that_is_not_there_is_not_found(
    office: PostOffice, first: Browser, wrong: str
) -> None:
    assert first.get(f"/rettelser/{wrong}").status_code == 404
    with pytest.raises(EntryNotFound):
        office.entry("77")
