"""Paper results: what adds up, and who signed."""

from dataclasses import replace
from typing import Any

import pytest

from crypto.signing import sign
from tests.voting.manifests import a_manifest, seed_of
from voting.leaf_signatures import SignatureRefused, SignersRefused
from voting.leaves import IndexedSignature
from voting.manifest import Fingerprint
from voting.paper import (
    MoreRejectedThanOpened,
    OtherGroups,
    PaperGroup,
    PaperRefused,
    PaperResults,
    VotesDoNotAddUp,
    decode_paper,
    encode_paper,
    no_paper,
    paper_parts,
    require_paper_adds_up,
    signed_paper,
    verify_paper,
)

MANIFEST = a_manifest()
FP = Fingerprint(bytes(32))

# Groups 0 and 2 have style 0 (agreement), group 1 style 1 (agreement and delegates).
RESULTS = PaperResults(
    groups=(PaperGroup(5, 1, 1), PaperGroup(3, 0, 0), PaperGroup(2, 0, 0)),
    styles=(((4, 1, 1),), ((1, 1, 1), (2, 1, 1, 1))),
    signatures=(),
)


def by_holders(results: PaperResults, *indices: int) -> PaperResults:
    names = [holder.name for holder in MANIFEST.holders]
    parts = paper_parts(FP, results)
    return replace(
        results,
        signatures=tuple(
            IndexedSignature(index, sign(seed_of(names[index - 1]), "paper", *parts))
            for index in indices
        ),
    )


def test_results_that_add_up_and_are_signed_hold() -> None:
    verify_paper(MANIFEST, FP, by_holders(RESULTS, 1, 3))


def test_results_are_read_as_they_were_written() -> None:
    signed = by_holders(RESULTS, 2, 3)
    assert decode_paper(encode_paper(signed)) == signed


def test_signatures_stand_in_order_of_holder() -> None:
    signed = by_holders(RESULTS, 3, 1)
    verify_paper(MANIFEST, FP, signed_paper(RESULTS, signed.signatures))


@pytest.mark.parametrize("indices", [(), (1,), (1, 1), (3, 1), (1, 2, 3)])
def test_exactly_two_holders_sign(indices: tuple[int, ...]) -> None:
    with pytest.raises(SignersRefused):
        verify_paper(MANIFEST, FP, by_holders(RESULTS, *indices))


def test_signatures_hold_for_their_results_and_election_alone() -> None:
    signed = by_holders(RESULTS, 1, 2)
    other = replace(signed, styles=(((3, 2, 1),), RESULTS.styles[1]))
    with pytest.raises(SignatureRefused):
        verify_paper(MANIFEST, FP, other)
    with pytest.raises(SignatureRefused):
        verify_paper(MANIFEST, Fingerprint(bytes(range(32))), signed)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"groups": (PaperGroup(1, 2, 0), *RESULTS.groups[1:])},
            MoreRejectedThanOpened,
        ),
        ({"groups": RESULTS.groups[:2]}, OtherGroups),
        ({"styles": RESULTS.styles[:1]}, OtherGroups),
        ({"styles": (((4, 1, 1),), ((1, 1, 1),))}, OtherGroups),
        ({"styles": (((4, 2),), RESULTS.styles[1])}, OtherGroups),
        ({"styles": (((4, 1, 2),), RESULTS.styles[1])}, VotesDoNotAddUp),
        ({"styles": (((4, 1, 0),), RESULTS.styles[1])}, VotesDoNotAddUp),
        (
            {"styles": (RESULTS.styles[0], ((1, 1, 1), (2, 2, 2, 1)))},
            VotesDoNotAddUp,
        ),
        (
            {"styles": (RESULTS.styles[0], ((1, 1, 1), (4, 0, 0, 0)))},
            VotesDoNotAddUp,
        ),
    ],
)
def test_results_that_do_not_add_up_are_refused(
    changes: dict[str, Any], reason: type[PaperRefused]
) -> None:
    with pytest.raises(reason):
        require_paper_adds_up(MANIFEST, replace(RESULTS, **changes))


def test_who_may_mark_several_may_mark_fewer_on_paper() -> None:
    fewer = replace(RESULTS, styles=(RESULTS.styles[0], ((1, 1, 1), (1, 0, 0, 1))))
    require_paper_adds_up(MANIFEST, fewer)


def test_without_paper_all_is_nought_and_adds_up() -> None:
    require_paper_adds_up(MANIFEST, no_paper(MANIFEST))


def test_votes_of_a_contest_come_from_all_styles_that_have_it() -> None:
    assert RESULTS.votes_in(MANIFEST, MANIFEST.contests[0]) == (5, 2, 2)
    assert RESULTS.votes_in(MANIFEST, MANIFEST.contests[1]) == (2, 1, 1, 1)
