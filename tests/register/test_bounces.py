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
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from infra.tables import AUDIT
from register.bounces import (
    LARGEST,
    Bounce,
    NotABounce,
    Outcome,
    UnknownToUs,
    read_bounce,
)
from register.delivery_reports import note_report
from register.lookups import list_troubled
from register.recipients import Plan, count_recipients
from register.roll import read_data_key
from register.roll_phases import MessageChannel, MessageState, SendingKind
from register.tables import Message
from tests.conftest import Stores
from tests.register.post_office import ROOT, PostOffice, a_post_office, link_in, members
from tests.register.register_site import an_app
from tests.register.roll_files import ELECTION
from tests.smtp import Received, SmtpServer

EMAIL, SMS, LETTER = MessageChannel
TOKEN = "report-token-of-the-tests"
ID = "0123456789abcdef" * 2
QUOTED = (
    f"Message-ID: <{ID}@urne.example>\r\nFrom: urne@urne.example\r\n"
    "To: medlem1@example.no\r\nSubject: Stem\r\n\r\n"
    "http://stemme.test/s/lonn-2026#KODEKODEKODEKODEKODEKODE12.FPFPFPFPFPFPFPFP\r\n"
)
OURS = bytes.fromhex(ID)


def a_report(action: str, status: str, *, quoted: str = QUOTED) -> bytes:
    """Return a delivery status notification as RFC 3464 has it."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\n"
        "To: retur@urne.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;"
        ' boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; medlem1@example.no\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--B\r\nContent-Type: message/rfc822\r\n\r\n{quoted}\r\n--B--\r\n"
    ).encode()


def prose(text: str, **headers: str) -> bytes:
    """Return a bounce written for people."""
    told = {
        "Return-Path": "<>",
        "From": "Mail Delivery System <Mailer-Daemon@mx.example>",
        "To": "urne@urne.example",
        "Subject": "failure notice",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in told.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


QMAIL = (
    "Hi. This is the qmail-send program at mx.example.\r\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
    "<medlem1@example.no>:\r\nUser unknown\r\n\r\n"
    f"--- Below this line is a copy of the message.\r\n\r\n{QUOTED}"
)
EXIM = (
    "This message was created automatically by mail delivery software.\r\n"
    "A message that you sent could not be delivered to one or more recipients.\r\n\r\n"
    f"------ This is a copy of the message, with all headers. ------\r\n\r\n{QUOTED}"
)
EXCHANGE = (
    "Your message did not reach some or all of the intended recipients.\r\n"
    "      medlem1@example.no on 03.03.2026 09:00\r\n"
    "            550 5.1.10 RESOLVER.ADR.RecipientNotFound\r\n"
    f"> Message-ID: <{ID}@urne.example>\r\n"
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (a_report("failed", "5.1.1"), Bounce(OURS, Outcome.FAILED, "5.1.1")),
        (a_report("Failed (it is)", "4.4.7"), Bounce(OURS, Outcome.FAILED, "4.4.7")),
        (a_report("delayed", "4.4.1"), Bounce(OURS, Outcome.DELAYED, "4.4.1")),
        (a_report("delivered", "2.0.0"), Bounce(OURS, Outcome.DELIVERED, "2.0.0")),
        (prose(QMAIL), Bounce(OURS, Outcome.FAILED, "")),
        (
            prose(EXIM, X_Failed_Recipients="medlem1@example.no"),
            Bounce(OURS, Outcome.FAILED, ""),
        ),
        (prose(EXCHANGE), Bounce(OURS, Outcome.FAILED, "5.1.10")),
        (
            prose(f"Your message is delayed. 4.7.1\r\nMessage-ID: <{ID}@urne.example>"),
            Bounce(OURS, Outcome.DELAYED, "4.7.1"),
        ),
        (
            prose("Undeliverable. 5.7.1", To=f"retur+{ID}@urne.example"),
            Bounce(OURS, Outcome.FAILED, "5.7.1"),
        ),
        (
            prose("No such user.", Delivered_To=f"retur+{ID}@urne.example"),
            Bounce(OURS, Outcome.FAILED, ""),
        ),
        (
            prose("550 no", In_Reply_To=f"<{ID}@urne.example>"),
            Bounce(OURS, Outcome.FAILED, ""),
        ),
        (
            a_report("failed", "5.0.0", quoted="Subject: x\r\n\r\n").replace(
                b"To: retur@", f"To: retur+{ID}@".encode()
            ),
            Bounce(OURS, Outcome.FAILED, "5.0.0"),
        ),
    ],
)
def test_what_servers_send_back_is_read(raw: bytes, expected: Bounce) -> None:
    assert read_bounce(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe not a mail",
        prose(f"Jeg er på ferie.\r\n\r\n{QUOTED}", From="Kari <kari@example.no>"),
        prose(
            f"550 5.1.1 sier jeg\r\n{QUOTED}",
            From="kari@example.no",
            Return_Path="<kari@example.no>",
        ),
        prose(f"Ute\r\n{QUOTED}", Auto_Submitted="auto-replied"),
        a_report("opened", "2.0.0"),
        prose(f"Hello\r\n{QUOTED}"),
        b"From: mailer-daemon@x\r\n\r\n550 " + b"x" * LARGEST,
    ],
)
def test_what_is_no_bounce_changes_nothing(raw: bytes) -> None:
    with pytest.raises(NotABounce):
        read_bounce(raw)


@pytest.mark.parametrize(
    "raw",
    [
        a_report("failed", "5.1.1", quoted="Message-ID: <abc@other>\r\n\r\nHi"),
        prose("550 user unknown"),
        prose("550 user unknown", To=f"retur+{ID[:-1]}@urne.example"),
        prose("550 user unknown", To=f"retur+{ID.upper()}@urne.example"),
    ],
)
def test_a_bounce_of_somebody_elses_mail_is_said_to_be_that(raw: bytes) -> None:
    with pytest.raises(UnknownToUs):
        read_bounce(raw)


def test_parts_within_parts_without_end_come_to_an_end() -> None:
    raw = prose("550 5.1.1", To=f"retur+{ID}@urne.example")
    for depth in range(60):
        raw = (
            f"From: MAILER-DAEMON@x\r\nTo: retur+{ID}@urne.example\r\n"
            f'Content-Type: multipart/mixed; boundary="b{depth}"\r\n\r\n'
            f"--b{depth}\r\nContent-Type: message/rfc822\r\n\r\n"
        ).encode() + raw
    assert read_bounce(raw).outcome == Outcome.FAILED


@given(st.binary(max_size=400), st.sampled_from([a_report("failed", "5.1.1"), b""]))
def test_no_bytes_make_the_reading_fail_otherwise(noise: bytes, mail: bytes) -> None:
    cut = len(noise) % (len(mail) + 1)
    for raw in (noise, mail[:cut] + noise + mail[cut:]):
        try:
            found = read_bounce(raw)
        except (NotABounce, UnknownToUs):
            continue
        assert len(found.token) == 16


def test_nothing_of_the_quoted_mail_is_in_what_is_read() -> None:
    found = read_bounce(a_report("failed", "5.1.1"))
    assert "KODE" not in repr(found)
    assert "medlem1" not in repr(found)


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
