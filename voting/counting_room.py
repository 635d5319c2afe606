"""The count: one tally, opened by k holders in their own browsers (§3.5).

Nothing is decrypted here. The service reckons the sums, checks what the holders hand
in, and combines it; whoever has the record can do the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json, encode_json
from infra.audit import record_event
from infra.databases import lock_named
from voting.board import latest_checkpoint, list_checkpoints
from voting.board_order import BoardOrder
from voting.ceremony import load_ceremony
from voting.counting import sort_ballots, sum_units
from voting.elections import SYSTEM, draft_of, get_election
from voting.lifecycle import has_final_marks, read_board_so_far
from voting.paper import PaperResults, decode_paper
from voting.partials import (
    Partial,
    open_tally,
    partial_document,
    read_partial,
    verify_holder_partial,
)
from voting.phases import Phase, require_transition
from voting.proposals import propose_approval, signed_document
from voting.protocol_document import ProtocolInputs, build_protocol
from voting.reconciliation import find_discrepancies, require_countable
from voting.results import reckon_groups, reckon_result
from voting.sealed import SealedElection, get_sealed
from voting.tables import PartialDecryption, TokenEvidence
from voting.tables import Tally as TallyRow
from voting.tally import BoardHead, Tally, decode_tally, encode_tally, tally_digest

MOST_TALLY_BYTES = 64 * 1024 * 1024


class NotClosed(Exception):
    """The election is not closed, or is counted already."""


class MarksMissing(Exception):
    """The register has not handed in its final marks yet."""


class EvidenceMissing(Exception):
    """The tokens are not proven yet."""


class PaperMissing(Exception):
    """Members are marked as voting on paper, and no paper results are signed."""


class CountNotStarted(Exception):
    """There is no tally yet."""


class NotTheOwnPartial(Exception):
    """A holder handed in a partial of another's."""


@dataclass(frozen=True, slots=True)
class CountState:
    """Where a count stands."""

    tally: bytes | None
    partials: tuple[int, ...]
    """Indices of the holders who have handed in."""


def start_count(
    session: Session, election_id: str, *, actor: str, at: datetime
) -> None:
    """Reckon the tally; from here on no paper results come in.

    A style with fewer ballots than may be opened is left out of it (§5.8).

    Raises:
        NotClosed, MarksMissing, EvidenceMissing, PaperMissing: it is too early.
        CountStopped: ballots without a right; their numbers are in the exception.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    if election.phase is not Phase.CLOSED:
        raise NotClosed
    if session.get(TallyRow, election_id) is not None:
        return
    if not has_final_marks(session, election_id):
        raise MarksMissing
    if session.get(TokenEvidence, election_id) is None:
        raise EvidenceMissing
    board = read_board_so_far(session, election)
    _require_countable(session, election, board)
    box = sort_ballots(board.ballots)
    sums = sum_units(election.manifest, box)
    head = _head(session, election_id)
    encoded = encode_tally(Tally(election.fingerprint, head, sums))
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


def count_state(session: Session, election_id: str) -> CountState:
    """Return where the count stands."""
    row = session.get(TallyRow, election_id)
    query = (
        select(PartialDecryption.index)
        .where(PartialDecryption.election_id == election_id)
        .order_by(PartialDecryption.index)
    )
    document = None if row is None else row.document
    return CountState(document, tuple(session.scalars(query)))


def accept_partial(
    session: Session,
    election_id: str,
    *,
    index: int,
    value: JsonValue,
    actor: str,
    at: datetime,
) -> bool:
    """Check a holder's partial decryptions; the k-th opens the tally.

    Tells whether the election is counted now. The same partial again changes nothing;
    one more than k is not needed and is refused.

    Raises:
        NotClosed, CountNotStarted, NotTheOwnPartial, PartialRefused, DocumentRefused.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    if session.get(PartialDecryption, (election_id, index)) is not None:
        return election.phase is not Phase.CLOSED
    if election.phase is not Phase.CLOSED:
        raise NotClosed
    tally = load_tally(session, election_id)
    partial = read_partial(value)
    if partial.index != index:
        raise NotTheOwnPartial
    verify_holder_partial(election.manifest, tally, partial)
    document = encode_json(partial_document(partial))
    session.add(
        PartialDecryption(election_id=election_id, index=index, document=document)
    )
    session.flush()
    partials = load_partials(session, election_id)
    protocol = None
    if len(partials) >= election.manifest.threshold:
        protocol = _write_protocol(session, election, tally, partials)
    # After all that takes its time: whoever holds the chain keeps others waiting.
    record_event(
        session, at=at, actor=actor, kind="partial-accepted", subject=election_id
    )
    if protocol is None:
        return False
    _finish(session, election, protocol, at)
    return True


def load_tally(session: Session, election_id: str) -> Tally:
    """Return the tally.

    Raises:
        CountNotStarted: there is none.

    """
    row = session.get(TallyRow, election_id)
    if row is None:
        raise CountNotStarted
    return decode_tally(row.document, limit=MOST_TALLY_BYTES)


def load_partials(session: Session, election_id: str) -> list[Partial]:
    """Return the partials handed in, in order of holder."""
    query = (
        select(PartialDecryption.document)
        .where(PartialDecryption.election_id == election_id)
        .order_by(PartialDecryption.index)
    )
    return [
        read_partial(decode_json(document, limit=MOST_TALLY_BYTES))
        for document in session.scalars(query)
    ]


def record_files(session: Session, election: SealedElection) -> dict[str, bytes]:
    """Return the entries of the record that the protocol binds as a whole."""
    row = get_election(session, election.id)
    ceremony = load_ceremony(session, row, draft_of(row).threshold)
    notes: list[JsonValue] = [
        each.note for each in list_checkpoints(session, election.id)
    ]
    partials: list[JsonValue] = [
        partial_document(each) for each in load_partials(session, election.id)
    ]
    evidence = session.get_one(TokenEvidence, election.id)
    files = {
        "ceremony": encode_json(ceremony.record().entry),
        "checkpoints": encode_json(notes),
        "evidence": evidence.document,
        "partials": encode_json(partials),
    }
    paper = signed_document(session, election.id, "paper")
    return files if paper is None else {**files, "paper": paper}


def paper_of(session: Session, election_id: str) -> PaperResults | None:
    """Return the signed paper results, if there are any."""
    encoded = signed_document(session, election_id, "paper")
    return None if encoded is None else decode_paper(encoded)


def _write_protocol(
    session: Session,
    election: SealedElection,
    tally: Tally,
    partials: Sequence[Partial],
) -> bytes:
    manifest = election.manifest
    totals = open_tally(manifest, tally, partials)
    board = read_board_so_far(session, election)
    paper = paper_of(session, election.id)
    groups = reckon_groups(manifest, board, sort_ballots(board.ballots), paper)
    inputs = ProtocolInputs(
        manifest=manifest,
        fingerprint=election.fingerprint,
        board=board,
        head=_head(session, election.id),
        result=reckon_result(manifest, tally, totals, groups, paper),
        tally=tally_digest(encode_tally(tally)),
        files=record_files(session, election),
    )
    return build_protocol(inputs)


def _finish(
    session: Session, election: SealedElection, protocol: bytes, at: datetime
) -> None:
    row = get_election(session, election.id)
    require_transition(Phase(row.phase), Phase.COUNTED)
    row.protocol, row.phase = protocol, Phase.COUNTED
    propose_approval(session, election.id, protocol, actor=SYSTEM, at=at)
    record_event(
        session, at=at, actor=SYSTEM, kind="election-counted", subject=election.id
    )


def _require_countable(
    session: Session, election: SealedElection, board: BoardOrder
) -> None:
    paper = paper_of(session, election.id)
    marks = board.final_marks
    if marks is not None and any(marks.paper) and paper is None:
        raise PaperMissing
    box = sort_ballots(board.ballots)
    groups = reckon_groups(election.manifest, board, box, paper)
    require_countable(find_discrepancies(groups))


def _head(session: Session, election_id: str) -> BoardHead:
    checkpoint = latest_checkpoint(session, election_id)
    return BoardHead(checkpoint.size, checkpoint.root)
