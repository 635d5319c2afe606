"""Breaks a declared joint count, for good (docs/protocol.md §9).

As soon as one of its elections will not be approved in time, the others are public by
their own rules. If that election is approved afterwards all the same, nothing may be
added up any more: the last union's votes would be what is left of the sum when the
others', which everybody knows by then, are taken away.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.audit import record_event
from voting.joint_tables import JointCount, JointSibling


def break_joint(
    session: Session, election_id: str, *, actor: str, at: datetime
) -> bool:
    """Break the declared joint count that an election is in; tell whether it did.

    A count that is concluded, or was broken before, stays as it is. It records events:
    no lock may be waited for afterwards in the transaction.
    """
    query = (
        select(JointCount)
        .join(JointSibling, JointSibling.joint_id == JointCount.id)
        .where(
            JointSibling.election_id == election_id,
            JointCount.declaration.is_not(None),
            JointCount.protocol.is_(None),
            JointCount.broken_at.is_(None),
        )
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        return False
    row.broken_at = at.replace(microsecond=0)
    session.flush()
    siblings = (
        select(JointSibling.election_id)
        .where(JointSibling.joint_id == row.id)
        .order_by(JointSibling.place)
    )
    for each in session.scalars(siblings).all():
        record_event(session, at=at, actor=actor, kind="joint-broken", subject=each)
    return True
