"""The beginning of a count: asked for by an official, reckoned by a worker (§4.9).

Reading a large board takes its time, so nobody's request waits for it. The tally is
reckoned over one snapshot of the closed board, and kept in a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.databases import lock_named
from voting.board import count_ballots, latest_checkpoint
from voting.board_order import BoardOrder
from voting.count_begun import is_count_begun
from voting.counting import sort_ballots, sum_units
from voting.counting_room import NotClosed, head_of, paper_of
from voting.lifecycle import has_final_marks, read_board_so_far
from voting.long_work import Progress, WorkKind, ask_for, finish_work
from voting.phases import Phase
from voting.reconciliation import find_discrepancies, require_countable
from voting.reconciling import reconcile
from voting.results import reckon_groups
from voting.sealed import SealedElection, get_sealed
from voting.tables import Tally as TallyRow
from voting.tables import TokenEvidence
from voting.tally import Tally, encode_tally, tally_digest


class MarksMissing(Exception):
    """The register has not handed in its final marks yet."""


class EvidenceMissing(Exception):
    """The tokens are not proven yet."""


class PaperMissing(Exception):
    """Members are marked as voting on paper, and no paper results are signed."""


def request_count(session: Session, election_id: str, *, actor: str) -> None:
    """Ask for the tally; from here on no paper results come in.

    Raises:
        NotClosed, MarksMissing, EvidenceMissing, PaperMissing: it is too early.
        CountStopped: ballots without a right; their numbers are in the exception.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    if election.phase is not Phase.CLOSED:
        raise NotClosed
    if is_count_begun(session, election_id):
        return
    if not has_final_marks(session, election_id):
        raise MarksMissing
    if session.get(TokenEvidence, election_id) is None:
        raise EvidenceMissing
    _require_reconciled(session, election)
    ask_for(session, election_id, WorkKind.TALLY, actor=actor)


def make_tally(session: Session, election_id: str, progress: Progress) -> bytes:
    """Reckon the sums of a closed board; nothing is kept yet.

    A style with fewer ballots than may be opened is left out (§5.8).

    Raises:
        NotClosed: it was cancelled meanwhile.
        CountStopped: ballots without a right; their numbers are in the exception.

    """
    election = get_sealed(session, election_id)
    if election.phase is not Phase.CLOSED:
        raise NotClosed
    progress.enter("board", count_ballots(session, election_id))
    board = read_board_so_far(session, election, progress.tick)
    box = sort_ballots(board.ballots)
    _require_countable(session, election, board)
    progress.enter("sums", len(box.counted))
    sums = sum_units(election.manifest, box, progress.tick)
    head = head_of(latest_checkpoint(session, election_id))
    return encode_tally(Tally(election.fingerprint, head, sums))


def keep_tally(
    session: Session, election_id: str, encoded: bytes, *, actor: str, at: datetime
) -> None:
    """Keep the one tally of an election, for the holders to open.

    Raises:
        NotClosed: it was cancelled meanwhile.

    """
    lock_named(session, b"phase", election_id.encode())
    finish_work(session, election_id, WorkKind.TALLY, at)
    if session.get(TallyRow, election_id) is not None:
        return
    if get_sealed(session, election_id).phase is not Phase.CLOSED:
        raise NotClosed
    digest = tally_digest(encoded)
    session.add(TallyRow(election_id=election_id, document=encoded, digest=digest))
    session.flush()
    record_event(
        session,
        at=at,
        actor=actor,
        kind="count-started",
        subject=election_id,
        content={"tally": digest.hex()},
    )


def _require_reconciled(session: Session, election: SealedElection) -> None:
    found = reconcile(session, election)
    if found is None:
        raise NotClosed
    if found.paper_missing:
        raise PaperMissing
    require_countable(found.discrepancies)


def _require_countable(
    session: Session, election: SealedElection, board: BoardOrder
) -> None:
    # Once more, over every ballot: the request believed what closing had counted.
    box, paper = sort_ballots(board.ballots), paper_of(session, election.id)
    groups = reckon_groups(election.manifest, board, box, paper)
    require_countable(find_discrepancies(groups))
