"""The archive package: whole, sound, streamed, and a spoiled byte is noticed."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bagit
import pytest

from crypto.encoding import decode_json
from infra.audit import record_event
from infra.config import Settings, load_settings
from tests.conftest import Stores
from tests.voting.test_printed_annex import CHECKS, a_certificate
from tests.voting.whole_election import (
    AFTER,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_new_election,
)
from voting.archive import (
    CHECKSUMS,
    ArchiveDamaged,
    ArchiveNotPacked,
    find_archive,
    pack_archive,
)
from voting.archive_stream import stream_folder
from voting.elections import get_election
from voting.long_work import WorkKind, ask_for
from voting.printing.printed import PrintKind, load_printed
from voting.record import read_record
from voting.record_export import record_file
from voting.verification.runner import verify_record


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)})


@pytest.fixture
def approved(
    stores: Stores, settings: Settings, tmp_path: Path
) -> Iterator[WholeElection]:
    with a_new_election(stores.service, settings, tmp_path) as election:
        election.hold_ceremony()
        election.freeze_roll()
        election.seal()
        election.open()
        election.vote([YES, YES, NO])
        election.close()
        with election.store.begin() as session:
            record_event(
                session,
                at=AFTER,
                actor=ORGANISER,
                kind="signed-in",
                subject="another",
                content={"note": "of something else"},
            )
        election.count()
        election.approve()
        election.do_work()
        yield election


def package(election: WholeElection, settings: Settings) -> Path:
    return find_archive(settings, election.sealed())


def test_package_is_a_valid_bag_with_all_papers(
    approved: WholeElection, settings: Settings
) -> None:
    packed = package(approved, settings)
    bag = bagit.Bag(str(packed))
    assert bag.validate()
    assert set(bag.algorithms) == set(CHECKSUMS)
    assert bag.info["Bagging-Date"] == AFTER.date().isoformat()
    assert bag.info["External-Description"] == "Lønnsoppgjør 2027"
    assert bag.info["Source-Organization"] == "Fagforbundet Nord"
    names = {each.name for each in (packed / "data").iterdir()}
    assert names == {
        "LESMEG.txt",
        "protokoll-en.pdf",
        "protokoll-nb.pdf",
        "protokoll-nn.pdf",
        "revisjonslogg.json",
        "valgprotokoll.zip",
    }
    with approved.store.reading() as session:
        printed = load_printed(session, approved.id, PrintKind.PROTOCOL, "nb")
        record = record_file(session, settings, approved.sealed())
    assert (packed / "data" / "protokoll-nb.pdf").read_bytes() == printed
    kept = (packed / "data" / "valgprotokoll.zip").read_bytes()
    assert kept == record.read_bytes()
    assert verify_record(read_record(io.BytesIO(kept))).passed


def test_audit_trail_has_the_elections_events_and_no_others(
    approved: WholeElection, settings: Settings
) -> None:
    encoded = (package(approved, settings) / "data/revisjonslogg.json").read_bytes()
    trail: Any = decode_json(encoded, limit=len(encoded))
    kinds = [each["kind"] for each in trail["events"]]
    assert kinds[0] == "election-created"
    assert {"count-started", "election-counted", "approval-signed"} <= set(kinds)
    assert "signed-in" not in kinds
    assert b"something else" not in encoded
    seqs = [each["seq"] for each in trail["events"]]
    assert seqs == sorted(seqs)
    assert trail["head"]["seq"] >= seqs[-1]
    for before, after in zip(trail["events"], trail["events"][1:], strict=False):
        if after["seq"] == before["seq"] + 1:
            assert after["previous"] == before["hash"]


@pytest.mark.parametrize(
    "name",
    [
        "data/valgprotokoll.zip",
        "data/protokoll-nb.pdf",
        "data/revisjonslogg.json",
        "bag-info.txt",
        "manifest-sha256.txt",
    ],
)
def test_a_spoiled_file_is_noticed(
    approved: WholeElection, settings: Settings, name: str
) -> None:
    file = package(approved, settings) / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()  # the record is one file with that of the election
    file.write_bytes(content)
    with pytest.raises(ArchiveDamaged):
        package(approved, settings)


def test_a_missing_file_and_one_beside_are_noticed(
    approved: WholeElection, settings: Settings
) -> None:
    beside = package(approved, settings) / "data" / "beside.txt"
    beside.write_text("x")
    with pytest.raises(ArchiveDamaged):
        package(approved, settings)
    beside.unlink()
    (package(approved, settings) / "data" / "protokoll-nn.pdf").unlink()
    with pytest.raises(ArchiveDamaged):
        package(approved, settings)


def test_package_comes_again_with_the_certificate(
    approved: WholeElection, settings: Settings
) -> None:
    before = package(approved, settings)
    with approved.store.begin() as session:
        encoded = a_certificate(*CHECKS, protocol="cd" * 32)
        get_election(session, approved.id).certificate = encoded
        ask_for(session, approved.id, WorkKind.ANNEX, actor="system")
    approved.do_work(AFTER + timedelta(days=30))
    after = package(approved, settings)
    assert before != after
    assert bagit.Bag(str(before)).validate()
    assert (after / "data" / "makuleringsattest.json").read_bytes() == encoded
    assert (after / "data" / "makuleringsattest-nb.pdf").read_bytes()[:5] == b"%PDF-"
    protocol = "data/protokoll-nb.pdf"
    assert (after / protocol).read_bytes() == (before / protocol).read_bytes()


def test_package_is_made_once_and_anew_where_a_worker_died(
    approved: WholeElection, settings: Settings
) -> None:
    packed = package(approved, settings)
    made = packed.stat().st_ino
    with approved.store.reading() as session:
        assert pack_archive(session, settings, approved.id, at=AFTER) == packed
    assert packed.stat().st_ino == made
    left = packed.with_name(packed.name + "-half")
    packed.rename(left)
    with pytest.raises(ArchiveNotPacked):
        package(approved, settings)
    with approved.store.reading() as session:
        pack_archive(session, settings, approved.id, at=AFTER)
    assert [each.name for each in packed.parent.iterdir()] == [packed.name]
    assert bagit.Bag(str(packed)).validate()


def test_folder_is_streamed_in_portions_that_make_one_sound_zip(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "bag"
    (folder / "data").mkdir(parents=True)
    (folder / "bagit.txt").write_text("BagIt")
    large = bytes(range(256)) * 5_000
    (folder / "data" / "stor.bin").write_bytes(large)
    portions = list(stream_folder(folder, "pakke"))
    assert max(map(len, portions)) < 400_000
    assert len(portions) > 3
    joined = b"".join(portions)
    with zipfile.ZipFile(io.BytesIO(joined)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["pakke/bagit.txt", "pakke/data/stor.bin"]
        assert archive.read("pakke/data/stor.bin") == large
    again = b"".join(stream_folder(folder, "pakke"))
    assert hashlib.sha256(again).digest() == hashlib.sha256(joined).digest()
