"""Which leaf may follow which on the board (docs/protocol.md §4.5).

The board is read once from its beginning; every leaf either follows, or is refused by
name. Signatures and proofs are checked elsewhere.
"""

from collections import Counter
from collections.abc import Iterable

from voting.counting import CastBallot, read_cast_ballot
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
)
from voting.manifest_model import Fingerprint, Manifest
from voting.schedule import Schedule, first_schedule, follow_schedule


class BoardRefused(Exception):
    """A leaf may not stand where it stands; the subclasses say why."""


class LeafOutOfPlace(BoardRefused):
    """A leaf is of a kind that may not follow."""


class NumberOutOfTurn(BoardRefused):
    """A numbered leaf does not have the next number of its kind."""


class TooEarly(BoardRefused):
    """The election was opened or closed before its time."""


class UnsortedBatch(BoardRefused):
    """Ballots are not in order of batch and tracking digest, or one is there twice."""


class SmallBatch(BoardRefused):
    """A batch has fewer ballots than the manifest demands, and is not the last."""


class SecondBallot(BoardRefused):
    """A credential has two ballots where the first is final."""


class WrongCounts(BoardRefused):
    """A leaf does not count every voter group, or not what is on the board."""


class Unfinished(BoardRefused):
    """The board ends before the election does."""


class BoardOrder:
    """Reads a board leaf by leaf, and knows what may come next."""

    def __init__(self, manifest: Manifest, fingerprint: Fingerprint) -> None:
        """Begin with an empty board."""
        self.size = 0
        self.schedule: Schedule | None = None
        self.opened: OpenedLeaf | None = None
        self.closed: ClosedLeaf | None = None
        self.closed_size = 0
        """How many leaves there were when `closed` had been read."""
        self.final_marks: MarksLeaf | None = None
        self.schedules: list[ScheduleLeaf] = []
        self.additions: list[AdditionLeaf] = []
        self.marks: list[MarksLeaf] = []
        self.ballots: list[CastBallot] = []
        self._manifest = manifest
        self._fingerprint = fingerprint
        self._codes = 0
        self._batches: Counter[int] = Counter()
        self._trackings: set[bytes] = set()
        self._credentials: set[bytes] = set()
        self._cast: set[tuple[int, bytes]] = set()

    def take(self, leaf: Leaf) -> None:
        """Read one leaf more.

        Raises:
            BoardRefused: its subclass says why it may not follow.
            ScheduleRefused: why a schedule may not.

        """
        self._require_place(leaf)
        match leaf:
            case ManifestLeaf():
                pass
            case ScheduleLeaf():
                self._take_schedule(leaf)
            case OpenedLeaf():
                self._take_opened(leaf)
            case CodesLeaf():
                _require_number("codes", leaf.number, self._codes)
                self._codes += 1
            case AdditionLeaf():
                self._take_addition(leaf)
            case BallotLeaf():
                self._take_ballot(leaf)
            case MarksLeaf():
                self._take_marks(leaf)
            case ClosedLeaf():
                self._take_closed(leaf)
        self.size += 1
        if isinstance(leaf, ClosedLeaf):
            self.closed_size = self.size

    def require_finished(self) -> None:
        """Refuse a board that has not come to its end.

        Raises:
            Unfinished: it was never closed, or the final marks are missing.
            SmallBatch: a batch that is not the last is smaller than allowed.

        """
        if self.closed is None:
            raise Unfinished("the election was never closed")
        if self.final_marks is None:
            raise Unfinished("the register's final marks are missing")
        smallest = self._manifest.rules.batch_size
        for batch in sorted(self._batches)[:-1]:
            if self._batches[batch] < smallest:
                raise SmallBatch(f"batch {batch} has fewer than {smallest} ballots")

    def _require_place(self, leaf: Leaf) -> None:
        first = {0: ManifestLeaf, 1: ScheduleLeaf}.get(self.size)
        if first is not None and not isinstance(leaf, first):
            raise LeafOutOfPlace(f"leaf {self.size} is of another kind")
        if first is None and isinstance(leaf, ManifestLeaf):
            raise LeafOutOfPlace("the manifest comes once")
        if self.closed is not None and not isinstance(leaf, MarksLeaf):
            raise LeafOutOfPlace("after closing come only marks")
        if self.final_marks is not None:
            raise LeafOutOfPlace("nothing follows the final marks")

    def _take_schedule(self, leaf: ScheduleLeaf) -> None:
        if self.schedule is None:
            self.schedule = first_schedule(leaf)
        else:
            self.schedule = follow_schedule(self.schedule, leaf)
        self.schedules.append(leaf)

    def _take_opened(self, leaf: OpenedLeaf) -> None:
        if self.opened is not None:
            raise LeafOutOfPlace("the election is opened once")
        if self.schedule is None or leaf.at < self.schedule.opens_at:
            raise TooEarly("the election was opened before its time")
        self.opened = leaf

    def _take_addition(self, leaf: AdditionLeaf) -> None:
        _require_number("addition", leaf.number, len(self.additions))
        if leaf.group >= len(self._manifest.groups):
            raise WrongCounts("an addition is to a group that is not there")
        self.additions.append(leaf)

    def _take_ballot(self, leaf: BallotLeaf) -> None:
        if self.opened is None:
            raise LeafOutOfPlace("a ballot stands before the opening")
        ballot = read_cast_ballot(self._fingerprint, leaf)
        if ballot.tracking in self._trackings:
            raise UnsortedBatch("one ballot is there twice")
        if self.ballots:
            last = self.ballots[-1]
            before = (last.leaf.batch, last.tracking)
            if (leaf.batch, ballot.tracking) <= before:
                raise UnsortedBatch("a batch falls, or is not sorted")
        credential = leaf.credential.encoded
        if not self._manifest.rules.revoting and credential in self._credentials:
            raise SecondBallot("a credential has two ballots")
        self._credentials.add(credential)
        self._cast.add((ballot.header.group, credential))
        self._trackings.add(ballot.tracking)
        self._batches[leaf.batch] += 1
        self.ballots.append(ballot)

    def _take_marks(self, leaf: MarksLeaf) -> None:
        groups = len(self._manifest.groups)
        if len(leaf.counts) != groups or len(leaf.paper) != groups:
            raise WrongCounts("marks do not count every group")
        # Answers may overtake each other; each holds for the size that it names.
        if leaf.size > self.size:
            raise LeafOutOfPlace("marks speak of leaves to come")
        if leaf.final:
            if self.closed is None or leaf.size < self.closed_size:
                raise LeafOutOfPlace("final marks speak of a board not yet closed")
            self.final_marks = leaf
        self.marks.append(leaf)

    def _take_closed(self, leaf: ClosedLeaf) -> None:
        if self.opened is None or self.schedule is None:
            raise LeafOutOfPlace("the election is closed before it was opened")
        grace = self._manifest.rules.grace_seconds
        if leaf.at < self.schedule.last_ballot_at(grace):
            raise TooEarly("the election was closed before its time")
        cast = Counter(group for group, _ in self._cast)
        groups = range(len(self._manifest.groups))
        if leaf.ballots != tuple(cast[group] for group in groups):
            raise WrongCounts("closing counts other ballots than the board has")
        self.closed = leaf


def read_board(
    manifest: Manifest, fingerprint: Fingerprint, leaves: Iterable[Leaf]
) -> BoardOrder:
    """Read a board from its first leaf to the final marks.

    Raises:
        BoardRefused: a leaf may not stand where it stands, or the end is missing.
        ScheduleRefused: a schedule may not follow the one before.

    """
    order = BoardOrder(manifest, fingerprint)
    for leaf in leaves:
        order.take(leaf)
    order.require_finished()
    return order


def _require_number(kind: str, number: int, expected: int) -> None:
    if number != expected:
        raise NumberOutOfTurn(f"{kind} {number} stands where {expected} is due")
