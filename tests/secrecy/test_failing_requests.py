"""A request that fails in the middle leaves its class and place, and nothing of anyone.

Texts of database errors carry rows and parameters. They are made here, at the very
statements that write a mark and a ballot, and neither log nor answer shows them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from infra.databases import Store
from infra.sides import Side
from tests.conftest import Stores
from tests.secrecy.devices import Device, Exchange, Refused
from tests.secrecy.installation import Installation, an_installation, choice_of
from tests.secrecy.needles import (
    kinds_in,
    of_a_code,
    of_a_person,
    said_over,
)
from tests.secrecy.voted import all_that_is_logged
from tests.smtp import SmtpServer

BREAKS: Final = {
    "postgresql": "ALTER TABLE {} ADD CONSTRAINT broken CHECK (false) NOT VALID",
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON {}"
    " BEGIN SELECT RAISE(ABORT, 'broken'); END",
}


@pytest.fixture
def held(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[Installation]:
    with an_installation(stores, tmp_path, redis_url, smtp_server, voters=2) as lent:
        lent.invite()
        lent.open()
        yield lent


def break_inserts(store: Store, table: str) -> None:
    """Let the database refuse every row, as PostgreSQL does: with the row's values."""
    with store.begin() as session:
        session.execute(text(BREAKS[store.engine.dialect.name].format(table)))


@contextmanager
def failing() -> Iterator[io.StringIO]:
    with all_that_is_logged() as log, pytest.raises(Refused) as refused:
        yield log
    assert refused.value.status == 500
    assert refused.value.name == "InternalError"


def require_silent(
    held: Installation, device: Device, log: io.StringIO, answer: Exchange
) -> None:
    of_anyone = {**of_a_person(held.members), **of_a_code([device])}
    of_anyone |= {
        "login key": [device.login.public_key],
        "salt": [device.salt],
        "blinded element": [device.blinded],
        "credential": [device.credential.public.encoded],
    }
    if device.ballot:
        of_anyone |= {"ballot": [device.ballot[64:128]], "track": [device.tracking]}
    said = log.getvalue().encode()
    assert b"Error at " in said, "class and place are told"
    assert kinds_in(said, of_anyone) == set()
    assert kinds_in(answer.answer, of_anyone) == set()
    assert answer.path.encode() not in said
    # The row was in the request: the search would have seen it.
    assert kinds_in(said_over([answer]), of_anyone) != set()


@pytest.mark.parametrize("side", ["register", "service"])
def test_a_row_that_the_database_refuses_is_shown_nowhere(
    held: Installation, side: Side
) -> None:
    device = held.device(held.members[0])
    device.identify()
    if side == "register":
        break_inserts(held.store("register"), "mark_intake")
        with failing() as log:
            device.take_right()
    else:
        device.take_right()
        device.fill(choice_of(0))
        break_inserts(held.store("service"), "ballot_intake")
        with failing() as log:
            device.cast()
    require_silent(held, device, log, held.line.seen[-1])
