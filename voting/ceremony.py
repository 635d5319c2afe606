"""The key ceremony as the service sees it: it carries messages, and can read no share.

Every message is checked before it is kept, and a round begins when the one before is
complete (docs/protocol.md §3.1). The service could still leave out or hold back a
message; that is why holders compare words aloud and sign the whole transcript.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.ceremony import (
    verify_commit,
    verify_keys,
    verify_rehearsal,
    verify_reveal,
    verify_share,
    verify_transcript_signature,
)
from crypto.ceremony_messages import (
    FORMAT,
    Assembly,
    CeremonyDocument,
    Commit,
    HolderKeys,
    Rehearsal,
    Reveal,
    SealedShare,
    TranscriptSignature,
)
from crypto.ceremony_record import CeremonyOutcome, CeremonyRecord, verify_document
from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.errors import CryptoError
from infra.audit import record_event
from infra.databases import lock_named
from voting.ceremony_disputes import Dispute, read_disputes, unsettled
from voting.phases import Phase
from voting.tables import CeremonyMessage, CommitteeSeat, Election

ROUNDS: Final = ("keys", "commit", "reveal", "share", "signature", "rehearsal")
BAD_SHARE: Final = "bad-share"
OPENING: Final = "opening"


class CeremonyNotRunning(Exception):
    """The election is not in its ceremony."""


class CeremonyStopped(Exception):
    """A share is in dispute: its dealer must answer, or the ceremony begin anew."""


class RoundNotOpen(Exception):
    """The round before is not complete."""


class MessageConflict(Exception):
    """This holder has already posted another message of this round."""


class MessageRefused(Exception):
    """The message does not hold; the cause says why."""


class CeremonyIncomplete(Exception):
    """Not every holder has rehearsed yet."""


@dataclass(frozen=True, slots=True)
class Ceremony:
    """All messages so far, in order; `election` is its row."""

    election: Election
    seats: tuple[CommitteeSeat, ...]
    threshold: int
    messages: dict[str, list[JsonValue]]

    @property
    def id(self) -> bytes:
        """The ceremony's id, 16 bytes."""
        return bytes.fromhex(self.election.ceremony_id or "")

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """All complaints and their answers, oldest first."""
        complaints, openings = self.messages[BAD_SHARE], self.messages[OPENING]
        return read_disputes(complaints, openings, self.signers)

    @property
    def signers(self) -> frozenset[int]:
        """Who has signed the transcript, by index."""
        signatures = map(TranscriptSignature.read, self.messages["signature"])
        return frozenset(each.index for each in signatures)

    @property
    def stopped(self) -> Dispute | None:
        """The dispute that holds the ceremony up; None while all is well."""
        return unsettled(self.disputes, self.threshold)

    def is_complete(self, kind: str) -> bool:
        """Tell whether every holder has posted what a round asks for."""
        count = len(self.seats)
        needed = count * count if kind == "share" else count
        return len(self.messages[kind]) == needed

    def assembly(self) -> Assembly:
        """Return the holders with their keys; the first round is complete."""
        holders = tuple(map(HolderKeys.read, self.messages["keys"]))
        return Assembly(self.id, self.threshold, holders)

    def document(self) -> CeremonyDocument:
        """Return the transcript; the rounds up to the shares are complete."""
        return CeremonyDocument(
            title=self.election.title,
            assembly=self.assembly(),
            commits=tuple(map(Commit.read, self.messages["commit"])),
            reveals=tuple(map(Reveal.read, self.messages["reveal"])),
            shares=tuple(map(SealedShare.read, self.messages["share"])),
        )

    def partial_document(self) -> dict[str, JsonValue]:
        """Return what there is of the document, for the holders' pages."""
        return {
            "ceremony": self.id.hex(),
            "commits": self.messages["commit"],
            "format": FORMAT,
            "holders": self.messages["keys"],
            "reveals": self.messages["reveal"],
            "shares": self.messages["share"],
            "threshold": self.threshold,
            "title": self.election.title,
        }

    def record(self) -> CeremonyRecord:
        """Return `ceremony.json` of the record.

        Raises:
            CeremonyIncomplete: somebody has not rehearsed.

        """
        if not self.is_complete("rehearsal"):
            raise CeremonyIncomplete
        return CeremonyRecord(
            document=self.document(),
            rehearsals=tuple(map(Rehearsal.read, self.messages["rehearsal"])),
            signatures=tuple(map(TranscriptSignature.read, self.messages["signature"])),
        )


def load_ceremony(session: Session, election: Election, threshold: int) -> Ceremony:
    """Return the ceremony of an election, locked until the transaction ends.

    Raises:
        CeremonyNotRunning: none was started.

    """
    if election.ceremony_id is None:
        raise CeremonyNotRunning
    # Taken before the reading: two holders who post at once each see the other's, and
    # none posts to a ceremony that has begun anew.
    lock_named(session, b"ceremony", election.id.encode())
    session.flush()
    session.refresh(election)
    kinds = (*ROUNDS, BAD_SHARE, OPENING)
    messages: dict[str, list[JsonValue]] = {kind: [] for kind in kinds}
    query = (
        select(CeremonyMessage)
        .where(CeremonyMessage.election_id == election.id)
        .order_by(CeremonyMessage.index, CeremonyMessage.recipient)
    )
    for row in session.scalars(query):
        messages[row.kind].append(decode_json(row.body))
    return Ceremony(election, list_seats(session, election.id), threshold, messages)


def list_seats(session: Session, election_id: str) -> tuple[CommitteeSeat, ...]:
    """Return the committee's seats in order of index."""
    query = (
        select(CommitteeSeat)
        .where(CommitteeSeat.election_id == election_id)
        .order_by(CommitteeSeat.index)
    )
    return tuple(session.scalars(query))


def post_message(
    session: Session,
    ceremony: Ceremony,
    *,
    kind: str,
    index: int,
    value: JsonValue,
    at: datetime,
) -> None:
    """Check a holder's message of a round and keep it; the same again is the same.

    Of the round `share` the value is the list of all shares of the dealer.

    Raises:
        CeremonyNotRunning, CeremonyStopped, RoundNotOpen, MessageConflict,
        MessageRefused: nothing is kept.

    """
    election = ceremony.election
    if election.phase != Phase.KEYS:
        raise CeremonyNotRunning
    if ceremony.stopped is not None:
        raise CeremonyStopped
    if any(not ceremony.is_complete(before) for before in ROUNDS[: _place(kind)]):
        raise RoundNotOpen
    try:
        entries = _VERIFIERS[kind](ceremony, index, value)
    except CryptoError as refused:
        raise MessageRefused from refused
    for recipient, entry in entries:
        keep_message(session, election.id, kind, (index, recipient), entry)
    record_event(
        session,
        at=at,
        actor=ceremony.seats[index - 1].official_id,
        kind=f"ceremony-{kind}",
        subject=election.id,
    )


def outcome_of(ceremony: Ceremony) -> CeremonyOutcome:
    """Return keys and transcript of a complete ceremony, all of it checked again.

    Raises:
        CeremonyIncomplete: somebody has not rehearsed.

    """
    ceremony.record()
    return verify_document(ceremony.document())


def _place(kind: str) -> int:
    try:
        return ROUNDS.index(kind)
    except ValueError:
        raise RoundNotOpen from None


_Entries = Sequence[tuple[int, JsonValue]]


def _keys(ceremony: Ceremony, index: int, value: JsonValue) -> _Entries:
    keys = HolderKeys.read(value)
    _require_own(keys.index, index)
    if keys.name != ceremony.seats[index - 1].name:
        raise MessageRefused
    verify_keys(ceremony.id, keys)
    return [(0, keys.entry)]


def _commit(ceremony: Ceremony, index: int, value: JsonValue) -> _Entries:
    commit = Commit.read(value)
    _require_own(commit.index, index)
    verify_commit(ceremony.assembly(), commit)
    return [(0, commit.entry)]


def _reveal(ceremony: Ceremony, index: int, value: JsonValue) -> _Entries:
    reveal = Reveal.read(value)
    _require_own(reveal.index, index)
    if len(reveal.points) != ceremony.threshold:
        raise MessageRefused
    commit = Commit.read(ceremony.messages["commit"][index - 1])
    verify_reveal(ceremony.assembly(), commit, reveal)
    return [(0, reveal.entry)]


def _shares(ceremony: Ceremony, index: int, value: JsonValue) -> _Entries:
    if not isinstance(value, list):
        raise MessageRefused
    shares = [SealedShare.read(item) for item in value]
    expected = [(index, seat.index) for seat in ceremony.seats]
    if [(share.dealer, share.recipient) for share in shares] != expected:
        raise MessageRefused
    reveal = Reveal.read(ceremony.messages["reveal"][index - 1])
    for share in shares:
        verify_share(ceremony.assembly(), reveal, share)
    return [(share.recipient, share.entry) for share in shares]


def _signature(ceremony: Ceremony, index: int, value: JsonValue) -> _Entries:
    signed = TranscriptSignature.read(value)
    _require_own(signed.index, index)
    document = ceremony.document()
    verify_transcript_signature(document.assembly, document.transcript, signed)
    return [(0, signed.entry)]


def _rehearsal(ceremony: Ceremony, index: int, value: JsonValue) -> _Entries:
    rehearsal = Rehearsal.read(value)
    _require_own(rehearsal.index, index)
    outcome = verify_document(ceremony.document())
    key = outcome.share_keys[index - 1]
    verify_rehearsal(outcome.transcript, key, rehearsal)
    return [(0, rehearsal.entry)]


_VERIFIERS: Final[dict[str, Callable[[Ceremony, int, JsonValue], _Entries]]] = {
    "commit": _commit,
    "keys": _keys,
    "rehearsal": _rehearsal,
    "reveal": _reveal,
    "share": _shares,
    "signature": _signature,
}


def _require_own(claimed: int, index: int) -> None:
    if claimed != index:
        raise MessageRefused


def keep_message(
    session: Session,
    election_id: str,
    kind: str,
    place: tuple[int, int],
    entry: JsonValue,
) -> None:
    """Keep a checked message in its place, whose it is and to whom; 0 is everybody.

    Raises:
        MessageConflict: another one is there.

    """
    body = encode_json(entry)
    known = session.get(CeremonyMessage, (election_id, kind, *place))
    if known is None:
        index, recipient = place
        session.add(
            CeremonyMessage(
                election_id=election_id,
                kind=kind,
                index=index,
                recipient=recipient,
                body=body,
            )
        )
        session.flush()
    elif known.body != body:
        raise MessageConflict
