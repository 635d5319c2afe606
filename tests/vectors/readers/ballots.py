"""Ballots and what their credential signs."""

import json

from crypto.ballot import BallotContext, DecodedBallot, decode_ballot, verify_ballot
from crypto.ballot_signature import tracking_code, tracking_digest
from crypto.elgamal import Ciphertext
from crypto.group import Scalar, SecretScalar, mul, mul_base
from tests.vectors.files import Vector
from tests.vectors.readers.inputs import number, octets, point, secret, shape


def read_ballot(vector: Vector) -> None:
    context = BallotContext(
        fingerprint=octets(vector, "fingerprint"),
        group=number(vector, "group"),
        style=number(vector, "style"),
        credential=point(vector, "credential"),
        election_key=point(vector, "election-key"),
        revoting=json.loads(vector.inputs["revoting"]),
    )
    ballot = decode_ballot(vector.body, shape(vector))
    verify_ballot(context, ballot)
    tracking = tracking_digest(context.fingerprint, context.credential, vector.body)
    assert tracking == octets(vector, "tracking")
    assert tracking_code(tracking) == vector.inputs["tracking-code"]
    assert _votes(ballot, secret(vector, "election-secret")) == json.loads(
        vector.inputs["votes"]
    )


def _votes(ballot: DecodedBallot, key: SecretScalar) -> list[list[int]]:
    return [
        [_bit(slot.ciphertext, key) for slot in contest.slots]
        for contest in ballot.contests
    ]


def _bit(ciphertext: Ciphertext, key: SecretScalar) -> int:
    opened = ciphertext.b - mul(key, ciphertext.a)
    return [mul_base(Scalar.from_int(value)) for value in (0, 1)].index(opened)
