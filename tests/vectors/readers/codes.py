"""Voting codes, links, rights, and the evidence of rights."""

import json

from crypto.codes import (
    VotingCode,
    derive_blind,
    derive_credential,
    login_seed,
    parse_link_fragment,
    require_fingerprint,
)
from crypto.errors import WrongLength
from crypto.group import POINT_BYTES, Point
from crypto.hashing import frames
from crypto.signing import SigningSeed
from crypto.voprf import (
    PROOF_BYTES,
    DleqProof,
    blind,
    hash_to_group,
    unblind,
    verify_evaluations,
    verify_token,
)
from tests.vectors.files import Vector
from tests.vectors.readers.inputs import octets, point, secret


def read_code(vector: Vector) -> None:
    fingerprint, salt = octets(vector, "fingerprint"), octets(vector, "salt")
    code = VotingCode.typed(vector.body.decode())
    assert code.symbols == vector.inputs["symbols"]
    assert code.printed == vector.inputs["printed"]
    assert code.link_fragment(fingerprint) == vector.inputs["link-fragment"]
    seed = login_seed(fingerprint, code)
    assert seed == octets(vector, "login-seed")
    assert SigningSeed(seed).public_key == octets(vector, "login-key")
    credential = derive_credential(fingerprint, code, salt)
    assert credential.secret == secret(vector, "credential-secret")
    assert credential.public == point(vector, "credential")
    assert derive_blind(fingerprint, code, salt) == secret(vector, "blind")


def read_link(vector: Vector) -> None:
    code, short = parse_link_fragment(vector.body.decode())
    require_fingerprint(short, octets(vector, "fingerprint"))
    assert code.symbols == vector.inputs["symbols"]


def read_token(vector: Vector) -> None:
    if len(vector.body) != POINT_BYTES + PROOF_BYTES:
        raise WrongLength("answer", POINT_BYTES + PROOF_BYTES, len(vector.body))
    evaluated = Point.decode_nonidentity(vector.body[:POINT_BYTES])
    proof = DleqProof.decode(vector.body[POINT_BYTES:])
    factor = secret(vector, "blind")
    blinded = blind(_right(vector, point(vector, "credential")), factor)
    verify_evaluations(point(vector, "issuer-key"), [blinded], [evaluated], proof)
    assert blinded == point(vector, "blinded")
    assert unblind(factor, evaluated) == point(vector, "token")


def read_token_check(vector: Vector) -> None:
    token = Point.decode_nonidentity(vector.body)
    right = _right(vector, point(vector, "credential"))
    verify_token(secret(vector, "issuer-secret"), right, token)


def read_evidence(vector: Vector) -> None:
    credentials, tokens = _points(vector, "credentials"), _points(vector, "tokens")
    elements = [hash_to_group(_right(vector, each)) for each in credentials]
    proof = DleqProof.decode(vector.body)
    verify_evaluations(point(vector, "issuer-key"), elements, tokens, proof)


def _right(vector: Vector, credential: Point) -> bytes:
    return frames("right", octets(vector, "fingerprint"), credential.encoded)


def _points(vector: Vector, key: str) -> list[Point]:
    encoded = json.loads(vector.inputs[key])
    return [Point.decode_nonidentity(bytes.fromhex(each)) for each in encoded]
