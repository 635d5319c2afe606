"""A large roll file on its way: followed, previewed, confirmed."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import register_official
from accounts.roles import Role
from infra.i18n import show_number
from register.forms import ColumnsForm, TicketForm, read_mapping
from register.roll_reading_jobs import enqueue_import, enqueue_reading
from register.roll_readings import (
    ReadingProgress,
    confirm_reading,
    discard_reading,
    read_report,
    reading_progress,
    reopen_upload,
    require_reading,
    start_reading,
)
from register.roll_report import RollReport
from register.roll_tables import ReadingState, RollReading
from register.roll_uploads import UploadGone
from register.rollfile_refusals import RollFileRefused
from register.views.desk import (
    Desk,
    acting,
    read_id,
    reading,
    refusals_told,
    register_page,
)
from register.views.roll_preview import (
    Place,
    error_sheet,
    preview_page,
    refusal_page,
)
from register.views.words import READING_STATES, file_sentence

blueprint = Blueprint(
    "register_readings",
    __name__,
    url_prefix=(
        "/r/valg/<string(length=32):election_id>/manntall/lesing/"
        "<string(length=32):reading>"
    ),
)


@blueprint.get("")
@register_official(Role.ORGANISER)
def show(election_id: str, reading: str) -> ResponseReturnValue:
    """Show how far the reading has come, or what was found."""
    try:
        progress, report = _look(election_id, reading)
    except RollFileRefused as refused:
        return refusal_page(Place(election_id, reading=reading), refused)
    if report is not None:
        place = Place(election_id, reading=reading)
        return preview_page(place, report.preview, report.difference)
    return register_page(
        "reading.html",
        election_id,
        progress=progress,
        state=READING_STATES[progress.state],
        text=_words(progress),
    )


@blueprint.get("/fremdrift")
@register_official(Role.ORGANISER)
def progress(election_id: str, reading: str) -> Response:
    """Tell how far the reading has come, for the page that follows it."""
    try:
        come, _report = _look(election_id, reading)
    except RollFileRefused:
        return jsonify(state=ReadingState.READY)
    return jsonify(
        state=come.state,
        value=come.done if come.total else 0,
        max=come.total or 1,
        text=_words(come),
        troubled=0,
        waiting=False,
    )


@blueprint.post("/bekreft")
@register_official(Role.ORGANISER)
def confirm(election_id: str, reading: str) -> ResponseReturnValue:
    """Have a file that was read imported."""
    try:
        with refusals_told():
            with acting() as desk:
                row = _row(desk, election_id, reading)
                confirm_reading(desk.session, desk.key(election_id), row)
            enqueue_import(desk.runtime, election_id, read_id(reading))
    except RollFileRefused as refused:
        flash(" ".join(file_sentence(refused)), "danger")
    return _to_reading(election_id, reading)


@blueprint.post("/kolonner")
@register_official(Role.ORGANISER)
def choose_columns(election_id: str, reading: str) -> ResponseReturnValue:
    """Have the same file read again, with other columns."""
    form, columns = TicketForm(), ColumnsForm()
    mapping = read_mapping(columns.line, columns.chosen())
    with acting() as desk:
        row = _row(desk, election_id, reading)
        upload = reopen_upload(desk.keystore, desk.redis, row)
        again = replace(upload, mapping=mapping, sheet=form.sheet.data or None)
        new_id = start_reading(desk.session, desk.keystore, desk.redis, again, desk.now)
    enqueue_reading(desk.runtime, election_id, new_id)
    return _to_reading(election_id, new_id.hex())


@blueprint.post("/feil.xlsx")
@register_official(Role.ORGANISER)
def errors(election_id: str, reading: str) -> ResponseReturnValue:
    """Hand over the errors of the file as a sheet."""
    with acting() as desk:
        row = _row(desk, election_id, reading)
        report = read_report(desk.key(election_id), row)
        return error_sheet(desk, election_id, report.preview)


@blueprint.post("/avbryt")
@register_official(Role.ORGANISER)
def cancel(election_id: str, reading: str) -> ResponseReturnValue:
    """Forget the file."""
    with refusals_told(), acting() as desk:
        _row(desk, election_id, reading)
        discard_reading(desk.session, desk.keystore, election_id, desk.now)
        flash(_("Filen er glemt. Ingenting er endret."), "success")
    return redirect(url_for("register_roll.show", election_id=election_id))


def _look(
    election_id: str, reading_id: str
) -> tuple[ReadingProgress, RollReport | None]:
    with reading() as desk:
        row = _row(desk, election_id, reading_id)
        come, report = reading_progress(row), None
        if come.state == ReadingState.READY:
            report = read_report(desk.key(election_id), row)
    return come, report


def _row(desk: Desk, election_id: str, reading_id: str) -> RollReading:
    return require_reading(desk.session, election_id, _id_of(reading_id), desk.actor)


def _id_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UploadGone from None


def _words(come: ReadingProgress) -> str:
    done = show_number(come.done)
    if come.total is None:
        return str(_("%(done)s rader", done=done))
    total = show_number(come.total)
    return str(_("%(dealt)s av %(total)s", dealt=done, total=total))


def _to_reading(election_id: str, reading_id: str) -> ResponseReturnValue:
    return redirect(
        url_for("register_readings.show", election_id=election_id, reading=reading_id)
    )
