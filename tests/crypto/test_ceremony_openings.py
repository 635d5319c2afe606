"""Complaints and openings of shares, docs/protocol.md §3.1 step 6."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.ceremony import (
    BadShare,
    deal_share,
    open_all_shares,
    post_commit,
    post_keys,
    post_reveal,
)
from crypto.ceremony_messages import (
    Assembly,
    CeremonyDocument,
    Reveal,
    SealedShare,
    encode_points,
)
from crypto.ceremony_openings import (
    ShareOpening,
    is_right_opening,
    open_in_public,
    sign_complaint,
    verify_complaint,
    verify_opening,
)
from crypto.ceremony_record import verify_document
from crypto.errors import BadSignature, CryptoError
from crypto.group import Scalar, SecretScalar, mul_base
from crypto.integers import u16
from crypto.sealing import SealingKey, seal
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign

CEREMONY = bytes(range(16))
INDICES = (1, 2, 3)
KNOWN = Path(__file__).parents[1] / "javascript" / "vectors" / "openings.json"


@dataclass(frozen=True, slots=True)
class Table:
    """Three holders with fixed secrets, two of whom suffice."""

    seeds: tuple[SigningSeed, ...]
    sealing: tuple[SealingKey, ...]
    polynomials: tuple[Polynomial, ...]
    assembly: Assembly
    reveals: tuple[Reveal, ...]

    def seed(self, i: int) -> SigningSeed:
        """Holder i's signing seed."""
        return self.seeds[i - 1]

    def opened(self, dealer: int, recipient: int) -> ShareOpening:
        """What an honest dealer answers."""
        polynomial, seed = self.polynomials[dealer - 1], self.seed(dealer)
        return open_in_public(self.assembly, dealer, recipient, polynomial, seed)

    def other(self, dealer: int, recipient: int, share: Scalar) -> ShareOpening:
        """Another share with the dealer's good signature."""
        head = (CEREMONY, self.assembly.keys, u16(dealer), u16(recipient))
        points = self.reveals[dealer - 1].encoded_points
        parts = (*head, points, share.encoded)
        signature = sign(self.seed(dealer), "ceremony/opening", *parts)
        return ShareOpening(dealer, recipient, share, signature)

    def document(self, bad: tuple[int, int] | None = None) -> CeremonyDocument:
        """The transcript; one share may be sealed noise with a good signature."""
        return CeremonyDocument(
            title="Årsmøtet",
            assembly=self.assembly,
            commits=tuple(
                post_commit(self.assembly, i, self.polynomials[i - 1], self.seed(i))
                for i in INDICES
            ),
            reveals=self.reveals,
            shares=tuple(
                self._noise(i, j) if (i, j) == bad else self._share(i, j)
                for i in INDICES
                for j in INDICES
            ),
        )

    def _share(self, i: int, j: int) -> SealedShare:
        polynomial = self.polynomials[i - 1]
        return deal_share(self.assembly, i, j, polynomial, self.seed(i))

    def _noise(self, i: int, j: int) -> SealedShare:
        sealed = seal(self.sealing[j - 1].public_key, bytes(64))
        head = (CEREMONY, self.assembly.keys, u16(i), u16(j))
        points = encode_points(self.reveals[i - 1].points)
        signature = sign(self.seed(i), "ceremony/share", *head, points, sealed)
        return SealedShare(i, j, sealed, signature)


def fixed_table() -> Table:
    seeds = tuple(SigningSeed(bytes([i]) * 32) for i in INDICES)
    sealing = tuple(SealingKey(bytes([16 + i]) * 32) for i in INDICES)
    polynomials = tuple(
        Polynomial((_secret(100 * i), _secret(100 * i + 1))) for i in INDICES
    )
    keys = tuple(
        post_keys(CEREMONY, i, f"Holder {i}", seeds[i - 1], sealing[i - 1].public_key)
        for i in INDICES
    )
    assembly = Assembly(CEREMONY, 2, keys)
    reveals = tuple(
        post_reveal(assembly, i, polynomials[i - 1], seeds[i - 1]) for i in INDICES
    )
    return Table(seeds, sealing, polynomials, assembly, reveals)


def _secret(value: int) -> SecretScalar:
    return SecretScalar(Scalar.from_int(value).encoded)


TABLE = fixed_table()


def known() -> dict[str, Any]:
    """What both languages must make of the fixed secrets."""
    return {
        "complaint": sign_complaint(CEREMONY, 3, 1, TABLE.seed(1)).hex(),
        "holders": [holder.entry for holder in TABLE.assembly.holders],
        "keys": TABLE.assembly.keys.hex(),
        "opening": TABLE.opened(3, 1).entry,
        "wrong": TABLE.other(3, 1, Scalar.from_int(5)).entry,
    }


def test_known_answers_are_those_that_the_browser_is_held_to() -> None:
    assert json.loads(KNOWN.read_text("utf-8")) == known()


def test_a_complaint_is_of_one_share_of_one_ceremony() -> None:
    signature = sign_complaint(CEREMONY, 3, 1, TABLE.seed(1))
    verify_complaint(TABLE.assembly, 3, 1, signature)
    other = Assembly(bytes(16), 2, TABLE.assembly.holders)
    for assembly, dealer, by in (
        (TABLE.assembly, 2, 1),
        (TABLE.assembly, 3, 2),
        (TABLE.assembly, 1, 3),
        (other, 3, 1),
    ):
        with pytest.raises(BadSignature):
            verify_complaint(assembly, dealer, by, signature)


@pytest.mark.parametrize("dealer", INDICES)
@pytest.mark.parametrize("recipient", INDICES)
def test_an_honest_dealer_opens_what_everybody_accepts(
    dealer: int, recipient: int
) -> None:
    opening = TABLE.opened(dealer, recipient)
    reveal = TABLE.reveals[dealer - 1]
    verify_opening(TABLE.assembly, reveal, opening)
    assert is_right_opening(reveal, opening)
    assert ShareOpening.read(opening.entry) == opening


@given(st.integers(0, 2**64))
def test_no_other_share_is_right_whoever_signed_it(value: int) -> None:
    opening = TABLE.other(3, 1, Scalar.from_int(value))
    reveal = TABLE.reveals[2]
    verify_opening(TABLE.assembly, reveal, opening)
    is_it = opening.share == TABLE.polynomials[2].share_of(1)
    assert is_right_opening(reveal, opening) == is_it


def test_an_opening_is_of_one_share_and_of_its_dealer() -> None:
    opening, reveal = TABLE.opened(3, 1), TABLE.reveals[2]
    for changed in (
        replace(opening, recipient=2),
        replace(opening, share=Scalar.from_int(1)),
        replace(opening, signature=bytes(64)),
        replace(opening, signature=TABLE.opened(3, 2).signature),
    ):
        with pytest.raises(BadSignature):
            verify_opening(TABLE.assembly, reveal, changed)
    with pytest.raises(BadSignature):
        verify_opening(TABLE.assembly, TABLE.reveals[1], opening)


@pytest.mark.parametrize(
    "change",
    [
        {"share": "ff" * 32},
        {"share": "00" * 31},
        {"dealer": 0},
        {"recipient": 10},
        {"signature": "00" * 63},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_opening_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CryptoError):
        ShareOpening.read({**TABLE.opened(3, 1).entry, **change})


def test_the_complainer_uses_the_opened_share_and_gets_the_same_key() -> None:
    document = TABLE.document(bad=(3, 1))
    outcome = verify_document(document)
    key = TABLE.sealing[0]
    with pytest.raises(BadShare, match="dealer 3"):
        open_all_shares(document, 1, key)
    for useless in (
        TABLE.opened(3, 2),
        TABLE.opened(2, 1),
        TABLE.other(3, 1, Scalar.from_int(5)),
    ):
        with pytest.raises(BadShare):
            open_all_shares(document, 1, key, [useless])
    share = open_all_shares(document, 1, key, [TABLE.opened(3, 1)])
    assert mul_base(share) == outcome.share_keys[0]
    assert share == open_all_shares(TABLE.document(), 1, key)


def test_an_opening_changes_nothing_where_the_share_was_good() -> None:
    document = TABLE.document()
    key = TABLE.sealing[0]
    opened = [TABLE.other(2, 1, Scalar.from_int(5)), TABLE.opened(3, 1)]
    assert open_all_shares(document, 1, key, opened) == open_all_shares(
        document, 1, key
    )
