"""A ceremony that begins anew: with the same holders, or without a dealer who failed.

Whoever opens a wrong share, or does not answer in time, leaves the committee; all
others make fresh keys (docs/protocol.md §3.1 step 6). Whoever has left so is not seated
again in that election. The link to a holder's page stays as it was for those who stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, find_official, identity_of
from infra.audit import record_event
from voting.ceremony import Ceremony, list_seats, load_ceremony
from voting.ceremony_disputes import Fault, fault_of
from voting.ceremony_memory import LEFT_OUT, left_out_of
from voting.draft_editing import CommitteeNumbers
from voting.elections import draft_of, hold_phase, start_ceremony
from voting.phases import Phase
from voting.seats import seat_members
from voting.tables import Election


class DealerMustLeave(Exception):
    """A dealer has failed: the ceremony begins anew only without that dealer."""


class LeftOutBefore(Exception):
    """An official was put out of a ceremony of this election, and is to be seated."""


class DealerMayStay(Exception):
    """There is no reason to leave this dealer out, or not yet."""


def begin_ceremony(
    session: Session, election: Election, *, actor: str, at: datetime
) -> None:
    """Begin the ceremony, or begin it anew with the committee as it is.

    Raises:
        DealerMustLeave: a dealer has opened a wrong share, or too many complain.
        ForbiddenTransition, DraftIncomplete: see `start_ceremony`.

    """
    hold_phase(session, election)
    staying = {seat.official_id for seat in list_seats(session, election.id)}
    _require_nobody_failed(session, election, staying, at)
    start_ceremony(session, election, actor=actor, at=at)


def choose_committee(
    session: Session,
    election: Election,
    members: Sequence[OfficialIdentity],
    numbers: CommitteeNumbers,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Seat a committee; who has failed in a ceremony of this election is not in it.

    Raises:
        DealerMustLeave: a dealer has opened a wrong share, or too many complain.
        LeftOutBefore: one of them was put out of a ceremony before this one.
        NotADraft, DraftIncomplete, SeatTwice: see `seat_members`.

    """
    hold_phase(session, election)
    chosen = {each.id for each in members}
    _require_nobody_failed(session, election, chosen, at)
    _require_not_left_out(session, election, chosen)
    seat_members(session, election, members, numbers, actor=actor, at=at)


def exclude_dealer(
    session: Session,
    election: Election,
    index: int,
    replacement: OfficialIdentity | None,
    numbers: CommitteeNumbers,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Begin the ceremony anew without the dealer of a seat; another may take the seat.

    That a dealer was silent is declared herewith, once the time to answer is over.

    Raises:
        DealerMayStay: no seat of this ceremony, or no reason yet.
        DealerMustLeave: the replacement is the dealer.
        LeftOutBefore: the replacement was put out before.
        DraftIncomplete: the numbers do not fit the committee that is left.
        NotADraft, SeatTwice: see `seat_members`.

    """
    hold_phase(session, election)
    if election.phase != Phase.KEYS:
        raise DealerMayStay
    ceremony = load_ceremony(session, election, draft_of(election).threshold)
    fault = _fault(ceremony, index, at)
    if fault is None:
        raise DealerMayStay
    dealer = ceremony.seats[index - 1]
    if replacement is not None and replacement.id == dealer.official_id:
        raise DealerMustLeave
    if replacement is not None:
        _require_not_left_out(session, election, {replacement.id})
    record_event(
        session,
        at=at,
        actor=actor,
        kind=LEFT_OUT,
        subject=election.id,
        content={"fault": fault.value, "index": index, "official": dealer.official_id},
    )
    kept = {seat.official_id: seat.access_digest for seat in ceremony.seats}
    members = _members(session, ceremony, index, replacement)
    seat_members(session, election, members, numbers, actor=actor, at=at)
    for seat in list_seats(session, election.id):
        seat.access_digest = kept.get(seat.official_id)
    session.flush()


def _require_nobody_failed(
    session: Session, election: Election, staying: Collection[str], at: datetime
) -> None:
    if election.phase != Phase.KEYS:
        return
    ceremony = load_ceremony(session, election, draft_of(election).threshold)
    for seat in ceremony.seats:
        is_shown = _fault(ceremony, seat.index, at) in {Fault.WRONG, Fault.CROWDED}
        if is_shown and seat.official_id in staying:
            raise DealerMustLeave


def _require_not_left_out(
    session: Session, election: Election, chosen: Collection[str]
) -> None:
    if not left_out_of(session, election.id).isdisjoint(chosen):
        raise LeftOutBefore


def _fault(ceremony: Ceremony, index: int, at: datetime) -> Fault | None:
    return fault_of(index, ceremony.disputes, ceremony.threshold, at)


def _members(
    session: Session,
    ceremony: Ceremony,
    leaving: int,
    replacement: OfficialIdentity | None,
) -> list[OfficialIdentity]:
    # Whoever comes instead takes the same place, so that the others keep theirs.
    members = [
        replacement
        if seat.index == leaving
        else identity_of(find_official(session, seat.official_id))
        for seat in ceremony.seats
    ]
    return [each for each in members if each is not None]
