"""SMS in a sending: who gets one, with a code of their own, and never two unasked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crypto.codes import parse_link_fragment
from register.mail_templates import SmsMalformed, suggested_template
from register.recipients import Plan, count_recipients, read_plan
from register.resends import By, NoAddress, resend_to_member
from register.roll_phases import (
    MessageChannel,
    MessageState,
    SendingKind,
    SendingState,
)
from register.sending import (
    MissingSms,
    NothingToSend,
    create_sending,
    edit_sending,
)
from register.sending_jobs import DEFERRED_IN_A_ROW, sweep_sendings
from register.sending_pace import Pace
from register.sending_texts import add_suggested_languages
from register.tables import Message, Sending
from register.voting_codes import login_public_key
from tests.conftest import Stores
from tests.register.elections import OFFICIAL, Link
from tests.register.post_office import PostOffice, a_post_office, link_in
from tests.register.roll_files import ELECTION
from tests.sms_gateway import HANG_UP, TOKEN, SmsServer, an_sms_server
from tests.smtp import SmtpServer, Stage

EMAIL, SMS, LETTER = MessageChannel
INVITATION, REMINDER = SendingKind.INVITATION, SendingKind.REMINDER
HEADINGS = (
    *("Medlemsnummer", "Fornavn", "Etternavn", "E-post", "Mobil"),
    *("Postnr", "Poststed", "Kanal", "Målform"),
)


@pytest.fixture
def gateway() -> Iterator[SmsServer]:
    with an_sms_server() as lent:
        yield lent


@pytest.fixture
def office(
    stores: Stores,
    tmp_path: Path,
    redis_url: str,
    smtp_server: SmtpServer,
    gateway: SmsServer,
) -> Iterator[PostOffice]:
    lent = a_post_office(
        stores,
        tmp_path,
        redis_url,
        smtp_server,
        URNE_SMS_URL=gateway.url,
        URNE_SMS_TOKEN=TOKEN,
        URNE_SMS_SENDER="Forbundet",
    )
    yield lent
    lent.runtime.close()


def member(
    number: int, *, mail: bool = False, post: bool = False, **more: str
) -> tuple[str, ...]:
    """An invented member with a mobile, and what else is told."""
    return (
        str(number),
        f"Fornavn{number}",
        "Etternavn",
        f"medlem{number}@example.no" if mail else "",
        more.get("mobile", f"4158{number:04}"),
        "0155" if post else "",
        "OSLO" if post else "",
        more.get("channel", ""),
        more.get("language", ""),
    )


def link_of(office: PostOffice, told: dict[str, Any]) -> Link:
    """Return the link in an SMS, as a browser would follow it."""
    (address,) = [word for word in told["text"].split() if word.startswith("http")]
    code, _ = parse_link_fragment(address.partition("#")[2])
    election = office.election
    with election.store.reading() as session:
        message = session.get_one(Message, bytes.fromhex(told["reference"]))
    return Link(code, election.fingerprint, message.entry_id, message.id)


def test_each_sms_has_a_code_of_its_own_that_votes(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(*(member(n) for n in range(1, 4)), headings=HEADINGS)
    sending_id = office.start(INVITATION, SMS)
    office.send_all(sending_id)
    assert office.states(sending_id) == dict.fromkeys("123", MessageState.SENT)
    assert {each["to"] for each in gateway.taken} == {
        f"+474158{n:04}" for n in (1, 2, 3)
    }
    for told in gateway.taken:
        assert "Fornavn" not in told["text"]
        assert told["from"] == "Forbundet"
        office.election.take(link_of(office, told))
    assert len(set(office.codes())) == 3
    (leaf,) = [body["leaf"] for body in office.election.posted("leaf")]
    assert leaf["count"] == 3


def test_each_member_is_reached_by_one_channel_the_preferred_one_first(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(
        member(1, mail=True),
        member(2, mail=True, channel="SMS"),
        member(3, mail=True, post=True, channel="brev"),
        member(4),
        member(5, mobile="", post=True),
        member(6, mobile=""),
        member(7, mail=True, mobile="", channel="SMS"),
        member(8, mobile="22865000"),  # no mobile: takes no SMS
        headings=HEADINGS,
    )
    plan = Plan((EMAIL, SMS, LETTER))
    with office.election.store.reading() as session:
        found = count_recipients(session, ELECTION, INVITATION, plan)
    assert dict(found.by_channel) == {EMAIL: 2, SMS: 2, LETTER: 2}
    assert found.unreached == 2
    sending_id = office.start(INVITATION, EMAIL, SMS, LETTER)
    office.send_all(sending_id)
    states = office.states(sending_id)
    assert {number for number, state in states.items() if state == "queued"} == {
        "3",
        "5",
    }
    assert {each["to"][-1] for each in gateway.taken} == {"2", "4"}
    got = Counter(each.recipients[0] for each in office.smtp.messages)
    assert got == {"medlem1@example.no": 1, "medlem7@example.no": 1}


def test_without_falling_back_the_preferred_channel_is_the_only_one(
    office: PostOffice,
) -> None:
    office.open(
        member(1, mail=True),
        member(2, mail=True, mobile="", channel="SMS"),
        member(3, mail=True, post=True, channel="brev"),
        headings=HEADINGS,
    )
    strict = read_plan(["email", "sms"], falls_back=False)
    with office.election.store.reading() as session:
        found = count_recipients(session, ELECTION, INVITATION, strict)
    assert (dict(found.by_channel), found.unreached) == ({EMAIL: 1}, 2)


def test_a_refused_number_kills_its_code_and_holds_up_nobody(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(*(member(n) for n in range(1, 4)), headings=HEADINGS)
    gateway.answer = lambda told: 422 if told["to"].endswith("2") else 202
    sending_id = office.start(INVITATION, SMS)
    office.send_all(sending_id)
    assert office.states(sending_id) == {
        "1": MessageState.SENT,
        "2": MessageState.REFUSED,
        "3": MessageState.SENT,
    }
    assert Counter(office.codes().values()) == {"live": 2, "dead": 1}
    assert office.sending(sending_id).state == SendingState.DONE


@pytest.mark.parametrize("status", [500, HANG_UP])
def test_a_fault_after_the_message_was_sent_is_a_doubt_and_never_tried_again(
    office: PostOffice, gateway: SmsServer, status: int
) -> None:
    office.open(*(member(n) for n in range(1, 4)), headings=HEADINGS)
    gateway.always(status)
    sending_id = office.start(INVITATION, SMS)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.UNCERTAIN}
    gateway.behave()
    for _ in range(3):
        office.pass_time(sending_id)
        sweep_sendings(office.runtime)
        office.send_all(sending_id)
    asked = Counter(each["to"] for each in gateway.asked)
    assert set(asked.values()) == {1}
    # It may have arrived: its link works.
    assert set(office.codes().values()) == {"live"}
    for told in gateway.asked:
        office.election.take(link_of(office, told))


def test_a_gateway_that_is_busy_gets_each_message_once_when_it_is_not(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(*(member(n) for n in range(1, 6)), headings=HEADINGS)
    gateway.always(503)
    sending_id = office.start(INVITATION, SMS)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.QUEUED}
    assert len(gateway.asked) == DEFERRED_IN_A_ROW  # then it is let alone
    assert Pace(office.runtime.redis("register"), sending_id).is_waiting()
    gateway.behave()
    for _ in range(2):  # the rest of the pass, and those it began with
        office.pass_time(sending_id)
        office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.SENT}
    assert set(Counter(each["to"] for each in gateway.taken).values()) == {1}
    live = {key for key, state in office.codes().items() if state == "live"}
    assert len(live) == 5


def test_a_busy_gateway_does_not_hold_up_the_mail(
    office: PostOffice, gateway: SmsServer
) -> None:
    members = [member(n, mail=n % 2 == 0) for n in range(1, 21)]
    office.open(*members, headings=HEADINGS)
    gateway.always(429)
    sending_id = office.start(INVITATION, EMAIL, SMS)
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 10
    assert len(gateway.asked) == DEFERRED_IN_A_ROW
    gateway.behave()
    office.smtp.hang_up_at(Stage.CONNECT)
    office.pass_time(sending_id)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.SENT}


def test_a_gateway_that_was_taken_away_sends_nothing(office: PostOffice) -> None:
    office.open(member(1), headings=HEADINGS)
    sending_id = office.start(INVITATION, SMS)
    settings = replace(office.runtime.settings, sms=None)
    election = replace(
        office.election, runtime=replace(office.runtime, settings=settings)
    )
    replace(office, election=election).send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.QUEUED}


def test_a_filter_that_matches_nobody_by_sms_sends_nothing(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(member(1, mail=True, mobile=""), headings=HEADINGS)
    with pytest.raises(NothingToSend):
        office.start(INVITATION, SMS)
    assert gateway.asked == []


def test_members_get_the_sms_of_their_language(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(member(1), member(2, language="Nynorsk"), headings=HEADINGS)
    sending_id = office.write(INVITATION, SMS)
    with office.election.store.begin() as session:
        add_suggested_languages(session, session.get_one(Sending, sending_id))
    office.start_written(sending_id)
    office.send_all(sending_id)
    texts = {each["to"][-1]: each["text"] for each in gateway.taken}
    assert "Lenken er personlig" in texts["1"]
    assert "Lenkja er personleg" in texts["2"]
    assert "tysdag" in texts["2"] or "innan" in texts["2"]


def test_a_new_link_goes_by_sms_to_who_has_no_mail(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(member(1), member(2, mobile=""), headings=HEADINGS)
    office.send_all(office.start(INVITATION, SMS))
    by = By(OFFICIAL, "Ringte og hadde mistet lenken", office.now)
    with office.election.store.begin() as session:
        entry = office.entry("1").id
        resend = resend_to_member(session, election_id=ELECTION, entry_id=entry, by=by)
    office.send_all(resend)
    first, second = gateway.taken
    assert "de gamle virker ikke" in second["text"]
    states = office.codes()
    keys = [
        login_public_key(office.election.fingerprint, link_of(office, told).code)
        for told in (first, second)
    ]
    assert [states[key] for key in keys] == ["dead", "live"]
    entry = office.entry("2").id
    with pytest.raises(NoAddress), office.election.store.begin() as session:
        resend_to_member(session, election_id=ELECTION, entry_id=entry, by=by)


def test_a_sending_that_may_use_sms_has_a_text_for_it(office: PostOffice) -> None:
    office.open(member(1), headings=HEADINGS)
    text = suggested_template(INVITATION)
    write = partial(
        create_sending,
        election_id=ELECTION,
        kind=INVITATION,
        subject=text.subject,
        body=text.body,
        actor=OFFICIAL,
        now=office.now,
        plan=Plan((SMS,)),
    )
    with pytest.raises(MissingSms), office.election.store.begin() as session:
        write(session)
    broken = "{organisasjon} {frist}\n{lenke}"
    with pytest.raises(SmsMalformed), office.election.store.begin() as session:
        write(session, sms=broken)
    sending_id = office.write(INVITATION, SMS)
    with pytest.raises(MissingSms), office.election.store.begin() as session:
        edit_sending(
            session, ELECTION, sending_id, subject=text.subject, body=text.body
        )


def test_mail_and_sms_of_one_sending_never_reach_one_member_both(
    office: PostOffice, gateway: SmsServer
) -> None:
    office.open(*(member(n, mail=True) for n in range(1, 4)), headings=HEADINGS)
    office.smtp.hang_up_at(Stage.ACCEPTED)
    sending_id = office.start(INVITATION, EMAIL, SMS)
    office.send_all(sending_id)
    office.smtp.behave()
    # In doubt by mail: a second invitation by SMS would be a second one unasked.
    with office.election.store.reading() as session:
        found = count_recipients(session, ELECTION, INVITATION, Plan((SMS,)))
    assert found.number == 0
    assert gateway.asked == []
    assert all(link_in(each) for each in office.smtp.messages)
