from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.encoding import decode_json
from infra.tables import RegisterAudit
from register.mail_templates import suggested_template
from register.refusals import CodeDead, ElectionNotOpen
from register.resends import (
    By,
    Decision,
    NoAddress,
    NotInDoubt,
    ReasonNeeded,
    decide_on_message,
    resend_to_member,
    send_late_link,
)
from register.roll import EntryNotFound
from register.roll_phases import MessageState, SendingKind, SendingState
from register.tables import Message
from register.voting_codes import AlreadyMarked
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.roll_files import ELECTION
from tests.smtp import SmtpServer, Stage


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


def by(office: PostOffice, reason: str = "Ringte og fant ikke e-posten") -> By:
    return By(OFFICIAL, reason, office.now)


def resend(
    office: PostOffice,
    number: str = "1",
    *,
    reason: str = "Ringte og fant ikke e-posten",
    entry_id: bytes | None = None,
) -> bytes:
    with office.election.store.begin() as session:
        return resend_to_member(
            session,
            election_id=ELECTION,
            entry_id=entry_id or office.entry(number).id,
            by=by(office, reason),
        )


def in_doubt(office: PostOffice) -> bytes:
    """Return the id of the one message, whose connection was lost."""
    office.smtp.hang_up_at(Stage.ACCEPTED)
    office.invite()
    office.smtp.behave()
    with office.election.store.reading() as session:
        return session.scalars(select(Message.id)).one()


def decide(office: PostOffice, message_id: bytes, decision: Decision) -> bytes | None:
    with office.election.store.begin() as session:
        return decide_on_message(
            session,
            election_id=ELECTION,
            message_id=message_id,
            decision=decision,
            by=by(office),
        )


def test_a_resend_kills_every_older_link_of_that_member_alone(
    office: PostOffice,
) -> None:
    office.open(*members(2))
    office.invite()
    office.send_all(office.start(SendingKind.REMINDER))
    older = office.smtp.messages_to("medlem1@example.no")
    sending_id = resend(office)
    office.send_all(sending_id)
    *_, newest = office.smtp.messages_to("medlem1@example.no")
    for mail in older:
        assert office.codes()[office.login_key(mail)] == "dead"
        with pytest.raises(CodeDead):
            office.mark(mail)
    for mail in office.smtp.messages_to("medlem2@example.no"):
        assert office.codes()[office.login_key(mail)] == "live"
    office.mark(newest)
    assert office.sending(sending_id).state == SendingState.DONE
    leaf = office.election.posted("leaf")[-1]["leaf"]
    assert (leaf["kind"], leaf["count"]) == ("resend", 1)
    assert office.smtp.messages_to("medlem2@example.no")[0] != newest


def test_a_resend_is_noted_with_who_and_why_and_no_name(office: PostOffice) -> None:
    office.open(*members(1))
    resend(office)
    with office.election.store.reading() as session:
        event = session.scalars(
            select(RegisterAudit).where(RegisterAudit.kind == "link-resent")
        ).one()
    assert event.actor == OFFICIAL
    assert decode_json(event.content or b"") == {
        "entry": office.entry("1").id.hex(),
        "reason": "Ringte og fant ikke e-posten",
    }


def test_a_marked_member_gets_no_new_link(office: PostOffice) -> None:
    office.open(*members(1))
    office.invite()
    office.mark(office.smtp.messages[0])
    with pytest.raises(AlreadyMarked):
        resend(office)
    assert set(office.codes().values()) == {"live"}


@pytest.mark.parametrize("reason", ["", "    a    ", "x" * 501])
def test_without_a_reason_nothing_is_resent(office: PostOffice, reason: str) -> None:
    office.open(*members(1))
    with pytest.raises(ReasonNeeded):
        resend(office, reason=reason)


def test_a_resend_that_is_refused_kills_no_link(office: PostOffice) -> None:
    office.open(*members(1), ("2", "Uten", "Adresse", "", "", "Alle"))
    office.invite()
    with pytest.raises(NoAddress):
        resend(office, "2")
    with pytest.raises(EntryNotFound):
        resend(office, entry_id=bytes(16))
    office.election.clock.move(days=8)
    with pytest.raises(ElectionNotOpen):
        resend(office)
    assert set(office.codes().values()) == {"live"}


def test_an_official_who_says_it_was_sent_sends_nothing(office: PostOffice) -> None:
    office.open(*members(1))
    message_id = in_doubt(office)
    assert decide(office, message_id, Decision.WAS_SENT) is None
    with office.election.store.reading() as session:
        assert session.get_one(Message, message_id).state == MessageState.SENT
    assert len(office.smtp.messages) == 1
    with pytest.raises(NotInDoubt):
        decide(office, message_id, Decision.SEND_AGAIN)


def test_an_official_who_sends_again_leaves_the_first_link_alive(
    office: PostOffice,
) -> None:
    office.open(*members(1))
    message_id = in_doubt(office)
    sending_id = decide(office, message_id, Decision.SEND_AGAIN)
    assert sending_id is not None
    office.send_all(sending_id)
    first, second = office.smtp.messages
    assert office.login_key(first) != office.login_key(second)
    assert set(office.codes().values()) == {"live"}
    assert first.parsed["Subject"] == second.parsed["Subject"]
    with office.election.store.reading() as session:
        assert session.get_one(Message, message_id).state == MessageState.REPLACED
    with pytest.raises(NotInDoubt):
        decide(office, message_id, Decision.SEND_AGAIN)
    office.mark(first)


def test_a_message_in_doubt_that_arrived_and_was_used_is_not_sent_again(
    office: PostOffice,
) -> None:
    office.open(*members(1))
    message_id = in_doubt(office)
    office.mark(office.smtp.messages[0])
    with pytest.raises(AlreadyMarked):
        decide(office, message_id, Decision.SEND_AGAIN)
    decide(office, message_id, Decision.WAS_SENT)


def test_only_a_message_in_doubt_of_this_election_is_decided_on(
    office: PostOffice,
) -> None:
    office.open(*members(1))
    office.invite()
    with office.election.store.reading() as session:
        message_id = session.scalars(select(Message.id)).one()
    for unknown in (message_id, bytes(16)):
        with pytest.raises(NotInDoubt):
            decide(office, unknown, Decision.WAS_SENT)


def test_a_member_added_late_gets_the_first_link(office: PostOffice) -> None:
    office.open(*members(1))
    with office.election.store.begin() as session:
        sending_id = send_late_link(
            session,
            election_id=ELECTION,
            entry_id=office.entry("1").id,
            by=by(office),
        )
    office.send_all(sending_id)
    leaf = office.election.posted("leaf")[-1]["leaf"]
    assert (leaf["kind"], leaf["count"]) == ("late", 1)
    expected = suggested_template(SendingKind.LATE).subject.partition("{")[0]
    assert office.smtp.messages[0].parsed["Subject"].startswith(expected)
