"""Corrections of a frozen roll: asked for by one official, decided by another."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from accounts.guards import current_official, register_official
from accounts.roles import Role
from register.address_changes import agree_to_address, propose_address
from register.address_notices import queue_notices
from register.address_telling import AddressKind
from register.correction_tables import CorrectionKind
from register.corrections import (
    Asking,
    UnknownCorrection,
    decline,
    list_corrections,
    read_correction,
)
from register.late_proposals import agree_to_addition, propose_addition
from register.one_member import MemberMalformed, read_member
from register.resends import require_entry
from register.roll import count_entries, read_person
from register.rollfile_refusals import IdentityNumberFound
from register.sending_jobs import enqueue_sending
from register.views.correction_forms import (
    ADDRESS_PREFIX,
    MOBILE_PREFIX,
    POSTAL_PREFIX,
    AdditionForm,
    AddressForm,
    MobileForm,
    PostalForm,
)
from register.views.correction_words import (
    CORRECTION_KINDS,
    CORRECTION_STATES,
    NOTICES,
)
from register.views.desk import (
    Desk,
    acting,
    read_id,
    reading,
    refusals_told,
    register_page,
)
from register.views.words import error_sentence, file_sentence

blueprint = Blueprint(
    "register_additions",
    __name__,
    url_prefix="/r/valg/<string(length=32):election_id>/rettelser",
)

_UNPROCESSABLE: Final = 422
_DECIDING: Final = (Role.ORGANISER, Role.COMMITTEE)
_WAITS: Final = _l(
    "Forslaget venter. En annen arrangør eller en i valgkomiteen må godkjenne det,"
    " under Rettelser. Gi beskjed."
)


_UNTOLD: Final = _l(
    "Ingen e-post eller SMS når medlemmet der det var å nå før, så ring og si fra."
)


@blueprint.get("")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show(election_id: str) -> str:
    """List what was asked for, without names."""
    with reading() as desk:
        listed = list_corrections(desk.session, election_id, desk.actor)
    return register_page(
        "corrections.html",
        election_id,
        listed=listed,
        kinds=CORRECTION_KINDS,
        states=CORRECTION_STATES,
        notices=NOTICES,
        may_decide=bool(current_official().roles & set(_DECIDING)),
    )


@blueprint.get("/ny-innforing")
@register_official(*_DECIDING)
def write_addition(election_id: str) -> str:
    """Ask for a forgotten member."""
    return _addition_page(election_id, _addition_form(election_id))


@blueprint.post("/ny-innforing")
@register_official(*_DECIDING)
def ask_for_addition(election_id: str) -> ResponseReturnValue:
    """Keep the proposal for another official."""
    form = _addition_form(election_id)
    if not form.validate() or not _is_asked(election_id, form):
        return _addition_page(election_id, form), _UNPROCESSABLE
    flash(str(_WAITS), "success")
    return _to_list(election_id)


@blueprint.post("/ny-adresse")
@register_official(*_DECIDING)
def ask_for_address(election_id: str) -> ResponseReturnValue:
    """Keep the proposal of another address for another official."""
    form = AddressForm(prefix=ADDRESS_PREFIX)
    return _ask_for(election_id, AddressKind.EMAIL, form)


@blueprint.post("/ny-postadresse")
@register_official(*_DECIDING)
def ask_for_postal(election_id: str) -> ResponseReturnValue:
    """Keep the proposal of another postal address for another official."""
    form = PostalForm(prefix=POSTAL_PREFIX)
    return _ask_for(election_id, AddressKind.POSTAL, form)


@blueprint.post("/nytt-mobilnummer")
@register_official(*_DECIDING)
def ask_for_mobile(election_id: str) -> ResponseReturnValue:
    """Keep the proposal of another mobile number for another official."""
    form = MobileForm(prefix=MOBILE_PREFIX)
    return _ask_for(election_id, AddressKind.MOBILE, form)


@blueprint.get("/<correction>")
@register_official(*_DECIDING)
def show_one(election_id: str, correction: str) -> str:
    """Show what was asked for, with the name; that it was read is noted."""
    with acting() as desk:
        key = desk.key(election_id)
        found = read_correction(
            desk.session,
            key,
            election_id=election_id,
            correction_id=_id_of(correction),
            asking=_asking(desk),
        )
        person = None
        if found.listed.kind == CorrectionKind.ADDRESS and found.entry_id:
            entry = require_entry(desk.session, election_id, found.entry_id)
            person = read_person(key, entry)
    return register_page(
        "correction.html",
        election_id,
        found=found,
        person=person,
        kind=CORRECTION_KINDS[found.listed.kind],
        state=CORRECTION_STATES[found.listed.state],
    )


@blueprint.post("/<correction>/godkjenn")
@register_official(*_DECIDING)
def agree(election_id: str, correction: str) -> ResponseReturnValue:
    """Agree to what another official asked for."""
    with refusals_told():
        with acting() as desk:
            kind = _kind_of(desk, election_id, correction)
            agreed = _AGREE[kind](desk, election_id, _id_of(correction))
        if kind == CorrectionKind.ADDRESS:
            queue_notices(desk.runtime)
        elif isinstance(agreed, bytes):
            enqueue_sending(desk.runtime, agreed)
    return _to_list(election_id)


@blueprint.post("/<correction>/avsla")
@register_official(*_DECIDING)
def refuse(election_id: str, correction: str) -> ResponseReturnValue:
    """Decline a proposal, or withdraw one's own."""
    with refusals_told(), acting() as desk:
        decline(
            desk.session,
            election_id=election_id,
            correction_id=_id_of(correction),
            asking=_asking(desk),
        )
        flash(_("Forslaget er avslått, og det som sto i det er slettet."), "success")
    return _to_list(election_id)


def _ask_for(
    election_id: str, kind: AddressKind, form: AddressForm | PostalForm | MobileForm
) -> ResponseReturnValue:
    if not form.validate():
        flash(str(next(iter(form.errors.values()))[0]), "danger")
        return redirect(url_for("register_lookups.show", election_id=election_id))
    with refusals_told(), acting() as desk:
        propose_address(
            desk.session,
            desk.settings,
            desk.key(election_id),
            election_id=election_id,
            entry_id=read_id(form.entry.data or ""),
            kind=kind,
            wanted=form.wanted,
            reason=str(form.reason.data),
            asking=_asking(desk),
        )
        flash(str(_WAITS), "success")
    return _to_list(election_id)


def _agree_to_addition(
    desk: Desk, election_id: str, correction_id: bytes
) -> bytes | None:
    sending_id = agree_to_addition(
        desk.session,
        desk.settings,
        desk.keystore,
        election_id=election_id,
        correction_id=correction_id,
        asking=_asking(desk),
    )
    if sending_id is None:
        flash(
            _(
                "Medlemmet er ført inn. Ingen melding kan sendes, så det må stemme på"
                " papir."
            ),
            "success",
        )
    else:
        flash(_("Medlemmet er ført inn, og lenken er på vei."), "success")
    return sending_id


def _agree_to_address(desk: Desk, election_id: str, correction_id: bytes) -> None:
    is_told = agree_to_address(
        desk.session,
        desk.settings,
        desk.key(election_id),
        election_id=election_id,
        correction_id=correction_id,
        asking=_asking(desk),
    )
    told = _("Den gamle adressen får vite det.") if is_told else str(_UNTOLD)
    flash(
        " ".join(
            (
                _("Adressen er endret."),
                told,
                _(
                    "Ingen lenke er sendt. Arrangøren sender den under Oppslag, eller"
                    " med en ny innbydelse."
                ),
            )
        ),
        "success",
    )


_AGREE: Final = {
    CorrectionKind.ADDITION: _agree_to_addition,
    CorrectionKind.ADDRESS: _agree_to_address,
}


def _kind_of(desk: Desk, election_id: str, correction: str) -> CorrectionKind:
    for each in list_corrections(desk.session, election_id, desk.actor):
        if each.correction_id == correction:
            return each.kind
    raise UnknownCorrection


def _is_asked(election_id: str, form: AdditionForm) -> bool:
    """Keep the proposal, or put what is wrong beside its fields."""
    try:
        member = read_member(form.cells())
    except MemberMalformed as malformed:
        for error in malformed.errors:
            place = form[error.column] if error.column else form.member_number
            place.errors = [*place.errors, " ".join(error_sentence(error))]
        return False
    except IdentityNumberFound as found:
        form.member_number.errors = [file_sentence(found)[0]]
        return False
    is_refused = True
    with refusals_told(), acting() as desk:
        propose_addition(
            desk.session,
            desk.key(election_id),
            election_id=election_id,
            member=member,
            reason=str(form.reason.data),
            asking=_asking(desk),
        )
        is_refused = False
    return not is_refused


def _addition_form(election_id: str) -> AdditionForm:
    form = AdditionForm()
    with reading() as desk:
        form.offer(each.label for each in count_entries(desk.session, election_id))
    return form


def _addition_page(election_id: str, form: AdditionForm) -> str:
    return register_page("addition.html", election_id, form=form)


def _asking(desk: Desk) -> Asking:
    return Asking(desk.actor, current_official().name, desk.now)


def _id_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UnknownCorrection from None


def _to_list(election_id: str) -> ResponseReturnValue:
    return redirect(url_for("register_additions.show", election_id=election_id))
