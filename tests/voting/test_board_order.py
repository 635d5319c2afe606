"""The order of the board: what may follow what, each refusal by its name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.record.builder import (
    CLOSES,
    GRACE,
    LATER,
    OPENS,
    Built,
    build,
    plain_plan,
    revoting_plan,
)
from tests.voting.manifests import seed_of
from voting.board_order import (
    BoardOrder,
    BoardRefused,
    LeafOutOfPlace,
    NumberOutOfTurn,
    SecondBallot,
    SmallBatch,
    TooEarly,
    Unfinished,
    UnsortedBatch,
    WrongCounts,
    read_board,
)
from voting.leaf_signatures import (
    OtherElection,
    SignatureRefused,
    SignersRefused,
    sign_schedule,
    verify_leaf,
)
from voting.leaves import (
    AdditionLeaf,
    BallotLeaf,
    ClosedLeaf,
    CodesLeaf,
    Leaf,
    ManifestLeaf,
    MarksLeaf,
    OpenedLeaf,
    ScheduleLeaf,
    decode_leaf,
    encode_leaf,
)
from voting.schedule import (
    NoReason,
    NoSchedule,
    NotLater,
    OpeningMoved,
    Schedule,
    ScheduleOutOfTurn,
    ScheduleRefused,
    fold_schedules,
)

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def built() -> Built:
    return build(plain_plan((4, 3, 3, 2)))


def read(built: Built, leaves: list[Leaf]) -> BoardOrder:
    return read_board(built.manifest, built.fingerprint, leaves)


def places(leaves: list[Leaf], kind: type[Leaf]) -> list[int]:
    return [place for place, leaf in enumerate(leaves) if isinstance(leaf, kind)]


def test_a_whole_board_is_read(built: Built) -> None:
    order = read(built, built.leaves)
    assert order.size == len(built.leaves)
    assert order.schedule == Schedule(1, OPENS, LATER)
    assert len(order.ballots) == 12
    assert [each.group for each in order.additions] == [1]
    assert order.final_marks == built.leaves[-1]


def test_every_leaf_is_read_as_it_was_written(built: Built) -> None:
    for leaf in built.leaves:
        assert decode_leaf(encode_leaf(leaf)) == leaf


def test_every_signature_of_a_board_holds(built: Built) -> None:
    for leaf in built.leaves:
        verify_leaf(built.manifest, built.fingerprint, leaf)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (ManifestLeaf, LeafOutOfPlace),
        (OpenedLeaf, LeafOutOfPlace),
        (CodesLeaf, NumberOutOfTurn),
        (AdditionLeaf, NumberOutOfTurn),
        (ScheduleLeaf, ScheduleOutOfTurn),
        (BallotLeaf, UnsortedBatch),
        (ClosedLeaf, LeafOutOfPlace),
    ],
)
def test_no_leaf_but_marks_comes_twice(
    built: Built, kind: type[Leaf], reason: type[Exception]
) -> None:
    at = places(built.leaves, kind)[-1]
    with pytest.raises(reason):
        read(built, [*built.leaves[: at + 1], *built.leaves[at:]])


@pytest.mark.parametrize(
    ("kind", "number", "reason"),
    [
        (ManifestLeaf, 0, LeafOutOfPlace),
        (ScheduleLeaf, 0, LeafOutOfPlace),
        (OpenedLeaf, 0, LeafOutOfPlace),
        (BallotLeaf, -1, WrongCounts),
        (ClosedLeaf, 0, LeafOutOfPlace),
        (MarksLeaf, -1, Unfinished),
    ],
)
def test_no_leaf_may_be_left_out(
    built: Built, kind: type[Leaf], number: int, reason: type[BoardRefused]
) -> None:
    at = places(built.leaves, kind)[number]
    with pytest.raises(reason):
        read(built, built.leaves[:at] + built.leaves[at + 1 :])


@pytest.mark.parametrize("kind", [CodesLeaf, AdditionLeaf])
def test_numbers_run_without_gaps(
    built: Built, kind: type[CodesLeaf | AdditionLeaf]
) -> None:
    with pytest.raises(NumberOutOfTurn):
        read(built, edited(built, kind, 0, number=1))


def test_a_board_without_its_end_is_unfinished(built: Built) -> None:
    with pytest.raises(Unfinished, match="marks"):
        read(built, built.leaves[:-1])
    with pytest.raises(Unfinished, match="closed"):
        read(built, built.leaves[:-2])


def test_nothing_follows_the_final_marks(built: Built) -> None:
    final = built.leaves[-1]
    with pytest.raises(LeafOutOfPlace, match="final"):
        read(built, [*built.leaves, final])


def test_after_closing_come_only_marks(built: Built) -> None:
    at = places(built.leaves, CodesLeaf)[-1]
    last = built.leaves[at]
    assert isinstance(last, CodesLeaf)
    codes = replace(last, number=2)
    with pytest.raises(LeafOutOfPlace, match="only marks"):
        read(built, [*built.leaves[:-1], codes])


def edited(
    built: Built, kind: type[Leaf], which: int, /, **changes: object
) -> list[Leaf]:
    at = places(built.leaves, kind)[which]
    leaf = replace(built.leaves[at], **changes)  # type: ignore[arg-type] # any field
    return [*built.leaves[:at], leaf, *built.leaves[at + 1 :]]


def test_an_election_is_not_opened_or_closed_before_its_time(built: Built) -> None:
    read(built, edited(built, OpenedLeaf, 0, at=OPENS + SECOND))
    with pytest.raises(TooEarly):
        read(built, edited(built, OpenedLeaf, 0, at=OPENS - SECOND))
    with pytest.raises(TooEarly):
        read(built, edited(built, ClosedLeaf, 0, at=LATER + GRACE - SECOND))


def test_closing_counts_what_is_on_the_board(built: Built) -> None:
    with pytest.raises(WrongCounts):
        read(built, edited(built, ClosedLeaf, 0, ballots=(4, 3, 3, 3)))
    with pytest.raises(WrongCounts):
        read(built, edited(built, ClosedLeaf, 0, ballots=(4, 3, 3)))


def test_marks_count_every_group_and_no_leaf_to_come(built: Built) -> None:
    with pytest.raises(WrongCounts):
        read(built, edited(built, MarksLeaf, 0, counts=(1, 1, 1)))
    with pytest.raises(WrongCounts):
        read(built, edited(built, MarksLeaf, 0, paper=(0, 0, 0, 0, 0)))
    with pytest.raises(LeafOutOfPlace, match="to come"):
        read(built, edited(built, MarksLeaf, 0, size=3))
    with pytest.raises(LeafOutOfPlace, match="not yet closed"):
        read(built, edited(built, MarksLeaf, 1, final=True))


def test_answers_of_the_register_may_overtake_each_other(built: Built) -> None:
    assert read(built, edited(built, MarksLeaf, 1, size=1)).marks[1].size == 1


def test_an_addition_is_to_a_group_of_the_manifest(built: Built) -> None:
    with pytest.raises(WrongCounts):
        read(built, edited(built, AdditionLeaf, 0, group=4))


def test_batches_rise_and_are_sorted(built: Built) -> None:
    first, second = places(built.leaves, BallotLeaf)[:2]
    swapped = list(built.leaves)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    with pytest.raises(UnsortedBatch):
        read(built, swapped)
    with pytest.raises(UnsortedBatch):
        read(built, edited(built, BallotLeaf, -1, batch=1))


def test_only_the_last_batch_may_be_small(built: Built) -> None:
    with pytest.raises(SmallBatch, match="batch 3"):
        read(built, edited(built, BallotLeaf, -1, batch=4))


def test_a_credential_has_one_ballot_where_the_first_is_final() -> None:
    plan = replace(revoting_plan(), batch_size=1)
    again = build(plan)
    rules = replace(again.manifest.rules, revoting=False)
    with pytest.raises(SecondBallot):
        read_board(
            replace(again.manifest, rules=rules), again.fingerprint, again.leaves
        )


def schedule(built: Built, number: int) -> ScheduleLeaf:
    leaf = built.leaves[places(built.leaves, ScheduleLeaf)[number]]
    assert isinstance(leaf, ScheduleLeaf)
    return leaf


def test_the_last_schedule_holds(built: Built) -> None:
    both = [schedule(built, 0), schedule(built, 1)]
    assert fold_schedules(both) == Schedule(1, OPENS, LATER)
    assert fold_schedules(both[:1]).closes_at == CLOSES


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"closes_at": CLOSES}, NotLater),
        ({"closes_at": CLOSES - SECOND}, NotLater),
        ({"opens_at": OPENS - SECOND}, OpeningMoved),
        ({"opens_at": OPENS + SECOND}, OpeningMoved),
        ({"number": 0}, ScheduleOutOfTurn),
        ({"number": 2}, ScheduleOutOfTurn),
        ({"reason": "  "}, NoReason),
    ],
)
def test_a_schedule_that_may_not_follow_is_refused(
    built: Built, changes: dict[str, object], reason: type[ScheduleRefused]
) -> None:
    later = replace(schedule(built, 1), **changes)  # type: ignore[arg-type] # any field
    with pytest.raises(reason):
        fold_schedules([schedule(built, 0), later])


def test_an_election_has_a_first_schedule_that_opens_before_it_closes(
    built: Built,
) -> None:
    with pytest.raises(NoSchedule):
        fold_schedules([])
    with pytest.raises(ScheduleOutOfTurn):
        fold_schedules([schedule(built, 1)])
    with pytest.raises(NotLater):
        fold_schedules([replace(schedule(built, 0), closes_at=OPENS)])


def test_only_two_different_holders_in_order_move_a_deadline(built: Built) -> None:
    later = schedule(built, 1)
    one, three = later.signatures
    for signatures in (
        (),
        (one,),
        (one, one),
        (three, one),
        (one, three, replace(one, index=2)),
        (one, replace(three, index=4)),
        (replace(one, index=0), three),
    ):
        with pytest.raises(SignersRefused):
            verify_leaf(
                built.manifest, built.fingerprint, replace(later, signatures=signatures)
            )


def test_no_signature_serves_another_holder_or_time(built: Built) -> None:
    later = schedule(built, 1)
    one, three = later.signatures
    lent = replace(later, signatures=(one, replace(one, index=three.index)))
    moved = replace(later, closes_at=LATER + SECOND)
    for leaf in (lent, moved):
        with pytest.raises(SignatureRefused, match="holder"):
            verify_leaf(built.manifest, built.fingerprint, leaf)


def test_the_service_alone_signs_the_first_schedule_of_its_election(
    built: Built,
) -> None:
    first = schedule(built, 0)
    other = sign_schedule(seed_of("register"), built.fingerprint, OPENS, CLOSES, "")
    with pytest.raises(SignatureRefused, match="service"):
        verify_leaf(built.manifest, built.fingerprint, other)
    with pytest.raises(SignersRefused):
        verify_leaf(built.manifest, built.fingerprint, replace(first, signatures=()))
    with pytest.raises(OtherElection):
        verify_leaf(
            built.manifest, built.fingerprint, replace(first, fingerprint=bytes(32))
        )


@pytest.mark.parametrize("kind", [CodesLeaf, AdditionLeaf, MarksLeaf])
def test_what_the_register_says_is_signed_by_it(
    built: Built, kind: type[CodesLeaf | AdditionLeaf | MarksLeaf]
) -> None:
    leaf = built.leaves[places(built.leaves, kind)[0]]
    assert isinstance(leaf, kind)
    with pytest.raises(SignatureRefused, match="register"):
        verify_leaf(
            built.manifest, built.fingerprint, replace(leaf, signature=bytes(64))
        )


def test_a_ballot_is_signed_by_its_credential(built: Built) -> None:
    first, second = (
        built.leaves[place] for place in places(built.leaves, BallotLeaf)[:2]
    )
    assert isinstance(first, BallotLeaf)
    assert isinstance(second, BallotLeaf)
    for changed in (
        replace(first, token=second.token),
        replace(first, credential=second.credential),
        replace(first, ballot=second.ballot),
    ):
        with pytest.raises(SignatureRefused, match="credential"):
            verify_leaf(built.manifest, built.fingerprint, changed)
