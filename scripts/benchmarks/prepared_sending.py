"""A large roll with a sending that has just been started, for a benchmark.

The manifest and its schedule are the service's; here the roll's row says that they
came, so that nothing but the register is measured.
"""

import json
import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import register.tables  # noqa: F401 - so that the schema is whole
from infra.config import load_settings
from infra.databases import create_schema
from infra.runtime import Runtime, open_runtime
from register.mail_templates import suggested_template
from register.roll import (
    freeze_roll,
    open_roll,
    read_data_key,
    require_roll,
)
from register.roll_import import settle_import
from register.roll_phases import RollPhase, SendingKind
from register.sending import create_sending, start_sending, told_number
from register.tables import Sending
from scripts.benchmarks.roll import lay_up_all, peak, write_roll

_ELECTION: Final = "0" * 32
_OFFICIAL: Final = "a" * 32


def main(members: int) -> None:
    """Prepare it, and print the sending's id and how long its parts took."""
    runtime = open_runtime(load_settings(os.environ))
    create_schema(runtime.store("register"))
    _import(runtime, members)
    frozen = perf_counter()
    _seal(runtime)
    started = perf_counter()
    before = peak()
    sending_id = _start(runtime)
    steps: list[object] = [
        sending_id.hex(),
        ("freezing the roll", started - frozen, before),
        ("starting the sending", perf_counter() - started, peak()),
    ]
    sys.stdout.write(json.dumps(steps))


def _import(runtime: Runtime, members: int) -> None:
    store, keystore = runtime.store("register"), runtime.keystore("register")
    now = runtime.clock.now()
    with store.begin() as session:
        open_roll(
            session, keystore, election_id=_ELECTION, slug="stor", title="S", now=now
        )
        key = read_data_key(session, keystore, _ELECTION)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "roll.csv"
        write_roll(file, members)
        lay_up_all(store, key, file.read_bytes(), file.name)
    with store.begin() as session:
        settle_import(
            session,
            require_roll(session, _ELECTION),
            source_digest=bytes(32),
            is_empty=False,
            now=now,
        )


def _seal(runtime: Runtime) -> None:
    now = runtime.clock.now()
    with runtime.store("register").begin() as session:
        freeze_roll(
            session, runtime.keystore("register"), election_id=_ELECTION, now=now
        )
        roll = require_roll(session, _ELECTION)
        roll.organisation = "Norsk Eksempelforbund"
        roll.manifest, roll.fingerprint = b"{}", secrets.token_bytes(32)
        roll.schedule_number, roll.phase = 0, RollPhase.OPEN
        roll.opens_at, roll.closes_at = now, now + timedelta(days=7)


def _start(runtime: Runtime) -> bytes:
    template, now = suggested_template(SendingKind.INVITATION), runtime.clock.now()
    with runtime.store("register").begin() as session:
        sending_id = create_sending(
            session,
            election_id=_ELECTION,
            kind=SendingKind.INVITATION,
            subject=template.subject,
            body=template.body,
            actor=_OFFICIAL,
            now=now,
        ).id
    with runtime.store("register").begin() as session:
        told = told_number(session, session.get_one(Sending, sending_id))
        start_sending(
            session, _ELECTION, sending_id, told=told, actor=_OFFICIAL, now=now
        )
    return sending_id


if __name__ == "__main__":
    main(int(sys.argv[1]))
