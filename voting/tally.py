"""The tally: the sums of an election, before anybody opens them (§4.9).

Every key holder's tool reckons it anew and decrypts nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto.elgamal import Ciphertext
from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.hashing import digest
from voting.contests import MOST_CONTESTS, MOST_STYLES
from voting.counting import UnitSum
from voting.documents import (
    DIGEST_BYTES,
    Fields,
    Item,
    read_array,
    read_document,
    read_object,
)
from voting.manifest_model import Fingerprint
from voting.units import Unit

FORMAT: Final = "urne/v1/tally"
MOST_GROUPS: Final = 1_000
MOST_BALLOTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class BoardHead:
    """How many leaves a board has, and the root over them."""

    size: int
    root: bytes

    @property
    def document(self) -> dict[str, JsonValue]:
        """As documents write it."""
        return {"root": self.root.hex(), "size": self.size}


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums over all counted ballots under a checkpoint."""

    fingerprint: Fingerprint
    checkpoint: BoardHead
    units: tuple[UnitSum, ...]


def encode_tally(tally: Tally) -> bytes:
    """Write a tally as canonical JSON (docs/protocol.md §4.9)."""
    return encode_json(
        {
            "checkpoint": tally.checkpoint.document,
            "fingerprint": tally.fingerprint.hex(),
            "format": FORMAT,
            "units": [_unit_document(each) for each in tally.units],
        }
    )


def tally_digest(encoded: bytes) -> bytes:
    """``tally``: 32 bytes, which partial decryptions are bound to."""
    return digest("tally", encoded)


def decode_tally(encoded: bytes, *, limit: int) -> Tally:
    """Read a tally of so many bytes at the most.

    Raises:
        NonCanonicalEncoding: not written the one way.
        DocumentRefused: its subclass says what may not be, its path where.

    """
    fields = read_document(
        decode_json(encoded, limit=limit),
        FORMAT,
        ("checkpoint", "fingerprint", "units"),
    )
    return Tally(
        fingerprint=Fingerprint(fields.hexadecimal("fingerprint")),
        checkpoint=read_head(fields),
        units=tuple(_read_unit(item) for item in fields.array("units", 0, MOST_GROUPS)),
    )


def read_head(document: Fields) -> BoardHead:
    """Read the field ``checkpoint`` of a document; raises DocumentRefused."""
    path = document.at("checkpoint")
    fields = read_object(document.of("checkpoint"), ("root", "size"), path=path)
    return BoardHead(
        fields.integer("size", 0), fields.hexadecimal("root", DIGEST_BYTES)
    )


def _unit_document(unit_sum: UnitSum) -> dict[str, JsonValue]:
    return {
        "ballots": unit_sum.unit.ballots,
        "contests": [_slots_document(slots) for slots in unit_sum.contests],
        "groups": list(unit_sum.unit.groups),
        "style": unit_sum.unit.style,
    }


def _slots_document(slots: Sequence[Ciphertext]) -> list[JsonValue]:
    return [{"a": each.a.encoded.hex(), "b": each.b.encoded.hex()} for each in slots]


def _read_unit(item: Item) -> UnitSum:
    fields = item.fields("ballots", "contests", "groups", "style")
    unit = Unit(
        style=fields.integer("style", 0, MOST_STYLES - 1),
        groups=fields.integers("groups", 0, MOST_GROUPS - 1),
        ballots=fields.integer("ballots", 0, MOST_BALLOTS),
    )
    contests = fields.array("contests", 1, MOST_CONTESTS)
    return UnitSum(
        unit,
        tuple(
            tuple(_read_slot(slot) for slot in read_array(each.path, each.value))
            for each in contests
        ),
    )


def _read_slot(item: Item) -> Ciphertext:
    fields = item.fields("a", "b")
    return Ciphertext(fields.point("a"), fields.point("b"))
