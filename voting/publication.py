"""When a result becomes public: once it is approved, and not before a set time.

The time is set before the count begins, so that nobody who knows the result chooses
it. What the board holds, and what the committee signs, is the same with and without.
It has a last date: a joint count waits for all its elections, and one union's organiser
must not be able to keep every union's result from everybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from accounts.roles import Role
from crypto.times import format_time
from infra.audit import record_event
from infra.databases import lock_named
from voting.count_begun import is_count_begun
from voting.elections import draft_of, get_election
from voting.joint_counts import find_joint
from voting.phases import Phase
from voting.record_export import require_approved
from voting.schedule import is_published_too_late
from voting.tables import Election

FIRST_TO_READ: Final = frozenset({Role.COMMITTEE, Role.AUDITOR})
"""Who reads a result that is not public yet; the committee's role is one of those who
sit in the election's committee (accounts/guards.py)."""

_BEFORE_THE_COUNT: Final = frozenset(
    {Phase.DRAFT, Phase.KEYS, Phase.READY, Phase.OPEN, Phase.CLOSED}
)


class PublicationRefused(Exception):
    """The time cannot be set; the subclasses say why."""


class CountBegun(PublicationRefused):
    """The count has begun: the time stands."""


class InThePast(PublicationRefused):
    """The time is over already."""


class TooLate(PublicationRefused):
    """The time is more than 90 days after closing."""


class LaterThanAgreed(PublicationRefused):
    """The other unions of a declared joint count agreed to an earlier time."""


class NotPublished(Exception):
    """The result is not public yet."""

    def __init__(self, publish_at: datetime) -> None:
        super().__init__("not public yet")
        self.publish_at = publish_at


def set_publication(
    session: Session,
    election_id: str,
    publish_at: datetime | None,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Set when the result becomes public; None: as soon as it is approved.

    In a declared joint count the time is moved forward only: the others wait for it.

    Raises:
        CountBegun, InThePast, TooLate, LaterThanAgreed: nothing is changed.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_election(session, election_id)
    session.refresh(election)
    if election.phase not in _BEFORE_THE_COUNT or is_count_begun(session, election_id):
        raise CountBegun
    if publish_at is not None:
        publish_at = publish_at.replace(microsecond=0)
        if publish_at <= at:
            raise InThePast
        closes_at = election.closes_at or draft_of(election).closes_at
        if is_published_too_late(publish_at, closes_at):
            raise TooLate
        _require_agreed(session, election, publish_at)
    election.publish_at = publish_at
    session.flush()
    record_event(
        session,
        at=at,
        actor=actor,
        kind="publication-set",
        subject=election_id,
        content={"publish_at": format_time(publish_at) if publish_at else None},
    )


def is_embargoed(election: Election, now: datetime) -> bool:
    """Tell whether the set time is still to come."""
    return election.publish_at is not None and now < election.publish_at


def require_public(election: Election, now: datetime) -> None:
    """Refuse a result that is not for everybody yet.

    Raises:
        NotPublished: its time is to come.
        RecordNotReady: it is not approved.

    """
    if election.publish_at is not None and now < election.publish_at:
        raise NotPublished(election.publish_at)
    require_approved(election)


def _require_agreed(session: Session, election: Election, publish_at: datetime) -> None:
    joint = find_joint(session, election.id)
    if joint is None or not joint.is_declared:
        return
    if election.publish_at is None or publish_at > election.publish_at:
        raise LaterThanAgreed
