"""What the register may put on a board: nothing that would make it unreadable.

A leaf is for good. One out of turn, or about a board that never was, would leave an
election that nobody can count, so it is refused here and waits, by name, in the
register's outbox (docs/protocol.md §4.5).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from voting.board_order import LeafOutOfPlace, NumberOutOfTurn, WrongCounts
from voting.board_statements import read_statements
from voting.leaves import AdditionLeaf, ClosedLeaf, CodesLeaf, MarksLeaf, decode_leaf
from voting.sealed import SealedElection
from voting.tables import BoardLeaf, Checkpoint

RegisterLeaf = AdditionLeaf | CodesLeaf | MarksLeaf


def require_fitting(
    session: Session, election: SealedElection, leaf: RegisterLeaf
) -> None:
    """Refuse a leaf that may not follow on the board as it stands.

    The board is locked; the leaf's signature holds.

    Raises:
        NumberOutOfTurn: codes or an addition without the next number.
        WrongCounts: another number of groups, or a group that is not there.
        LeafOutOfPlace: marks for a checkpoint that never was, or final ones for a
            board that was not closed.

    """
    match leaf:
        case CodesLeaf():
            known = len(read_statements(session, election.id).codes)
            _require_next("codes", leaf.number, known)
        case AdditionLeaf():
            known = len(read_statements(session, election.id).additions)
            _require_next("addition", leaf.number, known)
            if leaf.group >= len(election.manifest.groups):
                raise WrongCounts("an addition is to a group that is not there")
        case MarksLeaf():
            _require_marks(session, election, leaf)


def _require_next(kind: str, number: int, expected: int) -> None:
    if number != expected:
        raise NumberOutOfTurn(f"{kind} {number} comes where {expected} is due")


def _require_marks(session: Session, election: SealedElection, leaf: MarksLeaf) -> None:
    groups = len(election.manifest.groups)
    if len(leaf.counts) != groups or len(leaf.paper) != groups:
        raise WrongCounts("marks do not count every group")
    shown = session.get(Checkpoint, (election.id, leaf.size))
    if shown is None or shown.root != leaf.root:
        raise LeafOutOfPlace("marks speak of a board that never was")
    if leaf.final and leaf.size < _closed_size(session, election.id):
        raise LeafOutOfPlace("final marks speak of a board not yet closed")


def _closed_size(session: Session, election_id: str) -> int:
    """How many leaves there were when the box had been closed."""
    latest_first = (
        select(BoardLeaf.position, BoardLeaf.body)
        .where(BoardLeaf.election_id == election_id, BoardLeaf.tracking.is_(None))
        .order_by(BoardLeaf.position.desc())
    )
    for position, body in session.execute(latest_first).all():
        if isinstance(decode_leaf(body), ClosedLeaf):
            return int(position) + 1
    raise LeafOutOfPlace("final marks come before the closing")
