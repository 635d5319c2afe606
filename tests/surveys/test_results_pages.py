"""A designer's way through results, and what each file of them holds."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from sqlalchemy import select

from accounts.roles import Role
from infra.i18n import speaking
from infra.tables import ServiceAudit
from surveys.lifecycle import delete_survey_data
from surveys.result_jobs import make_due_results
from surveys.result_pages import compare_with
from surveys.results import find_results, read_report
from surveys.surveys import get_survey
from tests.conftest import Stores
from tests.surveys.answered_site import AnsweredSite, answered_site, everyday_answers
from tests.surveys.open_site import DELETES, SLUG
from tests.web.official_site import Answer, Visitor

RESPONDENTS = 120


@pytest.fixture
def site(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str
) -> Iterator[AnsweredSite]:
    given = [everyday_answers(number) for number in range(RESPONDENTS)]
    made = answered_site(sqlite_stores.service, tmp_path, given, redis_url=redis_url)
    yield made
    made.runtime.connections["service"].close()


def after(site: AnsweredSite) -> Visitor:
    """A designer who has asked for the results and got them."""
    visitor = site.visitor()
    visitor.post(site.page, background="fylke")
    make_due_results(site.runtime)
    return visitor


def token_of(page: Answer) -> str:
    """The token of a page's form."""
    field = page.soup.select_one("[name=csrf_token]")
    assert field is not None
    return str(field["value"])


def rows_of(content: bytes) -> list[list[str]]:
    """A CSV file's rows."""
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_results_are_divided_once_and_then_read_and_shared(site: AnsweredSite) -> None:
    visitor = site.visitor()
    waiting = visitor.get(site.page)
    assert "Dette velges én gang" in waiting.text
    refused = visitor.post(site.page, background="fornoyd")
    assert refused.status == 422
    assert "Velg hva resultatene skal deles opp etter." in refused.text
    assert "Resultatene blir laget" in visitor.post(site.page, background="fylke").text
    with site.runtime.store("service").reading() as session:
        row = find_results(session, site.survey_id)
        assert row is not None
        assert row.background == "fylke"
    make_due_results(site.runtime)
    again = visitor.send(
        site.page,
        {
            "background": "",
            "csrf_token": token_of(waiting),
        },
    )
    assert "Etter: Hvilket fylke jobber du i?" in again.text, "chosen for good"
    page = visitor.get(site.page)
    assert page.title == "Resultater"
    assert "120 har svart" in page.text
    assert "NPS: " in page.text
    assert "<b>Mer kurs</b>, takk" in page.text
    assert "<b>Mer" not in page.html
    assert not page.soup.select("[style], script:not([src]), style")
    unknown = visitor.get(f"{site.page}?sammenlign={'0' * 32}")
    assert unknown.status == 200
    stranger = site.visitor(None)
    shared = f"/u/{SLUG}/resultater"
    assert stranger.get(shared).status == 404
    assert stranger.get(site.page).status in {302, 403}
    visitor.post(f"{site.page}/deling", page=site.page, shared="1")
    public = stranger.get(shared)
    assert public.status == 200
    assert "120 har svart" in public.text
    assert "Mer kurs" not in public.html, "what was written is not shared"
    assert public.response.headers.get("Set-Cookie") is None
    visitor.post(f"{site.page}/deling", page=site.page, shared="")
    assert stranger.get(shared).status == 404
    with site.runtime.store("service").reading() as session:
        query = select(ServiceAudit.kind).order_by(ServiceAudit.seq)
        kinds = [kind for kind in session.scalars(query) if "results" in kind]
    assert kinds == [
        "survey-results-chosen",
        "survey-results-shared",
        "survey-results-unshared",
    ]


def test_every_file_holds_what_the_page_shows_and_no_formula(
    site: AnsweredSite,
) -> None:
    visitor = after(site)
    page = site.page
    book = openpyxl.load_workbook(
        io.BytesIO(visitor.get(f"{page}/resultater.xlsx").response.data)
    )
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    texts = [str(cell.value) for cell in cells]
    assert any(text.startswith("'=HYPERLINK") for text in texts)
    table = rows_of(visitor.get(f"{page}/resultater.csv").response.data)
    assert len({len(row) for row in table}) == 1
    of_all = [row for row in table if row[0] == "samtykke" and not row[3]]
    assert [row[4:] for row in of_all] == [
        ["Ja", "120", "100", "120"],
        ["Ikke krysset av", "", "", "120"],
    ]
    assert any(row[3] == "Oslo" for row in table)
    counts = [int(row[5]) for row in table[1:] if row[5]]
    assert min(counts) >= 5
    codebook = rows_of(visitor.get(f"{page}/kodebok.csv").response.data)
    assert ["miljo_tid", "Hvor enig er du?: Jeg har nok tid", "ordinal"] in [
        row[:3] for row in codebook
    ]
    document = json.loads(visitor.get(f"{page}/resultater.json").response.data)
    assert document["results"]["responses"] == RESPONDENTS
    assert "Mer kurs" not in json.dumps(document)
    pdf = visitor.get(f"{page}/rapport.pdf").response.data
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "nb"
        figures = [
            each
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]
        assert figures
        assert all(str(each.get("/Alt") or "") for each in figures)


def test_rows_are_shuffled_and_every_value_stands_in_many(site: AnsweredSite) -> None:
    visitor = after(site)
    with zipfile.ZipFile(
        io.BytesIO(visitor.get(f"{site.page}/rader.zip").response.data)
    ) as archive:
        rows = rows_of(archive.read("svar.csv"))
        syntax = archive.read("svar.sps").decode("utf-8-sig")
    assert len(rows) == RESPONDENTS + 1
    assert not any("Mer kurs" in cell for row in rows for cell in row)
    for column in zip(*rows[1:], strict=True):
        found = {value: column.count(value) for value in column}
        assert all(n >= 5 for value, n in found.items() if value not in {"", "-99"})
    assert "VARIABLE LABELS fornoyd 'Hvor fornøyd er du med tillitsvalgte?'." in syntax
    assert "MISSING VALUES fornoyd (-99, -98, -97)." in syntax
    with zipfile.ZipFile(
        io.BytesIO(visitor.get(f"{site.page}/spss.zip").response.data)
    ) as archive:
        assert "WEIGHT BY antall." in archive.read("tall.sps").decode("utf-8-sig")


def test_nothing_is_handed_out_before_results_are_made(site: AnsweredSite) -> None:
    visitor = site.visitor()
    for name in ("resultater.xlsx", "rader.zip", "rapport.pdf", "resultater.json"):
        assert visitor.get(f"{site.page}/{name}").status == 404
    assert site.visitor(Role.ORGANISER).get(site.page).status == 403


def test_numbers_stay_when_responses_and_texts_are_deleted(site: AnsweredSite) -> None:
    visitor = after(site)
    runtime = site.runtime
    with runtime.store("service").begin() as session:
        assert delete_survey_data(session, runtime.settings, site.survey_id, DELETES)
        row = find_results(session, site.survey_id)
        assert row is not None
        assert row.locked_texts is None
        keystore = runtime.keystore("service")
        key_id = get_survey(session, site.survey_id).key_id
        assert key_id
        keystore.destroy_key(key_id, at=DELETES)
    page = visitor.get(site.page)
    assert "120 har svart" in page.text
    assert "Mer kurs" not in page.html
    assert visitor.get(f"{site.page}/resultater.csv").status == 200
    assert visitor.get(f"{site.page}/rader.zip").status == 404


def test_two_rounds_are_put_beside_each_other(site: AnsweredSite) -> None:
    after(site)
    with site.runtime.store("service").reading() as session:
        now = read_report(session, None, site.survey_id)
    with speaking("nb"):
        found = compare_with(now, replace(now, title="I fjor"))
    assert found.title == "I fjor"
    assert {row.change for row in found.rows} == {"0", "–"}
    row = next(row for row in found.rows if row.answer == "Uenig")
    assert row.question.startswith("Hvor enig er du?: ")
