from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select, text

from crypto.encoding import decode_json, encode_json
from crypto.signing import verify_signature
from infra.audit import verify_chain
from infra.databases import Rewritten, Store
from infra.keystore import KeyDestroyed
from infra.scan import NeedleTooShort, look_through
from register import canaries, shredding_jobs
from register.elections import due_rolls
from register.roll import read_data_key, require_roll
from register.roll_phases import RollPhase, ShreddingState
from register.shredding_jobs import shred_roll
from register.tables import (
    Mark,
    MarkInIntake,
    Message,
    RollEntry,
    Sending,
    Shredding,
    VoterGroup,
    VotingCode,
)
from tests.register.elections import Election
from tests.register.roll_files import ELECTION

OF_MEMBERS = (Mark, MarkInIntake, Message, RollEntry, Sending, VotingCode)
MEMBERS = [
    (f"77{number:04}", f"Åsgjerd{number}", f"Østfjord{number}",
     f"medlem{number}@forbund.example", "", "Nord")
    for number in range(25)
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needles:
    """Everything that must vanish, each byte string on its own."""

    drawn: dict[str, list[bytes]]
    clear: list[bytes]


def needles_of(election: Election) -> Needles:
    drawn: dict[str, list[bytes]] = {}
    clear = []
    with election.store.reading() as session:
        key = read_data_key(session, election.keystore, ELECTION)
        drawn["data key"] = [key.value]
        path = election.keystore.folder / f"{key.key_id}.key"
        drawn["wrapped key"] = [path.read_bytes()]
        for entry in session.scalars(select(RollEntry)):
            drawn.setdefault("person", []).append(entry.sealed_person[:48])
            drawn.setdefault("salt", []).append(entry.sealed_salt[:48])
            drawn.setdefault("digest", []).append(entry.member_digest)
            drawn.setdefault("entry id", []).append(entry.id)
        for code in session.scalars(select(VotingCode)):
            drawn.setdefault("login key", []).append(code.login_key)
        marks = [*session.scalars(select(Mark)), *session.scalars(select(MarkInIntake))]
        drawn["signature"] = [mark.signature or bytes(64) for mark in marks]
    for row in MEMBERS:
        clear += [row[1].encode(), row[2].encode(), row[3].encode()]
    return Needles(drawn, clear)


def found_in(folders: list[Path], needles: Needles) -> set[str]:
    look = look_through(folders, {**needles.drawn, "clear": needles.clear})
    assert not look.unreadable
    return {finding.kind for finding in look.findings}


def missing_in(folders: list[Path], needles: Needles) -> list[str]:
    """Kinds of which not every needle is found."""
    each = {
        f"{kind} {number}": [one]
        for kind, drawn in needles.drawn.items()
        if kind != "data key"
        for number, one in enumerate(drawn)
    }
    found = {finding.kind for finding in look_through(folders, each).findings}
    return sorted({name.rpartition(" ")[0] for name in each.keys() - found})


def shred(election: Election) -> None:
    shred_roll(election.runtime, ELECTION)


def certificate(election: Election) -> dict[str, Any]:
    with election.store.reading() as session:
        encoded = session.get_one(Shredding, ELECTION).certificate
    assert encoded is not None
    document = decode_json(encoded)
    assert isinstance(document, dict)
    return dict(document)


@pytest.fixture
def voted(election: Election) -> Election:
    """An election of which the result was approved 31 days ago."""
    election.open(*MEMBERS)
    for row in MEMBERS[:22]:
        election.take(election.link(row[0]))
    election.close()
    election.approve()
    election.clock.move(days=31)
    return election


def data_folders(election: Election) -> list[Path]:
    """The data folder, and with PostgreSQL the files of the register's tables.

    PostgreSQL's own log keeps what was deleted until its segments expire: that it
    does is said in docs/threat-model.md, and it is not looked at here.
    """
    folders = [election.settings.data_dir]
    if election.store.is_postgresql:
        with election.store.reading() as session:
            query = "SELECT oid FROM pg_database WHERE datname = current_database()"
            number = session.execute(text(query)).scalar_one()
        held = Path(tempfile.gettempdir()).glob(f"urne-*/data/base/{number}")
        folders += [folder for folder in held if folder.is_dir()]
        on_this_machine = "REGISTER_DATABASE_URL" not in os.environ
        assert len(folders) > 1 or not on_this_machine
    return folders


def write_out(election: Election) -> None:
    """Have what the database holds written to its files: before the look, not after."""
    if election.store.is_postgresql:
        with election.store.engine.connect() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in OF_MEMBERS:
                autocommit.execute(text(f"VACUUM FULL {table.__tablename__}"))


def test_everything_that_must_vanish_was_there_and_is_gone(voted: Election) -> None:
    needles = needles_of(voted)
    write_out(voted)
    assert missing_in(data_folders(voted), needles) == []
    shred(voted)
    assert found_in(data_folders(voted), needles) == set()


def test_without_the_rewrite_the_bytes_stay_and_are_found(
    voted: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(_store: Store) -> Rewritten:
        return Rewritten(checkpointed=False)

    needles = needles_of(voted)
    write_out(voted)
    monkeypatch.setattr(shredding_jobs, "rewrite_store", leave)
    shred(voted)
    assert found_in(data_folders(voted), needles) != set()


def test_totals_stay_and_nobody_does(voted: Election) -> None:
    shred(voted)
    with voted.store.reading() as session:
        for table in OF_MEMBERS:
            count = select(func.count()).select_from(table)
            assert session.scalars(count).one() == 0
        group = session.scalars(select(VoterGroup)).one()
        assert (group.entitled, group.digital_marks, group.paper_marks) == (25, 22, 0)
        roll = require_roll(session, ELECTION)
        assert roll.phase == RollPhase.SHREDDED
        with pytest.raises(KeyDestroyed):
            voted.keystore.read_key(roll.key_id)
        verify_chain(session)


def test_the_certificate_is_signed_and_handed_over(voted: Election) -> None:
    shred(voted)
    document = certificate(voted)
    assert [check["name"] for check in document["checks"] if not check["passed"]] == []
    assert document["counts"]["roll_entries"] == 25
    assert document["counts"]["marks"] + document["counts"]["mark_intake"] == 22
    signature = bytes.fromhex(document.pop("signature"))
    verify_signature(
        voted.settings.verify_key("register"),
        signature,
        "certificate",
        voted.fingerprint,
        encode_json(document),
    )
    assert len(voted.posted("shredded")) == 1


def test_nothing_is_shredded_before_its_day(election: Election) -> None:
    election.open(*MEMBERS)
    election.close()
    election.approve()
    election.clock.move(days=29, hours=23)
    shred(election)
    assert election.roll().phase == RollPhase.APPROVED
    election.clock.move(hours=2)
    shred(election)
    assert election.roll().phase == RollPhase.SHREDDED


def test_a_hold_keeps_the_roll_for_its_time_and_no_longer(election: Election) -> None:
    election.open(*MEMBERS)
    election.close()
    election.approve()
    election.clock.move(days=29)
    election.send("hold", election.hold(days=10))
    election.clock.move(days=9)
    shred(election)
    assert election.roll().phase == RollPhase.APPROVED
    election.clock.move(days=2)
    shred(election)
    assert election.roll().phase == RollPhase.SHREDDED


def test_a_roll_that_nobody_approves_has_a_last_date(election: Election) -> None:
    election.open(*MEMBERS)
    election.close()
    election.clock.move(days=91)
    shred(election)
    assert election.roll().phase == RollPhase.SHREDDED
    assert certificate(election)["reason"] == "never-approved"


def test_a_forgotten_draft_has_a_last_date(election: Election) -> None:
    election.create()
    election.import_rows(*MEMBERS)
    election.clock.move(days=91)
    shred(election)
    assert election.roll().phase == RollPhase.SHREDDED


def test_shredding_twice_is_shredding_once(voted: Election) -> None:
    shred(voted)
    first = certificate(voted)
    voted.clock.move(days=1)
    shred(voted)
    assert certificate(voted) == first
    assert len(voted.posted("shredded")) == 1


class Killed(BaseException):
    """What SIGKILL is to the process that it hits: nothing after it is done."""


STEPS = (
    "keep_canaries",
    "destroy_keys",
    "delete_rows",
    "_empty_outboxes",
    "rewrite_store",
    "note_rewritten",
    "read_canaries",
    "note_looked",
    "destroy_canaries",
    "certify",
    "queue_delivery",
)


@contextmanager
def killed_at(step: str, *, after: bool, patch: pytest.MonkeyPatch) -> Iterator[None]:
    real = getattr(shredding_jobs, step)

    def killed(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if after:
            real(*args, **kwargs)
        raise Killed

    with patch.context() as patched:
        patched.setattr(shredding_jobs, step, killed)
        yield


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_is_taken_up_by_the_next_sweep(
    voted: Election, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    needles = needles_of(voted)
    with (
        killed_at(step, after=after, patch=monkeypatch),
        pytest.raises(Killed),
    ):
        shred(voted)
    voted.clock.move(minutes=1)
    shred(voted)
    with voted.store.reading() as session:
        assert session.get_one(Shredding, ELECTION).state == ShreddingState.CERTIFIED
    assert found_in(data_folders(voted), needles) == set()
    assert len(voted.posted("shredded")) == 1
    failed = [each for each in certificate(voted)["checks"] if not each["passed"]]
    assert failed == []


@pytest.mark.parametrize("step", ["rewrite_store", "read_canaries", "certify"])
def test_sweep_queues_a_shredding_that_was_broken_off_after_the_rows(
    voted: Election, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with (
        killed_at(step, after=False, patch=monkeypatch),
        pytest.raises(Killed),
    ):
        shred(voted)
    assert voted.roll().phase == RollPhase.SHREDDED
    now = voted.clock.now()
    with voted.store.reading() as session:
        assert due_rolls(session, now) == [ELECTION]
    shred(voted)
    with voted.store.reading() as session:
        assert due_rolls(session, now) == []


def test_two_workers_do_not_shred_at_once(
    voted: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = canaries.destroy_canaries
    others: list[Thread] = []

    def meanwhile(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if not others:
            others.append(Thread(target=shred, args=(voted,)))
            others[0].start()
            others[0].join()
        real(*args, **kwargs)

    monkeypatch.setattr(shredding_jobs, "destroy_canaries", meanwhile)
    shred(voted)
    assert len(others) == 1
    document = certificate(voted)
    assert [check["name"] for check in document["checks"] if not check["passed"]] == []
    assert len(voted.posted("shredded")) == 1


def test_canaries_are_kept_encrypted_and_only_while_it_lasts(
    voted: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        killed_at("destroy_keys", after=False, patch=monkeypatch),
        pytest.raises(Killed),
    ):
        shred(voted)
    folder = voted.settings.data_dir / "shredding"
    assert [path.suffix for path in folder.iterdir()] == [".canaries"]
    needles = needles_of(voted)
    assert found_in([folder], needles) == set()
    shred(voted)
    assert list(folder.iterdir()) == []


def test_too_short_a_needle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedleTooShort):
        look_through([tmp_path], {"name": [b"Ola"]})


def test_a_needle_across_the_edge_of_a_piece_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.scan.PIECE", 64)
    needle = secrets.token_bytes(20)
    (tmp_path / "file").write_bytes(bytes(55) + needle + bytes(100))
    assert look_through([tmp_path], {"it": [needle]}).findings
    assert not look_through([tmp_path], {"it": [needle[::-1]]}).findings
