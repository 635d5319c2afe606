"""Joint counts: which elections may be added up, how, and what is shown of each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import encode_json
from tests.voting.manifests import AGREEMENT, a_manifest, seed_of
from voting.contests import Style
from voting.joint import (
    Declaration,
    JointFile,
    JointRefused,
    Sibling,
    decode_declaration,
    decode_joint_file,
    encode_declaration,
    encode_joint_file,
    require_joinable,
    sign_joint,
    verify_joint_signature,
)
from voting.joint_result import SiblingResult, plan_parts, reckon_joint
from voting.leaf_signatures import SignatureRefused
from voting.manifest_model import Fingerprint, Manifest
from voting.turnout import Turnout

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
OPENS, CLOSES = NOW + timedelta(days=1), NOW + timedelta(days=8)


def a_union(name: str, **changes: Any) -> Manifest:  # noqa: ANN401 - of a manifest
    ours: dict[str, Any] = {
        "organisation": name,
        "contests": (AGREEMENT,),
        "styles": (Style(0, (0,)),),
        "groups": tuple(replace(each, style=0) for each in a_manifest().groups),
    }
    return a_manifest(**{**ours, **changes})


def a_sibling(name: str, **changes: Any) -> Sibling:  # noqa: ANN401 - as above
    fingerprint = Fingerprint(name.encode().ljust(32, b"."))
    return Sibling(a_union(name, **changes), fingerprint, OPENS, CLOSES)


def brought(name: str, behind: int, *votes: int, sealed: int = 0) -> SiblingResult:
    return SiblingResult(
        manifest=a_union(name),
        fingerprint=Fingerprint(bytes(32)),
        protocol=bytes(32),
        record=bytes(32),
        turnout=Turnout(behind + sealed, 120),
        sealed=sealed,
        behind=behind,
        votes=(votes,),
    )


def test_alike_elections_of_several_unions_may_be_joined() -> None:
    require_joinable([a_sibling("A"), a_sibling("B"), a_sibling("C")], NOW)


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("same-union", a_sibling("a ")),
        ("other-service", a_sibling("B", service_key=seed_of("x").public_key)),
        ("practice", a_sibling("B", practice=True)),
        (
            "other-contests",
            a_sibling("B", contests=(replace(AGREEMENT, question="En annen?"),)),
        ),
        ("styles", a_sibling("B", styles=(Style(0, (0,)), Style(1, (0,))))),
        (
            "too-small",
            a_sibling(
                "B",
                groups=tuple(replace(each, entitled=6) for each in a_union("B").groups),
            ),
        ),
        (
            "other-threshold",
            a_sibling("B", rules=replace(a_manifest().rules, suppression_threshold=21)),
        ),
        ("other-closing", replace(a_sibling("B"), closes_at=CLOSES + timedelta(1))),
        ("open", replace(a_sibling("B"), opens_at=NOW)),
        (
            "same-election",
            replace(a_sibling("B"), fingerprint=a_sibling("A").fingerprint),
        ),
    ],
)
def test_what_differs_is_refused_by_name(code: str, other: Sibling) -> None:
    with pytest.raises(JointRefused) as refused:
        require_joinable([a_sibling("A"), other], NOW)
    assert refused.value.code == code


def test_one_election_is_no_joint_count() -> None:
    for siblings in ([], [a_sibling("A")], [a_sibling(str(n)) for n in range(21)]):
        with pytest.raises(JointRefused) as refused:
            require_joinable(siblings, NOW)
        assert refused.value.code == "number"


def test_a_declaration_is_read_as_written_and_signed() -> None:
    written = Declaration(
        "ab" * 16, "Samlet", NOW, tuple(map(Fingerprint, (bytes(32), b"A" * 32)))
    )
    encoded = encode_declaration(written)
    assert decode_declaration(encoded) == written
    seed = seed_of("service")
    signature = sign_joint(seed, "joint", encoded)
    verify_joint_signature(seed.public_key, signature, "joint", encoded)
    for tag, bytes_ in (("joint-protocol", encoded), ("joint", encoded + b" ")):
        with pytest.raises(SignatureRefused):
            verify_joint_signature(seed.public_key, signature, tag, bytes_)
    file = JointFile(encoded, signature, encode_json({"a": 1}), signature)
    assert decode_joint_file(encode_joint_file(file)) == file


def test_each_union_is_shown_and_the_rule_is_applied_to_the_sum() -> None:
    # Alone, A adopts and B does not; two thirds of all decides.
    result = reckon_joint([brought("A", 90, 80, 10, 0), brought("B", 30, 5, 20, 5)])
    assert [part.unions for part in result.parts] == [(0,), (1,)]
    (contest,) = result.contests
    assert contest.total == (85, 30, 5)
    assert contest.decision is not None
    assert contest.decision.adopted
    assert (contest.turnout.voted, contest.turnout.entitled) == (120, 240)


def test_a_small_union_is_shown_with_the_next_smallest() -> None:
    unions = [
        brought("A", 300, 200, 100, 0),
        brought("B", 25, 20, 5, 0),
        brought("C", 4, 1, 3, 0),
    ]
    result = reckon_joint(unions)
    assert [part.unions for part in result.parts] == [(0,), (1, 2)]
    assert result.parts[1].votes == ((21, 8, 0),)
    assert [result.is_shown_alone(place) for place in range(3)] == [True, False, False]
    assert result.contests[0].total == (221, 108, 0)


def test_sealed_ballots_withhold_the_decision_that_they_could_change() -> None:
    close = [brought("A", 40, 21, 19, 0), brought("B", 0, 0, 0, 0, sealed=9)]
    result = reckon_joint(close)
    assert result.contests[0].decision is None
    assert result.contests[0].sealed == 9
    assert [part.unions for part in result.parts] == [(0,)]
    assert result.is_shown_alone(1)  # it has no sums that could be taken away
    clear = [brought("A", 400, 380, 20, 0), brought("B", 0, 0, 0, 0, sealed=9)]
    decided = reckon_joint(clear).contests[0].decision
    assert decided is not None
    assert decided.adopted


def test_nothing_is_shown_of_votes_that_are_too_few_together() -> None:
    result = reckon_joint([brought("A", 7, 7, 0, 0), brought("B", 8, 0, 8, 0)])
    assert (result.parts, result.contests) == ((), ())
    assert not result.is_shown_alone(0)


@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=7),
    st.integers(1, 30),
)
def test_no_shown_sums_give_a_small_union_away(
    behind: list[int], threshold: int
) -> None:
    parts = plan_parts(behind, threshold)
    shown = [place for part in parts for place in part]
    assert len(shown) == len(set(shown))
    assert all(sum(behind[place] for place in part) >= threshold for part in parts)
    # Known to the public: the parts, the total, and the unions shown alone. What is
    # left of the total when any of the known are taken away is a union of parts.
    known = [frozenset(part) for part in parts]
    for taken in range(len(known)):
        for few in combinations(known, taken):
            left = frozenset(shown).difference(*few)
            assert sum(behind[place] for place in left) >= threshold
    joined = {place for part in parts if len(part) > 1 for place in part}
    small = {place for place, ballots in enumerate(behind) if 0 < ballots < threshold}
    assert not small & {part[0] for part in parts if len(part) == 1}
    assert small & set(shown) <= joined
