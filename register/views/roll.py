"""The roll: sent up, previewed, confirmed, taken back, frozen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import current_official, register_official
from accounts.roles import Role
from register.forms import (
    ColumnsForm,
    FreezeForm,
    TicketForm,
    UploadForm,
    read_mapping,
)
from register.freezing import freeze_election
from register.roll_import import compare_roll
from register.roll_reading_jobs import enqueue_reading
from register.roll_readings import LARGE, start_reading
from register.roll_report import DifferenceCounts, counts_of
from register.roll_updates import take_back_import, update_roll
from register.roll_uploads import (
    Upload,
    UploadGone,
    drop_upload,
    open_upload,
    seal_upload,
)
from register.rollfile import RollPreview, read_roll
from register.rollfile_refusals import RollFileRefused, RollHasErrors
from register.views.desk import Desk, acting, reading, refusals_told, register_page
from register.views.roll_preview import (
    Place,
    can_be_pointed_out,
    difference_words,
    error_sheet,
    preview_page,
    refusal_page,
)
from register.views.words import PHASES, file_sentence, sentence_of

blueprint = Blueprint(
    "register_roll", __name__, url_prefix="/r/valg/<string(length=32):election_id>"
)

_UNPROCESSABLE: Final = 422


@blueprint.get("/manntall")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show(election_id: str) -> str:
    """Show who may vote, as totals, and how to change it."""
    return register_page("roll.html", election_id, form=UploadForm(), phases=PHASES)


@blueprint.post("/manntall")
@register_official(Role.ORGANISER)
def upload(election_id: str) -> ResponseReturnValue:
    """Preview a file."""
    form = UploadForm()
    if not form.validate() or not form.file.data:
        page = register_page("roll.html", election_id, form=form, phases=PHASES)
        return page, _UNPROCESSABLE
    sent, actor = form.file.data, current_official().id
    coming = Upload(election_id, actor, sent.filename or "", sent.read())
    if len(coming.data) > LARGE:
        return _read_later(coming)
    return _preview(coming)


@blueprint.post("/manntall/kolonner")
@register_official(Role.ORGANISER)
def choose_columns(election_id: str) -> ResponseReturnValue:
    """Preview the same file with other columns."""
    form, columns = TicketForm(), ColumnsForm()
    mapping = read_mapping(columns.line, columns.chosen())
    ticket, sheet = form.ticket.data or "", form.sheet.data or None
    try:
        with reading() as desk:
            coming = open_upload(
                desk.redis, ticket, election_id=election_id, actor=desk.actor
            )
            drop_upload(desk.redis, ticket)  # the next preview has its own
    except UploadGone as gone:
        flash(sentence_of(gone), "danger")
        return _to_roll(election_id)
    return _preview(replace(coming, mapping=mapping, sheet=sheet))


@blueprint.post("/manntall/bekreft")
@register_official(Role.ORGANISER)
def confirm(election_id: str) -> ResponseReturnValue:
    """Let a previewed file take effect."""
    form = TicketForm()
    try:
        with refusals_told(), acting() as desk:
            flash(difference_words(_update(desk, election_id, form)), "success")
    except RollFileRefused as refused:
        flash(" ".join(file_sentence(refused)), "danger")
    return _to_roll(election_id)


@blueprint.post("/manntall/feil.xlsx")
@register_official(Role.ORGANISER)
def errors(election_id: str) -> ResponseReturnValue:
    """Hand over the errors of a previewed file as a sheet."""
    ticket = TicketForm().ticket.data or ""
    try:
        with acting() as desk:
            coming = open_upload(
                desk.redis, ticket, election_id=election_id, actor=desk.actor
            )
            return error_sheet(desk, election_id, _read(coming))
    except UploadGone as gone:
        flash(sentence_of(gone), "danger")
    return _to_roll(election_id)


@blueprint.post("/manntall/angre")
@register_official(Role.ORGANISER)
def undo(election_id: str) -> ResponseReturnValue:
    """Take the latest import back."""
    with refusals_told(), acting() as desk:
        take_back_import(
            desk.session,
            desk.settings,
            election_id=election_id,
            actor=desk.actor,
            now=desk.now,
        )
        flash(_("Importen er angret. Manntallet er som før den."), "success")
    return _to_roll(election_id)


@blueprint.get("/frys")
@register_official(Role.ORGANISER)
def freeze_page(election_id: str) -> str:
    """Explain what freezing means, and ask."""
    return register_page("freeze.html", election_id, form=FreezeForm())


@blueprint.post("/frys")
@register_official(Role.ORGANISER)
def freeze(election_id: str) -> ResponseReturnValue:
    """Freeze the roll."""
    form = FreezeForm()
    if not form.validate():
        return register_page("freeze.html", election_id, form=form), _UNPROCESSABLE
    with refusals_told(), acting() as desk:
        freeze_election(
            desk.session,
            desk.settings,
            desk.keystore,
            election_id=election_id,
            actor=desk.actor,
            now=desk.now,
        )
        flash(_("Manntallet er frosset."), "success")
    return _to_roll(election_id)


def _update(desk: Desk, election_id: str, form: TicketForm) -> DifferenceCounts:
    ticket = form.ticket.data or ""
    coming = open_upload(desk.redis, ticket, election_id=election_id, actor=desk.actor)
    difference = update_roll(
        desk.session,
        desk.settings,
        desk.keystore,
        election_id=election_id,
        preview=_read(coming),
        source=coming.data,
        actor=desk.actor,
        now=desk.now,
    )
    drop_upload(desk.redis, ticket)
    return counts_of(difference)


def _read(coming: Upload) -> RollPreview:
    return read_roll(
        coming.data, coming.filename, mapping=coming.mapping, sheet=coming.sheet
    )


def _read_later(coming: Upload) -> ResponseReturnValue:
    """Have a large file read by a job, and lead to the page that follows it."""
    election_id = coming.election_id
    address = url_for("register_roll.show", election_id=election_id)
    with refusals_told():
        with acting() as desk:
            reading_id = start_reading(
                desk.session, desk.keystore, desk.redis, coming, desk.now
            )
        enqueue_reading(desk.runtime, election_id, reading_id)
        address = url_for(
            "register_readings.show",
            election_id=election_id,
            reading=reading_id.hex(),
        )
    return redirect(address)


def _preview(coming: Upload) -> ResponseReturnValue:
    """Read a file and render what it would do, or why it cannot be read."""
    try:
        preview = _read(coming)
    except RollFileRefused as refused:
        kept = can_be_pointed_out(refused)
        place = _place(coming) if kept else Place(coming.election_id)
        return refusal_page(place, refused)
    with reading() as desk:
        try:
            difference = counts_of(
                compare_roll(desk.session, desk.keystore, coming.election_id, preview)
            )
        except RollHasErrors:
            difference = None
    return preview_page(_place(coming), preview, difference)


def _place(coming: Upload) -> Place:
    """Keep a file until it is confirmed, and say where."""
    with reading() as desk:
        ticket = seal_upload(desk.redis, coming)
    return Place(coming.election_id, ticket, sheet=coming.sheet)


def _to_roll(election_id: str) -> ResponseReturnValue:
    return redirect(url_for("register_roll.show", election_id=election_id))
