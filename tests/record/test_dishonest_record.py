"""Records that a service with all its keys could write, and what gives them away.

Everything is signed anew after the lie, with every key that the service has, and often
with the register's and the witness's too: what remains is what mathematics refuses.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest

from crypto.ballot import SealedBallot
from crypto.encoding import decode_json, encode_json
from crypto.group import SecretScalar
from tests.record.builder import (
    NO,
    YES,
    BoardBuilder,
    Built,
    Plan,
    Voter,
    approve,
    build,
    cast_votes,
    count,
    fill_board,
    hold_ceremony,
    plain_plan,
    revoting_plan,
    seal_manifest,
    signed_ballot,
)
from tests.voting.manifests import seed_of
from voting import counting, partials
from voting.leaf_signatures import sign_marks
from voting.leaves import BallotLeaf, MarksLeaf, encode_leaf
from voting.partials import partial_document, read_partial
from voting.record import RecordParts, split_board
from voting.units import UnitTooSmall
from voting.verification.facts import Facts
from voting.verification.runner import Report, verify_record

Lie = Callable[[BoardBuilder, Sequence[SecretScalar], list[BallotLeaf]], None]


@cache
def honest() -> Built:
    return build(plain_plan((4, 3, 3, 2)))


def failed(report: Report) -> dict[str, str]:
    return {each.name: each.reason for each in report.results if not each.passed}


def lie(plan: Plan, tell: Lie) -> RecordParts:
    """Hold an election in which the service lies before the board is signed."""
    ceremony = hold_ceremony()
    issuers = tuple(SecretScalar.random() for _ in range(4))
    manifest = seal_manifest(plan, ceremony, issuers)
    board = BoardBuilder(manifest, plan.witnessed)
    ballots = [
        leaf
        for voter in plan.voters
        for leaf in cast_votes(manifest, board.fingerprint, issuers, voter)
    ]
    tell(board, issuers, ballots)
    fill_board(plan, board, ceremony, ballots)
    return count(plan, board, ceremony, issuers)


SMALL = plain_plan((4, 3, 3, 2))


def test_a_ballot_without_a_right_has_no_evidence() -> None:
    def stuff(
        board: BoardBuilder, _: Sequence[SecretScalar], ballots: list[BallotLeaf]
    ) -> None:
        own_keys = [SecretScalar.random() for _ in range(4)]
        voter = Voter(0, ((YES,),))
        ballots.extend(cast_votes(board.manifest, board.fingerprint, own_keys, voter))

    assert failed(verify_record(lie(SMALL, stuff))).keys() == {"Tokens"}


def test_a_right_of_one_group_is_none_in_another() -> None:
    def lend(
        board: BoardBuilder, issuers: Sequence[SecretScalar], ballots: list[BallotLeaf]
    ) -> None:
        lent = [issuers[2], *issuers[1:]]
        voter = Voter(0, ((YES,),))
        ballots.extend(cast_votes(board.manifest, board.fingerprint, lent, voter))

    assert failed(verify_record(lie(SMALL, lend))).keys() == {"Tokens"}


def test_a_ballot_that_holds_two_votes_has_no_proof() -> None:
    def weigh_double(
        board: BoardBuilder, _: Sequence[SecretScalar], ballots: list[BallotLeaf]
    ) -> None:
        sealed = bytearray(ballots[0].ballot)
        # The second slot becomes a copy of the first: Yes is then there twice.
        sealed[41 + 288 : 41 + 2 * 288] = sealed[41 : 41 + 288]
        voter = SMALL.voters[0]
        ballots[0] = signed_ballot(
            board.fingerprint,
            voter.credential,
            ballots[0].token,
            SealedBallot(bytes(sealed)),
        )

    reasons = failed(verify_record(lie(SMALL, weigh_double)))
    assert reasons.keys() == {"Ballots"}
    assert "ProofRefused" in reasons["Ballots"]


def test_a_ballot_copied_under_another_credential_has_no_proof() -> None:
    def copy(
        board: BoardBuilder, issuers: Sequence[SecretScalar], ballots: list[BallotLeaf]
    ) -> None:
        voter = Voter(0, ((NO,),))
        own = cast_votes(board.manifest, board.fingerprint, issuers, voter)[0]
        ballots.append(
            signed_ballot(
                board.fingerprint, voter.credential, own.token, ballots[0].ballot
            )
        )

    reasons = failed(verify_record(lie(SMALL, copy)))
    assert reasons.keys() == {"Ballots"}
    assert "ProofRefused" in reasons["Ballots"]


def test_more_ballots_than_marks_are_noticed_though_the_end_agrees() -> None:
    def mark_too_few(
        board: BoardBuilder, _: Sequence[SecretScalar], __: list[BallotLeaf]
    ) -> None:
        board.spare_marks = -1

    reasons = failed(verify_record(lie(SMALL, mark_too_few)))
    assert reasons.keys() == {"Marks"}
    assert "more ballots than marks" in reasons["Marks"]


def test_a_register_that_was_shown_another_board_says_so() -> None:
    built = honest()
    board = rebuilt(built)
    at = next(at for at, leaf in enumerate(board.leaves) if isinstance(leaf, MarksLeaf))
    shown = board.leaves[at]
    assert isinstance(shown, MarksLeaf)
    board.leaves[at] = sign_marks(
        seed_of("register"),
        board.fingerprint,
        size=shown.size,
        root=bytes(32),
        final=False,
        counts=shown.counts,
        paper=shown.paper,
    )
    board.notes.clear()
    board.checkpoint()
    plan = plain_plan((4, 3, 3, 2))
    report = verify_record(count(plan, board, built.ceremony, built.issuers))
    assert failed(report).keys() == {"Marks"}


def test_a_ballot_taken_out_again_contradicts_the_closing() -> None:
    built = honest()
    board = rebuilt(built)
    last = max(
        at for at, leaf in enumerate(board.leaves) if isinstance(leaf, BallotLeaf)
    )
    del board.leaves[last]
    board.notes.clear()
    board.checkpoint()
    parts = replace(
        built.parts,
        board=tuple(split_board(map(encode_leaf, board.leaves))),
        checkpoints=encode_json(board.notes),
    )
    assert "Board" in failed(verify_record(parts))


def test_a_board_without_enough_witnesses_is_refused() -> None:
    built = honest()
    board = rebuilt(built)
    board.witnessed = False
    board.notes.clear()
    board.checkpoint()
    plan = plain_plan((4, 3, 3, 2))
    report = verify_record(count(plan, board, built.ceremony, built.issuers))
    assert failed(report).keys() == {"Board"}
    assert "witnesses" in failed(report)["Board"]


def test_totals_the_committee_wishes_for_are_not_borne_out() -> None:
    built = honest()
    protocol = decode_json(built.parts.protocol)
    assert isinstance(protocol, dict)
    wished = encode_json({**protocol, "turnout": {"entitled": 81, "voted": 80}})
    parts = replace(
        built.parts,
        protocol=wished,
        approvals=approve(built.manifest, built.fingerprint, built.ceremony, wished),
    )
    reasons = failed(verify_record(parts))
    assert reasons.keys() == {"Protocol"}
    assert "turnout" in reasons["Protocol"]


def test_fewer_key_holders_than_needed_open_nothing() -> None:
    built = honest()
    values = decode_json(built.parts.partials)
    assert isinstance(values, list)
    one = partial_document(read_partial(values[0]))
    reasons = failed(verify_record(replace(built.parts, partials=encode_json([one]))))
    assert "TooFewPartials" in reasons["Decryption"]
    assert failed(verify_record(replace(built.parts, partials=encode_json(values[:2]))))


def test_a_style_with_too_few_ballots_stays_sealed_and_holds_back_no_other() -> None:
    parts = build(plain_plan((6, 1, 0, 1))).parts
    assert failed(verify_record(parts)) == {}
    protocol = decode_json(parts.protocol)
    assert isinstance(protocol, dict)
    units = [dict(each) for each in protocol["units"]]
    sealed = {"ballots": 2, "contests": [], "groups": [1, 3], "style": 1}
    assert [unit for unit in units if not unit["contests"]] == [sealed]
    assert sum(unit["ballots"] for unit in units) == 8


def test_no_holder_opens_a_unit_under_the_threshold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as changed_service:
        changed_service.setattr(counting, "opened_units", lambda units, _: units)
        with pytest.raises(UnitTooSmall, match="style 1 has 2 ballots"):
            build(plain_plan((6, 1, 0, 1)))


def test_a_unit_that_was_opened_under_the_threshold_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Three holders whose tools have been changed agree to open it all the same.
    with monkeypatch.context() as changed_tools:
        changed_tools.setattr(counting, "opened_units", lambda units, _: units)
        changed_tools.setattr(
            partials, "require_units_large_enough", lambda _units, _threshold: None
        )
        parts = build(plain_plan((6, 1, 0, 1))).parts
    reasons = failed(verify_record(parts))
    assert reasons.keys() == {"Tally"}
    assert "UnitTooSmall" in reasons["Tally"]


def test_an_election_without_votes_has_a_record_too() -> None:
    assert failed(verify_record(build(Plan(())).parts)) == {}


def test_a_fork_is_named_in_the_protocol_and_counts_for_nobody() -> None:
    def fork(
        board: BoardBuilder, issuers: Sequence[SecretScalar], ballots: list[BallotLeaf]
    ) -> None:
        voter = Voter(0, ((YES,),))
        ballots.extend(cast_votes(board.manifest, board.fingerprint, issuers, voter))
        ballots.extend(cast_votes(board.manifest, board.fingerprint, issuers, voter))

    parts = lie(revoting_plan(), fork)
    assert failed(verify_record(parts)) == {}
    protocol = decode_json(parts.protocol)
    assert isinstance(protocol, dict)
    assert protocol["discrepancies"] == [
        {"group": 0, "kind": "uncounted_ballots", "number": 2}
    ]
    facts = Facts(parts)
    assert len(facts.box.cast) == len(facts.box.counted) + 9 + 2


def rebuilt(built: Built) -> BoardBuilder:
    """A builder that stands at the end of a board that was built before."""
    board = BoardBuilder(built.manifest, witnessed=True)
    board.leaves = list(built.leaves)
    return board
