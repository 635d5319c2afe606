"""One member at a time, and the messages in doubt: for a reason that is noted first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import register_official
from accounts.roles import Role
from register.forms import (
    LETTER_PREFIX,
    DecisionForm,
    LetterForm,
    LookUpForm,
    MemberForm,
    PaperForm,
    ReasonForm,
    ReturnForm,
)
from register.lookups import (
    FoundMember,
    note_look_up,
    note_probe,
    read_member,
    read_troubled,
    require_message_entry,
)
from register.paper_marks import mark_paper
from register.refusals import AlreadyUsed, VotesOnPaper
from register.resends import decide_on_message, require_entry, resend_to_member
from register.returned_letters import find_letter, note_returned_letter
from register.roll import EntryNotFound, read_person
from register.roll_phases import MessageChannel
from register.sending import UnknownSending
from register.sending_jobs import enqueue_sending
from register.views.correction_forms import (
    ADDRESS_PREFIX,
    MOBILE_PREFIX,
    POSTAL_PREFIX,
    AddressForm,
    MobileForm,
    PostalForm,
)
from register.views.desk import (
    Desk,
    acting,
    read_id,
    reading,
    refusals_told,
    register_page,
)
from register.views.sending import to_sending
from register.views.sending_words import CHANNELS
from register.views.words import KINDS, MARKS, MESSAGE_STATES, sentence_of
from register.voting_codes import AlreadyMarked

blueprint = Blueprint(
    "register_lookups", __name__, url_prefix="/r/valg/<string(length=32):election_id>"
)

_UNPROCESSABLE: Final = 422


@blueprint.get("/oppslag")
@register_official(Role.ORGANISER, Role.COMMITTEE)
def show(election_id: str) -> str:
    """Ask for a member and a reason."""
    return register_page("lookup.html", election_id, form=LookUpForm())


@blueprint.post("/oppslag")
@register_official(Role.ORGANISER, Role.COMMITTEE)
def look_up(election_id: str) -> ResponseReturnValue:
    """Note who looks whom up and why, and only then show the member."""
    form = LookUpForm()
    if not form.validate():
        page = register_page("lookup.html", election_id, form=form)
        return page, _UNPROCESSABLE
    number = str(form.member_number.data).strip()
    with acting() as desk:
        note_look_up(
            desk.session,
            desk.key(election_id),
            election_id=election_id,
            member_number=number,
            by=desk.by(form.reason.data),
        )
    return _member_page(election_id, number, form)


@blueprint.post("/utsending/<sending>/brev/oppslag")
@register_official(Role.ORGANISER, Role.COMMITTEE)
def look_up_letter(election_id: str, sending: str) -> ResponseReturnValue:
    """Note who asks whose letter it is and why, and only then show the member."""
    form = LetterForm(prefix=LETTER_PREFIX)
    if not form.validate():
        flash(_("Skriv numrene nederst på brevet, og hvorfor du spør."), "danger")
    else:
        with refusals_told():
            number = _owner_of(election_id, read_id(sending), form)
            return _member_page(election_id, number, LookUpForm(formdata=None), form)
    return to_sending(election_id, sending)


@blueprint.post("/oppslag/brev-i-retur")
@register_official(Role.ORGANISER, Role.COMMITTEE)
def note_return(election_id: str) -> ResponseReturnValue:
    """Note that a letter to the member that was looked up came back."""
    form = ReturnForm()
    with refusals_told(), acting() as desk:
        note_returned_letter(
            desk.session,
            election_id=election_id,
            message_id=read_id(form.message.data or ""),
            by=desk.by(form.reason.data),
        )
        flash(_("Returen er ført. Koden i brevet virker ikke lenger."), "success")
    return _back(election_id)


@blueprint.post("/oppslag/papir")
@register_official(Role.ORGANISER, Role.COMMITTEE)
def vote_on_paper(election_id: str) -> ResponseReturnValue:
    """Mark the member that was looked up as voting on paper."""
    form = PaperForm()
    noted = _probe_noted(election_id, "paper-mark", form)
    with refusals_told(), noted, acting() as desk:
        mark_paper(
            desk.session,
            election_id=election_id,
            entry_id=_entry_id(form),
            by=desk.by(form.reason.data),
        )
        flash(_("Medlemmet er krysset av på papir."), "success")
    return _back(election_id)


@blueprint.post("/oppslag/ny-lenke")
@register_official(Role.ORGANISER)
def resend(election_id: str) -> ResponseReturnValue:
    """Send the member a new link; the older ones die."""
    form = MemberForm()
    with refusals_told():
        with _probe_noted(election_id, "resend", form), acting() as desk:
            sending_id = resend_to_member(
                desk.session,
                election_id=election_id,
                entry_id=_entry_id(form),
                by=desk.by(form.reason.data),
                channel=MessageChannel.LETTER if form.by_letter.data else None,
            )
        if form.by_letter.data:
            return to_sending(election_id, sending_id.hex())
        enqueue_sending(desk.runtime, sending_id)
        flash(_("En ny lenke er på vei. De eldre lenkene virker ikke."), "success")
    return _back(election_id)


@blueprint.post("/utsending/usikre")
@register_official(Role.ORGANISER)
def list_doubts(election_id: str) -> ResponseReturnValue:
    """Note why, and list the messages in doubt and those refused."""
    form = ReasonForm()
    if not form.validate():
        flash(str(form.reason.errors[0]), "danger")
        return redirect(url_for("register_sending.show", election_id=election_id))
    return _troubled_page(election_id, str(form.reason.data))


@blueprint.post("/utsending/usikre/avgjor")
@register_official(Role.ORGANISER)
def decide(election_id: str) -> ResponseReturnValue:
    """Settle one message in doubt, and show what is left."""
    form = DecisionForm()
    with refusals_told():
        if form.chosen is None:
            raise UnknownSending
        with _probe_noted(election_id, "resend", form), acting() as desk:
            sending_id = decide_on_message(
                desk.session,
                election_id=election_id,
                message_id=read_id(form.message.data or ""),
                decision=form.chosen,
                by=desk.by(form.reason.data),
            )
        if sending_id is not None:
            enqueue_sending(desk.runtime, sending_id)
        flash(_("Meldingen er avgjort."), "success")
    return _troubled_page(election_id, form.reason.data or "")


def _owner_of(election_id: str, sending_id: bytes, form: LetterForm) -> str:
    """Return whose letter it is, once it is on record that somebody asks."""
    with acting() as desk:
        entry_id = find_letter(
            desk.session,
            election_id=election_id,
            sending_id=sending_id,
            number=form.number.data or 0,
            place=form.place.data or 0,
        )
        key = desk.key(election_id)
        entry = require_entry(desk.session, election_id, entry_id)
        number = read_person(key, entry).member_number
        note_look_up(
            desk.session,
            key,
            election_id=election_id,
            member_number=number,
            by=desk.by(form.reason.data),
        )
    return number


def _troubled_page(election_id: str, reason: str) -> str:
    with acting() as desk:
        found = read_troubled(
            desk.session,
            desk.key(election_id),
            election_id=election_id,
            by=desk.by(reason),
        )
    form = DecisionForm(formdata=None)
    form.reason.data = reason
    return register_page(
        "troubled.html",
        election_id,
        messages=found,
        form=form,
        kinds=KINDS,
        states=MESSAGE_STATES,
        channels=CHANNELS,
    )


def _member_page(
    election_id: str,
    number: str,
    form: LookUpForm,
    asked: LetterForm | None = None,
) -> ResponseReturnValue:
    reason = str((asked or form).reason.data)
    try:
        with reading() as desk:
            found = read_member(
                desk.session, desk.key(election_id), election_id, number
            )
    except EntryNotFound as refused:
        form.member_number.errors = [sentence_of(refused)]
        page = register_page("lookup.html", election_id, form=form)
        return page, _UNPROCESSABLE
    return register_page(
        "member.html",
        election_id,
        member=found,
        form=_acting_on(found, reason, MemberForm),
        paper_form=_acting_on(found, reason, PaperForm),
        address_form=_proposal_of(found, AddressForm, ADDRESS_PREFIX),
        mobile_form=_proposal_of(found, MobileForm, MOBILE_PREFIX),
        postal_form=_proposal_of(found, PostalForm, POSTAL_PREFIX),
        reason=reason,
        channels=CHANNELS,
        kinds=KINDS,
        marks=MARKS,
        states=MESSAGE_STATES,
    )


def _acting_on(
    found: FoundMember, reason: str, form_of: type[MemberForm | PaperForm]
) -> MemberForm | PaperForm:
    form = form_of(formdata=None)
    form.entry.data = found.entry_id.hex()
    form.reason.data = reason
    return form


def _proposal_of(
    found: FoundMember,
    form_of: type[AddressForm | MobileForm | PostalForm],
    prefix: str,
) -> AddressForm | MobileForm | PostalForm:
    form = form_of(formdata=None, prefix=prefix)
    form.entry.data = found.entry_id.hex()
    return form


@contextmanager
def _probe_noted(
    election_id: str, asked: str, form: MemberForm | PaperForm | DecisionForm
) -> Iterator[None]:
    """Note a refusal that tells of a mark: it is a look at the roll as any other."""
    try:
        yield
    except (AlreadyMarked, AlreadyUsed, VotesOnPaper):
        with acting() as desk:
            note_probe(
                desk.session,
                election_id=election_id,
                entry_id=_entry_asked_of(desk, election_id, form),
                asked=asked,
                by=desk.by(form.reason.data),
            )
        raise


def _entry_asked_of(
    desk: Desk, election_id: str, form: MemberForm | PaperForm | DecisionForm
) -> bytes:
    if not isinstance(form, DecisionForm):
        return _entry_id(form)
    message_id = read_id(form.message.data or "")
    return require_message_entry(desk.session, election_id, message_id)


def _entry_id(form: MemberForm | PaperForm) -> bytes:
    return read_id(form.entry.data or "")


def _back(election_id: str) -> ResponseReturnValue:
    return redirect(url_for("register_lookups.show", election_id=election_id))
