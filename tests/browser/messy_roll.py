"""A roll of 1,000 members as a member system hands it out: in no order worth the name.

The headings stand below merged titles; numbers are numbers here and text there; some
members have no e-mail, some a mobile alone, some nothing but a postal address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from scripts.simulation.rolls import Member, invent_members
from tests.register.roll_files import Cell, saved

MEMBERS: Final = 1_000
GROUPS: Final = 5
SEED: Final = 20

_TITLES: Final = ("Medlem", "", "", "Kontakt", "", "Organisasjon", "Bosted")
_MERGED: Final = ("A1:M1", "A2:M2", "A4:C4", "D4:E4", "G4:I4", "J4:M4")
_HEADINGS: Final = (
    *("Medlemsnr.", "Fornavn", "Etternavn", "E-post", "Mobil", "Krets"),
    *("Adresse", "Postnr.", "Poststed", "Foretrukket kanal", "Målform"),
    *("Innmeldt", "Kontingent"),
)
_PAGE: Final = 250
"""Rows after which the headings stand again, below an empty row."""

Row = tuple[Cell | date, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """By what one member can be reached, and how the member would have it."""

    member: Member
    postal: tuple[str, int, str] | None
    channel: str = ""
    language: str = ""

    @property
    def by(self) -> str:
        """The channel that an invitation takes."""
        member = self.member
        if self.postal and (self.channel or not (member.email or member.mobile)):
            return "letter"
        if member.email:
            return "email"
        return "sms" if member.mobile else ""


def invent_reach() -> list[Reach]:
    """Return the members of the roll."""
    found = [
        _reach_of(place, member)
        for place, member in enumerate(
            invent_members(MEMBERS, groups=GROUPS, seed=SEED)
        )
    ]
    shared = found[101].member.email
    found[102] = _with(found[102], email=shared)
    return found


def messy_workbook(members: Sequence[Reach], *, faulty: bool) -> bytes:
    """Return the roll as a workbook; `faulty`: as it was before somebody mended it."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Uttrekk"
    _write_head(sheet)
    for number, row in enumerate(_rows(members)):
        if number and number % _PAGE == 0:
            sheet.append([])
            sheet.append(list(_HEADINGS))
        sheet.append(list(row))
    if faulty:
        _spoil(sheet, members)
    sheet.append([])
    sheet.append(["Sum", None, None, None, None, len(members)])
    notes = book.create_sheet("Forklaring")
    notes.append(["Hentet ut av medlemsavdelingen. Spørsmål? Ring oss."])
    return saved(book)


def _write_head(sheet: Worksheet) -> None:
    sheet.append(["Uttrekk fra medlemsregisteret"])
    sheet.append(["Gjelder stemmeberettigede per 1. november"])
    sheet.append([])
    sheet.append([*_TITLES, "", "", "Annet"])
    sheet.append(list(_HEADINGS))
    for merged in _MERGED:
        sheet.merge_cells(merged)


def _spoil(sheet: Worksheet, members: Sequence[Reach]) -> None:
    """Add what stops an import: twice the same, merged groups, a broken address."""
    first, second, third = members[:3]
    sheet.append(list(next(_rows([first]))))
    for place, each in enumerate((second, third)):
        row = list(next(_rows([each])))
        row[0] = f"9{each.member.number}"
        row[5] = None if place else row[5]
        sheet.append(row)
    sheet.merge_cells(
        start_row=sheet.max_row - 1, end_row=sheet.max_row, start_column=6, end_column=6
    )
    row = list(next(_rows([first])))
    row[0], row[3] = "999999", "kari@@medlem.example; kari@jobb.example"
    sheet.append(row)


def _rows(members: Sequence[Reach]) -> Iterator[Row]:
    for place, each in enumerate(members):
        member, postal = each.member, each.postal or (None, None, None)
        yield (
            _as_excel(member.number, place),
            f"  {member.first_name}" if place % 40 == 0 else member.first_name,
            member.last_name,
            member.email.upper() if place % 60 == 1 else member.email or None,
            _as_excel(member.mobile.removeprefix("+47 "), place) or None,
            member.group,
            *postal,
            each.channel or None,
            each.language or None,
            date(1998 + place % 25, 1 + place % 12, 1),
            412.5,
        )


def _as_excel(digits: str, place: int) -> Cell:
    """Return a number as a spreadsheet has it: as a number, as text, with decimals."""
    if not digits or place % 3 == 0:
        return digits
    return int(digits) if place % 3 == 1 else float(digits)


def _reach_of(place: int, member: Member) -> Reach:
    postal = (f"Storgata {1 + place % 90}", 150 + place % 9_000, "Oslo")
    if place % 20 == 7:
        return _with(Reach(member, postal), email="", mobile="")
    if place % 25 == 3:
        return _with(Reach(member, None), email="")
    if place % 200 == 11:
        return _with(Reach(member, None), email="", mobile="")
    if place % 200 == 50:
        return Reach(member, postal, channel="Brev")
    language = {4: "nynorsk", 9: "engelsk"}.get(place % 50, "")
    mobile = member.mobile if place % 2 else ""
    return _with(Reach(member, None, language=language), mobile=mobile)


def _with(
    reach: Reach, *, email: str | None = None, mobile: str | None = None
) -> Reach:
    old = reach.member
    member = Member(
        number=old.number,
        first_name=old.first_name,
        last_name=old.last_name,
        email=old.email if email is None else email,
        mobile=old.mobile if mobile is None else mobile,
        group=old.group,
    )
    return Reach(member, reach.postal, reach.channel, reach.language)
