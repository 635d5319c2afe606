"""Who learns of a changed address: by mail, by SMS, or nobody but three officials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from register.bounces import Outcome
from register.correction_tables import Correction, NoticeState
from register.delivery_reports import note_report
from register.recipients import Plan, count_recipients
from register.roll import read_data_key, read_person
from register.roll_phases import MessageChannel, MessageState, SendingKind
from register.tables import Message, RollEntry
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office
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
from tests.register.test_sms_sending import HEADINGS, member
from tests.sms_gateway import TOKEN, SmsServer, an_sms_server
from tests.smtp import SmtpServer

REASON = "Nummeret i manntallet er feil"
NEW_MAIL, NEW_MOBILE = "ny@example.no", "999 88 777"
SMS = MessageChannel.SMS
TO_ONE, TO_FOUR = "+4741580001", "+4741580004"


@dataclass(frozen=True, slots=True)
class Officials:
    """Three who may propose and agree, and the office whose roll they change."""

    office: PostOffice
    app: Flask
    gateway: SmsServer

    def browser(self, who: str = OFFICIAL) -> Browser:
        return signed_in(self.office, app=self.app, who=who)

    def ask(self, kind: str, number: str, who: str = OFFICIAL, **fields: str) -> str:
        """Propose another mail, mobile or postal address; return what is told."""
        prefix, path = {
            "address": ("adresse", "ny-adresse"),
            "mobile": ("mobil", "nytt-mobilnummer"),
            "postal": ("post", "ny-postadresse"),
        }[kind]
        given = {"entry": self.office.entry(number).id.hex(), "reason": REASON}
        named = {f"{prefix}-{name}": value for name, value in (given | fields).items()}
        answer = self.browser(who).post(f"/rettelser/{path}", named, of="/oppslag")
        return told(answer)

    def agree(self, who: str = "b" * 32) -> str:
        """Agree to what waits; return what is told."""
        answer = self.browser(who).post(f"{self.waiting()}/godkjenn", of="/rettelser")
        return told(answer)

    def waiting(self) -> str:
        with self.office.election.store.reading() as session:
            query = select(Correction.id).where(Correction.state == "proposed")
            return f"/rettelser/{session.scalars(query).one().hex()}"

    def notices(self) -> list[str]:
        with self.office.election.store.reading() as session:
            return list(session.scalars(select(Correction.notice)))

    def mobile_of(self, number: str) -> str | None:
        entry = self.office.entry(number)
        with self.office.election.store.reading() as session:
            key = read_data_key(session, self.office.election.keystore, ELECTION)
            return read_person(key, entry).mobile


@pytest.fixture
def officials(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[Officials]:
    with an_sms_server() as gateway:
        told_of_sms = {
            "URNE_SMS_URL": gateway.url,
            "URNE_SMS_TOKEN": TOKEN,
            "URNE_SMS_SENDER": "Forbundet",
        }
        office = a_post_office(stores, tmp_path, redis_url, smtp_server, **told_of_sms)
        office.open(
            member(1),
            member(2, mail=True),
            member(3, mobile="", post=True),
            member(4, post=True),
            headings=HEADINGS,
        )
        yield Officials(office, an_app(office), gateway)
        office.runtime.close()


def test_a_member_with_a_mobile_alone_is_told_by_sms_of_a_new_mail_address(
    officials: Officials,
) -> None:
    """The attack: two are believed, and the link goes elsewhere in silence."""
    office, gateway = officials.office, officials.gateway
    assert "venter" in officials.ask("address", "1", address=NEW_MAIL)
    assert "Den gamle adressen får vite det" in officials.agree()
    office.work_off()
    (sms,) = gateway.taken
    assert sms["to"] == TO_ONE
    assert sms["text"].startswith("Forbundet: E-postadressen din i manntallet til ")
    assert "ta kontakt med en gang" in sms["text"]
    for hidden in (NEW_MAIL, "Fornavn", "http"):
        assert hidden not in sms["text"]
    assert office.smtp.messages == []
    assert officials.notices() == [NoticeState.SENT]
    with office.election.store.reading() as session:
        assert session.scalars(select(Correction.sealed_notice)).all() == [None]


def test_a_new_mobile_number_is_agreed_by_two_and_told_to_the_old_one(
    officials: Officials,
) -> None:
    office, gateway = officials.office, officials.gateway
    page = officials.browser().post(
        "/oppslag", {"member_number": "2", "reason": REASON}, of="/oppslag"
    )
    assert soup_of(page).select_one("form[action$='/nytt-mobilnummer']")
    for wrong in ("22 86 50 00", "ikke et nummer", "", "4" * 60):
        assert officials.ask("mobile", "2", mobile=wrong)
    assert "denne adressen alt" in officials.ask("mobile", "2", mobile="41 58 00 02")
    assert "venter" in officials.ask("mobile", "2", mobile=NEW_MOBILE)
    seen = words_of(officials.browser("b" * 32).get(officials.waiting()))
    assert "Nytt mobilnummer" in seen
    assert "+4799988777" in seen
    assert "+4741580002" in seen
    assert "En annen funksjonær" in officials.agree(OFFICIAL)
    assert "Den gamle adressen får vite det" in officials.agree()
    # The gateway takes nothing for a while: the notice waits, and goes once.
    gateway.always(503)
    office.work_off()
    assert officials.notices() == [NoticeState.QUEUED]
    gateway.behave()
    office.work_off()
    officials.browser().post("/rettelser/ny-adresse", of="/oppslag")
    assert officials.mobile_of("2") == "+4799988777"
    posted = office.election.posted("address-change")
    assert posted == [{"number": 0, "reason": REASON}]
    (event,) = events(office, "address-changed")
    assert event["entry"] == office.entry("2").id.hex()
    assert NEW_MOBILE.replace(" ", "") not in str(event)


def test_an_sms_that_came_back_bars_no_number_that_was_put_right(
    officials: Officials,
) -> None:
    office = officials.office
    sending_id = office.start(SendingKind.INVITATION, SMS)
    office.send_all(sending_id)
    first = _message_of(office, "1")
    bounced = {first, _message_of(office, "4")}
    with office.election.store.begin() as session:
        for message_id in bounced:
            note_report(session, message_id, Outcome.FAILED, status="", now=office.now)
    # The mail address that came after is put right too late for its own bounce.
    assert _within_sms(office) == 0
    officials.ask("mobile", "1", mobile=NEW_MOBILE)
    officials.agree()
    assert _within_sms(office) == 1
    with office.election.store.begin() as session:  # told once more, of the old number
        session.execute(
            update(Message)
            .where(Message.id == first)
            .values(state=MessageState.UNCERTAIN)
        )
        note_report(session, first, Outcome.FAILED, status="", now=office.now)
    assert _within_sms(office) == 1
    again = office.start(SendingKind.INVITATION, SMS)
    office.send_all(again)
    assert office.states(again) == {"1": MessageState.SENT}
    assert officials.gateway.taken[-1]["to"] == "+4799988777"


def test_who_noted_a_return_changes_no_address_that_nobody_is_told_of(
    officials: Officials,
) -> None:
    """The attack: one says that a letter came back, and is one of the two."""
    assert "ingen brev er kommet i retur" in officials.ask(
        "address", "3", address=NEW_MAIL
    )
    assert "ingen brev er kommet i retur" in officials.ask(
        "mobile", "3", mobile=NEW_MOBILE
    )
    moved = {"street": "Nygata 9", "postcode": "0155", "city": "OSLO"}
    # Of a member with a mobile the SMS tells, and no return is needed.
    assert "venter" in officials.ask("postal", "4", **moved)
    assert "Den gamle" in officials.agree()
    _come_back(officials.office, "3", noted_by=OFFICIAL)
    assert "To andre" in officials.ask("postal", "3", **moved)
    assert "venter" in officials.ask("postal", "3", "b" * 32, **moved)
    assert "To andre" in officials.agree(OFFICIAL)
    assert "ring og si fra" in officials.agree("c" * 32)
    assert not officials.office.entry("3").letter_came_back
    assert officials.office.entry("3").return_noted_by is None


def test_a_return_noted_after_the_proposal_by_who_proposed_helps_nobody(
    officials: Officials,
) -> None:
    _come_back(officials.office, "3", noted_by="c" * 32)
    assert "venter" in officials.ask("mobile", "3", mobile=NEW_MOBILE)
    _come_back(officials.office, "3", noted_by=OFFICIAL)
    assert "To andre" in officials.agree()
    assert officials.mobile_of("3") is None


def _message_of(office: PostOffice, number: str) -> bytes:
    entry_id = office.entry(number).id
    with office.election.store.reading() as session:
        query = select(Message.id).where(Message.entry_id == entry_id)
        return session.scalars(query).one()


def _within_sms(office: PostOffice) -> int:
    with office.election.store.reading() as session:
        return count_recipients(
            session, ELECTION, SendingKind.INVITATION, Plan((SMS,))
        ).number


def _come_back(office: PostOffice, number: str, *, noted_by: str) -> None:
    """Have it stand as `register.returned_letters` leaves it."""
    entry_id = office.entry(number).id
    with office.election.store.begin() as session:
        entry = session.get_one(RollEntry, entry_id)
        entry.letter_came_back, entry.return_noted_by = True, noted_by
