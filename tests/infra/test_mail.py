import contextlib
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from infra.clock import FixedClock
from infra.config import load_settings
from infra.mail import (
    MailDeferred,
    MailFailed,
    MailRefused,
    MailTlsMissing,
    MailUncertain,
    Sender,
    SmtpTransport,
    open_transport,
)
from infra.message_settings import SmtpSettings, TlsMode
from infra.messages import Message
from infra.secret_values import Secret
from tests.services import free_port
from tests.smtp import SmtpServer, Stage
from tests.smtp import smtp_server as running_server

SENDER = Sender(
    "valg@forbundet.example", "Forbundet", FixedClock(datetime(2026, 6, 1, tzinfo=UTC))
)
MESSAGE = Message("kari@medlem.example", "Stem", "Hei\n.\n.. punktum\n")


def _settings(port: int, tls: TlsMode = "none") -> SmtpSettings:
    return SmtpSettings("127.0.0.1", port, tls, None, None, SENDER.address)


def _transport(
    server: SmtpServer, tls: TlsMode = "none", trusted: ssl.SSLContext | None = None
) -> SmtpTransport:
    return SmtpTransport(_settings(server.port, tls), SENDER, timeout=5, tls=trusted)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only those who are told will trust."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[SmtpServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with running_server(context) as server:
        yield server


@pytest.fixture
def trusted(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate / "cert.pem"))


def test_a_mail_arrives_whole_dots_and_all(smtp_server: SmtpServer) -> None:
    with _transport(smtp_server) as transport:
        message_id = transport.send(MESSAGE)
    (received,) = smtp_server.messages
    assert received.sender == "valg@forbundet.example"
    assert received.recipients == ("kari@medlem.example",)
    assert received.parsed["Message-ID"] == message_id
    assert received.parsed.get_content().splitlines() == ["Hei", ".", ".. punktum"]


def test_a_batch_goes_over_one_connection(smtp_server: SmtpServer) -> None:
    greetings: list[int] = []
    smtp_server.at(Stage.EHLO, lambda: greetings.append(1))
    with _transport(smtp_server) as transport:
        for number in range(5):
            transport.send(Message(f"medlem{number}@x.example", "Stem", "Hei"))
    assert len(smtp_server.messages) == 5
    assert len(greetings) == 1


@pytest.mark.parametrize(
    ("stage", "reply", "failure"),
    [
        (Stage.CONNECT, "554 no", MailDeferred),
        (Stage.CONNECT, "421 busy", MailDeferred),
        (Stage.MAIL, "451 later", MailDeferred),
        (Stage.MAIL, "553 we do not know you", MailDeferred),
        (Stage.RCPT, "450 greylisted", MailDeferred),
        (Stage.RCPT, "452 full", MailDeferred),
        (Stage.RCPT, "530 log in first", MailDeferred),
        (Stage.RCPT, "550 5.1.1 no such user", MailRefused),
        (Stage.DATA, "451 later", MailDeferred),
        (Stage.DATA, "554 no", MailRefused),
        (Stage.CONTENT, "451 later", MailDeferred),
        (Stage.CONTENT, "421 closing", MailDeferred),
        (Stage.CONTENT, "552 too big", MailRefused),
        (Stage.CONTENT, "hva?", MailUncertain),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_every_answer_of_the_server_has_its_name(
    smtp_server: SmtpServer, stage: Stage, reply: str, failure: type[MailFailed]
) -> None:
    smtp_server.refuse_at(stage, reply)
    with _transport(smtp_server) as transport:
        with pytest.raises(MailFailed) as caught:
            transport.send(MESSAGE)
        assert type(caught.value) is failure
        assert "user" not in str(caught.value)
        assert smtp_server.messages == []
        smtp_server.behave()
        transport.send(MESSAGE)
    assert len(smtp_server.messages) == 1


@pytest.mark.parametrize(
    ("stage", "failure", "arrived"),
    [
        (Stage.CONNECT, MailDeferred, 0),
        (Stage.EHLO, MailDeferred, 0),
        (Stage.MAIL, MailDeferred, 0),
        (Stage.RCPT, MailDeferred, 0),
        (Stage.DATA, MailDeferred, 0),
        (Stage.CONTENT, MailUncertain, 0),
        (Stage.ACCEPTED, MailUncertain, 1),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_lost_connection_is_uncertain_once_the_mail_was_begun(
    smtp_server: SmtpServer, stage: Stage, failure: type[MailFailed], arrived: int
) -> None:
    smtp_server.hang_up_at(stage)
    with _transport(smtp_server) as transport:
        with pytest.raises(MailFailed) as caught:
            transport.send(MESSAGE)
        assert type(caught.value) is failure
        assert len(smtp_server.messages) == arrived
        smtp_server.behave()
        transport.send(MESSAGE)
    assert len(smtp_server.messages) == arrived + 1


def test_a_mail_is_sent_when_the_goodbye_fails(smtp_server: SmtpServer) -> None:
    smtp_server.hang_up_at(Stage.QUIT)
    with _transport(smtp_server) as transport:
        transport.send(MESSAGE)
    assert len(smtp_server.messages) == 1


def test_no_server_is_a_delay() -> None:
    transport = SmtpTransport(_settings(free_port()), SENDER, timeout=2)
    with transport, pytest.raises(MailDeferred):
        transport.send(MESSAGE)


def test_a_mail_goes_over_tls(tls_server: SmtpServer, trusted: ssl.SSLContext) -> None:
    with _transport(tls_server, "starttls", trusted) as transport:
        transport.send(MESSAGE)
    assert len(tls_server.messages) == 1


def test_a_stranger_s_certificate_is_refused(tls_server: SmtpServer) -> None:
    with (
        _transport(tls_server, "starttls") as transport,
        pytest.raises(MailTlsMissing),
    ):
        transport.send(MESSAGE)
    assert tls_server.messages == []


def test_a_server_without_tls_gets_no_mail(smtp_server: SmtpServer) -> None:
    for mode in ("starttls", "tls"):
        transport = _transport(smtp_server, mode)
        with transport, pytest.raises(MailDeferred):
            transport.send(MESSAGE)
    assert smtp_server.messages == []


def test_a_login_that_the_server_does_not_take_is_a_delay(
    smtp_server: SmtpServer,
) -> None:
    settings = SmtpSettings(
        "127.0.0.1", smtp_server.port, "none", "u", Secret(b"p"), SENDER.address
    )
    with (
        SmtpTransport(settings, SENDER, timeout=5) as transport,
        pytest.raises(MailDeferred),
    ):
        transport.send(MESSAGE)


def test_an_address_outside_ascii_needs_a_server_that_takes_it(
    smtp_server: SmtpServer,
) -> None:
    message = Message("kåre@medlem.example", "Stem", "Hei")
    with _transport(smtp_server) as transport:
        with pytest.raises(MailRefused):
            transport.send(message)
        transport.send(MESSAGE)
    assert len(smtp_server.messages) == 1


@contextlib.contextmanager
def _utf8_server() -> Iterator[tuple[int, list[object]]]:
    taken: list[object] = []

    class Keeping(Sink):
        async def handle_DATA(  # noqa: N802 - aiosmtpd's name
            self, _server: object, _session: object, envelope: object
        ) -> str:
            taken.append(envelope)
            return "250 OK"

    controller = Controller(
        Keeping(), hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True
    )
    controller.start()
    try:
        yield controller.port, taken
    finally:
        controller.stop()
        controller.loop.close()


def test_an_address_outside_ascii_is_sent_where_it_can_be() -> None:
    with (
        _utf8_server() as (port, taken),
        SmtpTransport(_settings(port), SENDER, timeout=5) as transport,
    ):
        transport.send(Message("kåre@blåbær.example", "Stem", "Hei"))
        transport.send(MESSAGE)
    recipients = [getattr(each, "rcpt_tos", None) for each in taken]
    assert recipients == [["kåre@xn--blbr-roah.example"], ["kari@medlem.example"]]


def test_the_settings_say_which_server_mail_is_handed_to(
    tmp_path: Path, smtp_server: SmtpServer
) -> None:
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "development",
            "URNE_DATA_DIR": str(tmp_path),
            "URNE_MAIL_SINK_DIR": str(tmp_path / "mail"),
            "URNE_SMTP_PORT": str(smtp_server.port),
        }
    )
    with open_transport(settings, SENDER.clock) as transport:
        ids = [transport.send(MESSAGE) for _ in range(3)]
    parsed = [
        message_from_bytes(each.content, policy=policy.default)
        for each in smtp_server.messages
    ]
    assert [each["Message-ID"] for each in parsed] == ids
    assert not (tmp_path / "mail").exists()
