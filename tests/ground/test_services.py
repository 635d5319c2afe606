"""The servers that the other tests stand on."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
import redis
from sqlalchemy import inspect, text

from tests.smtp import SmtpServer, Stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.conftest import Stores

REFUSABLE = [Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.CONTENT, Stage.ACCEPTED]
SENDER = "urne@example.no"
MEMBER = "kari@example.no"


def a_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, MEMBER, "Uravstemning"
    mail.set_content("Stem på forslaget – før fredag.")
    return mail


def send(server: SmtpServer) -> None:
    with smtplib.SMTP(server.host, server.port, timeout=10) as client:
        client.send_message(a_mail())


def test_each_side_has_its_own_tables_and_no_rows(stores: Stores) -> None:
    for store in (stores.register, stores.service):
        with store.begin() as session:
            names = inspect(session.connection()).get_table_names()
            assert set(names) == set(store.metadata.tables)
            for name in names:
                count = session.execute(text(f'SELECT count(*) FROM "{name}"'))
                assert count.scalar_one() == 0


def test_the_two_postgresql_stores_share_no_transaction_counter(
    postgres_stores: Stores,
) -> None:
    identifiers = set()
    for store in (postgres_stores.register, postgres_stores.service):
        with store.begin() as session:
            found = session.execute(
                text("SELECT system_identifier FROM pg_control_system()")
            )
            identifiers.add(found.scalar_one())
    assert len(identifiers) == 2


def test_postgresql_roles_of_the_stores_are_no_superusers(
    postgres_stores: Stores,
) -> None:
    for store in (postgres_stores.register, postgres_stores.service):
        with store.begin() as session:
            found = session.execute(
                text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            )
            assert found.scalar_one() is False


@pytest.mark.parametrize("time", ["first", "second"])
def test_redis_is_empty_for_each_test(redis_url: str, time: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left behind", time)


def test_a_mail_is_taken_as_it_was_sent(smtp_server: SmtpServer) -> None:
    send(smtp_server)
    (message,) = smtp_server.messages_to(MEMBER)
    assert message.sender == SENDER
    body = message.parsed.get_body()
    assert body is not None
    assert body.get_content().strip() == "Stem på forslaget – før fredag."


@pytest.mark.parametrize("stage", REFUSABLE, ids=lambda stage: stage.name)
def test_a_refusal_reaches_the_sender(smtp_server: SmtpServer, stage: Stage) -> None:
    smtp_server.refuse_at(stage, "451 4.3.0 later")
    with pytest.raises(smtplib.SMTPException):
        send(smtp_server)
    assert len(smtp_server.messages) == (stage is Stage.ACCEPTED)


@pytest.mark.parametrize("stage", [Stage.CONNECT, *REFUSABLE], ids=lambda s: s.name)
def test_a_broken_line_reaches_the_sender(
    smtp_server: SmtpServer, stage: Stage
) -> None:
    smtp_server.hang_up_at(stage)
    with pytest.raises((smtplib.SMTPException, ConnectionError)):
        send(smtp_server)
    assert len(smtp_server.messages) == (stage is Stage.ACCEPTED)
    smtp_server.behave()
    send(smtp_server)


def test_chromium_runs_javascript(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    assert page.evaluate("'crypto' in globalThis") is True
    context.close()
