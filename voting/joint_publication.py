"""What a joint count keeps from the public, and until when (docs/protocol.md §9).

Nothing of any of its elections is public before all of them are approved and their
embargoes are over: otherwise the last union's numbers would be what is left when the
others' are taken away. And what is shown joined never stands apart anywhere else.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.roles import Role
from voting.joint_counts import Joint, find_joint
from voting.publication import FIRST_TO_READ, is_embargoed, require_public
from voting.record_export import RecordNotReady
from voting.tables import Election


class HeldByJoint(Exception):
    """The joint count keeps an election's result from the public."""

    def __init__(self, joint_id: str) -> None:
        """Take the joint count's id."""
        super().__init__("held by a joint count")
        self.joint_id = joint_id


class WaitsForJoint(HeldByJoint):
    """Until every election of it is approved and public."""


class ShownJoined(HeldByJoint):
    """For good: the union's votes are shown together with another's."""


def is_ready(joint: Joint, now: datetime) -> bool:
    """Tell whether a declared count may be added up: all approved, no embargo left.

    Never once it is broken, also when the last approval came after all.
    """
    if not joint.is_declared or joint.is_broken:
        return False
    return all(
        each.approved_at is not None and not is_embargoed(each, now)
        for each in joint.elections
    )


def require_result_public(session: Session, election: Election, now: datetime) -> None:
    """Refuse a result that is not for everybody, by its own rules or a joint count's.

    Raises:
        NotPublished, RecordNotReady: see `require_public`.
        WaitsForJoint, ShownJoined: see there.

    """
    require_public(election, now)
    require_not_joined(session, election)


def require_not_joined(session: Session, election: Election) -> None:
    """Refuse what a joint count keeps from the public; raises as above."""
    joint = find_joint(session, election.id)
    if joint is None or not joint.is_declared:
        return
    if joint.row.protocol is None:
        if not joint.is_broken:
            raise WaitsForJoint(joint.row.id)
        return
    own = next(each for each, other in joint.siblings if other.id == election.id)
    if not own.shown_alone:
        raise ShownJoined(joint.row.id)


def may_read_own_result(
    session: Session, election: Election, roles: Collection[Role], now: datetime
) -> bool:
    """Tell whether an official reads the own election's result now.

    The committee and the auditor always; others when it is public, or shown joined.
    """
    if FIRST_TO_READ & frozenset(roles):
        return True
    if is_embargoed(election, now):
        return False
    try:
        require_not_joined(session, election)
    except WaitsForJoint:
        return False
    except ShownJoined:
        return True
    return True


def require_concluded(joint: Joint) -> bytes:
    """Return the joint protocol.

    Raises:
        RecordNotReady: it is not written yet.

    """
    if joint.row.protocol is None:
        raise RecordNotReady
    return joint.row.protocol
