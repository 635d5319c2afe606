"""The count: one tally, opened by k holders in their own browsers (§3.5).

Nothing is decrypted here. The service reckons the sums, checks what the holders hand
in, and combines it; whoever has the record can do the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json, encode_json
from infra.audit import record_event
from infra.databases import lock_named
from voting.board import list_checkpoints
from voting.ceremony import load_ceremony
from voting.elections import SYSTEM, draft_of, get_election
from voting.long_work import WorkKind, ask_for
from voting.paper import PaperResults, decode_paper
from voting.partials import (
    Partial,
    partial_document,
    read_partial,
    verify_holder_partial,
)
from voting.phases import Phase
from voting.proposals import signed_document
from voting.sealed import SealedElection, get_sealed
from voting.tables import Checkpoint, PartialDecryption, TokenEvidence
from voting.tables import Tally as TallyRow
from voting.tally import BoardHead, Tally, decode_tally

MOST_TALLY_BYTES = 64 * 1024 * 1024


class NotClosed(Exception):
    """The election is not closed, or is counted already."""


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
    """Check a holder's partial decryptions; with the k-th a worker opens the tally.

    Tells whether as many are in as are needed. The same partial again changes nothing;
    one more than k is not needed and is refused.

    Raises:
        NotClosed, CountNotStarted, NotTheOwnPartial, PartialRefused, DocumentRefused.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    needed = election.manifest.threshold
    handed_in = count_state(session, election_id).partials
    if index in handed_in:
        return len(handed_in) >= needed
    if election.phase is not Phase.CLOSED or len(handed_in) >= needed:
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
    is_enough = len(handed_in) + 1 >= needed
    if is_enough:
        ask_for(session, election_id, WorkKind.PROTOCOL, actor=SYSTEM)
    # After all that takes its time: whoever holds the chain keeps others waiting.
    record_event(
        session, at=at, actor=actor, kind="partial-accepted", subject=election_id
    )
    return is_enough


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


def head_of(checkpoint: Checkpoint) -> BoardHead:
    """Return size and root of a checkpoint."""
    return BoardHead(checkpoint.size, checkpoint.root)
