"""The leaves of the board: what they say, and how they are written (§4.5).

A leaf is canonical JSON. Reading one refuses every form but its own; who signed it is
the business of voting.leaf_signatures, where it may stand that of voting.board_order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from crypto.ballot import SealedBallot
from crypto.encoding import JsonValue, decode_json, encode_base64, encode_json
from crypto.group import Point
from crypto.times import format_time
from voting.documents import (
    SIGNATURE_BYTES,
    Fields,
    Item,
    MalformedValue,
    read_object,
)

LONGEST_REASON: Final = 1_000
MOST_GROUPS: Final = 1_000
LARGEST_COUNT: Final = 2**32 - 1
LARGEST_NUMBER: Final = 2**16 - 1
SERVICE_INDEX: Final = 0
"""Stands for the service among those who sign a schedule."""


class CodesKind(StrEnum):
    """Why voting codes went out."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    RESEND = "resend"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class IndexedSignature:
    """A key holder's signature, by the holder's index; 0 is the service."""

    index: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class ManifestLeaf:
    """Leaf 0: the manifest as the value that its bytes hold."""

    document: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ScheduleLeaf:
    """From when to when the election is open."""

    fingerprint: bytes
    number: int
    opens_at: datetime
    closes_at: datetime
    reason: str
    signatures: tuple[IndexedSignature, ...]


@dataclass(frozen=True, slots=True)
class OpenedLeaf:
    """From here on ballots are taken."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CodesLeaf:
    """How many voting codes went out, and the root over their login public keys."""

    number: int
    kind: CodesKind
    count: int
    root: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class AdditionLeaf:
    """One member more in a group."""

    number: int
    group: int
    reason: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class BallotLeaf:
    """One sealed ballot, the right it was cast with, and its credential's signature."""

    ballot: SealedBallot
    batch: int
    credential: Point
    token: Point
    signature: bytes


@dataclass(frozen=True, slots=True)
class MarksLeaf:
    """What the register counted when it was shown a board of `size` leaves."""

    size: int
    root: bytes
    final: bool
    counts: tuple[int, ...]
    """Digital marks by voter group."""
    paper: tuple[int, ...]
    signature: bytes


@dataclass(frozen=True, slots=True)
class ClosedLeaf:
    """After this no ballot comes; credentials with a ballot, by voter group."""

    at: datetime
    ballots: tuple[int, ...]


Leaf: TypeAlias = (
    ManifestLeaf
    | ScheduleLeaf
    | OpenedLeaf
    | CodesLeaf
    | AdditionLeaf
    | BallotLeaf
    | MarksLeaf
    | ClosedLeaf
)


def encode_leaf(leaf: Leaf) -> bytes:
    """Write a leaf as the bytes that the tree hashes (docs/protocol.md §4.5)."""
    return encode_json(leaf_document(leaf))


def decode_leaf(encoded: bytes) -> Leaf:
    """Read a leaf of at most 1 MiB (docs/protocol.md §4.5).

    Raises:
        NonCanonicalEncoding: not written the one way.
        DocumentRefused: its subclass says what may not be, its path where.

    """
    return read_leaf(decode_json(encoded))


def read_leaf(value: JsonValue) -> Leaf:
    """Read a leaf from the value its bytes hold; raises DocumentRefused."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _READERS:
        raise MalformedValue("type", "is no kind of leaf")
    names, reader = _READERS[kind]
    return reader(read_object(value, ("type", *names)))


def leaf_document(leaf: Leaf) -> dict[str, JsonValue]:
    """Return a leaf as the value that its bytes hold."""
    document: dict[str, JsonValue]
    match leaf:
        case ManifestLeaf():
            document = {"manifest": leaf.document, "type": "manifest"}
        case ScheduleLeaf():
            document = _schedule_document(leaf)
        case OpenedLeaf():
            document = {"at": format_time(leaf.at), "type": "opened"}
        case CodesLeaf():
            document = _codes_document(leaf)
        case AdditionLeaf():
            document = _addition_document(leaf)
        case BallotLeaf():
            document = _ballot_document(leaf)
        case MarksLeaf():
            document = _marks_document(leaf)
        case ClosedLeaf():
            document = {
                "at": format_time(leaf.at),
                "ballots": list(leaf.ballots),
                "type": "closed",
            }
    return document


def read_signatures(fields: Fields, name: str) -> tuple[IndexedSignature, ...]:
    """Read a list of holders' signatures; raises DocumentRefused."""
    return tuple(_read_signature(item) for item in fields.array(name, 0, 9))


def signatures_document(signatures: tuple[IndexedSignature, ...]) -> list[JsonValue]:
    """Return holders' signatures as documents write them."""
    return [
        {"index": each.index, "signature": each.signature.hex()} for each in signatures
    ]


def _schedule_document(leaf: ScheduleLeaf) -> dict[str, JsonValue]:
    return {
        "closes_at": format_time(leaf.closes_at),
        "fingerprint": leaf.fingerprint.hex(),
        "number": leaf.number,
        "opens_at": format_time(leaf.opens_at),
        "reason": leaf.reason,
        "signatures": signatures_document(leaf.signatures),
        "type": "schedule",
    }


def _codes_document(leaf: CodesLeaf) -> dict[str, JsonValue]:
    return {
        "count": leaf.count,
        "kind": leaf.kind.value,
        "number": leaf.number,
        "root": leaf.root.hex(),
        "signature": leaf.signature.hex(),
        "type": "codes",
    }


def _addition_document(leaf: AdditionLeaf) -> dict[str, JsonValue]:
    return {
        "group": leaf.group,
        "number": leaf.number,
        "reason": leaf.reason,
        "signature": leaf.signature.hex(),
        "type": "addition",
    }


def _ballot_document(leaf: BallotLeaf) -> dict[str, JsonValue]:
    return {
        "ballot": encode_base64(leaf.ballot),
        "batch": leaf.batch,
        "credential": leaf.credential.encoded.hex(),
        "signature": leaf.signature.hex(),
        "token": leaf.token.encoded.hex(),
        "type": "ballot",
    }


def _marks_document(leaf: MarksLeaf) -> dict[str, JsonValue]:
    return {
        "counts": list(leaf.counts),
        "final": leaf.final,
        "paper": list(leaf.paper),
        "root": leaf.root.hex(),
        "signature": leaf.signature.hex(),
        "size": leaf.size,
        "type": "marks",
    }


def _read_signature(item: Item) -> IndexedSignature:
    fields = item.fields("index", "signature")
    return IndexedSignature(
        fields.integer("index", 0, 9), fields.hexadecimal("signature", SIGNATURE_BYTES)
    )


def _read_manifest(fields: Fields) -> ManifestLeaf:
    document = fields.of("manifest")
    if not isinstance(document, dict):
        raise MalformedValue("manifest", "is not an object")
    return ManifestLeaf(document)


def _read_schedule(fields: Fields) -> ScheduleLeaf:
    return ScheduleLeaf(
        fingerprint=fields.hexadecimal("fingerprint"),
        number=fields.integer("number", 0, LARGEST_NUMBER),
        opens_at=fields.time("opens_at"),
        closes_at=fields.time("closes_at"),
        reason=fields.text("reason", LONGEST_REASON),
        signatures=read_signatures(fields, "signatures"),
    )


def _read_opened(fields: Fields) -> OpenedLeaf:
    return OpenedLeaf(fields.time("at"))


def _read_codes(fields: Fields) -> CodesLeaf:
    return CodesLeaf(
        number=fields.integer("number", 0, LARGEST_COUNT),
        kind=fields.one_of("kind", CodesKind),
        count=fields.integer("count", 0, LARGEST_COUNT),
        root=fields.hexadecimal("root"),
        signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
    )


def _read_addition(fields: Fields) -> AdditionLeaf:
    return AdditionLeaf(
        number=fields.integer("number", 0, LARGEST_COUNT),
        group=fields.integer("group", 0, MOST_GROUPS - 1),
        reason=fields.text("reason", LONGEST_REASON, shortest=1),
        signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
    )


def _read_ballot(fields: Fields) -> BallotLeaf:
    return BallotLeaf(
        ballot=SealedBallot(fields.base64("ballot")),
        batch=fields.integer("batch", 0, LARGEST_COUNT),
        credential=fields.point("credential"),
        token=fields.point("token"),
        signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
    )


def _read_marks(fields: Fields) -> MarksLeaf:
    return MarksLeaf(
        size=fields.integer("size", 0),
        root=fields.hexadecimal("root"),
        final=fields.flag("final"),
        counts=fields.integers("counts", 0, LARGEST_COUNT),
        paper=fields.integers("paper", 0, LARGEST_COUNT),
        signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
    )


def _read_closed(fields: Fields) -> ClosedLeaf:
    return ClosedLeaf(fields.time("at"), fields.integers("ballots", 0, LARGEST_COUNT))


_Reader: TypeAlias = Callable[[Fields], Leaf]

_READERS: Final[Mapping[str, tuple[tuple[str, ...], _Reader]]] = MappingProxyType(
    {
        "manifest": (("manifest",), _read_manifest),
        "schedule": (
            (
                "closes_at",
                "fingerprint",
                "number",
                "opens_at",
                "reason",
                "signatures",
            ),
            _read_schedule,
        ),
        "opened": (("at",), _read_opened),
        "codes": (("count", "kind", "number", "root", "signature"), _read_codes),
        "addition": (("group", "number", "reason", "signature"), _read_addition),
        "ballot": (
            ("ballot", "batch", "credential", "signature", "token"),
            _read_ballot,
        ),
        "marks": (
            ("counts", "final", "paper", "root", "signature", "size"),
            _read_marks,
        ),
        "closed": (("at", "ballots"), _read_closed),
    }
)
