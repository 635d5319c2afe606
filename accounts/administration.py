"""What an administrator does with accounts: list, close, open, change roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.invitations import InvitationState
from accounts.officials import (
    OfficialIdentity,
    district_rows,
    find_official,
    identity_of,
    role_rows,
)
from accounts.revocations import revoke_passes
from accounts.roles import District, Role, require_roles, require_union
from accounts.second_factors import officials_with_factor
from accounts.sessions import close_sessions
from accounts.tables import Official, OfficialInvitation, OfficialRole
from infra.audit import record_event
from infra.config import Settings


class LastAdministrator(Exception):
    """Without this administrator nobody could invite anybody."""


class OwnAccount(Exception):
    """Nobody closes the own account or changes its roles: another does."""


@dataclass(frozen=True, slots=True)
class Account:
    """An official as an administrator sees one."""

    identity: OfficialIdentity
    email: str = field(repr=False)
    disabled: bool
    invitation: InvitationState | None
    expires_at: datetime | None
    """When a link that was sent opens nothing any more."""

    has_factor: bool


def list_accounts(session: Session) -> list[Account]:
    """Return all accounts by name, the closed ones last."""
    secured = officials_with_factor(session)
    officials = select(Official).order_by(
        Official.disabled, func.lower(Official.name), Official.id
    )
    return [_account(session, each, secured) for each in session.scalars(officials)]


def read_account(session: Session, official_id: str) -> Account:
    """Return one account.

    Raises:
        UnknownOfficial: there is none.

    """
    official = find_official(session, official_id)
    return _account(session, official, officials_with_factor(session))


def change_roles(
    session: Session,
    settings: Settings,
    official_id: str,
    *,
    roles: frozenset[Role],
    districts: frozenset[District],
    union: str = "",
    actor: str,
    at: datetime,
) -> None:
    """Give an official these roles and no others, at once on both sides.

    Raises:
        UnknownOfficial, OwnAccount, LastAdministrator: see there.
        RoleMissing, DistrictMissing, TooManyDistricts: see `require_roles`.
        UnionMalformed, NotForOneUnion: see `require_union`.

    """
    require_roles(roles, districts)
    require_union(union, roles)
    official = _get_other(session, official_id, actor)
    if Role.ADMINISTRATOR not in roles:
        _require_another_administrator(session, official)
    official.roles.clear()
    official.districts.clear()
    session.flush()
    official.roles.extend(role_rows(roles))
    official.districts.extend(district_rows(districts))
    official.union = union
    revoke_passes(session, settings, official_id, at)
    record_event(
        session,
        at=at,
        actor=actor,
        kind="roles-changed",
        subject=official_id,
        content={"roles": sorted(role.value for role in roles), "union": union},
    )


def disable_official(
    session: Session, settings: Settings, official_id: str, *, actor: str, at: datetime
) -> None:
    """Close an account: sessions end, passes and invitations open nothing.

    Raises:
        UnknownOfficial, OwnAccount, LastAdministrator: see there.

    """
    official = _get_other(session, official_id, actor)
    _require_another_administrator(session, official)
    official.disabled = True
    close_sessions(session, official_id)
    revoke_passes(session, settings, official_id, at)
    record_event(
        session, at=at, actor=actor, kind="official-disabled", subject=official_id
    )


def enable_official(
    session: Session, official_id: str, *, actor: str, at: datetime
) -> None:
    """Open a closed account, with the password and the factors that it had.

    Raises:
        UnknownOfficial, OwnAccount: see there.

    """
    official = _get_other(session, official_id, actor)
    official.disabled = False
    record_event(
        session, at=at, actor=actor, kind="official-enabled", subject=official_id
    )


def has_administrator(session: Session) -> bool:
    """Tell whether somebody can invite others."""
    return bool(_count_administrators(session))


def _account(session: Session, official: Official, secured: set[str]) -> Account:
    invitation = session.get(OfficialInvitation, official.id)
    return Account(
        identity_of(official),
        official.email,
        official.disabled,
        InvitationState(invitation.state) if invitation else None,
        invitation.expires_at if invitation else None,
        official.id in secured,
    )


def _get_other(session: Session, official_id: str, actor: str) -> Official:
    official = find_official(session, official_id)
    if official.id == actor:
        raise OwnAccount
    return official


def _require_another_administrator(session: Session, official: Official) -> None:
    roles = {entry.role for entry in official.roles}
    if Role.ADMINISTRATOR.value not in roles or official.disabled:
        return
    if _count_administrators(session) <= 1:
        raise LastAdministrator


def _count_administrators(session: Session) -> int:
    query = (
        select(func.count())
        .select_from(OfficialRole)
        .join(Official)
        .where(
            OfficialRole.role == Role.ADMINISTRATOR.value, Official.disabled.is_(False)
        )
    )
    return session.scalar(query) or 0
