import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.keystore import (
    DataKey,
    KeyDestroyed,
    KeyExists,
    KeyMissing,
    Keystore,
    KeyUnreadable,
)
from infra.secret_values import Secret

ID = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def keystore(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "keystore", Secret(os.urandom(32)))


def test_a_key_is_read_back_by_another_process_with_the_wrapping_key(
    keystore: Keystore,
) -> None:
    made = keystore.create_key(ID)
    again = Keystore(keystore.folder, keystore.wrapping_key).read_key(ID)
    assert again == made
    assert len(made.value) == 32
    assert made.value not in (keystore.folder / f"{ID}.key").read_bytes()
    assert (keystore.folder / f"{ID}.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in keystore.folder.iterdir()] == [f"{ID}.key"]


def test_two_keys_differ(keystore: Keystore) -> None:
    assert keystore.create_key(ID).value != keystore.create_key(OTHER).value


def test_another_wrapping_key_opens_nothing(keystore: Keystore) -> None:
    keystore.create_key(ID)
    with pytest.raises(KeyUnreadable):
        Keystore(keystore.folder, Secret(os.urandom(32))).read_key(ID)


def test_a_key_file_given_another_id_is_refused(keystore: Keystore) -> None:
    keystore.create_key(ID)
    (keystore.folder / f"{ID}.key").rename(keystore.folder / f"{OTHER}.key")
    with pytest.raises(KeyUnreadable):
        keystore.read_key(OTHER)


def test_every_changed_or_cut_key_file_is_refused(keystore: Keystore) -> None:
    keystore.create_key(ID)
    file = keystore.folder / f"{ID}.key"
    whole = file.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        file.write_bytes(changed)
        with pytest.raises(KeyUnreadable):
            keystore.read_key(ID)
        file.write_bytes(whole[:place])
        with pytest.raises(KeyUnreadable):
            keystore.read_key(ID)


def test_an_existing_key_is_never_replaced(keystore: Keystore) -> None:
    made = keystore.create_key(ID)
    with pytest.raises(KeyExists):
        keystore.create_key(ID)
    assert keystore.read_key(ID) == made
    assert [file.name for file in keystore.folder.iterdir()] == [f"{ID}.key"]


def test_a_destroyed_key_is_gone_and_leaves_the_time_alone(
    keystore: Keystore,
) -> None:
    made = keystore.create_key(ID)
    wrapped = (keystore.folder / f"{ID}.key").read_bytes()
    assert keystore.destroy_key(ID, at=AT) == AT
    assert keystore.is_destroyed(ID)
    for refused in (keystore.read_key, keystore.create_key):
        with pytest.raises(KeyDestroyed):
            refused(ID)
    left = {file.name: file.read_bytes() for file in keystore.folder.iterdir()}
    assert left == {f"{ID}.destroyed": b"2026-06-01T12:00:00+00:00"}
    assert made.value not in b"".join(left.values())
    assert wrapped not in b"".join(left.values())


def test_the_blocks_of_a_destroyed_key_are_overwritten(keystore: Keystore) -> None:
    keystore.create_key(ID)
    file = keystore.folder / f"{ID}.key"
    wrapped = file.read_bytes()
    # A second name for the same file shows what was written into it.
    witness = keystore.folder.parent / "witness"
    witness.hardlink_to(file)
    keystore.destroy_key(ID, at=AT)
    overwritten = witness.read_bytes()
    assert len(overwritten) == len(wrapped)
    assert overwritten[:24] != wrapped[:24]
    assert overwritten[24:] != wrapped[24:]


def test_destroying_twice_keeps_the_first_time(keystore: Keystore) -> None:
    keystore.create_key(ID)
    keystore.destroy_key(ID, at=AT)
    assert keystore.destroy_key(ID, at=LATER) == AT
    assert keystore.destroyed_at(ID) == AT


def test_a_crash_between_tombstone_and_overwriting_is_finished_by_the_next_run(
    keystore: Keystore,
) -> None:
    keystore.create_key(ID)
    (keystore.folder / f"{ID}.destroyed").write_text(AT.isoformat())
    assert not keystore.is_destroyed(ID)
    with pytest.raises(KeyDestroyed):
        keystore.read_key(ID)
    assert keystore.destroy_key(ID, at=LATER) == AT
    assert keystore.is_destroyed(ID)


def test_a_key_that_never_was_is_missing(keystore: Keystore) -> None:
    with pytest.raises(KeyMissing):
        keystore.read_key(ID)
    with pytest.raises(KeyMissing):
        keystore.destroy_key(ID, at=AT)
    with pytest.raises(KeyMissing):
        keystore.destroyed_at(ID)


@pytest.mark.parametrize(
    "key_id",
    ["", "../../etc/passwd", "ABCDEF0123456789", "0" * 15, "0" * 17, "0" * 130],
)
def test_an_id_that_is_no_id_never_reaches_the_disk(
    keystore: Keystore, key_id: str
) -> None:
    for refused in (keystore.create_key, keystore.read_key, keystore.destroyed_at):
        with pytest.raises(ValueError, match="hexadecimal"):
            refused(key_id)
    assert not keystore.folder.exists()


def test_a_data_key_does_not_show_itself() -> None:
    key = DataKey(ID, b"hemmelig" * 4)
    assert "hemmelig" not in f"{key} {key!r} {[key]}"
