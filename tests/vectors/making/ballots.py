"""Ballots: whole ones of several styles, and one for every reason to refuse."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crypto.ballot import (
    BallotContext,
    BallotHeader,
    seal_ballot,
)
from crypto.ballot_shape import ContestShape, Selection, StyleShape
from crypto.ballot_signature import tracking_code, tracking_digest
from crypto.encoding import encode_json
from crypto.group import ORDER, mul_base
from tests.vectors.files import Vector
from tests.vectors.making.dice import Dice
from tests.vectors.making.forging import Forged, forge

JA_NEI_BLANK = StyleShape((ContestShape(0, 2, blank=True, minimum=1, maximum=1),))
TWO_OF_FOUR = StyleShape((ContestShape(1, 4, blank=False, minimum=1, maximum=2),))
TWO_CONTESTS = StyleShape(
    (
        ContestShape(0, 2, blank=True, minimum=1, maximum=1),
        ContestShape(2, 3, blank=True, minimum=1, maximum=3),
    )
)

# Where the parts of the first contest of a Ja/Nei/Blank ballot begin (§4.3).
SLOT = 41
PROOF = SLOT + 64
CHALLENGE = PROOF + 128
RESPONSE = CHALLENGE + 32
SUM = 41 + 3 * 288
WORLD = Dice("the election of the ballots")
ELECTION_SECRET = WORLD.scalar()
CREDENTIAL_SECRET = WORLD.scalar()
OTHER_CREDENTIAL = mul_base(WORLD.scalar())
CONTEXT = BallotContext(
    fingerprint=WORLD.bytes(32),
    group=3,
    style=0,
    credential=mul_base(CREDENTIAL_SECRET),
    election_key=mul_base(ELECTION_SECRET),
)
OTHER_FINGERPRINT = WORLD.bytes(32)
JA = Selection(frozenset({0}))
NEI = Selection(frozenset({1}))
BLANK = Selection(frozenset(), blank=True)


def ballot_vectors() -> Iterator[Vector]:
    """Every vector of the operation `ballot`."""
    yield from _accepted()
    yield from _malformed()
    yield from _with_identity()
    yield from _misplaced()
    yield from _forged()
    yield from _chained()


def sealed_ja() -> bytes:
    """The valid ballot that most refused ones are made from."""
    return _seal(CONTEXT, JA_NEI_BLANK, [JA])


def _accepted() -> Iterator[Vector]:
    cases: list[tuple[str, BallotContext, StyleShape, list[Selection]]] = [
        ("ja", CONTEXT, JA_NEI_BLANK, [JA]),
        ("nei", CONTEXT, JA_NEI_BLANK, [NEI]),
        ("blank", CONTEXT, JA_NEI_BLANK, [BLANK]),
        ("one_of_four", replace(CONTEXT, style=1), TWO_OF_FOUR, [NEI]),
        (
            "two_of_four",
            replace(CONTEXT, style=1),
            TWO_OF_FOUR,
            [Selection(frozenset({0, 3}))],
        ),
        (
            "two_contests",
            replace(CONTEXT, style=2),
            TWO_CONTESTS,
            [NEI, Selection(frozenset({0, 1, 2}))],
        ),
        (
            "blank_in_one_of_two_contests",
            replace(CONTEXT, style=2),
            TWO_CONTESTS,
            [JA, BLANK],
        ),
    ]
    for name, context, shape, selections in cases:
        sealed = _seal(context, shape, selections)
        yield _vector(
            name,
            "ok",
            "a whole ballot; each slot decrypts to its number in votes",
            sealed,
            context=context,
            shape=shape,
            more=_answers(context, sealed, selections),
        )


def _answers(
    context: BallotContext, sealed: bytes, selections: Sequence[Selection]
) -> dict[str, str]:
    """What must come out of a whole ballot of a style with these selections."""
    shape = {0: JA_NEI_BLANK, 1: TWO_OF_FOUR, 2: TWO_CONTESTS}[context.style]
    tracking = tracking_digest(context.fingerprint, context.credential, sealed)
    votes = [
        list(selection.bits(contest))
        for selection, contest in zip(selections, shape.contests, strict=True)
    ]
    return {
        "tracking": tracking.hex(),
        "tracking-code": tracking_code(tracking),
        "election-secret": ELECTION_SECRET.encoded.hex(),
        "votes": encode_json(votes).decode(),
    }


def _malformed() -> Iterator[Vector]:
    whole = sealed_ja()
    too_large = (ORDER + 1).to_bytes(32, "little")
    negative_one = (2**255 - 20).to_bytes(32, "little")
    cases = [
        ("too_short", "WrongLength", "one byte is missing", whole[:-1]),
        ("too_long", "WrongLength", "one byte too many", whole + b"\x00"),
        ("empty", "WrongLength", "no byte at all", b""),
        (
            "other_length_of_style",
            "WrongLength",
            "a whole ballot of another style",
            _seal(replace(CONTEXT, style=1), TWO_OF_FOUR, [JA]),
        ),
        ("other_version", "WrongVersion", "the first byte is 2", b"\x02" + whole[1:]),
        (
            "other_group",
            "WrongGroup",
            "the header says a group that is not the voter's",
            whole[:2] + b"\x04" + whole[3:],
        ),
        (
            "other_style",
            "WrongStyle",
            "the header says a style that is not the group's",
            whole[:4] + b"\x05" + whole[5:],
        ),
        (
            "non_canonical_point",
            "NonCanonicalPoint",
            "A of the first choice is 2^255 - 20, which is no canonical encoding",
            _put(whole, SLOT, negative_one),
        ),
        (
            "non_canonical_scalar_challenge",
            "NonCanonicalScalar",
            "the first challenge is L + 1",
            _put(whole, CHALLENGE, too_large),
        ),
        (
            "non_canonical_scalar_response",
            "NonCanonicalScalar",
            "L was added to the first response, which changes no equation",
            _put(whole, RESPONSE, _plus_order(whole[RESPONSE : RESPONSE + 32])),
        ),
        (
            "non_canonical_scalar_sum",
            "NonCanonicalScalar",
            "L was added to the response of the sum proof",
            whole[:-32] + _plus_order(whole[-32:]),
        ),
    ]
    for name, expect, comment, sealed in cases:
        yield _vector(name, expect, comment, sealed)


def _with_identity() -> Iterator[Vector]:
    whole = sealed_ja()
    places = {
        "ciphertext_a": SLOT,
        "ciphertext_b": SLOT + 32,
        "ciphertext_of_blank": SLOT + 2 * 288,
        "commitment_a": PROOF,
        "commitment_b": PROOF + 32,
        "commitment_of_second_value": PROOF + 64,
        "commitment_of_sum": SUM,
    }
    for place, at in places.items():
        sealed = _put(whole, at, bytes(32))
        comment = f"32 zero bytes stand at {at}"
        yield _vector(f"identity_point_{place}", "IdentityPoint", comment, sealed)
    for name in ("credential", "election-key"):
        yield _vector(
            f"identity_point_{name.replace('-', '_')}",
            "IdentityPoint",
            f"the {name} is the identity",
            whole,
            more={name: bytes(32).hex()},
        )


def _misplaced() -> Iterator[Vector]:
    whole = sealed_ja()
    second_proof = PROOF + 288
    swapped_slots = whole[:SLOT] + whole[SLOT + 288 : SLOT + 576]
    swapped_slots += whole[SLOT : SLOT + 288] + whole[SLOT + 576 :]
    head = whole[:PROOF] + whole[PROOF + 64 : PROOF + 128] + whole[PROOF : PROOF + 64]
    cases = [
        ("swapped_commitments", "of the values 0 and 1", head + whole[PROOF + 128 :]),
        (
            "swapped_proofs",
            "the proofs of the first and the second choice",
            _put(
                _put(whole, PROOF, whole[second_proof : second_proof + 224]),
                second_proof,
                whole[PROOF : PROOF + 224],
            ),
        ),
        (
            "other_choice_index",
            "the first and second choice are swapped with their proofs",
            swapped_slots,
        ),
        (
            "other_ciphertext",
            "the first ciphertext is that of a ballot sealed anew",
            _put(whole, SLOT, _again()[SLOT : SLOT + 64]),
        ),
    ]
    for name, comment, sealed in cases:
        yield _vector(name, "ProofRefused", comment, sealed)
    yield from _proven_elsewhere()


def _proven_elsewhere() -> Iterator[Vector]:
    elsewhere = {
        "other_fingerprint": replace(CONTEXT, fingerprint=OTHER_FINGERPRINT),
        "other_credential": replace(CONTEXT, credential=OTHER_CREDENTIAL),
        "other_election_key": replace(CONTEXT, election_key=OTHER_CREDENTIAL),
        "proofs_of_other_group": replace(CONTEXT, group=4),
        "proofs_of_other_style": replace(CONTEXT, style=1),
    }
    for name, context in elsewhere.items():
        sealed = _seal(context, JA_NEI_BLANK, [JA])
        header = BallotHeader(CONTEXT.group, CONTEXT.style, 0, bytes(32)).encoded
        comment = "whole, but its proofs were made for another place"
        yield _vector(name, "ProofRefused", comment, header + sealed[len(header) :])
    other = StyleShape((replace(JA_NEI_BLANK.contests[0], index=1),))
    yield _vector(
        "other_contest_index",
        "ProofRefused",
        "whole, but its proofs were made for contest 1",
        _seal(CONTEXT, other, [JA]),
    )


def _forged() -> Iterator[Vector]:
    cases = [
        ("sum_of_two", "ja and nei, each 1", Forged((1, 1, 0), (1, 1, 0), 1)),
        ("sum_of_zero", "nothing is chosen", Forged((0, 0, 0), (0, 0, 0), 1)),
        ("blank_with_choice", "ja and blank", Forged((1, 0, 1), (1, 0, 1), 1)),
        (
            "choice_of_two",
            "ja is 2 and nei is -1, so that the sum is 1",
            Forged((2, -1, 0), (1, 0, 0), 1),
        ),
        (
            "negative_choice",
            "ja is 1, blank -1, nei 1",
            Forged((1, 1, -1), (1, 1, 0), 1),
        ),
    ]
    for name, comment, forged in cases:
        sealed = forge(CONTEXT, JA_NEI_BLANK, [forged])
        yield _vector(name, "ProofRefused", comment, sealed)
    context = replace(CONTEXT, style=1)
    many = [
        (
            "sum_of_three_in_two_of_four",
            "one too many",
            Forged((1, 1, 1, 0), (1, 1, 1, 0), 2),
        ),
        (
            "choice_of_two_in_two_of_four",
            "both votes for the first choice",
            Forged((2, 0, 0, 0), (1, 0, 0, 0), 2),
        ),
        (
            "negative_choice_in_two_of_four",
            "one vote less for the last, so that three get one",
            Forged((1, 1, 1, -1), (1, 1, 1, 0), 2),
        ),
    ]
    for name, comment, forged in many:
        sealed = forge(context, TWO_OF_FOUR, [forged])
        yield _vector(
            name, "ProofRefused", comment, sealed, context=context, shape=TWO_OF_FOUR
        )
    yield _vector(
        "blank_with_choice_in_second_contest",
        "ProofRefused",
        "the first contest is whole, the second has a blank (3) and a choice",
        forge(
            replace(CONTEXT, style=2),
            TWO_CONTESTS,
            [Forged((1, 0, 0), (1, 0, 0), 1), Forged((0, 1, 0, 1), (0, 1, 0, 1), 3)],
        ),
        context=replace(CONTEXT, style=2),
        shape=TWO_CONTESTS,
    )


def _chained() -> Iterator[Vector]:
    revoting = replace(CONTEXT, revoting=True)
    whole = sealed_ja()
    first = tracking_digest(CONTEXT.fingerprint, CONTEXT.credential, whole)
    second = bytes(
        seal_ballot(
            revoting,
            JA_NEI_BLANK,
            [NEI],
            sequence=1,
            predecessor=first,
            draw=Dice("second").scalar,
        )
    )
    unchained = whole[:8] + b"\x01" + whole[9:]
    rooted = _put(whole, 9, first)
    cases = [
        ("second_of_a_chain", "ok", "names the ballot before it", second, revoting),
        ("second_is_refused", "WrongSequence", "one vote is final", second, CONTEXT),
        ("second_without_first", "WrongPredecessor", "zeros", unchained, revoting),
        ("first_with_predecessor", "WrongPredecessor", "not zeros", rooted, revoting),
        (
            "predecessor_where_one_is_final",
            "WrongPredecessor",
            "sequence 0 and a predecessor that is not zeros",
            rooted,
            CONTEXT,
        ),
    ]
    for name, expect, comment, sealed, context in cases:
        more = _answers(context, sealed, [NEI]) if expect == "ok" else None
        yield _vector(name, expect, comment, sealed, context=context, more=more)


def _seal(
    context: BallotContext, shape: StyleShape, selections: Sequence[Selection]
) -> bytes:
    dice = Dice(f"{context} {shape} {[choice.choices for choice in selections]}")
    return seal_ballot(context, shape, selections, draw=dice.scalar)


def _again() -> bytes:
    return seal_ballot(CONTEXT, JA_NEI_BLANK, [JA], draw=Dice("again").scalar)


def _put(sealed: bytes, at: int, piece: bytes) -> bytes:
    return sealed[:at] + piece + sealed[at + len(piece) :]


def _plus_order(scalar: bytes) -> bytes:
    return (int.from_bytes(scalar, "little") + ORDER).to_bytes(32, "little")


def _vector(
    name: str,
    expect: str,
    comment: str,
    sealed: bytes,
    *,
    context: BallotContext = CONTEXT,
    shape: StyleShape = JA_NEI_BLANK,
    more: dict[str, str] | None = None,
) -> Vector:
    contests = [
        {
            "blank": contest.blank,
            "choices": contest.choices,
            "index": contest.index,
            "max": contest.maximum,
            "min": contest.minimum,
        }
        for contest in shape.contests
    ]
    inputs = {
        "fingerprint": context.fingerprint.hex(),
        "group": str(context.group),
        "style": str(context.style),
        "revoting": encode_json(context.revoting).decode(),
        "contests": encode_json(contests).decode(),
        "credential": context.credential.encoded.hex(),
        "election-key": context.election_key.encoded.hex(),
        **(more or {}),
    }
    return Vector(f"ballot/{name}", expect, comment, inputs, sealed)
