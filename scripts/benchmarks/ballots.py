"""Sealing, verifying and counting ballots."""

from collections.abc import Iterator

from crypto.ballot import BallotContext, decode_ballot, seal_ballot, verify_ballot
from crypto.ballot_shape import ContestShape, Selection, StyleShape
from crypto.decryption import (
    Place,
    counting_statement,
    decrypt_partially,
    verify_partial,
)
from crypto.discrete_log import MAXIMUM_TOTAL, DiscreteLogs
from crypto.elgamal import encrypt
from crypto.group import Scalar, SecretScalar, mul_base
from scripts.benchmarks.measuring import Measurement, measure

_JA_NEI_BLANK = StyleShape((ContestShape(0, 2, blank=True, minimum=1, maximum=1),))
_FIVE_OF_TWENTY = StyleShape((ContestShape(0, 20, blank=True, minimum=1, maximum=5),))


def measure_ballots(runs: int) -> Iterator[Measurement]:
    """Whole ballots of two styles: encrypt and prove; decode and verify."""
    styles = [
        ("ja/nei/blank", _JA_NEI_BLANK, Selection(frozenset({0}))),
        ("5 of 20", _FIVE_OF_TWENTY, Selection(frozenset({1, 3, 5, 7, 9}))),
    ]
    context = BallotContext(
        fingerprint=bytes(32),
        group=0,
        style=0,
        credential=mul_base(SecretScalar.random()),
        election_key=mul_base(SecretScalar.random()),
    )
    for name, shape, selection in styles:
        yield from _measure_style(name, context, shape, selection, runs)


def measure_counting(runs: int) -> Iterator[Measurement]:
    """One slot of a tally, and a total of up to a million votes."""
    share = SecretScalar.random()
    statement = counting_statement(
        bytes(32),
        bytes(32),
        index=1,
        share_key=mul_base(share),
        place=Place(0, 0, 0),
        ciphertext=encrypt(mul_base(share), 1, SecretScalar.random()),
    )
    partial = decrypt_partially(statement, share, SecretScalar.random())
    logs = DiscreteLogs(MAXIMUM_TOTAL)
    most = mul_base(Scalar.from_int(MAXIMUM_TOTAL))
    yield measure(
        "partial decryption with proof",
        lambda: decrypt_partially(statement, share, SecretScalar.random()),
        runs,
    )
    yield measure(
        "partial decryption: verify", lambda: verify_partial(statement, partial), runs
    )
    yield measure("table for a million", lambda: DiscreteLogs(MAXIMUM_TOTAL), runs)
    yield measure("a total of a million", lambda: logs.find(most, MAXIMUM_TOTAL), runs)


def _measure_style(
    name: str,
    context: BallotContext,
    shape: StyleShape,
    selection: Selection,
    runs: int,
) -> Iterator[Measurement]:
    sealed = seal_ballot(context, shape, [selection])
    yield measure(
        f"ballot {name}: encrypt and prove",
        lambda: seal_ballot(context, shape, [selection]),
        runs,
    )
    yield measure(
        f"ballot {name}: decode and verify",
        lambda: verify_ballot(context, decode_ballot(sealed, shape)),
        runs,
    )
