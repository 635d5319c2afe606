"""Token evidence: every ballot once, with a right of its own group."""

from dataclasses import replace
from functools import cache

import pytest

from crypto.encoding import decode_json, encode_json
from crypto.group import SecretScalar
from tests.record.builder import Built, build, plain_plan, prove_tokens
from voting.board_order import BoardOrder, read_board
from voting.counting import CastBallot
from voting.documents import DocumentRefused
from voting.tokens import (
    Evidence,
    EvidenceIncomplete,
    FalseEvidence,
    TokenPair,
    decode_evidence,
    encode_evidence,
    pairs_of_group,
    split_pairs,
    verify_evidence,
)


@cache
def the_election() -> Built:
    return build(plain_plan((10, 9, 3, 8)))


def the_board() -> BoardOrder:
    built = the_election()
    return read_board(built.manifest, built.fingerprint, built.leaves)


def the_evidence() -> Evidence:
    return decode_evidence(the_election().parts.evidence)


def verify(evidence: Evidence, ballots: list[CastBallot] | None = None) -> None:
    built = the_election()
    held = the_board().ballots if ballots is None else ballots
    verify_evidence(built.manifest, built.fingerprint, held, evidence)


def test_evidence_over_every_ballot_holds() -> None:
    evidence = the_evidence()
    verify(evidence)
    assert [len(batches) for batches in evidence.groups] == [2, 2, 1, 2]


def test_evidence_is_read_as_it_was_written() -> None:
    assert encode_evidence(the_evidence()) == the_election().parts.evidence


def test_a_ballot_left_out_is_noticed() -> None:
    first, *others = the_evidence().groups
    with pytest.raises(EvidenceIncomplete, match="left out"):
        verify(Evidence((first[:1], *others)))
    with pytest.raises(EvidenceIncomplete, match="out of order"):
        verify(Evidence((first[1:], *others)))
    with pytest.raises(EvidenceIncomplete, match="out of order"):
        verify(Evidence((first[::-1], *others)))
    with pytest.raises(EvidenceIncomplete, match="every group"):
        verify(Evidence((first, *others[:-1])))


def test_evidence_for_a_ballot_that_is_not_there_is_noticed() -> None:
    with pytest.raises(EvidenceIncomplete):
        verify(the_evidence(), the_board().ballots[:-1])


def test_evidence_speaks_of_the_ballots_in_their_order() -> None:
    ballots = the_board().ballots
    of_group = [at for at, each in enumerate(ballots) if each.header.group == 0]
    one, two = of_group[:2]
    ballots[one], ballots[two] = ballots[two], ballots[one]
    with pytest.raises(FalseEvidence):
        verify(the_evidence(), ballots)


def test_another_key_proves_nothing() -> None:
    built = the_election()
    others = [SecretScalar.random() for _ in built.issuers]
    with pytest.raises(FalseEvidence):
        verify(prove_tokens(built.manifest, the_board(), others))


def test_a_token_of_another_credential_proves_nothing() -> None:
    ballots = the_board().ballots
    of_group = [at for at, each in enumerate(ballots) if each.header.group == 0]
    one, two = of_group[:2]
    lent = replace(ballots[one].leaf, token=ballots[two].leaf.token)
    ballots[one] = replace(ballots[one], leaf=lent)
    with pytest.raises(FalseEvidence):
        verify(the_evidence(), ballots)


@pytest.mark.parametrize(
    ("field", "value"),
    [("count", 0), ("count", 10_001), ("first", -1), ("proof", "00" * 63)],
)
def test_evidence_outside_its_bounds_is_refused(field: str, value: object) -> None:
    document = decode_json(the_election().parts.evidence)
    assert isinstance(document, dict)
    groups = document["groups"]
    assert isinstance(groups, list)
    batch = groups[0]["batches"][0]
    assert isinstance(batch, dict)
    batch[field] = value
    with pytest.raises(DocumentRefused, match=rf"groups\[0\]\.batches\[0\]\.{field}"):
        decode_evidence(encode_json(document))


def test_many_pairs_are_cut_into_batches() -> None:
    pairs = pairs_of_group(the_board().ballots, 0)
    assert all(isinstance(pair, TokenPair) for pair in pairs)
    assert [(first, len(cut)) for first, cut in split_pairs(pairs, 4)] == [
        (0, 4),
        (4, 4),
        (8, 2),
    ]
    assert list(split_pairs(())) == []
