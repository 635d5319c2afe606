"""The turnout audit: totals while it is open; names, samples and sums after closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import current_official, register_official
from accounts.roles import Role
from register.overview import read_overview
from register.turnout import (
    GroupTurnout,
    NotYourGroup,
    Turnout,
    Wanted,
    list_names,
    read_turnout,
)
from register.turnout_samples import draw_sample, list_samples, read_sample
from register.turnout_tables import Among
from register.views.desk import (
    Desk,
    acting,
    reading,
    refusals_told,
    register_page,
)
from register.views.turnout_forms import EVERY_GROUP, NamesForm, SampleForm
from register.views.words import MARKS

blueprint = Blueprint(
    "register_turnout",
    __name__,
    url_prefix="/r/valg/<string(length=32):election_id>/frammote",
)

Answer = TypeVar("Answer")

_UNPROCESSABLE: Final = 422
_NAMES: Final = frozenset({Role.COMMITTEE, Role.AUDITOR})
"""Read the names of every voter group; a district contact those of the own ones."""
_TOTALS: Final = frozenset({*_NAMES, Role.ORGANISER})
"""See the totals of every voter group; a district contact those of the own ones."""


@blueprint.get("")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR, Role.DISTRICT_CONTACT)
def show(election_id: str) -> str:
    """Show totals, and after closing what else there is to look at."""
    return _page(election_id, SampleForm(formdata=None))


@blueprint.post("/navn")
@register_official(Role.COMMITTEE, Role.AUDITOR, Role.DISTRICT_CONTACT)
def names(election_id: str) -> ResponseReturnValue:
    """List names with marks, and note who read them."""
    form = NamesForm()
    turnout = _read(election_id, _own_groups(election_id, _NAMES))
    form.offer((each.index, each.label) for each in turnout.groups)
    if not form.validate():
        flash(form.fault or _("Søket kan ikke leses. Prøv igjen."), "danger")
        return _back(election_id)
    with acting() as desk:
        found = list_names(
            desk.session,
            desk.key(election_id),
            election_id=election_id,
            wanted=_wanted(form, turnout),
            by=desk.by(form.reason.data),
        )
    return register_page(
        "turnout_names.html", election_id, form=form, found=found, marks=MARKS
    )


@blueprint.post("/utvalg")
@register_official(Role.COMMITTEE, Role.AUDITOR)
def draw(election_id: str) -> ResponseReturnValue:
    """Draw a sample to telephone."""
    form = SampleForm()
    if not form.validate():
        return _page(election_id, form), _UNPROCESSABLE
    with refusals_told(), acting() as desk:
        number = draw_sample(
            desk.session,
            election_id=election_id,
            size=int(form.size.data or 0),
            among=Among(form.among.data),
            seed=form.seed.data or "",
            actor=desk.actor,
            now=desk.now,
        )
        flash(_("Utvalg %(number)s er trukket.", number=number), "success")
    return _back(election_id)


@blueprint.get("/utvalg/<int:number>")
@register_official(Role.COMMITTEE, Role.AUDITOR)
def show_sample(election_id: str, number: int) -> str:
    """Show a sample with names, and note who read it."""
    with acting() as desk:
        sample, drawn = read_sample(
            desk.session,
            desk.key(election_id),
            election_id=election_id,
            number=number,
            by=desk.by(_("Ringer utvalg %(number)s", number=number)),
        )
    return register_page(
        "turnout_sample.html", election_id, sample=sample, drawn=drawn, marks=MARKS
    )


def _page(election_id: str, form: SampleForm) -> str:
    own = _own_groups(election_id, _TOTALS)
    turnout = _read(election_id, own)
    readable = _readable(election_id, turnout)
    names_form = NamesForm(formdata=None)
    names_form.offer((each.index, each.label) for each in readable)
    return register_page(
        "turnout.html",
        election_id,
        turnout=turnout,
        hours=[(datetime.fromtimestamp(at * 3600, UTC), n) for at, n in turnout.hours],
        may_draw=bool(current_official().roles & _NAMES),
        may_read=bool(readable),
        is_own=own is not None,
        samples=_with(lambda desk: list_samples(desk.session, election_id)),
        names_form=names_form,
        form=form,
    )


def _readable(election_id: str, turnout: Turnout) -> tuple[GroupTurnout, ...]:
    """Return the voter groups whose names the official may read: often none."""
    try:
        own = _own_groups(election_id, _NAMES)
    except NotYourGroup:
        return ()
    return tuple(each for each in turnout.groups if own is None or each.index in own)


def _own_groups(election_id: str, whole: frozenset[Role]) -> frozenset[int] | None:
    """Return the voter groups of a district contact; None is all of them.

    `whole`: the roles that see every voter group. Whoever has none of them sees what a
    district contact does, whatever else the official is.
    """
    official = current_official()
    if official.roles & whole:
        return None
    overview = _with(lambda desk: read_overview(desk.session, election_id))
    own = frozenset(
        each.index
        for each in overview.groups
        if official.is_contact_of(overview.organisation, each.label)
    )
    if not own:
        raise NotYourGroup
    return own


def _wanted(form: NamesForm, turnout: Turnout) -> Wanted:
    offered = frozenset(each.index for each in turnout.groups)
    group = form.group.data
    return Wanted(
        groups=offered if group == EVERY_GROUP else offered & {group},
        marks=form.marks.data,
        search=form.search.data or "",
        page=form.page.data or 1,
    )


def _read(election_id: str, own: frozenset[int] | None) -> Turnout:
    return _with(lambda desk: read_turnout(desk.session, election_id, own))


def _with(ask: Callable[[Desk], Answer]) -> Answer:
    with reading() as desk:
        return ask(desk)


def _back(election_id: str) -> ResponseReturnValue:
    return redirect(url_for("register_turnout.show", election_id=election_id))
