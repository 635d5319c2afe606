"""What a previewed roll file looks like: as one that was read here, or by a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.audit import record_event
from infra.i18n import show_number
from register.columns import NO_HEADINGS
from register.error_sheet import write_sheet
from register.forms import ColumnsForm, UploadForm
from register.roll_findings import Notice
from register.roll_report import DifferenceCounts
from register.roll_samples import column_letters
from register.rollfile import RollPreview
from register.rollfile_refusals import (
    MissingColumns,
    NoHeadings,
    RollFileRefused,
)
from register.views.desk import Desk, register_page
from register.views.words import error_sentence, file_sentence, notice_sentence

FINDINGS_SHOWN: Final = 1_000
"""A page with more lines is of no more use; the number of all is told."""

_UNPROCESSABLE: Final = 422
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies, and so where the forms about it go."""

    election_id: str
    ticket: str = ""
    """Of a small file: see register.roll_uploads."""

    reading: str | None = None
    """Of a large one: the reading's id."""

    sheet: str | None = None

    def url(self, name: str) -> str:
        """Return the address of `confirm`, `choose_columns` or `errors`."""
        if self.reading is None:
            return url_for(f"register_roll.{name}", election_id=self.election_id)
        return url_for(
            f"register_readings.{name}",
            election_id=self.election_id,
            reading=self.reading,
        )


@dataclass(frozen=True, slots=True)
class Noticed:
    """What there is to notice on one line or on many; a line of 0 is the file."""

    lines: tuple[int, ...]
    wrong: str
    remedy: str


def preview_page(
    place: Place, preview: RollPreview, difference: DifferenceCounts | None
) -> str:
    """Render what a file would do."""
    columns = _columns_form(place, preview.headings, preview.heading_line)
    columns.sheet.data = preview.sheet or ""
    for name, column in preview.columns.items():
        columns[name].data = column
    errors = preview.errors[:FINDINGS_SHOWN]
    notices = preview.notices[:FINDINGS_SHOWN]
    return register_page(
        "preview.html",
        place.election_id,
        place=place,
        preview=preview,
        difference=difference,
        errors=[(each, *error_sentence(each)) for each in errors],
        notices=_told_once(notices),
        notices_shown=len(notices),
        columns=columns,
        form=UploadForm(formdata=None),
    )


def _told_once(notices: Sequence[Notice]) -> list[Noticed]:
    """Put together what says the same, in the order in which it is first said."""
    lines: dict[tuple[str, str], list[int]] = {}
    for each in notices:
        lines.setdefault(notice_sentence(each), []).append(each.line)
    return [Noticed(tuple(found), *told) for told, found in lines.items()]


def refusal_page(place: Place, refused: RollFileRefused) -> ResponseReturnValue:
    """Render why a file cannot be read, and what to do."""
    told = file_sentence(refused)
    if can_be_pointed_out(refused):
        columns, samples = _pointing(place, refused)
        page = register_page(
            "columns.html",
            place.election_id,
            told=told,
            form=columns,
            place=place,
            samples=samples,
        )
        return page, _UNPROCESSABLE
    places = getattr(refused, "places", ())
    page = register_page(
        "refused_file.html",
        place.election_id,
        told=told,
        places=places,
        more_places=getattr(refused, "count", 0) - len(places),
        form=UploadForm(formdata=None),
    )
    return page, _UNPROCESSABLE


def can_be_pointed_out(refused: RollFileRefused) -> bool:
    """Tell whether an official can read the file by pointing out its columns."""
    if isinstance(refused, NoHeadings):
        return refused.samples is not None
    return isinstance(refused, MissingColumns)


def _pointing(
    place: Place, refused: RollFileRefused
) -> tuple[ColumnsForm, list[tuple[str, tuple[str, ...]]]]:
    """Return the form of the columns, and by what they can be told apart."""
    if isinstance(refused, NoHeadings) and refused.samples is not None:
        columns = _columns_form(place, (), NO_HEADINGS)
        found = refused.samples.columns
        columns.offer_lettered(found)
        columns.first_line.data = str(refused.samples.line)
        return columns, [(column_letters(n), each) for n, each in enumerate(found)]
    assert isinstance(refused, MissingColumns)  # noqa: S101 - the other kind
    return _columns_form(place, refused.headings, refused.line), []


def error_sheet(desk: Desk, election_id: str, preview: RollPreview) -> Response:
    """Return the errors of a file as a workbook, and put on record that they went."""
    record_event(
        desk.session,
        at=desk.now,
        actor=desk.actor,
        kind="roll-errors-exported",
        subject=election_id,
        content={"errors": preview.error_count},
    )
    rows: list[tuple[str | int, ...]] = [
        (each.line, each.heading, each.shown, *error_sentence(each))
        for each in preview.errors
    ]
    more = preview.error_count - len(preview.errors)
    if more:
        rows.append((_("… og %(number)s feil til.", number=show_number(more)),))
    headings = (
        _("Linje"),
        _("Kolonne"),
        _("Verdi"),
        _("Hva er galt"),
        _("Hva gjør du"),
    )
    answer = Response(write_sheet(_("Feil"), headings, rows), mimetype=_XLSX)
    answer.headers.set(
        "Content-Disposition", "attachment", filename="feil-i-manntallet.xlsx"
    )
    return answer


def difference_words(difference: DifferenceCounts) -> str:
    """Say what an import changed."""
    if difference.is_empty:
        same = _("Filen sier det samme som manntallet. Ingenting er endret.")
        return str(same)
    words = _(
        "Manntallet er oppdatert: %(added)s nye, %(changed)s endrede, %(removed)s"
        " strøket, %(same)s uendrede.",
        added=show_number(difference.added),
        changed=show_number(difference.changed),
        removed=show_number(difference.removed_count),
        same=show_number(difference.unchanged),
    )
    return str(words)


def _columns_form(place: Place, headings: tuple[str, ...], line: int) -> ColumnsForm:
    columns = ColumnsForm(formdata=None)
    columns.offer(headings)
    columns.ticket.data = place.ticket
    columns.heading_line.data = str(line)
    columns.sheet.data = place.sheet or ""
    return columns
