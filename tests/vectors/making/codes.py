"""Voting codes and links, what follows from them, and the rights they take out."""

from collections.abc import Iterator, Sequence

from crypto.codes import (
    VotingCode,
    derive_blind,
    derive_credential,
    login_seed,
    short_fingerprint,
)
from crypto.encoding import encode_json
from crypto.group import ORDER, Point, SecretScalar, mul, mul_base
from crypto.hashing import frames
from crypto.signing import SigningSeed
from crypto.voprf import (
    blind,
    evaluate,
    hash_to_group,
    prove_evaluations,
    unblind,
)
from tests.vectors.files import Vector
from tests.vectors.making.dice import Dice

CODE = VotingCode("0123456789ABCDEFGHJKMNPQRS")
OTHER_CODE = VotingCode("ZYXWVTSRQPNMKJHGFEDCBA9876")
WORLD = Dice("the election of the codes")
FINGERPRINT = WORLD.bytes(32)
OTHER_FINGERPRINT = WORLD.bytes(32)
SALT = WORLD.bytes(32)
OTHER_SALT = WORLD.bytes(32)
ISSUER = WORLD.scalar()
OTHER_ISSUER = WORLD.scalar()


def code_vectors() -> Iterator[Vector]:
    """Every vector of `code`, `link`, `token`, `token-check` and `evidence`."""
    yield from _codes()
    yield from _links()
    yield from _tokens()
    yield from _token_checks()
    yield from _evidence()


def _codes() -> Iterator[Vector]:
    derivations = [
        ("as_in_the_link", CODE.symbols, CODE, FINGERPRINT, SALT),
        ("as_printed", CODE.printed, CODE, FINGERPRINT, SALT),
        (
            "typed_with_likenesses",
            " oI23 4567-89ab-cdef ghjk mnpq-RS ",
            CODE,
            FINGERPRINT,
            SALT,
        ),
        ("of_other_election", CODE.symbols, CODE, OTHER_FINGERPRINT, SALT),
        ("with_other_salt", CODE.symbols, CODE, FINGERPRINT, OTHER_SALT),
        ("other_code", OTHER_CODE.symbols, OTHER_CODE, FINGERPRINT, SALT),
    ]
    for name, typed, code, fingerprint, salt in derivations:
        inputs = {"fingerprint": fingerprint.hex(), "salt": salt.hex()}
        inputs |= _derived(code, fingerprint, salt)
        comment = "what the browser derives from what was typed or followed"
        yield Vector(f"code/{name}", "ok", comment, inputs, typed.encode())
    for name, typed in {
        "too_short": CODE.symbols[:-1],
        "too_long": CODE.symbols + "0",
        "empty": "",
        "letter_u": CODE.symbols[:-1] + "U",
        "full_stop": CODE.symbols[:13] + "." + CODE.symbols[13:],
        "letter_beyond_ascii": CODE.symbols[:-1] + "\u0131",
        "tabulator": CODE.symbols[:13] + "\t" + CODE.symbols[13:],
    }.items():
        inputs = {"fingerprint": FINGERPRINT.hex(), "salt": SALT.hex()}
        comment = "no voting code"
        yield Vector(f"code/{name}", "MalformedCode", comment, inputs, typed.encode())


def _derived(code: VotingCode, fingerprint: bytes, salt: bytes) -> dict[str, str]:
    seed = login_seed(fingerprint, code)
    credential = derive_credential(fingerprint, code, salt)
    return {
        "symbols": code.symbols,
        "printed": code.printed,
        "link-fragment": code.link_fragment(fingerprint),
        "login-seed": seed.hex(),
        "login-key": SigningSeed(seed).public_key.hex(),
        "credential-secret": credential.secret.encoded.hex(),
        "credential": credential.public.encoded.hex(),
        "blind": derive_blind(fingerprint, code, salt).encoded.hex(),
    }


def _links() -> Iterator[Vector]:
    fragment = CODE.link_fragment(FINGERPRINT)
    short = short_fingerprint(FINGERPRINT)
    accepted = {
        "followed": fragment,
        "typed_from_a_letter": f"{CODE.printed.lower()}.{short[:8]} {short[8:]}",
    }
    for name, text in accepted.items():
        inputs = {"fingerprint": FINGERPRINT.hex(), "symbols": CODE.symbols}
        yield Vector(f"link/{name}", "ok", "a link", inputs, text.encode())
    refused = {
        "without_fingerprint": ("MalformedLink", CODE.symbols),
        "short_fingerprint": ("MalformedLink", fragment[:-1]),
        "long_fingerprint": ("MalformedLink", fragment + "0"),
        "two_full_stops": ("MalformedLink", fragment + ".0"),
        "empty": ("MalformedLink", ""),
        "short_code": ("MalformedCode", fragment[1:]),
        "without_code": ("MalformedCode", f".{short}"),
        "other_fingerprint": (
            "OtherFingerprint",
            CODE.link_fragment(OTHER_FINGERPRINT),
        ),
    }
    for name, (expect, text) in refused.items():
        inputs = {"fingerprint": FINGERPRINT.hex()}
        yield Vector(f"link/{name}", expect, "a link", inputs, text.encode())


def _tokens() -> Iterator[Vector]:
    credential = derive_credential(FINGERPRINT, CODE, SALT).public
    factor = derive_blind(FINGERPRINT, CODE, SALT)
    blinded = blind(_right(credential), factor)
    (evaluated,), proof = _evaluate(ISSUER, [blinded])
    (elsewhere,), other_proof = _evaluate(OTHER_ISSUER, [blinded])
    token = unblind(factor, evaluated)
    (doubled,) = evaluate(ISSUER, [blinded + blinded])[0]
    zero, large = bytes(32), ORDER.to_bytes(32, "little")
    answers = {"blinded": blinded.encoded.hex(), "token": token.encoded.hex()}
    good = evaluated.encoded + proof
    yield _token("issued", "ok", good, answers)
    for name, expect, body in (
        ("other_issuer_key", "ProofRefused", elsewhere.encoded + other_proof),
        ("other_element", "ProofRefused", doubled.encoded + proof),
        ("other_proof", "ProofRefused", evaluated.encoded + other_proof),
        ("swapped_scalars", "ProofRefused", good[:32] + good[64:] + good[32:64]),
        ("identity_point", "IdentityPoint", zero + proof),
        ("non_canonical_point", "NonCanonicalPoint", b"\xff" * 32 + proof),
        ("non_canonical_scalar", "NonCanonicalScalar", good[:64] + large),
        ("too_short", "WrongLength", good[:-1]),
    ):
        yield _token(name, expect, body, {})


def _token(name: str, expect: str, body: bytes, answers: dict[str, str]) -> Vector:
    credential = derive_credential(FINGERPRINT, CODE, SALT).public
    inputs = {
        "fingerprint": FINGERPRINT.hex(),
        "credential": credential.encoded.hex(),
        "blind": derive_blind(FINGERPRINT, CODE, SALT).encoded.hex(),
        "issuer-key": mul_base(ISSUER).encoded.hex(),
        **answers,
    }
    return Vector(f"token/{name}", expect, "the register's answer", inputs, body)


def _token_checks() -> Iterator[Vector]:
    credential = derive_credential(FINGERPRINT, CODE, SALT).public
    other = derive_credential(FINGERPRINT, OTHER_CODE, SALT).public
    element = hash_to_group(_right(credential))
    cases = [
        ("issued", "ok", mul(ISSUER, element)),
        ("other_issuer_key", "TokenRefused", mul(OTHER_ISSUER, element)),
        (
            "other_credential",
            "TokenRefused",
            mul(ISSUER, hash_to_group(_right(other))),
        ),
        ("of_other_election", "TokenRefused", mul(ISSUER, _element_elsewhere())),
        ("unissued", "TokenRefused", element),
    ]
    for name, expect, token in cases:
        inputs = {
            "fingerprint": FINGERPRINT.hex(),
            "credential": credential.encoded.hex(),
            "issuer-secret": ISSUER.encoded.hex(),
        }
        comment = "the verifier process looks at a token"
        yield Vector(f"token-check/{name}", expect, comment, inputs, token.encoded)


def _element_elsewhere() -> Point:
    credential = derive_credential(FINGERPRINT, CODE, SALT).public
    return hash_to_group(frames("right", OTHER_FINGERPRINT, credential.encoded))


def _evidence() -> Iterator[Vector]:
    dice = Dice("the credentials of the evidence")
    credentials = [mul_base(dice.scalar()) for _ in range(5)]
    elements = [hash_to_group(_right(credential)) for credential in credentials]
    tokens = [mul(ISSUER, element) for element in elements]
    proof = _prove(ISSUER, elements, tokens)
    other = _prove(OTHER_ISSUER, elements, [mul(OTHER_ISSUER, e) for e in elements])
    forged = [*tokens[:4], tokens[4] + mul_base(ISSUER)]
    swapped = [tokens[1], tokens[0], *tokens[2:]]
    large = proof[:32] + ORDER.to_bytes(32, "little")
    one = _prove(ISSUER, elements[:1], tokens[:1])
    cases: list[tuple[str, str, list[Point], list[Point], bytes]] = [
        ("five_tokens", "ok", credentials, tokens, proof),
        ("one_token", "ok", credentials[:1], tokens[:1], one),
        ("swapped_tokens", "ProofRefused", credentials, swapped, proof),
        ("forged_token", "ProofRefused", credentials, forged, proof),
        ("one_left_out", "ProofRefused", credentials[:4], tokens[:4], proof),
        ("other_issuer_key", "ProofRefused", credentials, tokens, other),
        ("non_canonical_scalar", "NonCanonicalScalar", credentials, tokens, large),
        ("too_short", "WrongLength", credentials, tokens, proof[:-1]),
        ("nothing", "EmptyBatch", [], [], proof),
        ("token_missing", "WrongLength", credentials, tokens[:4], proof),
    ]
    for name, expect, given, shown, body in cases:
        inputs = {
            "fingerprint": FINGERPRINT.hex(),
            "issuer-key": mul_base(ISSUER).encoded.hex(),
            "credentials": _listed(given),
            "tokens": _listed(shown),
        }
        comment = "that the tokens came from the issuer's key"
        yield Vector(f"evidence/{name}", expect, comment, inputs, body)


def _right(credential: Point) -> bytes:
    return frames("right", FINGERPRINT, credential.encoded)


def _evaluate(
    secret: SecretScalar, blinded: Sequence[Point]
) -> tuple[list[Point], bytes]:
    evaluated = [mul(secret, element) for element in blinded]
    return evaluated, _prove(secret, blinded, evaluated)


def _prove(
    secret: SecretScalar, elements: Sequence[Point], evaluated: Sequence[Point]
) -> bytes:
    nonce = Dice(f"{secret.encoded.hex()} {len(elements)}").scalar()
    return prove_evaluations(secret, elements, evaluated, nonce=nonce).encoded


def _listed(points: Sequence[Point]) -> str:
    return encode_json([point.encoded.hex() for point in points]).decode()
