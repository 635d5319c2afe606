"""Mail that came back: told apart, matched by a token, and nothing of it kept."""

from __future__ import annotations

import json
import mailbox
import os
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from infra.tables import AUDIT
from register.bounces import LARGEST, read_bounce
from register.delivery_reports import note_report
from register.lookups import list_troubled
from register.recipients import Plan, count_recipients
from register.roll import read_data_key
from register.roll_phases import MessageChannel, MessageState, SendingKind
from register.tables import Message
from tests.conftest import Stores
from tests.register.post_office import ROOT, PostOffice, a_post_office, link_in, members
from tests.register.register_site import an_app
from tests.register.returned_mail import prose
from tests.register.roll_files import ELECTION
from tests.smtp import Received, SmtpServer

EMAIL, SMS, LETTER = MessageChannel
TOKEN = "report-token-of-the-tests"


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(
        stores,
        tmp_path,
        redis_url,
        smtp_server,
        URNE_BOUNCE_ADDRESS="retur@urne.example",
        URNE_REPORT_TOKEN=TOKEN,
    )
    yield lent
    lent.runtime.close()


def bounce_of(received: Received) -> bytes:
    """Return the bounce of a mail, as a server addresses it and quotes it."""
    bounce = EmailMessage()
    bounce["From"] = "MAILER-DAEMON@mx.example"
    bounce["To"] = received.sender
    bounce["Subject"] = "Undelivered"
    bounce.set_content("550 5.1.1 No such user\n\n" + received.content.decode())
    return bounce.as_bytes()


def test_a_mail_says_by_its_return_address_and_its_id_which_it_is(
    office: PostOffice,
) -> None:
    office.open(*members(2))
    office.invite()
    for received in office.smtp.messages:
        with office.election.store.reading() as session:
            token = read_bounce(bounce_of(received)).token
            assert session.get(Message, token) is not None
        assert received.sender == f"retur+{token.hex()}@urne.example"
        assert received.parsed["Message-ID"].startswith(f"<{token.hex()}@")
        assert "retur" not in received.parsed["From"]
        for secret in ("medlem", "Fornavn"):
            assert secret not in received.sender


def test_what_came_back_is_on_the_list_and_its_link_lives_on(
    office: PostOffice,
) -> None:
    office.open(*members(3))
    sending_id = office.invite()
    (lost,) = office.smtp.messages_to("medlem2@example.no")
    take_in(office, bounce_of(lost))
    assert office.states(sending_id)["2"] == MessageState.BOUNCED
    with office.election.store.reading() as session:
        key = read_data_key(session, office.election.keystore, ELECTION)
        (troubled,) = list_troubled(session, key, ELECTION)
        table = AUDIT["register"]
        last = session.scalars(select(table).order_by(table.seq.desc()).limit(1)).one()
    assert (troubled.member_number, troubled.state) == ("2", MessageState.BOUNCED)
    assert last.kind == "message-came-back"
    told = json.loads(last.content or b"")
    assert told.keys() == {"channel", "entry", "status"}
    assert link_in(lost).encode() not in (last.content or b"")
    office.mark(lost)


def test_the_same_bounce_twice_is_noted_once(office: PostOffice) -> None:
    office.open(*members(1))
    office.invite()
    raw = bounce_of(office.smtp.messages[0])
    assert take_in(office, raw)
    assert not take_in(office, raw)


def test_a_delay_is_no_bounce(office: PostOffice) -> None:
    office.open(*members(1))
    sending_id = office.invite()
    raw = bounce_of(office.smtp.messages[0]).replace(b"550 5.1.1", b"450 4.2.0")
    assert not take_in(office, raw.replace(b"No such user", b"delayed"))
    assert office.states(sending_id)["1"] == MessageState.SENT


def test_an_address_that_reaches_nobody_is_not_written_to_again(
    office: PostOffice,
) -> None:
    headings = ("Medlemsnummer", "Fornavn", "Etternavn", "E-post", "Postnr", "Poststed")
    office.open(
        ("1", "Kari", "Ås", "medlem1@example.no", "0155", "OSLO"),
        ("2", "Ola", "Ås", "medlem2@example.no", "", ""),
        headings=headings,
    )
    office.invite()
    for received in list(office.smtp.messages):
        take_in(office, bounce_of(received))
    with office.election.store.reading() as session:
        by_mail = count_recipients(session, ELECTION, SendingKind.INVITATION)
        plan = Plan((EMAIL, LETTER))
        found = count_recipients(session, ELECTION, SendingKind.INVITATION, plan)
    assert (by_mail.number, by_mail.unreached) == (0, 2)
    assert (dict(found.by_channel), found.unreached) == ({LETTER: 1}, 1)


def post(
    office: PostOffice, path: str, data: bytes, kind: str, token: str | None = TOKEN
) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    client = an_app(office).test_client()
    answer = client.post(
        f"/r/rapport/{path}", data=data, content_type=kind, headers=headers
    )
    return answer.status_code


def test_a_mail_server_reports_with_its_token(office: PostOffice) -> None:
    office.open(*members(1))
    sending_id = office.invite()
    raw = bounce_of(office.smtp.messages[0])
    for wrong in (None, "", "report-token-of-the-testz", TOKEN + "x"):
        assert post(office, "retur", raw, "message/rfc822", wrong) == 403
    assert office.states(sending_id)["1"] == MessageState.SENT
    assert post(office, "retur", raw, "text/plain") == 415
    assert post(office, "retur", b"x", "message/rfc822") == 422
    assert post(office, "retur", b"x" * (LARGEST + 1), "message/rfc822") == 413
    assert post(office, "retur", raw, "message/rfc822") == 204
    assert office.states(sending_id)["1"] == MessageState.BOUNCED
    assert post(office, "retur", raw, "message/rfc822") == 204


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("delivered", MessageState.DELIVERED),
        ("DELIVERED", MessageState.DELIVERED),
        ("failed", MessageState.BOUNCED),
        ("expired", MessageState.BOUNCED),
        ("buffered", MessageState.SENT),
    ],
)
def test_a_gateway_reports_on_an_sms(
    office: PostOffice, status: str, state: MessageState
) -> None:
    office.open(*members(1))
    sending_id = office.invite()
    with office.election.store.begin() as session:
        message = session.scalars(select(Message)).one()
        message.channel = SMS
        told = json.dumps({"reference": message.id.hex(), "status": status}).encode()
    assert post(office, "sms", told, "application/json", "wrong" * 5) == 403
    assert post(office, "sms", told, "application/json") == 204
    assert office.states(sending_id)["1"] == state


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b'{"reference": "x"}',
        b'{"reference": "zz", "status": "failed"}',
        b'{"reference": "00", "status": "failed"}',
        b'{"reference": 1, "status": "failed"}',
        b'{"reference": "' + b"00" * 16 + b'", "status": "failed", "more": 1}',
        b'{"reference": "' + b"0" * 9000 + b'", "status": "failed"}',
    ],
)
def test_a_malformed_report_is_refused(office: PostOffice, told: bytes) -> None:
    assert post(office, "sms", told, "application/json") == 400


def test_a_report_on_no_message_of_ours_is_taken_and_does_nothing(
    office: PostOffice,
) -> None:
    told = json.dumps({"reference": "00" * 16, "status": "failed"}).encode()
    assert post(office, "sms", told, "application/json") == 204


def test_without_a_token_nobody_reports(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> None:
    office = a_post_office(stores, tmp_path, redis_url, smtp_server)
    assert post(office, "sms", b"{}", "application/json", "") == 404
    assert post(office, "retur", b"x", "message/rfc822", "") == 404
    office.runtime.close()


def test_a_folder_of_bounces_is_read_and_emptied(
    office: PostOffice, tmp_path: Path
) -> None:
    office.open(*members(4))
    sending_id = office.invite()
    folder = tmp_path / "drop" / "new"
    folder.mkdir(parents=True)
    first, second, third, _ = office.smtp.messages
    (folder / "1.eml").write_bytes(bounce_of(first))
    (folder / "2.eml").write_bytes(bounce_of(first))
    (folder / "reply.eml").write_bytes(b"From: kari@example.no\r\n\r\nTakk!")
    (folder / "other.eml").write_bytes(prose("550 user unknown"))
    box = mailbox.mbox(folder / "box")
    box.add(bounce_of(second))
    box.add(bounce_of(third))
    box.close()
    said = urne(office, "bounces", str(tmp_path / "drop"))
    assert said == "noted 3, known 1, not-a-bounce 1, not-ours 1"
    left = {file.name for file in folder.iterdir()}
    assert left == {"reply.eml", "other.eml", "box"}
    states = list(office.states(sending_id).values())
    assert states.count(MessageState.BOUNCED) == 3


def urne(office: PostOffice, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "import app; app.main()", *arguments],
        env=os.environ | dict(office.environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def take_in(office: PostOffice, raw: bytes) -> bool:
    """Note one mail that came back."""
    found = read_bounce(raw)
    with office.election.store.begin() as session:
        return note_report(
            session, found.token, found.outcome, status=found.status, now=office.now
        )
