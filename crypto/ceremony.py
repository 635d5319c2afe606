"""The key ceremony, round by round: making messages and checking them.

Threshold key generation after Pedersen with Feldman's commitments (docs/protocol.md
§3.1). A holder makes messages with the own secrets; holders, server and auditors check
them with the same functions. A round begins when the one before is complete.
"""

from collections.abc import Callable, Sequence

from crypto.ceremony_messages import (
    Assembly,
    CeremonyDocument,
    Commit,
    HolderKeys,
    Rehearsal,
    Reveal,
    SealedShare,
    TranscriptSignature,
    encode_points,
)
from crypto.ceremony_openings import ShareOpening, right_share_of
from crypto.decryption import decrypt_partially, rehearsal_statement, verify_partial
from crypto.errors import CryptoError, ZeroScalar
from crypto.group import Point, Scalar, SecretScalar, mul_base
from crypto.hashing import DIGEST_BYTES, digest
from crypto.integers import u16
from crypto.knowledge import prove_knowledge, verify_knowledge
from crypto.sealing import SealingKey, seal, unseal
from crypto.sharing import Polynomial, public_share
from crypto.signing import SigningSeed, sign, verify_signature

SPOKEN_WORDS = 16

_POSSESSION_TAG = "proof/possession"


class CommitmentMismatch(CryptoError):
    """What a holder revealed is not what the holder committed to."""


class BadShare(CryptoError):
    """A share cannot be opened, or does not lie on what its dealer revealed."""

    def __init__(self, dealer: int) -> None:
        super().__init__(f"dealer {dealer}")
        self.dealer = dealer


def post_keys(
    ceremony: bytes, index: int, name: str, seed: SigningSeed, sealing_key: bytes
) -> HolderKeys:
    """Round 1: a holder's public keys, signed (§3.1 step 1).

    `ceremony`: the id, 16 bytes; `index` from 1; `sealing_key`: X25519, 32 bytes.
    """
    parts = _keys_parts(ceremony, index, name, seed.public_key, sealing_key)
    signature = sign(seed, "ceremony/keys", *parts)
    return HolderKeys(index, name, seed.public_key, sealing_key, signature)


def verify_keys(ceremony: bytes, keys: HolderKeys) -> None:
    """Refuse keys that their holder did not sign; raises BadSignature."""
    parts = _keys_parts(
        ceremony, keys.index, keys.name, keys.signing_key, keys.sealing_key
    )
    verify_signature(keys.signing_key, keys.signature, "ceremony/keys", *parts)


def spoken_words(assembly: Assembly, words: Sequence[str]) -> tuple[str, ...]:
    """What holders read to each other outside the server, 16 words (§3.1 step 2).

    `words`: the 256 of §6.3.
    """
    return tuple(words[byte] for byte in assembly.keys[:SPOKEN_WORDS])


def post_commit(
    assembly: Assembly, index: int, polynomial: Polynomial, seed: SigningSeed
) -> Commit:
    """Round 3: the commitment to the points of the polynomial, signed."""
    commitment = _commitment(assembly, index, polynomial.commitments)
    parts = (assembly.ceremony, assembly.keys, u16(index), commitment)
    return Commit(index, commitment, sign(seed, "ceremony/commitment", *parts))


def verify_commit(assembly: Assembly, commit: Commit) -> None:
    """Refuse a commitment that its holder did not sign; raises BadSignature."""
    parts = (assembly.ceremony, assembly.keys, u16(commit.index), commit.commitment)
    key = assembly.holder(commit.index).signing_key
    verify_signature(key, commit.signature, "ceremony/commitment", *parts)


def post_reveal(
    assembly: Assembly,
    index: int,
    polynomial: Polynomial,
    seed: SigningSeed,
    *,
    nonce: SecretScalar | None = None,
) -> Reveal:
    """Round 4: the points, the proof of possession of f_0, and the signature.

    `nonce` is given only to write test vectors.
    """
    points = polynomial.commitments
    possession = prove_knowledge(
        _POSSESSION_TAG,
        _possession_parts(assembly, index, points),
        polynomial.coefficients[0],
        nonce or SecretScalar.random(),
    )
    parts = _reveal_parts(assembly, index, points, possession.encoded)
    return Reveal(index, points, possession, sign(seed, "ceremony/reveal", *parts))


def verify_reveal(assembly: Assembly, commit: Commit, reveal: Reveal) -> None:
    """Check a reveal against the commitment of the same holder (§3.1 step 4).

    Raises BadSignature, CommitmentMismatch, ProofRefused.
    """
    index, points = reveal.index, reveal.points
    parts = _reveal_parts(assembly, index, points, reveal.possession.encoded)
    key = assembly.holder(index).signing_key
    verify_signature(key, reveal.signature, "ceremony/reveal", *parts)
    if commit.index != index or commit.commitment != _commitment(
        assembly, index, points
    ):
        raise CommitmentMismatch
    verify_knowledge(
        _POSSESSION_TAG,
        _possession_parts(assembly, index, points),
        points[0],
        reveal.possession,
    )


def deal_share(
    assembly: Assembly,
    dealer: int,
    recipient: int,
    polynomial: Polynomial,
    seed: SigningSeed,
    *,
    seal_to: Callable[[bytes, bytes], bytes] = seal,
) -> SealedShare:
    """Round 5: f(recipient), sealed to the recipient and signed by the dealer.

    `seal_to` takes a public key and a plaintext; it is replaced only to write test
    vectors. Raises WeakPublicKey.
    """
    points = polynomial.commitments
    binding = _share_binding(assembly, dealer, recipient, points)
    plain = binding + polynomial.share_of(recipient).encoded
    sealed = seal_to(assembly.holder(recipient).sealing_key, plain)
    parts = _share_parts(assembly, dealer, recipient, points, sealed)
    signature = sign(seed, "ceremony/share", *parts)
    return SealedShare(dealer, recipient, sealed, signature)


def verify_share(assembly: Assembly, reveal: Reveal, share: SealedShare) -> None:
    """Refuse a sealed share that its dealer did not sign; raises BadSignature.

    `reveal` is the dealer's. What is inside, the recipient alone can check.
    """
    parts = _share_parts(
        assembly, share.dealer, share.recipient, reveal.points, share.sealed
    )
    key = assembly.holder(share.dealer).signing_key
    verify_signature(key, share.signature, "ceremony/share", *parts)


def open_share(
    assembly: Assembly, reveal: Reveal, share: SealedShare, key: SealingKey
) -> SecretScalar:
    """The recipient's share f_i(j), checked (§3.1 step 6).

    `reveal` is the dealer's. Raises BadShare, naming the dealer, for a box that does
    not open, another binding, and a number that is not on the revealed polynomial.
    """
    dealer, recipient = share.dealer, share.recipient
    binding = _share_binding(assembly, dealer, recipient, reveal.points)
    try:
        plain = unseal(key, share.sealed)
        value = SecretScalar.decode(plain[DIGEST_BYTES:])
    except CryptoError as error:
        raise BadShare(dealer) from error
    if plain[:DIGEST_BYTES] != binding:
        raise BadShare(dealer)
    if mul_base(value) != public_share(reveal.points, recipient):
        raise BadShare(dealer)
    return value


def open_all_shares(
    document: CeremonyDocument,
    index: int,
    key: SealingKey,
    openings: Sequence[ShareOpening] = (),
) -> SecretScalar:
    """`x_j = Σ_i f_i(j)`, holder j's share of the election key (§3.1 step 6).

    The document is verified before. A bad share is replaced by the one that its dealer
    opened in public, if it is right. Raises BadShare, ZeroScalar.
    """
    total: Scalar = Scalar.from_int(0)
    for share in document.shares:
        if share.recipient != index:
            continue
        reveal = document.reveals[share.dealer - 1]
        try:
            total += open_share(document.assembly, reveal, share, key)
        except BadShare:
            opened = right_share_of(reveal, index, openings)
            if opened is None:
                raise
            total += opened
    if total.is_zero():
        raise ZeroScalar
    return SecretScalar(total.encoded)


def sign_transcript(
    transcript: bytes, index: int, seed: SigningSeed
) -> TranscriptSignature:
    """Round 6: the signature over the 32-byte transcript digest (§4.2)."""
    return TranscriptSignature(index, sign(seed, "ceremony/transcript", transcript))


def verify_transcript_signature(
    assembly: Assembly, transcript: bytes, signed: TranscriptSignature
) -> None:
    """Refuse a transcript that the holder did not sign; raises BadSignature."""
    key = assembly.holder(signed.index).signing_key
    verify_signature(key, signed.signature, "ceremony/transcript", transcript)


def rehearse(
    transcript: bytes,
    index: int,
    share: SecretScalar,
    *,
    nonce: SecretScalar | None = None,
) -> Rehearsal:
    """Round 8: `x_j·Z` with its proof, from the share that was read back (§3.1).

    `nonce` is given only to write test vectors.
    """
    statement = rehearsal_statement(transcript, index, mul_base(share))
    fresh = nonce or SecretScalar.random()
    return Rehearsal(index, decrypt_partially(statement, share, fresh))


def verify_rehearsal(transcript: bytes, share_key: Point, rehearsal: Rehearsal) -> None:
    """Refuse a rehearsal of another share or transcript; raises ProofRefused."""
    statement = rehearsal_statement(transcript, rehearsal.index, share_key)
    verify_partial(statement, rehearsal.proof)


def _keys_parts(
    ceremony: bytes, index: int, name: str, signing_key: bytes, sealing_key: bytes
) -> tuple[bytes, ...]:
    return (ceremony, u16(index), name.encode("utf-8"), signing_key, sealing_key)


def _commitment(assembly: Assembly, index: int, points: Sequence[Point]) -> bytes:
    parts = (assembly.ceremony, assembly.keys, u16(index), encode_points(points))
    return digest("ceremony/commit", *parts)


def _possession_parts(
    assembly: Assembly, index: int, points: Sequence[Point]
) -> tuple[bytes, ...]:
    name = assembly.holder(index).name.encode("utf-8")
    points_encoded = encode_points(points)
    return (assembly.ceremony, assembly.keys, u16(index), name, points_encoded)


def _reveal_parts(
    assembly: Assembly, index: int, points: Sequence[Point], possession: bytes
) -> tuple[bytes, ...]:
    head = (assembly.ceremony, assembly.keys, u16(index))
    return (*head, encode_points(points), possession)


def _share_binding(
    assembly: Assembly, dealer: int, recipient: int, points: Sequence[Point]
) -> bytes:
    head = (assembly.ceremony, assembly.keys, u16(dealer), u16(recipient))
    return digest("ceremony/share-binding", *head, encode_points(points))


def _share_parts(
    assembly: Assembly,
    dealer: int,
    recipient: int,
    points: Sequence[Point],
    sealed: bytes,
) -> tuple[bytes, ...]:
    head = (assembly.ceremony, assembly.keys, u16(dealer), u16(recipient))
    return (*head, encode_points(points), sealed)
