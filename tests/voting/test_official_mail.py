"""What officials are mailed of a roll: its last date, and that it is held."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from sqlalchemy.orm import Session

from accounts.officials import add_official
from accounts.roles import Role, plain_name
from crypto.encoding import encode_json
from crypto.times import format_time
from infra.audit import verify_chain
from infra.clock import FixedClock
from infra.config import load_settings
from infra.queues import queue_of
from infra.runtime import Runtime
from infra.tables import AUDIT
from tests.conftest import Stores
from tests.smtp import Received, SmtpServer, Stage
from tests.voting.whole_election import (
    AFTER,
    NAMES,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_draft,
    a_new_election,
)
from voting.elections import get_election
from voting.hold_jobs import HOLD_JOB, NEXT_TRY, queue_hold_notices, tell_of_holds
from voting.proposal_making import propose_hold
from voting.warning_jobs import warn_organisers

OFFICER = "personvern@forbund.example"
UNTIL = AFTER + timedelta(days=20)


@dataclass(frozen=True, slots=True)
class House:
    """An election, and what works on it."""

    runtime: Runtime
    election: WholeElection
    smtp: SmtpServer

    def later(self, passed: timedelta) -> Runtime:
        return replace(self.runtime, clock=FixedClock(AFTER + passed))

    def hold(self, reason: str) -> None:
        election = self.election
        with election.store.begin() as session:
            number = propose_hold(
                session,
                election.id,
                until=UNTIL,
                reason=reason,
                actor=ORGANISER,
                at=AFTER,
            )
        assert not election.sign("hold", number, 1)
        assert election.sign("hold", number, 3)

    def tell(self) -> None:
        tell_of_holds(self.runtime, self.election.id)

    def queued(self, runtime: Runtime) -> list[str]:
        queue_hold_notices(runtime)
        queue = queue_of(runtime, "service")
        names = [each.func_name or "" for each in queue.jobs]
        queue.empty()  # type: ignore[no-untyped-call]
        return names


@contextmanager
def a_house(
    stores: Stores,
    folder: Path,
    redis_url: str,
    smtp: SmtpServer,
    *,
    practice: bool = False,
) -> Iterator[House]:
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(folder),
            "URNE_DATA_PROTECTION_OFFICER": OFFICER,
            "URNE_VERIFIER_SOCKET": str(folder / "v.sock"),
            "URNE_SMTP_HOST": smtp.host,
            "URNE_SMTP_PORT": str(smtp.port),
            "REDIS_URL": redis_url,
        }
    )
    draft = replace(a_draft(), practice=practice)
    with a_new_election(stores.service, settings, folder, draft=draft) as election:
        connection = redis.Redis.from_url(settings.redis_url("service"))
        runtime = Runtime(
            settings,
            FixedClock(AFTER),
            {"register": stores.register, "service": stores.service},
            {"service": connection},
        )
        yield House(runtime, election, smtp)
        connection.close()


@pytest.fixture
def approved(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[House]:
    with a_house(stores, tmp_path, redis_url, smtp_server) as house:
        election = house.election
        election.hold_ceremony()
        election.freeze_roll()
        election.seal()
        election.open()
        election.vote([YES, YES, NO])
        election.close()
        election.count()
        election.approve()
        yield house


def subject_of(mail: Received) -> str:
    return str(mail.parsed["Subject"])


def text_of(mail: Received) -> str:
    return str(mail.parsed.get_content())


def test_the_data_protection_officer_is_told_once_of_each_hold(approved: House) -> None:
    assert approved.queued(approved.runtime) == []
    approved.hold("Klagen fra Nord er ikke avgjort")
    assert approved.queued(approved.runtime) == [HOLD_JOB]
    for _ in range(2):
        approved.tell()
    (first,) = approved.smtp.messages_to(OFFICER)
    assert subject_of(first) == (
        "Makuleringen av manntallet i «Lønnsoppgjør 2027» er utsatt"
    )
    for word in (
        "«Lønnsoppgjør 2027» (Fagforbundet Nord)",
        "Manntallet holdes til 28. mars 2027 kl. 21.00.",
        "Klagen fra Nord er ikke avgjort",
        f"{NAMES[0]}\r\n{NAMES[2]}",
    ):
        assert word in text_of(first)
    assert NAMES[1] not in text_of(first)
    assert approved.queued(approved.later(NEXT_TRY)) == []
    approved.hold("Klagen er sendt videre")
    approved.tell()
    _, second = approved.smtp.messages_to(OFFICER)
    assert subject_of(second).endswith("er utsatt igjen")
    assert "Det er utsettelse nummer 2." in text_of(second)
    with approved.election.store.reading() as session:
        verify_chain(session)
        told = session.query(AUDIT["service"]).filter_by(kind="hold-told").count()
    assert told == 2


def test_a_mail_that_was_not_taken_is_sent_later(approved: House) -> None:
    approved.hold("Klagen fra Nord er ikke avgjort")
    approved.smtp.refuse_at(Stage.RCPT, "451 4.3.0 later")
    approved.tell()
    approved.smtp.behave()
    # Somebody may still be at it.
    assert approved.queued(approved.runtime) == []
    approved.tell()
    assert approved.smtp.messages == []
    later = approved.later(NEXT_TRY)
    assert approved.queued(later) == [HOLD_JOB]
    tell_of_holds(later, approved.election.id)
    assert len(approved.smtp.messages_to(OFFICER)) == 1


def test_the_warning_goes_to_the_unions_own_organisers(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> None:
    with a_house(
        sqlite_stores, tmp_path, redis_url, smtp_server, practice=True
    ) as house:
        with house.election.store.begin() as session:
            add_organisers(session)
            get_election(session, house.election.id).alarm = encode_json(
                {"approved": False, "days": 7, "shredded_at": format_time(UNTIL)}
            )
        warn_organisers(house.runtime, house.election.id)
    assert sorted(each.recipients for each in smtp_server.messages) == [
        ("alle@urne.example",),
        ("nord@forbund.example",),
    ]
    for mail in smtp_server.messages:
        assert subject_of(mail) == (
            "ØVELSE: Manntallet i «Lønnsoppgjør 2027» makuleres om 7 dager"
        )
        assert text_of(mail).startswith("*** ØVELSE ***")
        assert "28. mars 2027 kl. 21.00" in text_of(mail)


def add_organisers(session: Session) -> None:
    """Two unions' organisers, one of all unions, one who left, and a key holder."""
    for email, union, role in (
        ("alle@urne.example", "", Role.ORGANISER),
        ("nord@forbund.example", plain_name("Fagforbundet Nord"), Role.ORGANISER),
        ("annet@forening.example", plain_name("En annen forening"), Role.ORGANISER),
        ("komite@forbund.example", plain_name("Fagforbundet Nord"), Role.COMMITTEE),
    ):
        add_official(session, name="Kari Ås", email=email, roles=[role], union=union)
    left = add_official(
        session, name="Ola Ås", email="sluttet@forbund.example", roles=[Role.ORGANISER]
    )
    left.disabled = True
