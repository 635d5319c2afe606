from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto.merkle import leaf_hash, root_of
from crypto.signing import verify_signature
from crypto.statements import codes_parts
from infra.queues import queue_of
from register.mail_templates import MissingField
from register.persons import EntryId, Person, seal_person
from register.recipients import count_recipients, shown_number
from register.refusals import ElectionNotOpen
from register.roll import read_data_key
from register.roll_phases import MessageState, SendingKind, SendingState
from register.sending import (
    NotABulkKind,
    NothingToSend,
    RecipientsChanged,
    SendingInProgress,
    UnknownSending,
    WrongSendingState,
    create_sending,
    edit_sending,
    pause_sending,
    resume_sending,
    start_sending,
    stop_sending,
    told_number,
)
from register.sending_jobs import sweep_sendings
from register.sending_pace import Pace
from register.tables import Message, RollEntry, Sending
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office, link_in, members
from tests.register.roll_files import ELECTION
from tests.smtp import HANG_UP, SmtpServer, Stage

INVITATION, REMINDER = SendingKind.INVITATION, SendingKind.REMINDER
BEFORE_TAKEN = (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.CONTENT)


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


def act(office: PostOffice, use_case: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401
    with office.election.store.begin() as session:
        return use_case(
            session, *args[:-1], ELECTION, args[-1], actor=OFFICIAL, now=office.now
        )


def leaves(office: PostOffice) -> list[Any]:
    return [body["leaf"] for body in office.election.posted("leaf")]


def test_everyone_with_an_address_gets_one_mail_with_a_link_that_works(
    office: PostOffice,
) -> None:
    silent = ("9", "Uten", "Adresse", "", "", "Alle")
    office.open(*members(3), silent)
    sending_id = office.invite()
    assert office.states(sending_id) == dict.fromkeys("123", MessageState.SENT)
    got = Counter(each.recipients for each in office.smtp.messages)
    assert got == {(f"medlem{n}@example.no",): 1 for n in (1, 2, 3)}
    live = {key for key, state in office.codes().items() if state == "live"}
    assert {office.login_key(each) for each in office.smtp.messages} == live
    assert office.sending(sending_id).state == SendingState.DONE
    for each in office.smtp.messages:
        office.mark(each)  # the right is given out


def test_the_board_is_told_of_the_codes_by_a_signed_root(office: PostOffice) -> None:
    office.open(*members(3))
    office.invite()
    office.mark(office.smtp.messages[0])
    office.send_all(office.start(REMINDER))
    invitation, reminder = leaves(office)
    keys = [office.login_key(each) for each in office.smtp.messages]
    assert (invitation["kind"], invitation["number"]) == ("invitation", 0)
    assert (reminder["kind"], reminder["number"]) == ("reminder", 1)
    # A reminder goes to those who have not voted: told in steps of 20.
    told = {"invitation": 3, "reminder": 20}
    for leaf, batch in ((invitation, keys[:3]), (reminder, keys[3:])):
        root = root_of(leaf_hash(key) for key in sorted(batch))
        assert (leaf["count"], leaf["root"]) == (told[leaf["kind"]], root.hex())
        verify_signature(
            office.election.settings.verify_key("register"),
            bytes.fromhex(leaf["signature"]),
            "codes",
            *codes_parts(
                office.election.fingerprint,
                leaf["number"],
                leaf["kind"],
                leaf["count"],
                root,
            ),
        )


def test_a_reminder_goes_to_the_unmarked_only(office: PostOffice) -> None:
    office.open(*members(4))
    office.invite()
    office.mark(office.smtp.messages_to("medlem2@example.no")[0])
    office.vote_on_paper("3")
    office.smtp.messages.clear()
    sending_id = office.start(REMINDER)
    assert set(office.states(sending_id)) == {"1", "4"}
    office.send_all(sending_id)
    assert {each.recipients[0] for each in office.smtp.messages} == {
        "medlem1@example.no",
        "medlem4@example.no",
    }


def test_who_votes_before_the_turn_comes_gets_no_reminder(office: PostOffice) -> None:
    office.open(*members(2))
    office.invite()
    first = office.smtp.messages_to("medlem1@example.no")[0]
    sending_id = office.start(REMINDER)
    office.mark(first)
    office.send_all(sending_id)
    assert len(office.smtp.messages_to("medlem1@example.no")) == 1
    assert len(office.smtp.messages_to("medlem2@example.no")) == 2
    assert office.states(sending_id)["1"] == MessageState.WITHDRAWN


def test_both_links_of_a_member_work_until_one_is_used(office: PostOffice) -> None:
    office.open(*members(1))
    office.invite()
    office.send_all(office.start(REMINDER))
    assert set(office.codes().values()) == {"live"}
    assert len(office.codes()) == 2


def test_a_second_invitation_reaches_those_alone_to_whom_none_can_have_come(
    office: PostOffice,
) -> None:
    office.open(*members(3))
    office.smtp.at(Stage.RCPT, _refuse_first())
    office.invite()
    office.smtp.behave()
    second = office.start()
    assert len(office.states(second)) == 1
    office.send_all(second)
    got = Counter(each.recipients for each in office.smtp.messages)
    assert set(got.values()) == {1}
    assert len(got) == 3


def test_a_filter_that_matches_nobody_sends_nothing(office: PostOffice) -> None:
    office.open(("1", "Uten", "Adresse", "", "", "Alle"))
    sending_id = office.write()
    with (
        pytest.raises(NothingToSend),
        office.election.store.begin() as session,
    ):
        start_sending(
            session, ELECTION, sending_id, told=0, actor=OFFICIAL, now=office.now
        )
    assert office.states(sending_id) == {}
    with office.election.store.reading() as session:
        found = count_recipients(session, ELECTION, INVITATION)
    assert (found.number, found.unreached) == (0, 1)


def test_all_have_voted_and_no_reminder_goes(office: PostOffice) -> None:
    office.open(*members(1))
    office.invite()
    office.mark(office.smtp.messages[0])
    with pytest.raises(NothingToSend):
        office.start(REMINDER)
    assert len(office.smtp.messages) == 1


@pytest.mark.parametrize("told", [0, 2, 4])
def test_nothing_starts_with_another_number_than_was_told(
    office: PostOffice, told: int
) -> None:
    office.open(*members(3))
    sending_id = office.write()
    with (
        pytest.raises(RecipientsChanged),
        office.election.store.begin() as session,
    ):
        start_sending(
            session, ELECTION, sending_id, told=told, actor=OFFICIAL, now=office.now
        )
    assert office.sending(sending_id).state == SendingState.DRAFT


def test_the_number_of_a_reminder_is_told_in_steps(office: PostOffice) -> None:
    office.open(*members(25))
    office.invite()
    sending_id = office.write(REMINDER)
    with office.election.store.reading() as session:
        assert told_number(session, session.get_one(Sending, sending_id)) == 40
    assert [shown_number(REMINDER, n) for n in (0, 1, 20, 21)] == [0, 20, 20, 40]
    office.mark(office.smtp.messages[0])
    with office.election.store.begin() as session:
        started = start_sending(
            session, ELECTION, sending_id, told=40, actor=OFFICIAL, now=office.now
        )
    assert started == 24


def test_one_sending_at_a_time(office: PostOffice) -> None:
    office.open(*members(1))
    sending_id = office.write()
    with pytest.raises(SendingInProgress):
        office.write(REMINDER)
    act(office, stop_sending, office.election.settings, sending_id)
    assert office.sending(sending_id).state == SendingState.STOPPED
    office.write(REMINDER)


def test_a_paused_sending_goes_on_where_it_was(office: PostOffice) -> None:
    office.open(*members(5))
    sending_id = office.start()

    def pause() -> None:
        office.smtp.behave()
        act(office, pause_sending, sending_id)

    office.smtp.at(Stage.ACCEPTED, pause)
    office.send_all(sending_id)
    states = Counter(office.states(sending_id).values())
    assert states == {MessageState.SENT: 1, MessageState.QUEUED: 4}
    assert office.sending(sending_id).state == SendingState.PAUSED
    act(office, resume_sending, sending_id)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.SENT}
    assert len(office.smtp.messages) == 5


def test_a_stopped_sending_withdraws_the_rest_and_tells_the_board(
    office: PostOffice,
) -> None:
    office.open(*members(5))
    sending_id = office.start()

    def stop() -> None:
        office.smtp.behave()
        act(office, stop_sending, office.election.settings, sending_id)

    office.smtp.at(Stage.ACCEPTED, stop)
    office.send_all(sending_id)
    states = Counter(office.states(sending_id).values())
    assert states == {MessageState.SENT: 1, MessageState.WITHDRAWN: 4}
    (leaf,) = leaves(office)
    assert leaf["count"] == 1


def test_stopping_before_anything_went_tells_the_board_nothing(
    office: PostOffice,
) -> None:
    office.open(*members(2))
    sending_id = office.start()
    act(office, stop_sending, office.election.settings, sending_id)
    office.send_all(sending_id)
    assert office.smtp.messages == []
    assert leaves(office) == []


@pytest.mark.parametrize("stage", BEFORE_TAKEN)
def test_refused_for_good_at_any_stage_kills_the_code(
    office: PostOffice, stage: Stage
) -> None:
    office.open(*members(2))
    office.smtp.refuse_at(stage, "550 5.7.1 no")
    sending_id = office.start()
    office.send_all(sending_id)
    assert set(office.codes().values()) == {"dead"}
    assert office.smtp.messages == []
    # Our own address refused is no fault of the recipient: that waits.
    expected = MessageState.QUEUED if stage == Stage.MAIL else MessageState.REFUSED
    assert set(office.states(sending_id).values()) == {expected}


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        *((stage, "451 4.7.1 later") for stage in (Stage.CONNECT, *BEFORE_TAKEN)),
        *((stage, HANG_UP) for stage in (Stage.CONNECT, Stage.EHLO, *BEFORE_TAKEN[:3])),
    ],
)
def test_deferred_at_any_stage_waits_and_then_goes_once(
    office: PostOffice, stage: Stage, answer: str
) -> None:
    office.open(*members(2))
    office.smtp.refuse_at(stage, answer)
    sending_id = office.start()
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.QUEUED}
    assert set(office.codes().values()) == {"dead"}
    office.smtp.behave()
    office.pass_time(sending_id)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.SENT}
    assert len(office.smtp.messages) == 2
    live = {key for key, state in office.codes().items() if state == "live"}
    assert live == {office.login_key(each) for each in office.smtp.messages}


@pytest.mark.parametrize("stage", [Stage.CONTENT, Stage.ACCEPTED])
def test_a_connection_lost_after_the_content_is_in_doubt_and_never_retried(
    office: PostOffice, stage: Stage
) -> None:
    office.open(*members(2))
    office.smtp.hang_up_at(stage)
    sending_id = office.start()
    office.send_all(sending_id)
    office.smtp.behave()
    arrived = len(office.smtp.messages)
    assert set(office.states(sending_id).values()) == {MessageState.UNCERTAIN}
    assert set(office.codes().values()) == {"live"}
    for _ in range(2):
        office.pass_time(sending_id)
        sweep_sendings(office.runtime)
        office.send_all(sending_id)
    assert len(office.smtp.messages) == arrived
    assert office.sending(sending_id).state == SendingState.DONE
    (leaf,) = leaves(office)
    assert leaf["count"] == 2


def test_a_server_that_refuses_everyone_pauses_the_sending(office: PostOffice) -> None:
    office.open(*members(25))
    office.smtp.refuse_at(Stage.RCPT, "554 5.7.1 we do not know you")
    sending_id = office.start()
    office.send_all(sending_id)
    assert office.sending(sending_id).state == SendingState.PAUSED
    states = Counter(office.states(sending_id).values())
    assert states == {MessageState.REFUSED: 20, MessageState.QUEUED: 5}


def test_a_few_who_are_deferred_do_not_hold_up_the_rest(office: PostOffice) -> None:
    office.open(*members(60))
    office.smtp.at(Stage.RCPT, _defer_every_second())
    sending_id = office.start()
    office.send_all(sending_id)
    states = Counter(office.states(sending_id).values())
    assert states == {MessageState.SENT: 30, MessageState.QUEUED: 30}
    office.smtp.behave()
    office.pass_time(sending_id)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.SENT}
    assert len(office.smtp.messages) == 60


def test_after_trouble_the_next_try_begins_with_those_who_wait(
    office: PostOffice,
) -> None:
    office.open(*members(5))
    turn = iter(range(1000))
    office.smtp.at(
        Stage.RCPT, lambda: None if next(turn) < 2 else "450 4.3.2 no service"
    )
    sending_id = office.start()
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 2
    office.smtp.behave()
    office.pass_time(sending_id)
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 5
    assert office.sending(sending_id).state == SendingState.DONE


def test_a_name_cannot_put_a_header_or_a_recipient_into_the_mail(
    office: PostOffice,
) -> None:
    office.open(*members(1))
    evil = "Kari\r\nBcc: tyv@example.com\r\n\r\n{lenke}<script>alert(1)</script>"
    with office.election.store.begin() as session:
        key = read_data_key(session, office.election.keystore, ELECTION)
        entry = session.scalars(select(RollEntry)).one()
        person = Person("1", evil, "Å", "medlem1@example.no", None)
        entry.sealed_person = seal_person(key, EntryId(entry.id), person)
    office.invite()
    (mail,) = office.smtp.messages
    parsed = mail.parsed
    assert mail.recipients == ("medlem1@example.no",)
    assert parsed["Bcc"] is None
    assert not [value for _, value in parsed.items() if "Kari" in str(value)]
    html = parsed.get_body(("html",))
    text = parsed.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "<script>" not in html.get_content()
    assert "{lenke}" in text.get_content()
    assert "\nBcc:" not in text.get_content()


def test_a_mail_tells_what_a_member_needs_and_reports_nothing_back(
    office: PostOffice,
) -> None:
    office.open(*members(1))
    office.invite()
    (mail,) = office.smtp.messages
    parsed = mail.parsed
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert text is not None
    assert html is not None
    assert parsed["List-Id"] == f"<{ELECTION}.urne>"
    for part in (text.get_content(), html.get_content()):
        assert link_in(mail) in part
        for words in ("behandlingsansvarlig", "Datatilsynet", "Lenken er personlig"):
            assert words in part
        assert "kl. " in part
    fetched = ("<img", "src=", "url(", "<link", "<script", "<iframe", "@import")
    assert not [each for each in fetched if each in html.get_content()]
    assert link_in(mail).startswith("http://stemme.test/s/lonn-2026#")
    assert "?" not in link_in(mail)


def test_before_it_is_sealed_and_after_it_is_over_nothing_is_written(
    office: PostOffice,
) -> None:
    office.election.create()
    office.election.import_rows(*members(1))
    with pytest.raises(ElectionNotOpen):
        office.write()
    office.election.freeze()
    with pytest.raises(ElectionNotOpen):
        office.write()


def test_an_invitation_may_go_before_the_opening_and_a_reminder_not(
    office: PostOffice,
) -> None:
    office.open(*members(1), opened=False)
    with pytest.raises(ElectionNotOpen):
        office.write(REMINDER)
    office.invite()
    assert len(office.smtp.messages) == 1


def test_what_was_not_sent_at_the_deadline_is_not_sent_after_it(
    office: PostOffice,
) -> None:
    office.open(*members(3))
    sending_id = office.start()
    office.election.clock.move(days=8)
    office.send_all(sending_id)
    assert office.smtp.messages == []
    sweep_sendings(office.runtime)
    assert office.sending(sending_id).state == SendingState.STOPPED
    assert set(office.states(sending_id).values()) == {MessageState.WITHDRAWN}
    with pytest.raises(ElectionNotOpen):
        office.write()


def test_the_sweep_goes_on_with_what_an_emptied_queue_forgot(
    office: PostOffice,
) -> None:
    office.open(*members(3))
    sending_id = office.start()
    assert queue_of(office.runtime, "register").count == 0
    sweep_sendings(office.runtime)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.SENT}


def test_two_at_work_on_one_sending_send_nothing_twice(office: PostOffice) -> None:
    office.open(*members(10))
    sending_id = office.start()

    def another_worker() -> None:
        office.smtp.behave()
        office.pass_time(sending_id)  # as if the first had been given up
        office.send_all(sending_id)

    office.smtp.at(Stage.CONTENT, another_worker)
    office.send_all(sending_id)
    office.pass_time(sending_id)
    office.send_all(sending_id)
    got = Counter(each.recipients for each in office.smtp.messages)
    assert set(got.values()) == {1}
    assert len(got) == 10
    assert set(office.states(sending_id).values()) == {MessageState.SENT}


def test_no_more_go_in_a_minute_than_the_setting_allows(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> None:
    office = a_post_office(
        stores, tmp_path, redis_url, smtp_server, URNE_MAILS_PER_MINUTE="2"
    )
    office.open(*members(5))
    sending_id = office.start()
    sent = []
    for _ in range(3):
        office.send_all(sending_id)
        sent.append(len(office.smtp.messages))
        assert Pace(office.runtime.redis("register"), sending_id).is_waiting() or (
            sent[-1] == 5
        )
        office.pass_time(sending_id)
    assert sent == [2, 4, 5]
    office.runtime.close()


def test_a_draft_is_put_right_and_a_running_one_is_not(office: PostOffice) -> None:
    office.open(*members(1))
    sending_id = office.write()
    body = "{organisasjon} spør deg innen {frist}: {lenke}"
    with office.election.store.begin() as session:
        edit_sending(session, ELECTION, sending_id, subject="Stem nå", body=body)
    with pytest.raises(MissingField), office.election.store.begin() as session:
        edit_sending(session, ELECTION, sending_id, subject="Stem", body="{lenke}")
    with office.election.store.begin() as session:
        start_sending(
            session, ELECTION, sending_id, told=1, actor=OFFICIAL, now=office.now
        )
    with (
        pytest.raises(WrongSendingState),
        office.election.store.begin() as session,
    ):
        edit_sending(session, ELECTION, sending_id, subject="Stem nå", body=body)
    office.send_all(sending_id)
    assert office.smtp.messages[0].parsed["Subject"] == "Stem nå"


def test_steps_out_of_turn_are_refused(office: PostOffice) -> None:
    office.open(*members(1))
    sending_id = office.write()
    with pytest.raises(WrongSendingState):
        act(office, pause_sending, sending_id)
    with pytest.raises(WrongSendingState):
        act(office, resume_sending, sending_id)
    with pytest.raises(UnknownSending):
        act(office, pause_sending, bytes(16))
    act(office, stop_sending, office.election.settings, sending_id)
    with pytest.raises(WrongSendingState):
        act(office, stop_sending, office.election.settings, sending_id)
    with pytest.raises(NotABulkKind), office.election.store.begin() as session:
        create_sending(
            session,
            election_id=ELECTION,
            kind=SendingKind.RESEND,
            subject="x",
            body="x",
            actor=OFFICIAL,
            now=office.now,
        )


def test_a_message_row_tells_no_time(office: PostOffice) -> None:
    office.open(*members(1))
    office.invite()
    known = {"id", "election_id", "sending_id", "entry_id", "channel", "state"}
    known |= {"batch_id", "to_former"}
    assert {column.name for column in Message.__table__.columns} == known


def _refuse_first() -> Callable[[], str | None]:
    answers = iter(["550 5.1.1 unknown"])
    return lambda: next(answers, None)


def _defer_every_second() -> Callable[[], str | None]:
    turn = iter(range(1000))
    return lambda: "450 4.2.0 greylisted" if next(turn) % 2 else None
