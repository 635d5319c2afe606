"""A disputed share: the complaint, and the dealer's opening of it in public.

A holder who cannot verify a share says so, signed; its dealer answers with the share
itself, signed, which everybody checks against what the dealer revealed. The recipient
then uses the opened share (docs/protocol.md §3.1 step 6, §4.2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from crypto.ceremony_messages import Assembly, Reveal
from crypto.documents import Fields
from crypto.encoding import JsonValue
from crypto.group import Scalar, mul_base
from crypto.integers import u16
from crypto.sharing import MOST_HOLDERS, Polynomial, public_share
from crypto.signing import SIGNATURE_BYTES, SigningSeed, sign, verify_signature

_COMPLAINT_TAG = "ceremony/bad-share"
_OPENING_TAG = "ceremony/opening"


@dataclass(frozen=True, slots=True)
class ShareOpening:
    """f_dealer(recipient), told to everybody: no secret any more."""

    dealer: int
    recipient: int
    share: Scalar
    signature: bytes

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The message of decoded JSON.

        Raises NonCanonicalEncoding, WrongLength, NonCanonicalScalar.
        """
        fields = Fields.of(value, "dealer", "recipient", "share", "signature")
        return cls(
            dealer=fields.integer("dealer", 1, MOST_HOLDERS),
            recipient=fields.integer("recipient", 1, MOST_HOLDERS),
            share=fields.secret("share").published(),
            signature=fields.hex("signature", SIGNATURE_BYTES),
        )

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As it is sent."""
        return {
            "dealer": self.dealer,
            "recipient": self.recipient,
            "share": self.share.encoded.hex(),
            "signature": self.signature.hex(),
        }


def sign_complaint(
    ceremony: bytes, dealer: int, recipient: int, seed: SigningSeed
) -> bytes:
    """The recipient's word that the dealer's share is bad; 64 bytes.

    `ceremony`: the id, 16 bytes.
    """
    return sign(seed, _COMPLAINT_TAG, *_complaint_parts(ceremony, dealer, recipient))


def verify_complaint(
    assembly: Assembly, dealer: int, recipient: int, signature: bytes
) -> None:
    """Refuse a complaint that the recipient did not sign; raises BadSignature."""
    parts = _complaint_parts(assembly.ceremony, dealer, recipient)
    key = assembly.holder(recipient).signing_key
    verify_signature(key, signature, _COMPLAINT_TAG, *parts)


def open_in_public(
    assembly: Assembly,
    dealer: int,
    recipient: int,
    polynomial: Polynomial,
    seed: SigningSeed,
) -> ShareOpening:
    """The dealer's answer to a complaint: the share itself, signed."""
    share = polynomial.share_of(recipient).published()
    unsigned = ShareOpening(dealer, recipient, share, b"")
    points = b"".join(point.encoded for point in polynomial.commitments)
    parts = _opening_parts(assembly, unsigned, points)
    return ShareOpening(dealer, recipient, share, sign(seed, _OPENING_TAG, *parts))


def verify_opening(assembly: Assembly, reveal: Reveal, opening: ShareOpening) -> None:
    """Refuse an opening that its dealer did not sign; raises BadSignature.

    `reveal` is the dealer's. Whether the share is right, `is_right_opening` tells.
    """
    parts = _opening_parts(assembly, opening, reveal.encoded_points)
    key = assembly.holder(opening.dealer).signing_key
    verify_signature(key, opening.signature, _OPENING_TAG, *parts)


def is_right_opening(reveal: Reveal, opening: ShareOpening) -> bool:
    """Tell whether the opened share lies on what its dealer revealed."""
    expected = public_share(reveal.points, opening.recipient)
    return mul_base(opening.share) == expected


def right_share_of(
    reveal: Reveal, recipient: int, openings: Iterable[ShareOpening]
) -> Scalar | None:
    """The share that a dealer opened rightly for a recipient; None without one."""
    for opening in openings:
        is_asked = (opening.dealer, opening.recipient) == (reveal.index, recipient)
        if is_asked and is_right_opening(reveal, opening):
            return opening.share
    return None


def _complaint_parts(
    ceremony: bytes, dealer: int, recipient: int
) -> tuple[bytes, bytes, bytes]:
    return (ceremony, u16(dealer), u16(recipient))


def _opening_parts(
    assembly: Assembly, opening: ShareOpening, points: bytes
) -> tuple[bytes, ...]:
    places = (u16(opening.dealer), u16(opening.recipient))
    head = (assembly.ceremony, assembly.keys, *places)
    return (*head, points, opening.share.encoded)
