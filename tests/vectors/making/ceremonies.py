"""Ceremonies, whole and broken, and the opening of the shares they hold."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from crypto.ceremony import (
    post_reveal,
    rehearse,
    spoken_words,
)
from crypto.ceremony_messages import (
    CeremonyDocument,
    Reveal,
    SealedShare,
)
from crypto.ceremony_record import CeremonyRecord, verify_document
from crypto.encoding import JsonValue, encode_json
from crypto.group import ORDER, Scalar, SecretScalar
from crypto.integers import u16
from crypto.knowledge import prove_knowledge
from crypto.sharing import Polynomial
from tests.vectors.files import Vector
from tests.vectors.making.dice import Dice
from tests.vectors.making.play import PLAY, hold, sealed_box

WORDS: list[str] = json.loads(
    Path("static/js/crypto/words.json").read_text(encoding="utf-8")
)


def ceremony_vectors() -> Iterator[Vector]:
    """Every vector of the operations `ceremony` and `shares`."""
    yield from _whole()
    yield from _changed_messages()
    yield from _bad_dealers()
    yield from _changed_form()
    yield from _shares()


def _whole() -> Iterator[Vector]:
    for name, held in (
        ("two_of_three", PLAY),
        ("three_of_four", hold("Årsmøtet", 4, 3)),
    ):
        record = held.record()
        outcome = verify_document(record.document)
        keys = [key.encoded.hex() for key in outcome.share_keys]
        words = list(spoken_words(outcome.assembly, WORDS))
        answers = {
            "keys": outcome.assembly.keys.hex(),
            "words": encode_json(words).decode("utf-8"),
            "transcript": outcome.transcript.hex(),
            "election-key": outcome.election_key.encoded.hex(),
            "share-keys": encode_json(keys).decode("utf-8"),
        }
        yield Vector(
            f"ceremony/{name}",
            "ok",
            "a whole ceremony",
            answers,
            encode_json(record.entry),
        )


def _changed_messages() -> Iterator[Vector]:
    """Something is changed after it was signed, and the rest is done over it."""
    document = PLAY.document()
    one, two, three = document.assembly.holders
    swapped = (replace(one, name=two.name), replace(two, name=one.name), three)
    reveal, share = document.reveals[1], document.shares[1]
    changes = {
        "swapped_names": replace(
            document, assembly=replace(document.assembly, holders=swapped)
        ),
        "other_sealing_key": replace(
            document,
            assembly=replace(
                document.assembly,
                holders=(one, replace(two, sealing_key=three.sealing_key), three),
            ),
        ),
        "other_commitment": _with_commit(document, commitment=bytes(32)),
        "reveal_of_other_signature": _with_reveal(
            document, replace(reveal, signature=document.reveals[0].signature)
        ),
        "share_of_other_recipient": _with_share(
            document, 1, replace(share, sealed=document.shares[2].sealed)
        ),
    }
    for name, changed in changes.items():
        comment = "changed after it was signed"
        yield _refused(name, "BadSignature", comment, PLAY.record(changed))
    record = PLAY.record()
    yield _refused(
        "other_title",
        "BadSignature",
        "the title was changed after all had signed the transcript",
        replace(record, document=replace(document, title="Valg")),
    )
    yield _refused(
        "transcript_signature_of_other_holder",
        "BadSignature",
        "holder 1 signed twice",
        replace(
            record,
            signatures=(
                record.signatures[0],
                replace(record.signatures[0], index=2),
                record.signatures[2],
            ),
        ),
    )
    yield from _rehearsed_wrongly(record)


def _rehearsed_wrongly(record: CeremonyRecord) -> Iterator[Vector]:
    transcript = record.document.transcript
    wrong = PLAY.share_of(2) + Scalar.from_int(1)
    rehearsals = {
        "rehearsal_with_other_share": rehearse(
            transcript, 2, SecretScalar(wrong.encoded), nonce=Dice("wrong").scalar()
        ),
        "rehearsal_of_other_transcript": rehearse(
            bytes(32), 2, PLAY.share_of(2), nonce=Dice("elsewhere").scalar()
        ),
        "rehearsal_of_other_holder": replace(record.rehearsals[0], index=2),
    }
    first, _, last = record.rehearsals
    for name, rehearsal in rehearsals.items():
        changed = replace(record, rehearsals=(first, rehearsal, last))
        yield _refused(name, "ProofRefused", "holder 2's rehearsal", changed)


def _bad_dealers() -> Iterator[Vector]:
    """Holder 2 cheats, and signs it."""
    document = PLAY.document()
    other = Polynomial.draw(2, Dice("another polynomial").scalar)
    seed = PLAY.players[1].seed
    revealed = post_reveal(PLAY.assembly, 2, other, seed, nonce=Dice("other").scalar())
    yield _refused(
        "commitment_mismatch",
        "CommitmentMismatch",
        "holder 2 reveals other points than were committed to",
        PLAY.record(_with_reveal(document, revealed)),
    )
    parts = (PLAY.ceremony, PLAY.assembly.keys)
    points = document.reveals[1].encoded_points
    name = PLAY.players[1].name.encode("utf-8")
    forgeries = {
        "forged_possession": (*parts, u16(2), name, b"other points"),
        "possession_of_other_index": (*parts, u16(1), name, points),
        "possession_of_other_name": (*parts, u16(2), b"Mallory", points),
        "possession_of_other_ceremony": (bytes(16), *parts[1:], u16(2), name, points),
    }
    for title, statement in forgeries.items():
        proof = prove_knowledge(
            "proof/possession",
            statement,
            PLAY.players[1].polynomial.coefficients[0],
            Dice(title).scalar(),
        )
        comment = "holder 2 proves possession of something else"
        signed = PLAY.signed_reveal(document.reveals[1], proof)
        changed = PLAY.record(_with_reveal(document, signed))
        yield _refused(title, "ProofRefused", comment, changed)
    yield _cancelled()


def _cancelled() -> Vector:
    """Three holders whose secrets sum to zero: nothing would be sealed."""
    first, second, last = PLAY.players
    zero = Scalar.from_int(0)
    known = first.polynomial.coefficients[0] + second.polynomial.coefficients[0]
    coefficients = (
        SecretScalar((zero - known).encoded),
        last.polynomial.coefficients[1],
    )
    cancelling = replace(last, polynomial=Polynomial(coefficients))
    held = replace(PLAY, players=(first, second, cancelling))
    return _refused(
        "identity_election_key",
        "IdentityPoint",
        "the constant terms of the three polynomials sum to zero",
        held.record(),
    )


def _changed_form() -> Iterator[Vector]:
    """Faults of form, put into the JSON of a whole record."""
    zeros = bytes(32).hex()
    cases: list[tuple[str, str, Sequence[str | int], JsonValue]] = [
        ("other_format", "NonCanonicalEncoding", ("format",), "urne/v2/ceremony"),
        ("threshold_of_one", "ImpossibleThreshold", ("threshold",), 1),
        ("threshold_of_all", "ImpossibleThreshold", ("threshold",), 3),
        ("number_as_text", "NonCanonicalEncoding", ("threshold",), "2"),
        ("index_out_of_place", "NonCanonicalEncoding", ("commits", 1, "index"), 3),
        ("empty_name", "NonCanonicalEncoding", ("holders", 0, "name"), ""),
        ("name_of_101", "NonCanonicalEncoding", ("holders", 0, "name"), "å" * 101),
        ("name_with_control", "NonCanonicalEncoding", ("holders", 0, "name"), "A\x7f"),
        ("short_key", "WrongLength", ("holders", 0, "signing_key"), zeros[2:]),
        (
            "upper_case_hex",
            "NonCanonicalEncoding",
            ("holders", 0, "sealing_key"),
            "AB" * 32,
        ),
        ("identity_point", "IdentityPoint", ("reveals", 2, "points", 1), zeros),
        (
            "non_canonical_point",
            "NonCanonicalPoint",
            ("reveals", 2, "points", 0),
            (2**255 - 20).to_bytes(32, "little").hex(),
        ),
        (
            "non_canonical_scalar",
            "NonCanonicalScalar",
            ("reveals", 2, "possession"),
            PLAY.reveal(3).points[0].encoded.hex() + ORDER.to_bytes(32, "little").hex(),
        ),
        ("short_share", "WrongLength", ("shares", 0, "sealed"), "AAAA"),
        (
            "base64_trailing_bits",
            "NonCanonicalEncoding",
            ("shares", 0, "sealed"),
            "AB==",
        ),
        ("too_few_points", "NonCanonicalEncoding", ("reveals", 1, "points"), []),
        ("unknown_field", "NonCanonicalEncoding", ("note",), "hello"),
        ("missing_shares", "NonCanonicalEncoding", ("shares",), []),
    ]
    for name, expect, path, value in cases:
        record = json.loads(encode_json(PLAY.record().entry))
        place = record["document"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        comment = f"{'.'.join(map(str, path))} was replaced"
        yield Vector(f"ceremony/{name}", expect, comment, {}, encode_json(record))
    whole = encode_json(PLAY.record().entry)
    yield Vector(
        "ceremony/white_space",
        "NonCanonicalEncoding",
        "a line feed at the end",
        {},
        whole + b"\n",
    )


def _shares() -> Iterator[Vector]:
    document = PLAY.document()
    elsewhere = PLAY.players[2].sealing.public_key
    for player in PLAY.players:
        yield _opened(f"share_of_holder_{player.index}", "ok", document, player.index)
    seal_elsewhere = sealed_box(elsewhere, bytes(64), Dice("elsewhere").bytes(32))
    of_other = PLAY.share(2, 3).sealed
    bad = {
        "bad_share": PLAY.share(2, 1, _one_more),
        "bad_share_of_zero": PLAY.share(2, 1, lambda plain: plain[:32] + bytes(32)),
        "bad_share_not_canonical": PLAY.share(2, 1, _order_more),
        "bad_share_binding": PLAY.share(2, 1, lambda plain: bytes(32) + plain[32:]),
        "bad_share_of_other_recipient": PLAY.signed_share(2, 1, of_other),
        "bad_share_sealed_to_other": PLAY.signed_share(2, 1, seal_elsewhere),
    }
    for name, share in bad.items():
        changed = _with_share(document, 3, share)
        yield _opened(name, "BadShare", changed, 1)


def _opened(name: str, expect: str, document: CeremonyDocument, index: int) -> Vector:
    player = PLAY.players[index - 1]
    inputs = {"index": str(index), "sealing-key": player.sealing.secret.hex()}
    if expect == "ok":
        inputs["share"] = PLAY.share_of(index).encoded.hex()
    else:
        inputs["dealer"] = "2"
    comment = "the holder opens all shares and adds them"
    return Vector(
        f"shares/{name}", expect, comment, inputs, encode_json(document.document)
    )


def _one_more(plain: bytes) -> bytes:
    value = Scalar.decode(plain[32:]) + Scalar.from_int(1)
    return plain[:32] + value.encoded


def _order_more(plain: bytes) -> bytes:
    value = int.from_bytes(plain[32:], "little") + ORDER
    return plain[:32] + value.to_bytes(32, "little")


def _with_commit(document: CeremonyDocument, commitment: bytes) -> CeremonyDocument:
    first, second, third = document.commits
    changed = replace(second, commitment=commitment)
    return replace(document, commits=(first, changed, third))


def _with_reveal(document: CeremonyDocument, reveal: Reveal) -> CeremonyDocument:
    first, _, third = document.reveals
    return replace(document, reveals=(first, reveal, third))


def _with_share(
    document: CeremonyDocument, at: int, share: SealedShare
) -> CeremonyDocument:
    shares = (*document.shares[:at], share, *document.shares[at + 1 :])
    return replace(document, shares=shares)


def _refused(name: str, expect: str, comment: str, record: CeremonyRecord) -> Vector:
    return Vector(f"ceremony/{name}", expect, comment, {}, encode_json(record.entry))
