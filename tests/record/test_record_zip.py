"""The zip of a record: the same bytes every time, and every damage refused."""

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import encode_json
from tests.record.builder import build, plain_plan
from voting import record
from voting.record import (
    EntryDamaged,
    EntryMissing,
    EntryTooLarge,
    EntryTwice,
    EntryUnknown,
    NotARecord,
    RecordParts,
    RecordRefused,
    read_board_files,
    read_record,
    split_board,
    write_record,
)

NAMES = [
    "manifest.json",
    "ceremony.json",
    "board/000000.json",
    "checkpoints.json",
    "evidence.json",
    "tally.json",
    "partials.json",
    "protocol.json",
    "approvals.json",
]


@cache
def the_parts() -> RecordParts:
    return build(plain_plan((3, 3, 3, 3))).parts


def written(parts: RecordParts) -> bytes:
    target = io.BytesIO()
    write_record(parts, target)
    return target.getvalue()


def read(encoded: bytes) -> RecordParts:
    return read_record(io.BytesIO(encoded))


def entries_of(encoded: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(
    entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


def test_a_record_is_read_as_it_was_written() -> None:
    assert read(written(the_parts())) == the_parts()


def test_the_zip_follows_from_its_entries_alone() -> None:
    first, second = written(the_parts()), written(the_parts())
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == [*NAMES, "paper.json"]
        assert {entry.date_time for entry in archive.infolist()} == {
            (1980, 1, 1, 0, 0, 0)
        }


def test_without_paper_there_is_no_such_entry() -> None:
    encoded = written(replace(the_parts(), paper=None))
    assert list(entries_of(encoded)) == NAMES
    assert read(encoded).paper is None


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_is_needed(name: str) -> None:
    entries = entries_of(written(the_parts()))
    del entries[name]
    with pytest.raises(EntryMissing, match=name):
        read(zipped(list(entries.items())))


@pytest.mark.parametrize(
    "name",
    [
        "extra.json",
        "Manifest.json",
        "/manifest.json",
        "./manifest.json",
        "../manifest.json",
        "record/manifest.json",
        "board/0.json",
        "board/0000000.json",
        "board/",
        "board/000000.json.bak",
        "readme.txt",
    ],
)
def test_nothing_stands_beside_the_entries(name: str) -> None:
    entries = entries_of(written(the_parts()))
    with pytest.raises(EntryUnknown):
        read(zipped([*entries.items(), (name, b"{}")]))


def test_the_files_of_the_board_have_no_gap() -> None:
    entries = entries_of(written(the_parts()))
    with pytest.raises(EntryMissing, match="board/000001"):
        read(zipped([*entries.items(), ("board/000002.json", b"[]")]))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_entry_comes_twice(name: str) -> None:
    entries = entries_of(written(the_parts()))
    with pytest.raises(EntryTwice):
        read(zipped([*entries.items(), (name, entries[name])]))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_entries_are_stored_or_deflated(method: int) -> None:
    entries = entries_of(written(the_parts()))
    with pytest.raises(EntryDamaged):
        read(zipped(list(entries.items()), method))
    assert read(zipped(list(entries.items()), zipfile.ZIP_STORED)) == the_parts()


def test_a_large_entry_is_refused_before_it_is_unpacked() -> None:
    entries = entries_of(written(the_parts()))
    entries["manifest.json"] = bytes(record.DOCUMENT_BYTES + 1)
    with pytest.raises(EntryTooLarge, match=r"manifest\.json"):
        read(zipped(list(entries.items())))
    entries = entries_of(written(the_parts()))
    entries["tally.json"] = bytes(record.ENTRY_BYTES + 1)
    with pytest.raises(EntryTooLarge, match=r"tally\.json"):
        read(zipped(list(entries.items())))


def test_all_entries_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "RECORD_BYTES", 10_000)
    with pytest.raises(EntryTooLarge, match="together"):
        read(written(the_parts()))


def central_entry(encoded: bytearray, name: str) -> int:
    """Where the central directory's header of an entry begins."""
    at = encoded.rindex(name.encode()) - 46
    assert encoded[at : at + 4] == b"PK\x01\x02"
    return at


def test_an_entry_that_is_larger_than_it_says_is_refused() -> None:
    encoded = bytearray(written(the_parts()))
    at = central_entry(encoded, "manifest.json")
    encoded[at + 24 : at + 28] = struct.pack("<L", 10)
    with pytest.raises(RecordRefused):
        read(bytes(encoded))


def test_an_encrypted_entry_is_refused() -> None:
    encoded = bytearray(written(the_parts()))
    at = central_entry(encoded, "manifest.json")
    encoded[at + 8] |= 1
    with pytest.raises(EntryDamaged):
        read(bytes(encoded))


def test_a_bomb_is_no_record() -> None:
    packed = zipped([("manifest.json", bytes(record.ENTRY_BYTES))])
    assert len(packed) < 200_000
    with pytest.raises(RecordRefused):
        read(packed)


@pytest.mark.parametrize(
    "encoded",
    [b"", b"PK", b"no zip", zipped([]), zipped([("a.txt", b"hei")]), bytes(22)],
)
def test_what_is_no_record_at_all_is_told_apart(encoded: bytes) -> None:
    with pytest.raises(NotARecord):
        read(encoded)


@given(st.floats(0, 0.999))
def test_a_record_that_was_cut_short_is_refused(part: float) -> None:
    encoded = written(the_parts())
    with pytest.raises(RecordRefused):
        read(encoded[: int(len(encoded) * part)])


@given(st.integers(0), st.integers(1, 255))
def test_a_damaged_byte_is_refused_or_says_nothing(place: int, change: int) -> None:
    encoded = bytearray(written(the_parts()))
    encoded[place % len(encoded)] ^= change
    try:
        parts = read(bytes(encoded))
    except RecordRefused:
        return
    assert parts == the_parts()


def cut(monkeypatch: pytest.MonkeyPatch, leaves: int, size: int) -> None:
    monkeypatch.setattr(record, "BOARD_FILE_LEAVES", leaves)
    monkeypatch.setattr(record, "BOARD_FILE_BYTES", size)


LEAVES = tuple(encode_json({"number": number}) for number in range(25))


def test_a_long_board_has_several_files(monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, 10, 10_000)
    files = tuple(split_board(LEAVES))
    assert [len(read_board_files([each])) for each in files] == [10, 10, 5]
    assert read_board_files(files) == LEAVES


def test_large_leaves_fill_a_file_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, 10, 52)
    files = tuple(split_board(LEAVES))
    assert all(len(each) <= 52 for each in files)
    assert read_board_files(files) == LEAVES
    assert len(files) > len(LEAVES) // 4


@pytest.mark.parametrize(
    "again",
    [
        lambda files: (files[0][:-1] + b"," + files[1][1:], files[2]),
        lambda files: (*files, b"[]"),
        lambda files: (b"[]", *files),
        lambda files: (files[2], files[0], files[1]),
    ],
    ids=["joined", "empty last", "empty first", "short first"],
)
def test_a_board_is_cut_in_one_way(
    monkeypatch: pytest.MonkeyPatch,
    again: Callable[[tuple[bytes, ...]], tuple[bytes, ...]],
) -> None:
    cut(monkeypatch, 10, 10_000)
    files = again(tuple(split_board(LEAVES)))
    with pytest.raises(EntryDamaged):
        read_board_files(files)
