"""Complaints in the key ceremony: a share is called bad, and its dealer opens it.

The service checks who signed and whether the opened share is right; so does every
holder's page, and it must find the same (docs/protocol.md §3.1 step 6).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.ceremony_messages import Reveal
from crypto.ceremony_openings import (
    ShareOpening,
    is_right_opening,
    verify_complaint,
    verify_opening,
)
from crypto.encoding import JsonValue
from crypto.errors import CryptoError
from crypto.times import format_time
from infra.audit import record_event
from voting.ceremony import (
    BAD_SHARE,
    OPENING,
    Ceremony,
    CeremonyNotRunning,
    MessageConflict,
    MessageRefused,
    RoundNotOpen,
    keep_message,
)
from voting.ceremony_memory import COMPLAINED
from voting.documents import SIGNATURE_BYTES, read_object
from voting.phases import Phase


def report_bad_share(
    session: Session, ceremony: Ceremony, index: int, value: JsonValue, at: datetime
) -> None:
    """Hold the ceremony up: a holder says, signed, that a dealer's share is bad.

    The same complaint again changes nothing.

    Raises:
        CeremonyNotRunning, RoundNotOpen: no shares are dealt.
        MessageConflict: this holder has signed that all shares are good.
        MessageRefused: not signed by the holder, or of the own share.
        DocumentRefused: not of its form.

    """
    _require_dealt(ceremony)
    fields = read_object(value, ("dealer", "signature"))
    dealer = fields.integer("dealer", 1, len(ceremony.seats))
    signature = fields.hexadecimal("signature", SIGNATURE_BYTES)
    if dealer == index:
        raise MessageRefused
    try:
        verify_complaint(ceremony.assembly(), dealer, index, signature)
    except CryptoError as refused:
        raise MessageRefused from refused
    if any((each.by, each.dealer) == (index, dealer) for each in ceremony.disputes):
        return
    if index in ceremony.signers:
        raise MessageConflict
    entry: JsonValue = {
        "at": format_time(at.replace(microsecond=0)),
        "by": index,
        "dealer": dealer,
        "signature": signature.hex(),
    }
    keep_message(session, ceremony.election.id, BAD_SHARE, (index, dealer), entry)
    record_event(
        session,
        at=at,
        actor=ceremony.seats[index - 1].official_id,
        kind=COMPLAINED,
        subject=ceremony.election.id,
        content=entry,
    )


def open_share_in_public(
    session: Session, ceremony: Ceremony, index: int, value: JsonValue, at: datetime
) -> bool:
    """Take the share that its dealer opens for everybody; tells whether it is right.

    A wrong one is kept as well: its dealer has signed it, and everybody is to see it.

    Raises:
        CeremonyNotRunning, RoundNotOpen: no shares are dealt, or nobody complained.
        MessageConflict: the dealer has opened it otherwise before.
        MessageRefused: not of its form, not signed, or of another dealer.

    """
    _require_dealt(ceremony)
    try:
        opening = ShareOpening.read(value)
        reveal = Reveal.read(ceremony.messages["reveal"][index - 1])
        if opening.dealer != index or opening.recipient > len(ceremony.seats):
            raise MessageRefused
        verify_opening(ceremony.assembly(), reveal, opening)
    except CryptoError as refused:
        raise MessageRefused from refused
    place = (index, opening.recipient)
    asked = [each for each in ceremony.disputes if (each.dealer, each.by) == place]
    if not asked:
        raise RoundNotOpen
    if asked[0].opening == opening.entry:
        return asked[0].right is True
    is_right = is_right_opening(reveal, opening)
    entry: JsonValue = {"opening": opening.entry, "right": is_right}
    keep_message(session, ceremony.election.id, OPENING, place, entry)
    record_event(
        session,
        at=at,
        actor=ceremony.seats[index - 1].official_id,
        kind="ceremony-share-opened" if is_right else "ceremony-share-opened-wrong",
        subject=ceremony.election.id,
        content={"to": opening.recipient},
    )
    return is_right


def _require_dealt(ceremony: Ceremony) -> None:
    if ceremony.election.phase != Phase.KEYS:
        raise CeremonyNotRunning
    if not ceremony.is_complete("share"):
        raise RoundNotOpen
