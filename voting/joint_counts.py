"""Use cases of joint counts: propose, agree for the own election, leave.

Whoever proposes names the others' elections by their short names, which stand in their
public addresses, and learns nothing of them by it. Each union's organiser then agrees
for the own election alone, once it is sealed; with the last of them the count is
declared, before any election has opened. To be invited binds nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from voting.elections import get_election, hold_phase
from voting.joint import (
    LONGEST_TITLE,
    MOST_SIBLINGS,
    Declaration,
    JointRefused,
    Sibling,
    encode_declaration,
    require_joinable,
    sign_joint,
)
from voting.joint_tables import JointCount, JointSibling
from voting.phases import Phase
from voting.sealed import sealed_of
from voting.sealing import service_seed
from voting.tables import Election

BEFORE_OPENING = frozenset({Phase.DRAFT, Phase.KEYS, Phase.READY})


class UnknownJoint(Exception):
    """There is no such joint count, or the election is not in it."""


class AlreadyJoint(Exception):
    """The own election proposed, or has agreed to, another joint count."""


class UnknownSibling(Exception):
    """No election that could be invited has this short name; the first is named.

    One that is there and cannot be invited is not told from one that is not there.
    """

    def __init__(self, slug: str) -> None:
        """Take what was typed: the address of an election is public."""
        super().__init__("no such election")
        self.slug = slug


class AlreadyDeclared(Exception):
    """The joint count is declared: nobody leaves it any more."""


class NotSealedYet(Exception):
    """An organiser agrees once the own election is sealed: what is joined is fixed."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint count with its elections, in order."""

    row: JointCount
    siblings: tuple[tuple[JointSibling, Election], ...]

    @property
    def elections(self) -> list[Election]:
        """The elections alone."""
        return [election for _, election in self.siblings]

    @property
    def is_declared(self) -> bool:
        """Tell whether every union agreed in time."""
        return self.row.declaration is not None

    @property
    def is_broken(self) -> bool:
        """Tell whether there will never be a result of it; never taken back."""
        return self.row.broken_at is not None


def find_joint(session: Session, election_id: str) -> Joint | None:
    """Return the one joint count that an election proposed, or has agreed to."""
    query = select(JointSibling.joint_id).where(
        JointSibling.election_id == election_id,
        or_(JointSibling.agreed_by.is_not(None), JointSibling.place == 0),
    )
    found = session.scalars(query).one_or_none()
    return None if found is None else load_joint(session, found)


def list_invitations(session: Session, election_id: str) -> list[Joint]:
    """Return what an election is invited to and may still agree to."""
    own = find_joint(session, election_id)
    if own is not None and own.is_declared:
        return []
    query = select(JointSibling.joint_id).where(
        JointSibling.election_id == election_id,
        JointSibling.agreed_by.is_(None),
        JointSibling.place > 0,
    )
    found = session.scalars(query.order_by(JointSibling.joint_id)).all()
    invitations = [load_joint(session, each) for each in found]
    return [
        joint
        for joint in invitations
        if all(
            each.phase in BEFORE_OPENING
            for sibling, each in joint.siblings
            if sibling.agreed_by or sibling.place == 0 or each.id == election_id
        )
    ]


def declared_title(session: Session, election_id: str) -> tuple[str, str] | None:
    """Return id and title of the declared joint count that an election is in."""
    joint = find_joint(session, election_id)
    if joint is None or not joint.is_declared:
        return None
    return joint.row.id, joint.row.title


def load_joint(session: Session, joint_id: str) -> Joint:
    """Return a joint count.

    Raises:
        UnknownJoint: there is none.

    """
    row = session.get(JointCount, joint_id)
    if row is None:
        raise UnknownJoint
    query = (
        select(JointSibling, Election)
        .join(Election, Election.id == JointSibling.election_id)
        .where(JointSibling.joint_id == joint_id)
        .order_by(JointSibling.place)
    )
    return Joint(
        row, tuple((each, election) for each, election in session.execute(query))
    )


def propose_joint(
    session: Session,
    election_id: str,
    *,
    title: str,
    slugs: Sequence[str],
    actor: str,
    at: datetime,
) -> Joint:
    """Invite other unions' elections to be counted jointly with one's own.

    Raises:
        JointRefused: `number`, `open` (the own), `same-election`, or `title`.
        UnknownSibling: there is no such election, or it cannot be invited any more.
        AlreadyJoint: see there.

    """
    title = " ".join(title.split())
    if not 1 <= len(title) <= LONGEST_TITLE or not title.isprintable():
        raise JointRefused("title")
    own = get_election(session, election_id)
    if not 2 <= 1 + len(slugs) <= MOST_SIBLINGS:  # noqa: PLR2004 - one is not joint
        raise JointRefused("number")
    if len({own.slug, *slugs}) <= len(slugs):
        raise JointRefused("same-election")
    elections = [own, *(_by_slug(session, slug) for slug in slugs)]
    for each in sorted(elections, key=lambda one: one.id):
        hold_phase(session, each)
    if own.phase not in BEFORE_OPENING:
        raise JointRefused("open")
    if find_joint(session, own.id) is not None:
        raise AlreadyJoint
    for each in elections[1:]:
        _require_invitable(session, each)
    row = JointCount(id=secrets.token_hex(16), title=title)
    session.add(row)
    session.flush()
    session.add_all(
        JointSibling(election_id=each.id, joint_id=row.id, place=place)
        for place, each in enumerate(elections)
    )
    session.flush()
    _record(session, elections, "joint-proposed", actor, at)
    return load_joint(session, row.id)


def agree_to_joint(
    session: Session,
    settings: Settings,
    election_id: str,
    joint_id: str,
    *,
    actor: str,
    at: datetime,
) -> Joint:
    """Agree for one election; the last one declares the count.

    Raises:
        UnknownJoint, NotSealedYet, AlreadyJoint: see there.
        AlreadyDeclared: all have agreed.
        JointRefused: the elections differ, or one has opened; nothing is stored.

    """
    joint = _hold(session, election_id, joint_id)
    if joint.is_declared:
        raise AlreadyDeclared
    mine = find_joint(session, election_id)
    if mine is not None and mine.row.id != joint_id:
        raise AlreadyJoint
    own = session.get_one(JointSibling, (election_id, joint_id))
    election = get_election(session, election_id)
    if election.manifest is None or election.phase == Phase.CANCELLED:
        raise NotSealedYet
    if election.phase != Phase.READY:
        raise JointRefused("open")
    own.agreed_by = actor
    session.flush()
    _record(session, [election], "joint-agreed", actor, at)
    if all(each.agreed_by for each, _ in joint.siblings):
        _declare(session, settings, joint, actor, at)
    return joint


def leave_joint(
    session: Session, election_id: str, joint_id: str, *, actor: str, at: datetime
) -> None:
    """Say no for one election, or take the proposal back: nothing is left of it.

    Raises:
        UnknownJoint: it is not in this one.
        AlreadyDeclared: too late.

    """
    joint = _hold(session, election_id, joint_id)
    if joint.is_declared:
        raise AlreadyDeclared
    _record(session, joint.elections, "joint-declined", actor, at)
    mine = JointSibling.joint_id == joint.row.id
    session.execute(delete(JointSibling).where(mine))
    session.execute(delete(JointCount).where(JointCount.id == joint.row.id))


def siblings_of(elections: Sequence[Election]) -> list[Sibling]:
    """Return elections as they were sealed.

    Raises:
        NotSealedYet: one is not.

    """
    found = []
    for each in elections:
        if each.manifest is None:
            raise NotSealedYet
        sealed = sealed_of(each)
        found.append(
            Sibling(
                sealed.manifest, sealed.fingerprint, sealed.opens_at, sealed.closes_at
            )
        )
    return found


def _declare(
    session: Session, settings: Settings, joint: Joint, actor: str, at: datetime
) -> None:
    siblings = siblings_of(joint.elections)
    require_joinable(siblings, at)
    if any(each.phase != Phase.READY for each in joint.elections):
        raise JointRefused("open")
    declaration = encode_declaration(
        Declaration(
            joint.row.id,
            joint.row.title,
            at.replace(microsecond=0),
            tuple(each.fingerprint for each in siblings),
        )
    )
    joint.row.declaration = declaration
    joint.row.declaration_signature = sign_joint(
        service_seed(settings), "joint", declaration
    )
    session.flush()
    _record(session, joint.elections, "joint-declared", actor, at)


def _hold(session: Session, election_id: str, joint_id: str) -> Joint:
    lock_named(session, b"joint", joint_id.encode())
    session.flush()
    session.expire_all()  # what was read before may have been changed meanwhile
    joint = load_joint(session, joint_id)
    if election_id not in {each.id for each in joint.elections}:
        raise UnknownJoint
    for each in sorted(joint.elections, key=lambda one: one.id):
        hold_phase(session, each)
    return joint


def _by_slug(session: Session, slug: str) -> Election:
    found = session.scalars(select(Election).where(Election.slug == slug)).one_or_none()
    if found is None:
        raise UnknownSibling(slug)
    return found


def _require_invitable(session: Session, election: Election) -> None:
    joint = find_joint(session, election.id)
    if election.phase not in BEFORE_OPENING or (joint and joint.is_declared):
        raise UnknownSibling(election.slug)


def _record(
    session: Session, elections: Sequence[Election], kind: str, actor: str, at: datetime
) -> None:
    for each in elections:
        record_event(session, at=at, actor=actor, kind=kind, subject=each.id)
