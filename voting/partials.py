"""Partial decryptions of a tally: made, checked, combined (§4.9, §5.4, §5.7)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.decryption import (
    DECRYPTION_BYTES,
    DecryptionStatement,
    PartialDecryption,
    Place,
    TooFewPartials,
    counting_statement,
    decrypt_partially,
    decrypted_point,
    verify_partial,
)
from crypto.discrete_log import DiscreteLogs
from crypto.elgamal import Ciphertext
from crypto.encoding import JsonValue
from crypto.errors import CryptoError
from crypto.group import SecretScalar
from crypto.integers import u16
from crypto.signing import SigningSeed, sign
from voting.counting import UnitSum
from voting.documents import (
    SIGNATURE_BYTES,
    MalformedValue,
    read_document,
    read_hex,
)
from voting.leaf_signatures import OtherElection, verify_statement
from voting.manifest_model import Fingerprint, Holder, Manifest
from voting.tally import Tally, encode_tally, tally_digest
from voting.units import require_units_large_enough

FORMAT: Final = "urne/v1/partial"
MOST_HOLDERS: Final = 9


class PartialRefused(Exception):
    """A key holder's answer is not one to this tally; the subclasses say why."""


class OtherTally(PartialRefused):
    """It is about another tally."""


class NoSuchHolder(PartialRefused):
    """There is no key holder with its index."""


class Incomplete(PartialRefused):
    """It does not hold one decryption for each ciphertext of the tally."""


class FalseDecryption(PartialRefused):
    """A proof does not hold."""


@dataclass(frozen=True, slots=True)
class Partial:
    """One holder's partial decryptions, in order of unit, contest and slot."""

    index: int
    fingerprint: Fingerprint
    tally: bytes
    decryptions: tuple[PartialDecryption, ...]
    signature: bytes


def read_partial(value: JsonValue) -> Partial:
    """Read a partial from the value that its bytes hold; raises DocumentRefused."""
    fields = read_document(
        value, FORMAT, ("decryptions", "fingerprint", "index", "signature", "tally")
    )
    decryptions: list[PartialDecryption] = []
    for item in fields.array("decryptions"):
        encoded = read_hex(item.path, item.value, DECRYPTION_BYTES)
        try:
            decryptions.append(PartialDecryption.decode(encoded))
        except CryptoError as refused:
            raise MalformedValue(item.path, str(refused)) from None
    return Partial(
        index=fields.integer("index", 1, MOST_HOLDERS),
        fingerprint=Fingerprint(fields.hexadecimal("fingerprint")),
        tally=fields.hexadecimal("tally"),
        decryptions=tuple(decryptions),
        signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
    )


def partial_document(partial: Partial) -> dict[str, JsonValue]:
    """Return a partial as the value that its bytes hold."""
    return {
        "decryptions": [each.encoded.hex() for each in partial.decryptions],
        "fingerprint": partial.fingerprint.hex(),
        "format": FORMAT,
        "index": partial.index,
        "signature": partial.signature.hex(),
        "tally": partial.tally.hex(),
    }


def partial_parts(
    fingerprint: bytes, tally: bytes, index: int, decryptions: Sequence[bytes]
) -> tuple[bytes, ...]:
    """What a holder signs with the tag ``partial``."""
    return (fingerprint, tally, u16(index), b"".join(decryptions))


def make_partial(
    manifest: Manifest,
    tally: Tally,
    *,
    index: int,
    share: SecretScalar,
    signing_seed: SigningSeed,
) -> Partial:
    """Decrypt a tally with one share, as a holder's tool does (docs/protocol.md §3.5).

    The caller has reckoned the tally itself, over ballots that it has verified.

    Raises:
        NoSuchHolder: the manifest has none with this index.
        UnitTooSmall: a unit has fewer ballots than the threshold.

    """
    holder = _require_holder(manifest, index)
    units = (each.unit for each in tally.units)
    require_units_large_enough(units, manifest.rules.suppression_threshold)
    whole = tally_digest(encode_tally(tally))
    decryptions = tuple(
        decrypt_partially(statement, share, SecretScalar.random())
        for statement in _statements(manifest, tally, whole, holder)
    )
    parts = partial_parts(
        tally.fingerprint, whole, index, [each.encoded for each in decryptions]
    )
    return Partial(
        index=index,
        fingerprint=tally.fingerprint,
        tally=whole,
        decryptions=decryptions,
        signature=sign(signing_seed, "partial", *parts),
    )


def verify_holder_partial(manifest: Manifest, tally: Tally, partial: Partial) -> None:
    """Check a holder's partial: to which tally, whose, and every proof.

    Raises:
        OtherElection, OtherTally: it is about something else.
        NoSuchHolder: the manifest has none with its index.
        SignatureRefused: it is not the holder's.
        Incomplete: not one decryption for each ciphertext.
        FalseDecryption: a proof does not hold.

    """
    if partial.fingerprint != tally.fingerprint:
        raise OtherElection("a partial decryption names another election")
    whole = tally_digest(encode_tally(tally))
    if partial.tally != whole:
        raise OtherTally("a partial decryption names another tally")
    holder = _require_holder(manifest, partial.index)
    encoded = [each.encoded for each in partial.decryptions]
    parts = partial_parts(partial.fingerprint, partial.tally, partial.index, encoded)
    verify_statement(
        holder.signing_key,
        partial.signature,
        f"holder {holder.index}",
        "partial",
        parts,
    )
    statements = list(_statements(manifest, tally, whole, holder))
    if len(statements) != len(partial.decryptions):
        raise Incomplete("not one decryption for each ciphertext")
    for statement, decryption in zip(statements, partial.decryptions, strict=True):
        try:
            verify_partial(statement, decryption)
        except CryptoError as refused:
            raise FalseDecryption(f"holder {holder.index}: {refused}") from refused


def open_tally(
    manifest: Manifest, tally: Tally, partials: Sequence[Partial]
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Combine verified partials to the totals, by unit, contest and slot (§5.7).

    Raises:
        TooFewPartials: fewer than the manifest's threshold.
        NoSuchTotal: a sum is no number of votes; the partials were not verified.

    """
    if len({each.index for each in partials}) < manifest.threshold:
        raise TooFewPartials(f"{len(partials)} of {manifest.threshold}")
    largest = max((each.unit.ballots for each in tally.units), default=0)
    logs = DiscreteLogs(largest)
    opened = [
        logs.find(
            decrypted_point(
                ciphertext,
                {each.index: each.decryptions[number].share for each in partials},
                manifest.threshold,
            ),
            unit.unit.ballots,
        )
        for number, (unit, _, ciphertext) in enumerate(_ciphertexts(manifest, tally))
    ]
    return _by_unit(tally, opened)


def _by_unit(
    tally: Tally, opened: Sequence[int]
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    remaining = iter(opened)
    return tuple(
        tuple(tuple(next(remaining) for _ in slots) for slots in unit.contests)
        for unit in tally.units
    )


def _ciphertexts(
    manifest: Manifest, tally: Tally
) -> Iterator[tuple[UnitSum, Place, Ciphertext]]:
    for number, unit in enumerate(tally.units):
        contests = manifest.contests_of_style(unit.unit.style)
        for contest, slots in zip(contests, unit.contests, strict=True):
            for slot, ciphertext in enumerate(slots):
                yield unit, Place(number, contest.index, slot), ciphertext


def _statements(
    manifest: Manifest, tally: Tally, whole: bytes, holder: Holder
) -> Iterator[DecryptionStatement]:
    for _, place, ciphertext in _ciphertexts(manifest, tally):
        yield counting_statement(
            tally.fingerprint,
            whole,
            index=holder.index,
            share_key=holder.share_key,
            place=place,
            ciphertext=ciphertext,
        )


def _require_holder(manifest: Manifest, index: int) -> Holder:
    holder = manifest.holder(index)
    if holder is None:
        raise NoSuchHolder(f"there is no holder {index}")
    return holder
