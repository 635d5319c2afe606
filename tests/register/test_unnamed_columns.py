"""Files without headings: an official points out the columns by what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from infra.keystore import DataKey
from register.columns import NO_HEADINGS, ColumnMapping, Field
from register.roll_report import open_report, seal_report
from register.roll_samples import column_letters, masked_value, sample_columns
from register.rollfile import read_roll
from register.rollfile_refusals import (
    IdentityNumberFound,
    MappingOutsideFile,
    MissingColumns,
    NoHeadings,
)
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office
from tests.register.register_site import Browser, signed_in, soup_of, told, words_of
from tests.register.roll_files import as_csv, saved
from tests.smtp import SmtpServer

ROWS = (
    ("100234", "Åsgård", "Kari", "kari.aas@example.no", "41586834", "Krets Øst"),
    ("100235", "By", "Ola", "ola@example.no", "", "Krets Vest"),
)
CHOSEN = {Field.MEMBER_NUMBER: 0, Field.FAMILY_NAME: 1, Field.GIVEN_NAME: 2}
POINTED = ColumnMapping(NO_HEADINGS, CHOSEN | {Field.EMAIL: 3, Field.GROUP: 5})
FOUND_AS = {"member_number": "0", "family_name": "1", "given_name": "2", "email": "3"}
SECRETS = ("100234", "Åsgård", "Kari", "kari.aas", "41586834", "01010750160")


@pytest.fixture
def official(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[Browser]:
    office: PostOffice = a_post_office(sqlite_stores, tmp_path, redis_url, smtp_server)
    office.election.create()
    yield signed_in(office)
    office.runtime.close()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("100234", "1•••••"),
        ("Åsgård", "Å•••••"),
        ("Kari Anne", "K••• A•••"),
        ("kari.aas@example.no", "k•••.a••@e••••••.n•"),
        ("+47 41586834", "+4• 4•••••••"),
        ("01010750160", "•••••••••••"),
        ("f01010750160", "••••••••••••"),
        ("  ", ""),
        ("a\x00b", "•"),
        ("x " * 40, "x " * 14 + "…"),
    ],
)
def test_a_sample_tells_the_shape_and_no_value(value: str, shown: str) -> None:
    assert masked_value(value) == shown


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    named = [column_letters(place) for place in (0, 25, 26, 51, 52, 701, 702)]
    assert named == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_the_top_is_sampled_column_by_column() -> None:
    lines = [(1, ("", "")), (3, ("1", "Kari", "")), (4, ("2", "Kåre")), (5, ("3",))]
    found = sample_columns(lines)
    assert found is not None
    assert found.line == 3
    assert found.columns == (("1", "2", "3"), ("K•••",), ())
    assert sample_columns([(1, ("en setning",)), (2, ("til",))]) is None
    assert sample_columns([]) is None


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_file_is_read_by_place(delimiter: str) -> None:
    data = as_csv(*ROWS).replace(b";", delimiter.encode())
    with pytest.raises(NoHeadings) as refusal:
        read_roll(data, "m.csv")
    samples = refusal.value.samples
    assert samples is not None
    assert len(samples.columns) == 6
    assert not [each for each in SECRETS if each in repr(samples)]
    first, second = read_roll(data, "m.csv", mapping=POINTED).require_clean()
    assert (first.line, first.member_number, first.given_name) == (1, "100234", "Kari")
    assert (second.line, second.group, second.mobile) == (2, "Krets Vest", None)


def test_a_workbook_is_read_by_place() -> None:
    book = Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    data = saved(book)
    with pytest.raises(NoHeadings) as refusal:
        read_roll(data, "m.xlsx")
    assert refusal.value.samples is not None
    preview = read_roll(data, "m.xlsx", mapping=POINTED)
    assert [row.member_number for row in preview.require_clean()] == [
        "100234",
        "100235",
    ]
    assert preview.headings == ("A", "B", "C", "D", "E", "F")


def test_only_the_chosen_columns_are_read_and_the_identity_number_stops_all() -> None:
    rows = [(*row[:5], "01010750160") for row in ROWS]
    aside = ColumnMapping(NO_HEADINGS, CHOSEN)
    assert read_roll(as_csv(*rows), "m.csv", mapping=aside).members == 2
    within = ColumnMapping(NO_HEADINGS, CHOSEN | {Field.GROUP: 5})
    with pytest.raises(IdentityNumberFound) as refusal:
        read_roll(as_csv(*rows), "m.csv", mapping=within)
    assert refusal.value.places[0].heading == "F"
    assert "01010750160" not in str(refusal.value) + repr(refusal.value.places)


def test_too_few_columns_or_columns_beyond_the_file_are_refused() -> None:
    with pytest.raises(MissingColumns):
        read_roll(
            as_csv(*ROWS),
            "m.csv",
            mapping=ColumnMapping(NO_HEADINGS, {Field.MEMBER_NUMBER: 0}),
        )
    beyond = ColumnMapping(NO_HEADINGS, CHOSEN | {Field.EMAIL: 6})
    with pytest.raises(MappingOutsideFile):
        read_roll(as_csv(*ROWS), "m.csv", mapping=beyond)


def test_a_row_of_signs_is_wrong_and_no_row_of_headings() -> None:
    preview = read_roll(as_csv(*ROWS, ("?", "!", "!")), "m.csv", mapping=POINTED)
    assert preview.error_count


def test_samples_wait_for_their_official_under_the_elections_key() -> None:
    key = DataKey("0" * 32, bytes(range(32)))
    with pytest.raises(NoHeadings) as refusal:
        read_roll(as_csv(*ROWS), "m.csv")
    sealed = seal_report(key, bytes(16), refusal.value)
    with pytest.raises(NoHeadings) as opened:
        open_report(key, bytes(16), sealed)
    assert opened.value.samples == refusal.value.samples


def test_the_page_offers_the_columns_and_imports_what_is_chosen(
    official: Browser,
) -> None:
    answer = official.upload(as_csv(*ROWS))
    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert not [each for each in SECRETS if each in shown]
    assert "Kolonne D: k•••.a••@e••••••.n•" in words_of(answer)
    fields = _fields(answer)
    again = official.post("/manntall/kolonner", fields | {"member_number": "0"})
    assert "Disse kolonnene må velges: fornavn, etternavn" in told(again)
    preview = official.post("/manntall/kolonner", _fields(again) | FOUND_AS)
    assert "Medlemmer i filen" in words_of(preview)
    ticket = _fields(preview)["ticket"]
    done = official.post("/manntall/bekreft", {"ticket": ticket})
    assert "2 nye" in told(done)


def test_a_first_line_of_odd_headings_is_no_member(official: Browser) -> None:
    answer = official.upload(as_csv(("x", "y", "z", "v", "w", "u"), *ROWS))
    ticked = _fields(answer) | FOUND_AS | {"has_headings": "y"}
    preview = official.post("/manntall/kolonner", ticked)
    assert "2 nye" in told(
        official.post("/manntall/bekreft", {"ticket": _fields(preview)["ticket"]})
    )


def _fields(answer: TestResponse) -> dict[str, str]:
    form = soup_of(answer).select_one("form[action$='/kolonner']")
    assert form is not None
    hidden = form.select("input[type=hidden]")
    return {str(each["name"]): str(each.get("value", "")) for each in hidden}
