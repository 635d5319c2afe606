"""A mail host that takes so many a day: said before, kept to, and gone on after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from register.daily_limit import (
    book_mails,
    estimate,
    hour_of,
    next_room,
    read_hours,
    room_in,
    settled,
)
from register.roll_phases import MessageState, SendingState
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.register_site import signed_in, told, words_of
from tests.register.test_resends import resend
from tests.smtp import SmtpServer, Stage

NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(
        stores, tmp_path, redis_url, smtp_server, URNE_MAILS_PER_DAY="4"
    )
    yield lent
    lent.runtime.close()


def test_the_last_24_hours_count_and_the_one_that_runs() -> None:
    now = hour_of(NOON)
    hours = {now - 25: 100, now - 24: 30, now - 1: 20, now: 5}
    assert room_in(hours, 60, NOON) == 5
    assert room_in(hours, 50, NOON) == 0
    assert next_room(hours, 60, NOON) is None
    # The oldest hour that counts is out of the sum when 24 whole hours lie between.
    assert next_room(hours, 50, NOON) == NOON.replace(minute=0) + HOUR
    assert next_room(hours, 20, NOON) == NOON.replace(minute=0) + 24 * HOUR
    assert room_in({}, 7, NOON) == 7


@pytest.mark.parametrize(
    ("mails", "room", "days"),
    [(1, 100, 1), (100, 100, 1), (101, 100, 2), (300, 0, 4), (301, 1, 4), (0, 0, 1)],
)
def test_days_are_counted_with_what_is_left_of_today(
    mails: int, room: int, days: int
) -> None:
    found = estimate(mails, 100, room, NOON)
    assert found.days == days
    assert found.last_from == NOON + timedelta(hours=25 * (days - 1))


def test_what_was_booked_and_not_used_is_given_back(office: PostOffice) -> None:
    store = office.election.store
    with store.begin() as session:
        booking = book_mails(session, 50, NOON)
    with settled(store, booking):
        booking.used = 3
    with store.begin() as session:
        assert read_hours(session) == {hour_of(NOON): 3}
        book_mails(session, 2, NOON + 49 * HOUR)
        assert read_hours(session) == {hour_of(NOON) + 49: 2}


def test_a_sending_stops_at_the_limit_and_goes_on_the_next_day(
    office: PostOffice,
) -> None:
    office.open(*members(7))
    sending_id = office.start()
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 4
    for _ in range(2):
        office.pass_time(sending_id)
        office.sweep()
        office.send_all(sending_id)
    assert len(office.smtp.messages) == 4
    assert office.sending(sending_id).state == SendingState.RUNNING

    page = signed_in(office).get(f"/utsending/{sending_id.hex()}")
    assert "Grensen på 4 e-poster i døgnet er nådd" in told(page)
    come = signed_in(office).get(f"/utsending/{sending_id.hex()}/fremdrift").json
    assert come is not None
    assert "4 e-poster i døgnet" in come["full"]
    # One member's link does not wait for the day to pass, and counts.
    office.send_all(resend(office, "1"))
    assert len(office.smtp.messages) == 5

    office.election.clock.move(hours=25)
    office.pass_time(sending_id)
    office.send_all(sending_id)
    assert office.sending(sending_id).state == SendingState.DONE
    got = [each.recipients[0] for each in office.smtp.messages]
    assert len(got) == 8
    assert set(got) == {f"medlem{n}@example.no" for n in range(1, 8)}


def test_mail_that_no_server_took_uses_up_nothing(office: PostOffice) -> None:
    office.open(*members(6))
    sending_id = office.start()
    office.smtp.refuse_at(Stage.RCPT, "451 later")
    office.send_all(sending_id)
    with office.election.store.reading() as session:
        assert sum(read_hours(session).values()) == 0
    office.smtp.behave()
    for _ in range(2):  # what was left behind comes after the rest
        office.pass_time(sending_id)
        office.send_all(sending_id)
    assert len(office.smtp.messages) == 4
    states = list(office.states(sending_id).values())
    assert states.count(MessageState.QUEUED) == 2


def test_the_page_says_how_many_days_before_it_is_confirmed(
    office: PostOffice,
) -> None:
    office.open(*members(9))
    official = signed_in(office)
    sending_id = office.write()
    page = official.get(f"/utsending/{sending_id.hex()}")
    assert "tar utsendingen 3 døgn" in told(page)
    # A lower limit of the official's own: the last would come after the deadline.
    fields = {"subject": "Stem", "body": "{organisasjon} {frist}\n\n{lenke}"}
    address = f"/utsending/{sending_id.hex()}/rediger"
    fields |= {"by_email": "y", "falls_back": "y", "language": "nb"}
    page = official.post(address, {**fields, "daily_limit": "1"}, of=address)
    assert "tar utsendingen 9 døgn" in told(page)
    assert "rekker ikke" in told(page)
    page = official.post(address, {**fields, "daily_limit": "0"}, of=address)
    assert "minst 1" in words_of(page) + told(page)
    assert office.sending(sending_id).daily_limit == 1
