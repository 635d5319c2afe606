"""An election in which sixty have voted, been counted and approved: looked at only.

The same for many tests. What an observer could have seen on the way is kept: the rows
as they lay before the first vote, with fresh votes in intake, and after the closing.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis
from sqlalchemy import select

from infra.logs import OWN, configure_logging
from infra.sides import SIDES, Side
from register.issuers import read_issuer_key
from register.tables import VotingCode
from tests.conftest import Stores
from tests.secrecy.devices import Device
from tests.secrecy.hidden import everything_as_it_lies
from tests.secrecy.installation import Installation, an_installation
from tests.secrecy.needles import kept_in_redis
from tests.smtp import smtp_server

VOTERS: Final = 60
BATCHES: Final = (25, 24, 11)
"""The last of these is the rest, that waits until the closing."""

Lying = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table, in the order of the disk."""


@dataclass(frozen=True, slots=True, repr=False)
class Voted:
    """What is left, and what could be seen on the way."""

    installation: Installation
    devices: Sequence[Device]
    """In the order in which they voted."""
    entries: Sequence[bytes]
    """The roll's entries of the devices, in the same order."""
    before: Mapping[Side, Lying]
    fresh: Mapping[Side, Lying]
    after: Mapping[Side, Lying]
    redis: Mapping[Side, bytes]
    log: str
    disk: Mapping[str, bytes]
    """Every file of the data folder while the election was open, by name."""
    unwrapped: Sequence[bytes]
    """Every data key and issuer key of that moment, in the clear."""

    @property
    def truth(self) -> dict[bytes, bytes]:
        """Return what nobody may find out: whose ballot is which."""
        pairs = zip(self.entries, self.devices, strict=True)
        return {entry: device.tracking for entry, device in pairs}


@contextmanager
def sixty_voted(stores: Stores, folder: Path, redis_url: str) -> Iterator[Voted]:
    """Hold the election; leaves Redis as empty as it was."""
    with (
        smtp_server() as smtp,
        an_installation(stores, folder, redis_url, smtp, voters=VOTERS) as held,
    ):
        with all_that_is_logged() as log:
            voted = _hold(held, log)
        with redis.Redis.from_url(redis_url) as connection:
            connection.flushall()
        yield voted


def _hold(held: Installation, log: io.StringIO) -> Voted:
    held.invite()
    held.open()
    before = _lying(held)
    devices, fresh = _vote_in_batches(held)
    entries = [_entry_of(held, device) for device in devices]
    seen = {side: kept_in_redis(held.runtime(side).redis(side)) for side in SIDES}
    disk, unwrapped = files_below(held.data), _unwrap(held)
    held.close()
    after = _lying(held)
    held.count()
    held.approve()
    said = log.getvalue()
    return Voted(
        held, devices, entries, before, fresh, after, seen, said, disk, unwrapped
    )


@contextmanager
def all_that_is_logged() -> Iterator[io.StringIO]:
    """Keep standard error, with every logger as talkative as it can be."""
    root, said, real = logging.getLogger(), io.StringIO(), sys.stderr
    names = ("sqlalchemy", "werkzeug", "flask", "redis", "rq", "asyncio", OWN)
    loggers = [root, *map(logging.getLogger, names)]
    levels = [logger.level for logger in loggers]
    sys.stderr = said
    try:
        configure_logging(logging.DEBUG)
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        yield said
    finally:
        sys.stderr = real
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder; sockets have none."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _unwrap(held: Installation) -> list[bytes]:
    keystore = held.runtime("register").keystore("register")
    wrapped = [file.stem for file in keystore.folder.glob("*.key")]
    issuers = [
        read_issuer_key(keystore, held.election.id, group)
        for group in range(len(held.election.groups))
    ]
    return [
        *(keystore.read_key(key_id).value for key_id in wrapped),
        *(issuer.encoded for issuer in issuers),
    ]


def _vote_in_batches(held: Installation) -> tuple[list[Device], Mapping[Side, Lying]]:
    devices: list[Device] = []
    fresh: Mapping[Side, Lying] = {}
    for size in BATCHES:
        devices += held.vote(held.members[len(devices) :][:size])
        fresh = fresh or _lying(held)
        held.sweep()
    assert len(devices) == VOTERS
    return devices, fresh


def _lying(held: Installation) -> dict[Side, Lying]:
    return {side: everything_as_it_lies(held.store(side)) for side in SIDES}


def _entry_of(held: Installation, device: Device) -> bytes:
    login = device.login.public_key
    query = select(VotingCode.entry_id).where(VotingCode.login_key == login)
    with held.store("register").reading() as session:
        return session.scalars(query).one()
