"""The end of a count: the sums are opened and the protocol is written (§4.11).

The holder whose partial is the last one needed does not wait for it: reading the board
anew is a worker's.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.databases import lock_named
from voting.board import count_ballots, latest_checkpoint
from voting.counting import sort_ballots
from voting.counting_room import (
    NotClosed,
    head_of,
    load_partials,
    load_tally,
    paper_of,
    record_files,
)
from voting.elections import SYSTEM, get_election
from voting.lifecycle import read_board_so_far
from voting.long_work import Progress, WorkKind, finish_work
from voting.partials import open_tally
from voting.phases import Phase, require_transition
from voting.proposal_making import propose_approval
from voting.protocol_document import ProtocolInputs, build_protocol
from voting.results import reckon_groups, reckon_result
from voting.sealed import get_sealed
from voting.tally import encode_tally, tally_digest


def make_protocol(session: Session, election_id: str, progress: Progress) -> bytes:
    """Open the sums with the holders' partials and write the protocol.

    Raises:
        NotClosed: it was cancelled meanwhile, or is counted.
        NoSuchTotal: the partials open nothing; each of them was checked before.

    """
    election = get_sealed(session, election_id)
    if election.phase is not Phase.CLOSED:
        raise NotClosed
    manifest, tally = election.manifest, load_tally(session, election_id)
    progress.enter("opening")
    totals = open_tally(manifest, tally, load_partials(session, election_id))
    progress.enter("board", count_ballots(session, election_id))
    board = read_board_so_far(session, election, progress.tick)
    progress.enter("protocol")
    paper = paper_of(session, election_id)
    groups = reckon_groups(manifest, board, sort_ballots(board.ballots), paper)
    inputs = ProtocolInputs(
        manifest=manifest,
        fingerprint=election.fingerprint,
        board=board,
        head=head_of(latest_checkpoint(session, election_id)),
        result=reckon_result(manifest, tally, totals, groups, paper),
        tally=tally_digest(encode_tally(tally)),
        files=record_files(session, election),
    )
    return build_protocol(inputs)


def keep_protocol(
    session: Session, election_id: str, protocol: bytes, *, at: datetime
) -> None:
    """Keep the protocol and lay it before the committee; once.

    Raises:
        ForbiddenTransition: the election was cancelled meanwhile.

    """
    lock_named(session, b"phase", election_id.encode())
    finish_work(session, election_id, WorkKind.PROTOCOL, at)
    row = get_election(session, election_id)
    session.refresh(row)
    if row.protocol is not None:
        return
    require_transition(Phase(row.phase), Phase.COUNTED)
    row.protocol, row.phase = protocol, Phase.COUNTED
    propose_approval(session, election_id, protocol, actor=SYSTEM, at=at)
    record_event(
        session, at=at, actor=SYSTEM, kind="election-counted", subject=election_id
    )
