"""What a credential signs: ballots and status requests."""

from collections.abc import Callable, Iterator

from crypto.ballot_signature import sign_ballot, sign_status
from crypto.group import ORDER, Point, SecretScalar, mul_base
from tests.vectors.files import Vector
from tests.vectors.making.dice import Dice

WORLD = Dice("the election of the signatures")
FINGERPRINT = WORLD.bytes(32)
OTHER_FINGERPRINT = WORLD.bytes(32)
SECRET = WORLD.scalar()
OTHER_SECRET = WORLD.scalar()
TOKEN = mul_base(WORLD.scalar())
OTHER_TOKEN = mul_base(WORLD.scalar())
TRACKING = WORLD.bytes(32)
OTHER_TRACKING = WORLD.bytes(32)


def signature_vectors() -> Iterator[Vector]:
    """Every vector of `ballot-signature` and `status-signature`."""
    good = _sign(FINGERPRINT, SECRET, TOKEN, TRACKING)
    status = _ask(FINGERPRINT, SECRET)
    for name, body in {
        "other_fingerprint": _sign(OTHER_FINGERPRINT, SECRET, TOKEN, TRACKING),
        "other_credential": _sign(FINGERPRINT, OTHER_SECRET, TOKEN, TRACKING),
        "other_token": _sign(FINGERPRINT, SECRET, OTHER_TOKEN, TRACKING),
        "other_ballot": _sign(FINGERPRINT, SECRET, TOKEN, OTHER_TRACKING),
        "status_request": status,
    }.items():
        yield _ballot(name, "ProofRefused", body)
    for name, body in {
        "other_fingerprint": _ask(OTHER_FINGERPRINT, SECRET),
        "other_credential": _ask(FINGERPRINT, OTHER_SECRET),
        "ballot_signature": good,
    }.items():
        yield _status(name, "ProofRefused", body)
    yield _ballot("good", "ok", good)
    yield _status("good", "ok", status)
    for name, (expect, change) in _FORMS.items():
        yield _ballot(name, expect, change(good))
        yield _status(name, expect, change(status))


_FORMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "too_short": ("WrongLength", lambda whole: whole[:-1]),
    "too_long": ("WrongLength", lambda whole: whole + b"\x00"),
    "identity_point": ("IdentityPoint", lambda whole: bytes(32) + whole[32:]),
    "non_canonical_point": (
        "NonCanonicalPoint",
        lambda whole: b"\x01" + bytes(31) + whole[32:],
    ),
    "non_canonical_scalar": (
        "NonCanonicalScalar",
        lambda whole: whole[:32] + _plus_order(whole[32:]),
    ),
    "other_response": ("ProofRefused", lambda whole: whole[:32] + _one(whole[32:])),
}


def _plus_order(scalar: bytes) -> bytes:
    return (int.from_bytes(scalar, "little") + ORDER).to_bytes(32, "little")


def _one(scalar: bytes) -> bytes:
    return (int.from_bytes(scalar, "little") ^ 1).to_bytes(32, "little")


def _sign(
    fingerprint: bytes, secret: SecretScalar, token: Point, tracking: bytes
) -> bytes:
    seed = f"sign {fingerprint.hex()} {secret.encoded.hex()} {token} {tracking.hex()}"
    nonce = Dice(seed).scalar()
    return sign_ballot(fingerprint, secret, token, tracking, nonce=nonce)


def _ask(fingerprint: bytes, secret: SecretScalar) -> bytes:
    nonce = Dice(f"ask {fingerprint.hex()} {secret.encoded.hex()}").scalar()
    return sign_status(fingerprint, secret, nonce=nonce)


def _ballot(name: str, expect: str, body: bytes) -> Vector:
    inputs = {
        "fingerprint": FINGERPRINT.hex(),
        "credential": mul_base(SECRET).encoded.hex(),
        "token": TOKEN.encoded.hex(),
        "tracking": TRACKING.hex(),
    }
    comment = "the credential signs ballot and right"
    return Vector(f"ballot-signature/{name}", expect, comment, inputs, body)


def _status(name: str, expect: str, body: bytes) -> Vector:
    inputs = {
        "fingerprint": FINGERPRINT.hex(),
        "credential": mul_base(SECRET).encoded.hex(),
    }
    comment = "the credential asks for its receipts"
    return Vector(f"status-signature/{name}", expect, comment, inputs, body)
