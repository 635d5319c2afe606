"""The election record: a zip that anyone can verify offline (docs/protocol.md §7).

The same election gives the same bytes whenever and wherever they are written. Reading
is strict: exactly the named entries, each once, none beyond its size.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from crypto.encoding import decode_json, encode_json

MEBIBYTE: Final = 1024 * 1024
ENTRY_BYTES: Final = 64 * MEBIBYTE
DOCUMENT_BYTES: Final = MEBIBYTE
RECORD_BYTES: Final = 4 * 1024 * MEBIBYTE
"""All entries together, so that a small file cannot fill a memory."""
BOARD_FILE_LEAVES: Final = 10_000
BOARD_FILE_BYTES: Final = 16 * MEBIBYTE

_NEEDED: Final = (
    "manifest.json",
    "ceremony.json",
    "checkpoints.json",
    "evidence.json",
    "tally.json",
    "partials.json",
    "protocol.json",
    "approvals.json",
)
_PAPER: Final = "paper.json"
_SMALL: Final = frozenset(
    {
        "manifest.json",
        "ceremony.json",
        "evidence.json",
        "approvals.json",
        _PAPER,
    }
)
_BOARD: Final = re.compile("board/[0-9]{6}[.]json")
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16
_UNIX: Final = 3
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})

_UNREADABLE: Final = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
)


class RecordRefused(Exception):
    """What was given is not an election record; the subclasses say why."""


class NotARecord(RecordRefused):
    """It is no zip at all, or one without any entry of a record."""


class EntryMissing(RecordRefused):
    """An entry that every record has is not there, or one of the board's."""


class EntryUnknown(RecordRefused):
    """An entry has no place in a record."""


class EntryTwice(RecordRefused):
    """Two entries have one name: two readers could read two records."""


class EntryTooLarge(RecordRefused):
    """An entry, or all together, is larger than a record's can be."""


class EntryDamaged(RecordRefused):
    """An entry cannot be unpacked, or is packed in a way that no record is."""


@dataclass(frozen=True, slots=True)
class RecordParts:
    """The entries of a record, as bytes, by their names without ``.json``."""

    manifest: bytes
    ceremony: bytes
    board: tuple[bytes, ...]
    """The files of the board in order, each an array of leaves."""
    checkpoints: bytes
    evidence: bytes
    tally: bytes
    partials: bytes
    protocol: bytes
    approvals: bytes
    paper: bytes | None = None


def split_board(leaves: Iterable[bytes]) -> Iterator[bytes]:
    """Write leaves as the files of the board, each as full as it may be.

    An empty board has one file, without leaves.
    """
    held: list[bytes] = []
    size = len(b"[]")
    for leaf in leaves:
        more = len(leaf) + bool(held)
        if held and (len(held) == BOARD_FILE_LEAVES or size + more > BOARD_FILE_BYTES):
            yield _join(held)
            held, size, more = [], len(b"[]"), len(leaf)
        held.append(leaf)
        size += more
    yield _join(held)


def read_board_files(files: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the leaves of the files of a board, each in its own bytes.

    Raises:
        NonCanonicalEncoding: a file is not written the one way.
        EntryDamaged: a file is no array, or the leaves are cut up in another way.

    """
    leaves: list[bytes] = []
    for encoded in files:
        values = decode_json(encoded, limit=ENTRY_BYTES)
        if not isinstance(values, list):
            raise EntryDamaged("a file of the board is no array")
        leaves.extend(map(encode_json, values))
    if tuple(split_board(leaves)) != tuple(files):
        raise EntryDamaged("the files of the board are not filled in order")
    return tuple(leaves)


def write_record(parts: RecordParts, target: IO[bytes]) -> None:
    """Write a record as a zip whose bytes follow from its entries alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, encoded in _entries(parts):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE
            entry.create_system = _UNIX
            archive.writestr(entry, encoded)


def read_record(source: IO[bytes]) -> RecordParts:
    """Read the entries of a record; what they say is checked by the verifier.

    Raises:
        RecordRefused: its subclass says what is wrong with the zip.

    """
    try:
        with zipfile.ZipFile(source) as archive:
            names = _require_entries(archive)
            read = {name: _read_entry(archive, name) for name in names}
    except _UNREADABLE as error:
        raise NotARecord(f"no zip that can be read: {error}") from error
    board = tuple(read[name] for name in sorted(read) if _BOARD.fullmatch(name))
    return RecordParts(
        **{name.removesuffix(".json"): read[name] for name in _NEEDED},
        board=board,
        paper=read.get(_PAPER),
    )


def _entries(parts: RecordParts) -> Iterator[tuple[str, bytes]]:
    yield "manifest.json", parts.manifest
    yield "ceremony.json", parts.ceremony
    for number, encoded in enumerate(parts.board):
        yield _board_name(number), encoded
    yield "checkpoints.json", parts.checkpoints
    yield "evidence.json", parts.evidence
    yield "tally.json", parts.tally
    yield "partials.json", parts.partials
    yield "protocol.json", parts.protocol
    yield "approvals.json", parts.approvals
    if parts.paper is not None:
        yield _PAPER, parts.paper


def _require_entries(archive: zipfile.ZipFile) -> list[str]:
    names = [entry.filename for entry in archive.infolist()]
    if not set(names) & set(_NEEDED):
        raise NotARecord("the zip holds no entry of an election record")
    if len(set(names)) != len(names):
        raise EntryTwice("two entries have one name")
    board = sorted(name for name in names if _BOARD.fullmatch(name))
    for name in sorted(set(names) - {*_NEEDED, _PAPER, *board}):
        raise EntryUnknown(f"{name!r:.80} has no place in a record")
    for name in (*_NEEDED, *map(_board_name, range(max(len(board), 1)))):
        if name not in names:
            raise EntryMissing(f"{name} is missing")
    if sum(entry.file_size for entry in archive.infolist()) > RECORD_BYTES:
        raise EntryTooLarge("the entries together are too large")
    return names


def _read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    entry = archive.getinfo(name)
    limit = DOCUMENT_BYTES if name in _SMALL else ENTRY_BYTES
    if entry.file_size > limit:
        raise EntryTooLarge(f"{name} is larger than {limit} bytes")
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        raise EntryDamaged(f"{name} is packed in a way that no record is")
    try:
        # Never more than the limit is unpacked, whatever the entry says of itself.
        with archive.open(entry) as packed:
            unpacked = packed.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise EntryDamaged(f"{name} cannot be unpacked: {error}") from error
    if len(unpacked) != entry.file_size:
        raise EntryDamaged(f"{name} has not the length that it says")
    return unpacked


def _board_name(number: int) -> str:
    return f"board/{number:06}.json"


def _join(leaves: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(leaves) + b"]"
