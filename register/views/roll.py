"""The roll: sent up, previewed, confirmed, frozen."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import register_official
from accounts.roles import Role
from infra.i18n import show_number
from register.columns import ColumnMapping
from register.forms import (
    ColumnsForm,
    FreezeForm,
    TicketForm,
    UploadForm,
    read_mapping,
    write_mapping,
)
from register.freezing import freeze_election
from register.overview import read_overview
from register.roll_import import RollDifference, compare_roll
from register.roll_report import counts_of
from register.roll_updates import update_roll
from register.roll_uploads import (
    Upload,
    UploadGone,
    drop_upload,
    open_upload,
    seal_upload,
)
from register.rollfile import RollPreview, read_roll
from register.rollfile_refusals import MissingColumns, RollFileRefused, RollHasErrors
from register.views.desk import (
    Desk,
    acting,
    reading,
    refusals_told,
    register_page,
    render_overview,
)
from register.views.words import (
    PHASES,
    error_sentence,
    file_sentence,
    notice_sentence,
    sentence_of,
)

blueprint = Blueprint(
    "register_roll", __name__, url_prefix="/r/valg/<string(length=32):election_id>"
)

FINDINGS_SHOWN: Final = 1_000
"""A page with more lines is of no more use; the number of all is told."""

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
    sent = form.file.data
    with reading() as desk:
        coming = Upload(election_id, desk.actor, sent.filename or "", sent.read())
        return _preview(desk, coming, mapping=None, sheet=None)


@blueprint.post("/manntall/kolonner")
@register_official(Role.ORGANISER)
def choose_columns(election_id: str) -> ResponseReturnValue:
    """Preview the same file with other columns."""
    form, columns = TicketForm(), ColumnsForm().chosen()
    mapping = read_mapping(form.heading_line.data or "", columns)
    ticket, sheet = form.ticket.data or "", form.sheet.data or None
    try:
        with reading() as desk:
            coming = open_upload(
                desk.redis, ticket, election_id=election_id, actor=desk.actor
            )
            drop_upload(desk.redis, ticket)  # the next preview has its own
            return _preview(desk, coming, mapping=mapping, sheet=sheet)
    except UploadGone as gone:
        flash(sentence_of(gone), "danger")
    return _to_roll(election_id)


@blueprint.post("/manntall/bekreft")
@register_official(Role.ORGANISER)
def confirm(election_id: str) -> ResponseReturnValue:
    """Let a previewed file take effect."""
    form = TicketForm()
    try:
        with refusals_told(), acting() as desk:
            flash(_difference_words(_update(desk, election_id, form)), "success")
    except RollFileRefused as refused:
        flash(" ".join(file_sentence(refused)), "danger")
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


def _update(desk: Desk, election_id: str, form: TicketForm) -> RollDifference:
    ticket = form.ticket.data or ""
    coming = open_upload(desk.redis, ticket, election_id=election_id, actor=desk.actor)
    preview = read_roll(
        coming.data,
        coming.filename,
        mapping=form.mapping,
        sheet=form.sheet.data or None,
    )
    difference = update_roll(
        desk.session,
        desk.settings,
        desk.keystore,
        election_id=election_id,
        preview=preview,
        source=coming.data,
        actor=desk.actor,
        now=desk.now,
    )
    drop_upload(desk.redis, ticket)
    return difference


def _preview(
    desk: Desk, coming: Upload, *, mapping: ColumnMapping | None, sheet: str | None
) -> ResponseReturnValue:
    """Read a file and render what it would do, or why it cannot be read."""
    overview = read_overview(desk.session, coming.election_id)
    try:
        preview = read_roll(coming.data, coming.filename, mapping=mapping, sheet=sheet)
    except MissingColumns as refused:
        columns = _columns_form(desk, coming, refused.headings, refused.line, sheet)
        page = render_overview(
            "columns.html", overview, told=file_sentence(refused), form=columns
        )
        return page, _UNPROCESSABLE
    except RollFileRefused as refused:
        page = render_overview("refused_file.html", overview, **_refused(refused))
        return page, _UNPROCESSABLE
    return render_overview(
        "preview.html", overview, **_shown(desk, coming, preview, mapping, sheet)
    )


def _refused(refused: RollFileRefused) -> dict[str, Any]:
    places = getattr(refused, "places", ())
    return {
        "told": file_sentence(refused),
        "places": places,
        "more_places": getattr(refused, "count", 0) - len(places),
        "form": UploadForm(formdata=None),
    }


def _shown(
    desk: Desk,
    coming: Upload,
    preview: RollPreview,
    mapping: ColumnMapping | None,
    sheet: str | None,
) -> dict[str, Any]:
    try:
        difference = counts_of(
            compare_roll(desk.session, desk.keystore, coming.election_id, preview)
        )
    except RollHasErrors:
        difference = None
    columns = _columns_form(
        desk, coming, preview.headings, preview.heading_line, preview.sheet
    )
    for name, place in preview.columns.items():
        columns[name].data = place
    ticket = TicketForm(formdata=None)
    ticket.ticket.data = columns.ticket.data
    ticket.sheet.data = sheet or ""
    if mapping is not None:
        ticket.heading_line.data = str(mapping.heading_line)
        ticket.columns.data = write_mapping(mapping)
    return {
        "preview": preview,
        "difference": difference,
        "errors": [
            (each, *error_sentence(each)) for each in preview.errors[:FINDINGS_SHOWN]
        ],
        "notices": [
            (each, *notice_sentence(each)) for each in preview.notices[:FINDINGS_SHOWN]
        ],
        "without_address": preview.without_address,
        "columns": columns,
        "ticket": ticket,
        "form": UploadForm(formdata=None),
    }


def _columns_form(
    desk: Desk,
    coming: Upload,
    headings: tuple[str, ...],
    line: int,
    sheet: str | None,
) -> ColumnsForm:
    columns = ColumnsForm(formdata=None)
    columns.offer(headings)
    columns.ticket.data = seal_upload(desk.redis, coming)
    columns.heading_line.data = str(line)
    columns.sheet.data = sheet or ""
    return columns


def _difference_words(difference: RollDifference) -> str:
    if difference.is_empty:
        same = _("Filen sier det samme som manntallet. Ingenting er endret.")
        return str(same)
    words = _(
        "Manntallet er oppdatert: %(added)s nye, %(changed)s endrede, %(removed)s"
        " strøket, %(same)s uendrede.",
        added=show_number(len(difference.added_lines)),
        changed=show_number(len(difference.changed_lines)),
        removed=show_number(difference.removed_count),
        same=show_number(difference.unchanged),
    )
    return str(words)


def _to_roll(election_id: str) -> ResponseReturnValue:
    return redirect(url_for("register_roll.show", election_id=election_id))
