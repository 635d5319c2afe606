"""What happens by itself: opening, batches, closing, and what the register says.

Each is a step of its own, in a transaction of its own, and may be asked for again: the
phase and the board say whether it was done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.times import format_time
from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from infra.exchange import post_document
from voting.board import (
    NewLeaf,
    append_leaves,
    every_leaf,
    latest_checkpoint,
    read_leaves,
)
from voting.board_order import BoardOrder
from voting.box import count_waiting, take_batch
from voting.counting import sort_ballots
from voting.elections import SYSTEM, get_election
from voting.leaf_signatures import verify_leaf
from voting.leaves import (
    AdditionLeaf,
    ClosedLeaf,
    CodesLeaf,
    Leaf,
    MarksLeaf,
    OpenedLeaf,
    decode_leaf,
    encode_leaf,
    read_leaf,
)
from voting.phases import Phase
from voting.register_leaves import require_fitting
from voting.sealed import SealedElection, get_sealed
from voting.sealing import service_seed
from voting.tables import Checkpoint

OF_THE_REGISTER = (AdditionLeaf, CodesLeaf, MarksLeaf)


class NotTheRegisters(Exception):
    """A leaf that the register has no business to hand in."""


def is_opening_due(election: SealedElection, now: datetime) -> bool:
    """Tell whether the election is to be opened now."""
    return election.phase is Phase.READY and election.opens_at <= now


def is_closing_due(election: SealedElection, now: datetime) -> bool:
    """Tell whether the last ballot's time is over."""
    return election.phase is Phase.OPEN and election.last_ballot_at <= now


def open_election(
    session: Session, settings: Settings, election_id: str, now: datetime
) -> bool:
    """Open an election whose time has come; tells whether it was this call."""
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    if not is_opening_due(election, now):
        return False
    get_election(session, election_id).phase = Phase.OPEN
    append_statements(session, settings, election, [OpenedLeaf(_whole_second(now))])
    record_event(
        session, at=now, actor=SYSTEM, kind="election-opened", subject=election_id
    )
    return True


def publish_batch(
    session: Session, settings: Settings, election_id: str, now: datetime
) -> bool:
    """Put the waiting ballots on the board if they are enough for a batch."""
    election = get_sealed(session, election_id)
    if election.phase is not Phase.OPEN:
        return False
    fewest = election.manifest.rules.batch_size
    if count_waiting(session, election_id) < fewest:
        return False
    return _publish(session, settings, election, fewest=fewest, now=now) is not None


def close_election(
    session: Session, settings: Settings, election_id: str, now: datetime
) -> bool:
    """Close an election after its grace; tells whether it was this call.

    Whoever casts holds the batch, and the batch is taken here before the phase
    changes: a ballot is in it, or is refused.
    """
    lock_named(session, b"phase", election_id.encode())
    if not is_closing_due(get_sealed(session, election_id), now):
        return False
    lock_named(session, b"batch", election_id.encode())
    election = get_sealed(session, election_id)
    _publish(session, settings, election, fewest=1, now=now)
    cast = sort_ballots(read_board_so_far(session, election).ballots).cast_by_group()
    groups = range(len(election.manifest.groups))
    leaf = ClosedLeaf(_whole_second(now), tuple(cast[group] for group in groups))
    get_election(session, election_id).phase = Phase.CLOSED
    checkpoint = append_statements(session, settings, election, [leaf])
    post_document(
        session,
        settings,
        kind="closed",
        subject=election_id,
        body={
            "at": format_time(now),
            "root": checkpoint.root.hex(),
            "size": checkpoint.size,
        },
        at=now,
    )
    post_document(
        session,
        settings,
        kind="ballot-counts",
        subject=election_id,
        body={"counts": [cast[group] for group in groups]},
        at=now,
    )
    record_event(
        session, at=now, actor=SYSTEM, kind="election-closed", subject=election_id
    )
    return True


def take_register_leaf(
    session: Session, settings: Settings, election_id: str, value: JsonValue
) -> bool:
    """Append what the register says: codes that went out, additions, mark counts.

    The register hands in a marks leaf for each checkpoint it is shown; one that comes
    after the final marks, or after closing and is not a marks leaf, is passed over.
    Tells whether it was appended.

    Raises:
        NotTheRegisters: a leaf of another kind.
        SignatureRefused: the register did not sign it.
        BoardRefused: with it nobody could read the board again.

    """
    lock_named(session, b"board", election_id.encode())
    election = get_sealed(session, election_id)
    leaf = read_leaf(value)
    if not isinstance(leaf, OF_THE_REGISTER):
        raise NotTheRegisters
    verify_leaf(election.manifest, election.fingerprint, leaf)
    if not _may_follow(session, election, leaf):
        return False
    require_fitting(session, election, leaf)
    append_statements(session, settings, election, [leaf])
    return True


def show_final_checkpoint(
    session: Session, settings: Settings, election_id: str, now: datetime
) -> None:
    """Show the register the last checkpoint, over its own final counts.

    It is what the register tells members to compare the board with.
    """
    election = get_sealed(session, election_id)
    checkpoint = latest_checkpoint(session, election_id)
    _show_checkpoint(session, settings, election, checkpoint, now)


def append_statements(
    session: Session,
    settings: Settings,
    election: SealedElection,
    leaves: Sequence[Leaf],
) -> Checkpoint:
    """Append leaves that are not ballots."""
    return append_leaves(
        session,
        election.id,
        election.fingerprint,
        [NewLeaf(encode_leaf(leaf)) for leaf in leaves],
        service_seed(settings),
    )


def has_final_marks(session: Session, election_id: str) -> bool:
    """Tell whether the register's last word is on the board."""
    size = latest_checkpoint(session, election_id).size
    last = decode_leaf(read_leaves(session, election_id, size - 1, 1)[0])
    return isinstance(last, MarksLeaf) and last.final


def read_board_so_far(
    session: Session, election: SealedElection, tick: Callable[[], None] = lambda: None
) -> BoardOrder:
    """Read the whole board, refusing any leaf out of place; `tick`: told of each leaf.

    Raises:
        BoardRefused, ScheduleRefused: the board is damaged.

    """
    order = BoardOrder(election.manifest, election.fingerprint)
    for encoded in every_leaf(session, election.id):
        order.take(decode_leaf(encoded))
        tick()
    return order


def _publish(
    session: Session,
    settings: Settings,
    election: SealedElection,
    *,
    fewest: int,
    now: datetime,
) -> Checkpoint | None:
    ballots = take_batch(session, election.id, fewest)
    if not ballots:
        return None
    checkpoint = append_leaves(
        session,
        election.id,
        election.fingerprint,
        [NewLeaf(ballot.leaf, ballot.tracking) for ballot in ballots],
        service_seed(settings),
    )
    _show_checkpoint(session, settings, election, checkpoint, now)
    return checkpoint


def _show_checkpoint(
    session: Session,
    settings: Settings,
    election: SealedElection,
    checkpoint: Checkpoint,
    now: datetime,
) -> None:
    post_document(
        session,
        settings,
        kind="checkpoint",
        subject=election.id,
        body={"root": checkpoint.root.hex(), "size": checkpoint.size},
        at=now,
    )


def _may_follow(session: Session, election: SealedElection, leaf: Leaf) -> bool:
    """After `closed` come only marks, and nothing after the final ones (§4.5)."""
    if election.phase in {Phase.READY, Phase.OPEN}:
        return not (isinstance(leaf, MarksLeaf) and leaf.final)
    if election.phase is not Phase.CLOSED or not isinstance(leaf, MarksLeaf):
        return False
    return not has_final_marks(session, election.id)


def _whole_second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
