"""A forger of ballots: it seals what no honest voter can, and keeps the rest right.

A verifier that skips one check accepts what it makes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.ballot import BallotContext, BallotHeader, choice_statement, sum_statement
from crypto.ballot_shape import ContestShape, StyleShape
from crypto.elgamal import encrypt
from crypto.group import ORDER, Scalar, SecretScalar
from crypto.value_proof import prove_value
from tests.vectors.making.dice import Dice


@dataclass(frozen=True, slots=True)
class Forged:
    """One contest as a forger fills it: what each slot holds, and what is claimed."""

    holds: tuple[int, ...]
    claims: tuple[int, ...]
    total: int


def forge(
    context: BallotContext, shape: StyleShape, contests: Sequence[Forged]
) -> bytes:
    """A ballot with proofs made as well as they can be."""
    dice = Dice(f"forged {contests}")
    sealed = BallotHeader(context.group, context.style, 0, bytes(32)).encoded
    for contest, forged in zip(shape.contests, contests, strict=True):
        sealed += _forge_contest(context, contest, forged, dice)
    return sealed


def _forge_contest(
    context: BallotContext, contest: ContestShape, forged: Forged, dice: Dice
) -> bytes:
    randomness = [dice.scalar() for _ in forged.holds]
    ciphertexts = [
        encrypt(context.election_key, value % ORDER, secret)
        for value, secret in zip(forged.holds, randomness, strict=True)
    ]
    sealed = b""
    total: Scalar = Scalar.from_int(0)
    for slot, claim in enumerate(forged.claims):
        statement = choice_statement(context, contest, slot, ciphertexts[slot])
        proof = prove_value(statement, claim, randomness[slot], dice.scalar)
        sealed += ciphertexts[slot].encoded + proof.encoded
        weight = contest.maximum if slot == contest.choices else 1
        total += Scalar.from_int(weight) * randomness[slot]
    whole = sum_statement(context, contest, ciphertexts)
    secret = SecretScalar(total.encoded)
    return sealed + prove_value(whole, forged.total, secret, dice.scalar).encoded
