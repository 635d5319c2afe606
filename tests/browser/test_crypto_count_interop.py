"""Rights, ballots and the count: what one side makes, the other takes and recounts."""

from collections.abc import Callable
from typing import Any

import pytest

from crypto.ballot import (
    NO_PREDECESSOR,
    BallotContext,
    SealedBallot,
    decode_ballot,
    seal_ballot,
    verify_ballot,
)
from crypto.ballot_shape import Selection
from crypto.ballot_signature import (
    sign_ballot,
    tracking_digest,
    verify_ballot_signature,
    verify_status_signature,
)
from crypto.codes import derive_credential, login_seed
from crypto.encoding import decode_json
from crypto.group import Point, SecretScalar, mul
from crypto.signing import SigningSeed, sign, verify_signature
from crypto.voprf import evaluate, hash_to_group, verify_token
from tests.javascript import elections
from tests.javascript.elections import Voter, voter
from tests.javascript.places import Ask, Refused
from tests.voting.manifests import seed_of
from voting import counting
from voting.casting import read_cast_request
from voting.leaves import BallotLeaf
from voting.partials import (
    make_partial,
    open_tally,
    partial_document,
    read_partial,
    verify_holder_partial,
)
from voting.tally import decode_tally, encode_tally
from voting.tokens import right_input

PASSPHRASE = "løvetann på Ål"
TALLY = bytes(range(100, 132))


def test_voter_in_javascript_identifies(ask: Ask) -> None:
    member, digest = voter(7, 1), elections.fingerprint()
    asked = ask("identify", fingerprint=digest.hex(), code=member.code.symbols)
    login = SigningSeed(login_seed(digest, member.code)).public_key
    assert bytes.fromhex(asked["login"]) == login
    assert bytes.fromhex(asked["fingerprint"]) == digest
    signature = bytes.fromhex(asked["signature"])
    verify_signature(login, signature, "identify", digest, login)


def test_voting_right_is_taken_out_by_javascript(ask: Ask) -> None:
    member, digest = voter(7, 1), elections.fingerprint()
    blinded = _asked_right(ask, member)
    secret = elections.issuer_secret(1)
    token = _opened_right(ask, member, secret, blinded)
    credential = derive_credential(digest, member.code, member.salt).public
    verify_token(secret, right_input(digest, credential), token)
    assert _asked_right(ask, member) == blinded, "another device finishes"


def test_right_of_another_key_is_refused_by_javascript(ask: Ask) -> None:
    member = voter(7, 1)
    with pytest.raises(Refused, match="ProofRefused"):
        _opened_right(
            ask, member, elections.issuer_secret(2), _asked_right(ask, member)
        )


def _asked_right(ask: Ask, member: Voter) -> Point:
    digest = elections.fingerprint()
    asked = ask(
        "right",
        fingerprint=digest.hex(),
        code=member.code.symbols,
        salt=member.salt.hex(),
    )
    login, signature = bytes.fromhex(asked["login"]), bytes.fromhex(asked["signature"])
    blinded = bytes.fromhex(asked["blinded"])
    verify_signature(login, signature, "right", digest, blinded)
    return Point.decode_nonidentity(blinded)


def _opened_right(
    ask: Ask, member: Voter, secret: SecretScalar, blinded: Point
) -> Point:
    (evaluated,), proof = evaluate(secret, [blinded])
    token = ask(
        "open_right",
        manifest=elections.encoded_manifest().hex(),
        group=member.group,
        code=member.code.symbols,
        salt=member.salt.hex(),
        answer={"evaluated": evaluated.encoded.hex(), "proof": proof.encoded.hex()},
    )
    return Point.decode_nonidentity(bytes.fromhex(token))


def test_receipt_of_the_service_is_believed_by_javascript(ask: Ask) -> None:
    digest, tracking = elections.fingerprint(), bytes(range(32))
    parts = (digest, tracking, (7).to_bytes(4, "big"))
    receipt = {
        "batch": 7,
        "fingerprint": digest.hex(),
        "signature": sign(seed_of("service"), "receipt", *parts).hex(),
        "tracking": tracking.hex(),
    }
    asked = {
        "manifest": elections.encoded_manifest().hex(),
        "receipt": receipt,
        "tracking": tracking.hex(),
    }
    assert ask("receipt", **asked) == 7
    for change, reason in (
        ({"receipt": {**receipt, "batch": 8}}, "BadSignature"),
        ({"tracking": bytes(32).hex()}, "ReceiptRefused"),
        ({"receipt": {**receipt, "fingerprint": bytes(32).hex()}}, "OtherElection"),
    ):
        with pytest.raises(Refused, match=reason):
            ask("receipt", **{**asked, **change})


def test_ballot_of_javascript_is_taken_by_python(ask: Ask) -> None:
    digest, whole = elections.fingerprint(), elections.manifest()
    for number, group, selections in (
        (1, 0, [_chosen(0)]),
        (2, 0, [_chosen(blank=True)]),
        (3, 1, [_chosen(1), _chosen(0, 2)]),
    ):
        member = voter(number, group)
        leaf, status = _cast_by_javascript(ask, member, selections)
        ballot = decode_ballot(leaf.ballot, whole.shape_of_style(group % 2))
        verify_ballot(_context(member), ballot)
        tracking = tracking_digest(digest, leaf.credential, leaf.ballot)
        verify_ballot_signature(
            digest, leaf.credential, leaf.token, tracking, leaf.signature
        )
        verify_status_signature(digest, leaf.credential, status)


def test_invalid_vote_is_not_sealed_by_javascript(ask: Ask) -> None:
    for selection, reason in (
        (_chosen(), "UnderVote"),
        (_chosen(0, 1), "OverVote"),
        (_chosen(2), "UnknownChoice"),
        (_chosen(0, blank=True), "BlankTogetherWithChoice"),
    ):
        with pytest.raises(Refused, match=reason):
            _cast_by_javascript(ask, voter(1, 0), [selection])


def test_manifest_has_one_fingerprint(ask: Ask) -> None:
    encoded = elections.encoded_manifest()
    digest = ask("fingerprint", manifest=encoded.hex())
    assert digest == elections.fingerprint().hex()


@pytest.mark.parametrize("revoting", [False, True], ids=["once", "revoting"])
def test_board_is_recounted_and_opened_by_javascript(ask: Ask, revoting: bool) -> None:
    ballots = [
        _cast_by_python(voter(number, group), selections, revoting=revoting)
        for number, (group, selections) in enumerate(VOTES)
    ]
    expected = [[[3, 1, 0]], [[2, 1, 0], [3, 1, 1, 0]]]
    if revoting:
        ballots.append(_second_ballot(ballots[0], voter(0, 0), _chosen(1)))
        expected[0][0] = [2, 2, 0]
    board = elections.close_board(ballots, revoting=revoting)
    tally = elections.tally_of(board, revoting=revoting)
    manifest = elections.encoded_manifest(revoting=revoting).hex()
    recounted = bytes.fromhex(ask("recount", manifest=manifest, record=board.record))
    assert recounted == encode_tally(tally)
    whole = elections.manifest(revoting=revoting)
    partials = [
        read_partial(
            ask(
                "partial",
                manifest=manifest,
                tally=decode_json(recounted),
                index=index,
                share=elections.share_of(index).encoded.hex(),
                seed=elections.holders()[index - 1].seed.secret.hex(),
            )
        )
        for index in (1, 3)
    ]
    for partial in partials:
        verify_holder_partial(whole, tally, partial)
    totals = open_tally(whole, tally, partials)
    assert [[list(slots) for slots in unit] for unit in totals] == expected
    third = make_partial(
        whole,
        tally,
        index=2,
        share=elections.share_of(2),
        signing_seed=elections.holders()[1].seed,
    )
    opened = ask(
        "open_tally",
        manifest=manifest,
        tally=decode_json(recounted),
        partials=[partial_document(third), partial_document(partials[0])],
    )
    assert opened == expected


def test_javascript_recounts_no_board_but_the_true_one(ask: Ask) -> None:
    ballots = [
        _cast_by_python(voter(number, group), selections)
        for number, (group, selections) in enumerate(VOTES)
    ]
    manifest = elections.encoded_manifest().hex()
    forged = _with_false_proof(ballots)
    cases = [
        (elections.close_board(forged).record, "BallotRefused.*ProofRefused"),
        (_changed(ballots, "leaves", lambda leaves: leaves[:-1]), "CheckpointRefused"),
        (_changed(ballots, "checkpoint", _without_witness), "CheckpointRefused"),
        (_changed(ballots, "evidence", _without_group), "NonCanonicalEncoding"),
        (_changed(ballots, "evidence", _with_other_proof), "ProofRefused"),
        (elections.close_board([*ballots, ballots[0]]).record, "BoardRefused"),
        (elections.close_board(ballots, shown=bytes(32)).record, "BoardRefused"),
    ]
    for record, reason in cases:
        with pytest.raises(Refused, match=reason):
            ask("recount", manifest=manifest, record=record)


def test_javascript_opens_no_sum_under_the_threshold(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = elections.close_board([_cast_by_python(voter(0, 0), [_chosen(0)])])
    manifest = elections.encoded_manifest().hex()
    recounted = bytes.fromhex(ask("recount", manifest=manifest, record=board.record))
    assert recounted == encode_tally(elections.tally_of(board))
    assert decode_tally(recounted, limit=len(recounted)).units == ()
    monkeypatch.setattr(counting, "opened_units", lambda units, _: units)
    with pytest.raises(Refused, match="UnitTooSmall"):
        ask(
            "partial",
            manifest=manifest,
            tally=decode_json(encode_tally(elections.tally_of(board))),
            index=1,
            share=elections.share_of(1).encoded.hex(),
            seed=elections.holders()[0].seed.secret.hex(),
        )


def _chosen(*choices: int, blank: bool = False) -> dict[str, Any]:
    return {"choices": list(choices), "blank": blank}


# By group (0 and 2 have style 0 and are one unit, since 2 is too small; 1 has style 1).
VOTES: tuple[tuple[int, list[dict[str, Any]]], ...] = (
    (0, [_chosen(0)]),
    (0, [_chosen(0)]),
    (0, [_chosen(1)]),
    (2, [_chosen(0)]),
    (1, [_chosen(0), _chosen(0, 1)]),
    (1, [_chosen(1), _chosen(0, 2)]),
    (1, [_chosen(0), _chosen(0)]),
)


def _context(member: Voter, *, revoting: bool = False) -> BallotContext:
    digest = elections.fingerprint(revoting=revoting)
    return BallotContext(
        fingerprint=digest,
        group=member.group,
        style=elections.manifest().groups[member.group].style,
        credential=derive_credential(digest, member.code, member.salt).public,
        election_key=elections.manifest().election_key,
        revoting=revoting,
    )


def _token(digest: bytes, credential: Point, group: int) -> Point:
    return mul(
        elections.issuer_secret(group), hash_to_group(right_input(digest, credential))
    )


def _cast_by_javascript(
    ask: Ask, member: Voter, selections: list[dict[str, Any]]
) -> tuple[BallotLeaf, bytes]:
    credential = _context(member).credential
    token = _token(elections.fingerprint(), credential, member.group)
    cast = ask(
        "vote",
        manifest=elections.encoded_manifest().hex(),
        code=member.code.symbols,
        salt=member.salt.hex(),
        group=member.group,
        token=token.encoded.hex(),
        selections=selections,
    )
    request = read_cast_request(cast["cast"])
    assert request.fingerprint == elections.fingerprint()
    assert request.credential == credential
    assert cast["status"]["credential"] == credential.encoded.hex()
    leaf = BallotLeaf(
        SealedBallot(request.ballot), 0, credential, request.token, request.signature
    )
    return leaf, bytes.fromhex(cast["status"]["signature"])


def _cast_by_python(
    member: Voter,
    selections: list[dict[str, Any]],
    *,
    revoting: bool = False,
    sequence: int = 0,
    predecessor: bytes = NO_PREDECESSOR,
) -> BallotLeaf:
    context = _context(member, revoting=revoting)
    sealed = seal_ballot(
        context,
        elections.manifest().shape_of_style(context.style),
        [
            Selection(frozenset(each["choices"]), blank=each["blank"])
            for each in selections
        ],
        sequence=sequence,
        predecessor=predecessor,
    )
    digest = context.fingerprint
    token = _token(digest, context.credential, member.group)
    tracking = tracking_digest(digest, context.credential, sealed)
    secret = derive_credential(digest, member.code, member.salt).secret
    signature = sign_ballot(digest, secret, token, tracking)
    return BallotLeaf(sealed, 0, context.credential, token, signature)


def _second_ballot(
    first: BallotLeaf, member: Voter, selection: dict[str, Any]
) -> BallotLeaf:
    digest = elections.fingerprint(revoting=True)
    before = tracking_digest(digest, first.credential, first.ballot)
    return _cast_by_python(
        member, [selection], revoting=True, sequence=1, predecessor=before
    )


def _with_false_proof(ballots: list[BallotLeaf]) -> list[BallotLeaf]:
    """Swap the commitments of a choice proof; the credential signs what it did."""
    member = voter(0, 0)
    sealed = bytearray(ballots[0].ballot)
    sealed[105:169], sealed[169:233] = sealed[169:233], sealed[105:169]
    digest, credential = elections.fingerprint(), ballots[0].credential
    tracking = tracking_digest(digest, credential, bytes(sealed))
    secret: SecretScalar = derive_credential(digest, member.code, member.salt).secret
    signature = sign_ballot(digest, secret, ballots[0].token, tracking)
    false = BallotLeaf(
        SealedBallot(bytes(sealed)), 0, credential, ballots[0].token, signature
    )
    return [false, *ballots[1:]]


def _changed(
    ballots: list[BallotLeaf], part: str, change: Callable[[Any], Any]
) -> dict[str, Any]:
    record = elections.close_board(ballots).record
    return {**record, part: change(record[part])}


def _without_witness(note: str) -> str:
    return "".join(note.splitlines(keepends=True)[:-1])


def _without_group(evidence: dict[str, Any]) -> dict[str, Any]:
    return {**evidence, "groups": evidence["groups"][:-1]}


def _with_other_proof(evidence: dict[str, Any]) -> dict[str, Any]:
    groups = [dict(group) for group in evidence["groups"]]
    groups[0]["batches"] = [
        {**groups[0]["batches"][0], "proof": groups[1]["batches"][0]["proof"]}
    ]
    return {**evidence, "groups": groups}
