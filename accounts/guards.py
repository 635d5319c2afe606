"""Access marks: every view bears exactly one, and the app refuses to start otherwise.

The marks are set on the view; `seal_app` walks the routes once all blueprints are
there and wraps each view in the guard its mark asks for. So there is one place where
access is decided, and no view can be reached that forgot to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Final, Literal, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, NotFound

from accounts.officials import OfficialIdentity
from accounts.passes import PassRefused, read_pass
from accounts.revocations import is_revoked
from accounts.roles import ELECTION_ROLES, Role
from accounts.sessions import (
    REGISTER_COOKIE,
    SERVICE_COOKIE,
    Entrant,
    HalfSignedIn,
    NotSignedIn,
    entrant_of,
    is_seen_anew,
    note_seen,
)
from infra.sides import Side
from infra.wall import request_of
from infra.web import current_runtime

View = TypeVar("View", bound=Callable[..., Any])
Kind = Literal[
    "public",
    "crossing",
    "voter",
    "entering",
    "official",
    "register_official",
    "holder",
    "exchange",
]

MARK: Final = "__urne_access__"
SHARED: Final = "__urne_shared__"

Owner = Callable[[Session, str], "str | None"]
"""Tells whose an election is; None where there is none."""
COOKIELESS: Final = frozenset({"crossing", "voter", "holder", "exchange"})
"""Kinds whose requests carry no cookie, so that no page of others can ride on one."""


class UnmarkedView(RuntimeError):
    """A view that says nothing of who may open it."""


class MarkedTwice(RuntimeError):
    """A view with two access marks."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a view."""

    kind: Kind
    roles: frozenset[Role] = frozenset()
    side: Side | None = None


_OWNERS: Final[dict[Side, Owner]] = {}

Seated = Callable[[Session, str, str], bool]
"""Tells, on the service, whether an official sits in an election's committee.

Where there is no such election it says yes: the view tells that it is not there.
"""
_SEATED: Final[list[Seated]] = []


def tells_seated(seated: Seated) -> Seated:
    """Mark what the service asks who sits in a committee."""
    _SEATED[:] = [seated]
    return seated


def tells_owner(side: Side) -> Callable[[Owner], Owner]:
    """Mark what a side asks whose an election is, by its id."""

    def keep(owner: Owner) -> Owner:
        _OWNERS[side] = owner
        return owner

    return keep


def of_every_union(view: View) -> View:
    """Let in officials of one union alone, too: the view itself shows them theirs.

    Without this they are let in where an address names an election of their own.
    """
    setattr(view, SHARED, True)
    return view


def public(view: View) -> View:
    """Anyone; no cookie is read."""
    return _mark(view, Access("public"))


def crossing(view: View) -> View:
    """Whoever brings a pass over from the service's page, which may be another host."""
    return _mark(view, Access("crossing", side="register"))


def voter(side: Side) -> Callable[[View], View]:
    """A voter, known by what the request itself proves; bound to one side."""
    return lambda view: _mark(view, Access("voter", side=side))


def entering(view: View) -> View:
    """Somebody who has shown a password, and perhaps not yet a second factor."""
    return _mark(view, Access("entering", side="service"))


def signed_in(view: View) -> View:
    """Any official signed in on the service, whatever the roles: the own account."""
    return _mark(view, Access("official", side="service"))


def official(*roles: Role) -> Callable[[View], View]:
    """An official signed in on the service with one of the roles.

    None named: one of those who work with elections (`ELECTION_ROLES`).
    """
    found = frozenset(roles or ELECTION_ROLES)
    return lambda view: _mark(view, Access("official", found, "service"))


def register_official(*roles: Role) -> Callable[[View], View]:
    """An official whom the service's pass names, with one of the roles.

    None named: one of those who work with elections (`ELECTION_ROLES`).
    """
    found = frozenset(roles or ELECTION_ROLES)
    return lambda view: _mark(view, Access("register_official", found, "register"))


def holder(view: View) -> View:
    """A key holder, known by the bearer key of a committee seat; the view checks it."""
    return _mark(view, Access("holder", side="service"))


def exchange(side: Side) -> Callable[[View], View]:
    """The other side, known by its signature under the document."""
    return lambda view: _mark(view, Access("exchange", side=side))


def access_of(view: Callable[..., Any]) -> Access:
    """Return a view's mark.

    Raises:
        UnmarkedView: it has none.

    """
    found = getattr(view, MARK, None)
    if not isinstance(found, Access):
        name = getattr(view, "__qualname__", "view")
        raise UnmarkedView(f"{view.__module__}.{name} bears no access mark")
    return found


def current_official() -> OfficialIdentity:
    """Return the official this request was let in as.

    Raises:
        NotSignedIn: the view is not one of officials.

    """
    found = g.get("official")
    if not isinstance(found, OfficialIdentity):
        raise NotSignedIn
    return found


def current_entrant() -> Entrant:
    """Return who has shown a password in this request.

    Raises:
        NotSignedIn: the view is not one for those who come in.

    """
    found = g.get("entrant")
    if not isinstance(found, Entrant):
        raise NotSignedIn
    return found


def session_token() -> str:
    """Return the token that this request brought, or nothing."""
    return request.cookies.get(SERVICE_COOKIE, "")


def seal_app(app: Flask, csrf: CSRFProtect) -> None:
    """Wrap every view in its guard.

    Raises:
        UnmarkedView: a route whose view says nothing of who may open it.

    """
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue
        access = access_of(view)
        if access.kind in COOKIELESS:
            csrf.exempt(view)
        app.view_functions[endpoint] = _guarded(view, access)


def mark_endpoint(app: Flask, endpoint: str, access: Access) -> None:
    """Mark a view of a room beneath this one, which knows no marks."""
    setattr(app.view_functions[endpoint], MARK, access)


def _mark(view: View, access: Access) -> View:
    if hasattr(view, MARK):
        raise MarkedTwice(f"{view.__module__}.{view.__qualname__}")
    setattr(view, MARK, access)
    return view


def _guarded(view: Callable[..., Any], access: Access) -> Callable[..., Any]:
    @wraps(view)
    def guard(**arguments: Any) -> ResponseReturnValue:  # noqa: ANN401 - Flask's own
        if access.kind == "voter" and access.side is not None:
            with request_of(access.side):
                return _answer(view, arguments)
        try:
            _admit(access.kind)
        except HalfSignedIn:
            return _to_second_step()
        except (NotSignedIn, PassRefused):
            return _to_entrance(access.kind)
        if access.roles:
            g.official = _in_election(g.official, access, arguments)
        if access.roles and not access.roles & g.official.roles:
            raise Forbidden
        if access.roles and g.official.union:
            _require_own_union(view, access, arguments)
        try:
            return _answer(view, arguments)
        except HalfSignedIn:
            # A view for those who come in has asked for more than a password.
            return _to_second_step()

    return guard


def _in_election(
    official: OfficialIdentity, access: Access, arguments: dict[str, Any]
) -> OfficialIdentity:
    """Leave the committee's role only to those who sit in this election's committee."""
    election_id = arguments.get("election_id")
    if election_id is None or Role.COMMITTEE not in official.roles:
        return official
    if access.side == "register":
        seated = election_id in official.seats
    else:
        with current_runtime().store("service").reading() as session:
            seated = all(ask(session, str(election_id), official.id) for ask in _SEATED)
    if seated:
        return official
    return replace(official, roles=official.roles - {Role.COMMITTEE})


def _require_own_union(
    view: Callable[..., Any], access: Access, arguments: dict[str, Any]
) -> None:
    election_id = arguments.get("election_id")
    if election_id is None or access.side is None:
        if not hasattr(view, SHARED):
            raise Forbidden
        return
    with current_runtime().store(access.side).reading() as session:
        owner = _OWNERS[access.side](session, str(election_id))
    # As if it were not there: whose elections there are is nobody else's matter.
    if owner is not None and not g.official.may_work_for(owner):
        raise NotFound


def _answer(view: Callable[..., Any], arguments: dict[str, Any]) -> ResponseReturnValue:
    return cast("ResponseReturnValue", current_app.ensure_sync(view)(**arguments))


def _admit(kind: Kind) -> None:
    if kind == "register_official":
        g.official = _register_official()
    elif kind in {"entering", "official"}:
        g.entrant = _service_entrant()
        if g.entrant.complete:
            g.official = g.entrant.official
        elif kind == "official":
            raise HalfSignedIn


def _service_entrant() -> Entrant:
    runtime, token = current_runtime(), session_token()
    store, now = runtime.store("service"), runtime.clock.now()
    with store.reading() as session:
        found = entrant_of(session, token, now)
        seen_anew = is_seen_anew(session, token, now)
    if seen_anew:
        with store.begin() as session:
            note_seen(session, token, now)
    return found


def _register_official() -> OfficialIdentity:
    runtime = current_runtime()
    key = runtime.settings.verify_keys["service"]
    text = request.cookies.get(REGISTER_COOKIE, "")
    found = read_pass(text, key, runtime.clock.now())
    with runtime.store("register").reading() as session:
        if is_revoked(session, found.official.id, found.issued_at):
            raise PassRefused
    return found.official


def _to_second_step() -> ResponseReturnValue:
    return redirect(url_for("accounts.second_step"))


def _to_entrance(kind: Kind) -> ResponseReturnValue:
    # Only a page that was asked for is come back to; a lost form is not sent again.
    wanted = request.path if request.method == "GET" else None
    if kind in {"entering", "official"}:
        return redirect(url_for("accounts.sign_in", neste=wanted))
    service = current_runtime().settings.service_url
    return redirect(f"{service}/valg")
