"""Sendings at a time, the notice after closing, trials, and texts in languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.times import format_time
from register.mail_templates import MissingField, UnknownLanguage, suggested_template
from register.recipients import Plan, count_recipients
from register.refusals import ElectionNotOpen
from register.roll_phases import (
    MessageChannel,
    MessageState,
    SendingKind,
    SendingState,
)
from register.scheduled import unschedule_sending
from register.sending import (
    LettersTellTooMuch,
    RecipientsChanged,
    TimeRefused,
    WrongSendingState,
    resume_sending,
    start_sending,
)
from register.sending_jobs import sweep_sendings
from register.sending_texts import remove_language_text, set_language_text
from register.tables import Message, VotingCode
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office, link_in, members
from tests.register.register_site import Browser, signed_in, told, words_of
from tests.register.roll_files import ELECTION
from tests.smtp import Received, SmtpServer, Stage

INVITATION, REMINDER = SendingKind.INVITATION, SendingKind.REMINDER
NOTICE = SendingKind.NOTICE
ROOT = "cd" * 32
HOUR = timedelta(hours=1)


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


def text_of(received: Received) -> str:
    part = received.parsed.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def close(office: PostOffice) -> None:
    """Let the deadline pass, and the service close its box."""
    election = office.election
    election.clock.instant += timedelta(days=8)
    sweep_sendings(office.runtime)
    at = format_time(office.now)
    assert election.send("closed", {"at": at, "root": "ab" * 32, "size": 9})
    with pytest.raises(ElectionNotOpen):
        office.write(NOTICE)  # the last checkpoint is not known yet
    assert election.send("checkpoint", {"root": ROOT, "size": 10})


def test_a_sending_waits_for_its_time_and_then_goes(office: PostOffice) -> None:
    office.open(*members(3))
    sending_id = office.write()
    office.start_written(sending_id, at=office.now + HOUR)
    sweep_sendings(office.runtime)
    office.send_all(sending_id)
    assert office.smtp.messages == []
    assert office.sending(sending_id).state == SendingState.SCHEDULED
    office.election.clock.move(minutes=59)
    sweep_sendings(office.runtime)
    office.send_all(sending_id)
    assert office.smtp.messages == []
    office.election.clock.move(minutes=1)
    sweep_sendings(office.runtime)
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 3
    assert office.sending(sending_id).state == SendingState.DONE


def test_nobody_gets_a_scheduled_sending_who_was_not_told_of(
    office: PostOffice,
) -> None:
    office.open(*members(2), ("9", "Uten", "Adresse", "", "", "Alle"))
    sending_id = office.write()
    office.start_written(sending_id, at=office.now + HOUR)
    with office.election.store.begin() as session:
        session.merge(office.entry("9")).email_digest = bytes(32)
    office.election.clock.move(hours=2)
    sweep_sendings(office.runtime)
    office.send_all(sending_id)
    assert set(office.states(sending_id)) == {"1", "2"}


def test_a_reminder_may_be_planned_before_the_opening_and_skips_who_voted(
    office: PostOffice,
) -> None:
    office.open(*members(3), opened=False)
    office.invite()
    with pytest.raises(ElectionNotOpen):
        office.write(REMINDER)
    office.election.clock.move(hours=2)
    sending_id = office.write(REMINDER)
    office.start_written(sending_id, at=office.now + HOUR)
    office.mark(office.smtp.messages_to("medlem1@example.no")[0])
    office.election.clock.move(hours=1)
    sweep_sendings(office.runtime)
    office.send_all(sending_id)
    assert len(office.smtp.messages_to("medlem1@example.no")) == 1
    assert len(office.smtp.messages) == 5


@pytest.mark.parametrize("hours", [-1, 0, 24 * 7, 24 * 9])
def test_no_time_that_is_past_or_after_the_deadline(
    office: PostOffice, hours: int
) -> None:
    office.open(*members(1))
    sending_id = office.write()
    with pytest.raises(TimeRefused):
        office.start_written(sending_id, at=office.now + hours * HOUR)
    assert office.sending(sending_id).state == SendingState.DRAFT
    assert office.states(sending_id) == {}


def test_a_plan_is_taken_back_to_a_draft_or_begun_at_once(office: PostOffice) -> None:
    office.open(*members(2))
    sending_id = office.write()
    office.start_written(sending_id, at=office.now + HOUR)
    with office.election.store.begin() as session:
        unschedule_sending(
            session, ELECTION, sending_id, actor=OFFICIAL, now=office.now
        )
    assert office.states(sending_id) == {}
    assert office.sending(sending_id).state == SendingState.DRAFT
    office.start_written(sending_id, at=office.now + HOUR)
    with office.election.store.begin() as session:
        resume_sending(session, ELECTION, sending_id, actor=OFFICIAL, now=office.now)
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 2
    with (
        pytest.raises(WrongSendingState),
        office.election.store.begin() as session,
    ):
        unschedule_sending(
            session, ELECTION, sending_id, actor=OFFICIAL, now=office.now
        )


def test_the_notice_tells_each_member_how_the_register_has_them(
    office: PostOffice,
) -> None:
    office.open(*members(3), ("9", "Uten", "Adresse", "", "", "Alle"))
    office.invite()
    office.mark(office.smtp.messages_to("medlem1@example.no")[0])
    office.vote_on_paper("2")
    with pytest.raises(ElectionNotOpen):
        office.write(NOTICE)
    close(office)
    codes = office.codes()
    office.smtp.messages.clear()
    sending_id = office.start(NOTICE)
    office.send_all(sending_id)
    told_to = {each.recipients[0][6]: text_of(each) for each in office.smtp.messages}
    assert told_to.keys() == {"1", "2", "3"}
    assert "Stemmeretten din er brukt, på nett." in told_to["1"]
    assert "krysset av som en som har stemt på papir" in told_to["2"]
    assert "Stemmeretten din er ikke brukt." in told_to["3"]
    for text in told_to.values():
        assert ROOT in text
        assert "http://stemme.test/s/lonn-2026/tavle" in text
        assert "#" not in text.replace("#, inn", "")
    # No code, no leaf: nothing more is told to a board that is closed.
    assert office.codes() == codes
    assert office.sending(sending_id).state == SendingState.DONE
    assert office.sending(sending_id).number is None


def test_a_notice_goes_once_to_each(office: PostOffice) -> None:
    office.open(*members(3))
    close(office)
    office.smtp.at(Stage.RCPT, _refuse_first())
    office.send_all(office.start(NOTICE))
    office.smtp.behave()
    second = office.start(NOTICE)
    assert len(office.states(second)) == 1
    office.send_all(second)
    assert len(office.smtp.messages) == 3


def test_a_notice_is_no_letter_and_no_list(office: PostOffice) -> None:
    office.open(*members(1))
    close(office)
    with pytest.raises(LettersTellTooMuch):
        office.write(NOTICE, MessageChannel.LETTER)
    official = signed_in(office)
    page = words_of(official.get("/utsending"))
    assert "Skriv meldingen" in page
    sending_id = office.start(NOTICE)
    office.send_all(sending_id)
    shown = words_of(official.get(f"/utsending/{sending_id.hex()}"))
    assert "ikke brukt" not in shown


def test_a_notice_must_say_status_and_root(office: PostOffice) -> None:
    office.open(*members(1))
    close(office)
    official = signed_in(office)
    text = {"subject": "Slutt", "language": "nb", "by_email": "y"}
    for field in ("status", "rot"):
        body = "{organisasjon}: {status} {rot}".replace(f"{{{field}}}", "")
        answer = official.post("/utsending/ny/melding", {**text, "body": body})
        assert f"Teksten må ha feltet {{{field}}}." in told(answer)


def test_everybody_on_the_roll_gets_the_notice_who_can_be_reached(
    office: PostOffice,
) -> None:
    office.open(*members(2))
    close(office)
    with office.election.store.reading() as session:
        found = count_recipients(session, ELECTION, NOTICE, Plan())
    assert found.number == 2


def test_each_gets_the_mail_in_the_own_language(office: PostOffice) -> None:
    headings = ("Medlemsnummer", "Fornavn", "Etternavn", "E-post", "Målform")
    rows = [
        (str(n), "Kari", "Ås", f"medlem{n}@example.no", language)
        for n, language in enumerate(("", "nynorsk", "English", "klingon"), start=1)
    ]
    office.open(*rows, headings=headings)
    sending_id = office.write()
    for language in ("nn", "en"):
        text = suggested_template(INVITATION, language)
        with office.election.store.begin() as session:
            set_language_text(
                session,
                ELECTION,
                sending_id,
                language=language,
                subject=text.subject,
                body=text.body,
            )
    office.start_written(sending_id)
    office.send_all(sending_id)
    texts = {each.recipients[0][6]: text_of(each) for each in office.smtp.messages}
    assert "Du har stemmerett" in texts["1"]
    assert "Du har røysterett" in texts["2"]
    assert "er behandlingsansvarleg" in texts["2"]
    assert "You are entitled to vote" in texts["3"]
    assert "The deadline is" in texts["3"]
    assert "Du har stemmerett" in texts["4"]
    assert all(link_in(each) for each in office.smtp.messages)


def test_a_language_is_added_checked_and_taken_away(office: PostOffice) -> None:
    office.open(*members(1))
    sending_id = office.write()
    good = suggested_template(INVITATION, "nn")

    def add(language: str, body: str = good.body) -> None:
        with office.election.store.begin() as session:
            set_language_text(
                session,
                ELECTION,
                sending_id,
                language=language,
                subject=good.subject,
                body=body,
            )

    add("nn")
    for language in ("nb", "sv", ""):
        with pytest.raises(UnknownLanguage):
            add(language)
    with pytest.raises(MissingField):
        add("en", "{lenke}")
    official = signed_in(office)
    assert "Nynorsk" in words_of(official.get(f"/utsending/{sending_id.hex()}"))
    with office.election.store.begin() as session:
        remove_language_text(session, ELECTION, sending_id, "nn")
    office.start_written(sending_id)
    with pytest.raises(WrongSendingState):
        add("nn")


def test_a_trial_goes_to_the_official_and_opens_nothing(office: PostOffice) -> None:
    office.open(*members(2))
    sending_id = office.write()
    one = f"/utsending/{sending_id.hex()}"
    official = signed_in(office)
    sent = official.post(f"{one}/prove/nn", {"address": "meg@example.no"})
    assert "Prøven er sendt" in told(sent)
    (trial,) = office.smtp.messages
    assert trial.recipients == ("meg@example.no",)
    assert "EKSEMPEL" in text_of(trial)
    with office.election.store.reading() as session:
        assert session.scalars(select(VotingCode)).all() == []
        assert session.scalars(select(Message)).all() == []
    wrong = official.post(f"{one}/prove/nb", {"address": "feil"})
    assert "ikke én gyldig e-postadresse" in told(wrong)
    office.smtp.refuse_at(Stage.RCPT, "550 no")
    refused = official.post(f"{one}/prove/nb", {"address": "meg@example.no"})
    assert "avviste prøven" in told(refused)
    office.smtp.hang_up_at(Stage.CONNECT)
    later = official.post(f"{one}/prove/nb", {"address": "meg@example.no"})
    assert "tok ikke imot prøven nå" in told(later)


def test_a_sending_is_planned_on_its_page(office: PostOffice) -> None:
    office.open(*members(2))
    official = signed_in(office)
    sending_id = office.write()
    one = f"/utsending/{sending_id.hex()}"
    past = official.post(f"{one}/start", {"told": "2", "at": "2020-01-01T10:00"})
    assert "Velg et tidspunkt som ikke er passert" in told(past)
    local = (office.now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    planned = official.post(f"{one}/start", {"told": "2", "at": local})
    assert "Planlagt" in words_of(planned)
    assert "2 medlemmer får den" in words_of(planned)
    draft = official.post(f"{one}/utsett")
    assert "Send til 2 mottakere" in words_of(draft)


@pytest.mark.parametrize("number", [1, 3])
def test_a_plan_needs_the_number_that_was_told(office: PostOffice, number: int) -> None:
    office.open(*members(2))
    sending_id = office.write()
    at = office.now + HOUR
    with (
        pytest.raises(RecipientsChanged),
        office.election.store.begin() as session,
    ):
        start_sending(
            session,
            ELECTION,
            sending_id,
            told=number,
            actor=OFFICIAL,
            now=office.now,
            at=at,
        )


def test_progress_says_what_was_sent_lost_doubtful_and_left(
    office: PostOffice,
) -> None:
    office.open(*members(5))
    sending_id = office.start()
    with office.election.store.begin() as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        states = ("sent", "delivered", "bounced", "uncertain", "queued")
        for row, state in zip(rows, states, strict=True):
            row.state = MessageState(state)
    official: Browser = signed_in(office)
    come = official.get(f"/utsending/{sending_id.hex()}/fremdrift").get_json()
    assert come["counts"] == {
        "sent": "2",
        "delivered": "1",
        "undeliverable": "1",
        "uncertain": "1",
        "left": "1",
    }
    assert come["text"] == "4 av 5"


def _refuse_first() -> Callable[[], str | None]:
    answers = iter(["550 5.1.1 unknown"])
    return lambda: next(answers, None)
