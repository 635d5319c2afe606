from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from infra.exchange import accept_document, pending_documents, sign_document
from register.address_notices import send_notices
from register.correction_tables import Correction, NoticeState
from register.roll import find_entry, read_data_key, read_person
from register.tables import VotingCode
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office, link_in, members
from tests.register.register_audit import events
from tests.register.register_site import (
    Browser,
    an_app,
    signed_in,
    soup_of,
    told,
    words_of,
)
from tests.register.roll_files import ELECTION
from tests.smtp import SmtpServer, Stage
from voting import exchange_handlers
from voting.address_changes import AddressChange, list_address_changes

assert exchange_handlers.__doc__  # imported for what it registers

OLD, NEW = "medlem1@example.no", "tyv@example.no"
REASON = "Adressen i manntallet er feil"


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    lent.open(*members(2), ("3", "Uten", "Adresse", "", "", "Alle"))
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


def ask(office: PostOffice, browser: Browser, number: str = "1", **changes: str) -> str:
    fields = {
        "adresse-entry": office.entry(number).id.hex(),
        "adresse-address": NEW,
        "adresse-reason": REASON,
    }
    return told(
        browser.post("/rettelser/ny-adresse", {**fields, **changes}, of="/oppslag")
    )


def only(office: PostOffice) -> Correction:
    with office.election.store.reading() as session:
        return session.scalars(select(Correction)).one()


def here(office: PostOffice) -> str:
    return f"/rettelser/{only(office).id.hex()}"


def address_of(office: PostOffice, number: str = "1") -> str | None:
    with office.election.store.reading() as session:
        key = read_data_key(session, office.election.keystore, ELECTION)
        return read_person(key, find_entry(session, key, ELECTION, number)).email


def change(office: PostOffice, first: Browser, second: Browser) -> str:
    ask(office, first)
    return told(second.post(f"{here(office)}/godkjenn", of="/rettelser"))


def test_one_official_alone_redirects_no_link(
    office: PostOffice, first: Browser
) -> None:
    """The attack: somebody rings, and is believed by one official."""
    office.invite()
    (mail,) = office.smtp.messages_to(OLD)
    found = first.post(
        "/oppslag", {"member_number": "1", "reason": REASON}, of="/oppslag"
    )
    form = soup_of(found).select_one("form[action$='/ny-lenke']")
    assert form is not None
    assert form.select_one("input[type=email]") is None
    # A forged field of an older page changes nothing either.
    first.post(
        "/oppslag/ny-lenke",
        {"entry": office.entry("2").id.hex(), "reason": REASON, "address": NEW},
        of="/oppslag",
    )
    assert "Forslaget venter. En annen" in ask(office, first)
    refused = first.post(f"{here(office)}/godkjenn", of="/rettelser")
    assert "En annen funksjonær" in told(refused)
    with pytest.raises(IntegrityError), office.election.store.begin() as session:
        session.execute(update(Correction).values(state="agreed", decided_by=OFFICIAL))
    office.work_off()
    assert address_of(office) == OLD
    assert office.smtp.messages_to(NEW) == []
    assert events(office, "address-changed") == []
    office.mark(mail)


def test_a_changed_address_sends_nothing_and_kills_no_link(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    office.invite()
    (mail,) = office.smtp.messages_to(OLD)
    assert "Den gamle adressen får vite det" in change(office, first, second)
    office.work_off()
    assert address_of(office) == NEW
    assert office.smtp.messages_to(NEW) == []
    with office.election.store.reading() as session:
        states = set(session.scalars(select(VotingCode.state)))
    assert states == {"live"}
    office.mark(mail)


def test_the_old_address_learns_of_it_once_and_is_then_forgotten(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    change(office, first, second)
    kept = only(office).sealed_notice
    assert kept is not None
    assert OLD.encode() not in kept
    office.work_off()
    send_notices(office.runtime)
    (mail,) = office.smtp.messages_to(OLD)
    text = mail.parsed.get_content()
    assert "annen e-postadresse er ført inn" in text
    assert "Forbundet" in text
    assert NEW not in text
    assert "http" not in text
    assert (only(office).notice, only(office).sealed_notice) == ("sent", None)
    assert "Har fått vite det" in words_of(first.get("/rettelser"))


def test_the_resend_after_it_goes_to_the_new_address_and_kills_the_older_link(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    office.invite()
    (older,) = office.smtp.messages_to(OLD)
    change(office, first, second)
    entry = office.entry("1").id.hex()
    sent = first.post(
        "/oppslag/ny-lenke", {"entry": entry, "reason": REASON}, of="/oppslag"
    )
    assert "En ny lenke er på vei" in told(sent)
    office.work_off()
    (mail,) = office.smtp.messages_to(NEW)
    assert link_in(mail) != link_in(older)
    assert office.codes()[office.login_key(older)] == "dead"


def test_a_notice_whose_worker_died_is_in_doubt_and_not_sent_again(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    change(office, first, second)
    with office.election.store.begin() as session:
        session.execute(update(Correction).values(notice=NoticeState.SENDING))
    send_notices(office.runtime)
    assert only(office).notice == NoticeState.UNCERTAIN
    assert office.smtp.messages_to(OLD) == []


def test_a_notice_that_the_server_puts_off_waits(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    change(office, first, second)
    office.smtp.refuse_at(Stage.RCPT, "450 4.2.0 later")
    send_notices(office.runtime)
    assert only(office).notice == NoticeState.QUEUED
    office.smtp.behave()
    send_notices(office.runtime)
    assert only(office).notice == NoticeState.SENT
    assert len(office.smtp.messages_to(OLD)) == 1


def test_a_member_without_an_address_has_none_to_be_told(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    ask(office, first, "3")
    agreed = told(second.post(f"{here(office)}/godkjenn", of="/rettelser"))
    assert "Den gamle" not in agreed
    assert "ring og si fra" in agreed
    assert only(office).notice == NoticeState.NONE
    assert address_of(office, "3") == NEW


def test_the_service_is_told_how_many_and_why_without_names(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    change(office, first, second)
    assert office.election.posted("address-change") == [{"number": 0, "reason": REASON}]
    with office.election.store.reading() as session:
        rows = [
            each for each in pending_documents(session) if each.kind == "address-change"
        ]
    document = sign_document(
        office.runtime.settings,
        "register",
        "address-change",
        ELECTION,
        {"number": 0, "reason": REASON},
    )
    assert document.digest == rows[0].digest
    assert accept_document(office.runtime, "service", document)
    assert not accept_document(office.runtime, "service", document)
    with office.runtime.store("service").reading() as session:
        assert list_address_changes(session, ELECTION) == (AddressChange(0, REASON),)


def test_what_is_changed_is_on_record_with_both_officials(
    office: PostOffice, first: Browser, second: Browser
) -> None:
    change(office, first, second)
    (event,) = events(office, "address-changed")
    assert (event["asked"], event["reason"]) == (OFFICIAL, REASON)
    assert event["entry"] == office.entry("1").id.hex()
    assert NEW not in str(event)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"adresse-address": "ikke en adresse"}, "ikke én gyldig"),
        ({"adresse-address": ""}, "Skriv adressen"),
        ({"adresse-address": OLD}, "denne adressen alt"),
        ({"adresse-reason": "nei"}, "begrunnelse på 5 til 500 tegn"),
        ({"adresse-entry": "00" * 16}, "medlemsnummer"),
    ],
)
def test_what_could_not_be_changed_is_told_at_once(
    office: PostOffice, first: Browser, changes: dict[str, str], words: str
) -> None:
    assert words in ask(office, first, **changes)
    with office.election.store.reading() as session:
        assert session.scalars(select(Correction)).all() == []
