"""Partial decryptions with their proofs, and totals combined from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crypto.decryption import (
    DecryptionStatement,
    Place,
    counting_statement,
    decrypt_partially,
    rehearsal_point,
    rehearsal_statement,
)
from crypto.elgamal import Ciphertext, encrypt
from crypto.encoding import JsonValue, encode_json
from crypto.group import ORDER, Point, SecretScalar, mul, mul_base
from crypto.sharing import Polynomial
from tests.vectors.files import Vector
from tests.vectors.making.dice import Dice

WORLD = Dice("the election of the decryptions")
POLYNOMIAL = Polynomial.draw(2, WORLD.scalar)
KEY = POLYNOMIAL.commitments[0]
SHARES = {index: POLYNOMIAL.share_of(index) for index in (1, 2, 3)}
TRANSCRIPT = WORLD.bytes(32)
OTHER = WORLD.scalar()


@dataclass(frozen=True, slots=True)
class Counted:
    """A ciphertext at its place in a tally, and who decrypts it."""

    fingerprint: bytes
    tally: bytes
    index: int
    place: Place
    ciphertext: Ciphertext

    @property
    def share_key(self) -> Point:
        """X of the holder."""
        return mul_base(SHARES[self.index])

    @property
    def statement(self) -> DecryptionStatement:
        """What is proven."""
        return counting_statement(
            self.fingerprint,
            self.tally,
            index=self.index,
            share_key=self.share_key,
            place=self.place,
            ciphertext=self.ciphertext,
        )


COUNTED = Counted(
    fingerprint=WORLD.bytes(32),
    tally=WORLD.bytes(32),
    index=2,
    place=Place(unit=1, contest=3, slot=2),
    ciphertext=encrypt(KEY, 734, WORLD.scalar()),
)


def decryption_vectors() -> Iterator[Vector]:
    """Every vector of `decryption`, `rehearsal` and `total`."""
    yield from _counting()
    yield from _rehearsals()
    yield from _totals()


def _counting() -> Iterator[Vector]:
    good = _decrypt(COUNTED)
    yield _decryption("good", "ok", good)
    elsewhere = {
        "other_fingerprint": replace(COUNTED, fingerprint=bytes(32)),
        "other_tally": replace(COUNTED, tally=bytes(32)),
        "other_holder": replace(COUNTED, index=1),
        "other_unit": replace(COUNTED, place=Place(0, 3, 2)),
        "other_contest": replace(COUNTED, place=Place(1, 2, 2)),
        "other_slot": replace(COUNTED, place=Place(1, 3, 1)),
        "other_ciphertext": replace(
            COUNTED, ciphertext=encrypt(KEY, 734, Dice("other").scalar())
        ),
    }
    for name, counted in elsewhere.items():
        yield _decryption(name, "ProofRefused", _decrypt(counted))
    wrong = decrypt_partially(COUNTED.statement, OTHER, Dice("wrong").scalar())
    yield _decryption("other_share", "ProofRefused", wrong.encoded)
    moved = (Point.decode(good[:32]) + mul_base(OTHER)).encoded
    yield _decryption("other_answer", "ProofRefused", moved + good[32:])
    swapped = good[:32] + good[64:96] + good[32:64] + good[96:]
    yield _decryption("swapped_commitments", "ProofRefused", swapped)
    yield from _malformed(good)


def _malformed(good: bytes) -> Iterator[Vector]:
    for place, at in {"answer": 0, "commitment_1": 32, "commitment_2": 64}.items():
        body = good[:at] + bytes(32) + good[at + 32 :]
        yield _decryption(f"identity_point_{place}", "IdentityPoint", body)
    yield _decryption(
        "non_canonical_point", "NonCanonicalPoint", b"\xff" * 32 + good[32:]
    )
    large = (int.from_bytes(good[96:], "little") + ORDER).to_bytes(32, "little")
    yield _decryption("non_canonical_scalar", "NonCanonicalScalar", good[:96] + large)
    yield _decryption("too_short", "WrongLength", good[:-1])
    yield _decryption("too_long", "WrongLength", good + b"\x00")


def _rehearsals() -> Iterator[Vector]:
    share_key = mul_base(SHARES[2])
    point = {"point": rehearsal_point(TRANSCRIPT).encoded.hex()}
    statements = {
        "good": ("ok", rehearsal_statement(TRANSCRIPT, 2, share_key), point),
        "other_transcript": (
            "ProofRefused",
            rehearsal_statement(bytes(32), 2, share_key),
            {},
        ),
        "other_holder": (
            "ProofRefused",
            rehearsal_statement(TRANSCRIPT, 3, share_key),
            {},
        ),
        "counted": ("ProofRefused", COUNTED.statement, {}),
    }
    for name, (expect, statement, answers) in statements.items():
        nonce = Dice(f"rehearsal {name}").scalar()
        body = decrypt_partially(statement, SHARES[2], nonce).encoded
        inputs = {
            "transcript": TRANSCRIPT.hex(),
            "index": "2",
            "share-key": share_key.encoded.hex(),
            **answers,
        }
        comment = "holder 2 rehearses"
        yield Vector(f"rehearsal/{name}", expect, comment, inputs, body)


def _totals() -> Iterator[Vector]:
    ciphertext = COUNTED.ciphertext
    answers = {index: mul(share, ciphertext.a) for index, share in SHARES.items()}
    wrong = {**answers, 1: answers[1] + mul_base(OTHER)}
    one_and_three = {1: answers[1], 3: answers[3]}
    zero = encrypt(KEY, 0, Dice("nobody").scalar())
    nobody = {index: mul(share, zero.a) for index, share in SHARES.items()}
    most = encrypt(KEY, 1_000_000, Dice("everybody").scalar())
    everybody = {index: mul(share, most.a) for index, share in SHARES.items()}
    negative = encrypt(KEY, ORDER - 1, Dice("negative").scalar())
    less = {index: mul(share, negative.a) for index, share in SHARES.items()}
    cases: list[tuple[str, int | str, Ciphertext, Mapping[int, Point], int]] = [
        ("all_three", 734, ciphertext, answers, 1000),
        ("one_and_three", 734, ciphertext, one_and_three, 1000),
        ("exactly_the_ballots", 734, ciphertext, answers, 734),
        ("zero", 0, zero, nobody, 1000),
        ("zero_of_zero", 0, zero, nobody, 0),
        ("a_million", 1_000_000, most, everybody, 1_000_000),
        ("more_than_the_ballots", "NoSuchTotal", ciphertext, answers, 733),
        ("negative", "NoSuchTotal", negative, less, 1000),
        ("wrong_share", "NoSuchTotal", ciphertext, wrong, 1000),
        ("one_share", "TooFewPartials", ciphertext, {2: answers[2]}, 1000),
    ]
    for name, outcome, encrypted, shares, ballots in cases:
        entries: list[JsonValue] = [
            {"index": index, "share": share.encoded.hex()}
            for index, share in shares.items()
        ]
        inputs = {
            "threshold": "2",
            "ballots": str(ballots),
            "shares": encode_json(entries).decode(),
        }
        expect = outcome if isinstance(outcome, str) else "ok"
        if isinstance(outcome, int):
            inputs["total"] = str(outcome)
        comment = "2 of 3 holders suffice"
        yield Vector(f"total/{name}", expect, comment, inputs, encrypted.encoded)


def _decrypt(counted: Counted) -> bytes:
    nonce = Dice(f"{counted}").scalar()
    share: SecretScalar = SHARES[counted.index]
    return decrypt_partially(counted.statement, share, nonce).encoded


def _decryption(name: str, expect: str, body: bytes) -> Vector:
    inputs = {
        "fingerprint": COUNTED.fingerprint.hex(),
        "tally": COUNTED.tally.hex(),
        "index": str(COUNTED.index),
        "unit": str(COUNTED.place.unit),
        "contest": str(COUNTED.place.contest),
        "slot": str(COUNTED.place.slot),
        "share-key": COUNTED.share_key.encoded.hex(),
        "ciphertext": COUNTED.ciphertext.encoded.hex(),
    }
    comment = "holder 2 decrypts one slot of one unit"
    return Vector(f"decryption/{name}", expect, comment, inputs, body)
