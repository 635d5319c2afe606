"""A designer's way from nothing to a questionnaire, by forms alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Role
from surveys.definition import read_definition_file
from surveys.questionnaire import Kind, Question
from surveys.spreadsheet import read_spreadsheet, write_spreadsheet
from surveys.survey_templates import SurveyTemplate, read_template
from tests.conftest import Stores
from tests.surveys.design_site import DesignSite, design_site
from tests.surveys.questionnaires import every_kind
from tests.web.official_site import Answer, Visitor


@pytest.fixture
def site(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[DesignSite]:
    with design_site(sqlite_stores, tmp_path, redis_url) as made:
        yield made


def made(visitor: Visitor, **changes: str) -> tuple[str, Answer]:
    """Make a survey; its page's address and the page."""
    wanted = {
        "title": "Kurset i mars",
        "organisation": "Fagforbundet for prøver",
        "mode": "open",
        "beginning": "tom",
        "slug": "",
        **changes,
    }
    shown = visitor.post("/undersokelser/ny", **wanted)
    assert shown.status == 200, shown.text
    path = shown.response.request.path
    assert re.fullmatch(r"/undersokelser/[0-9a-f]{32}", path)
    return path, shown


def fields_of(page: Answer, selector: str = "main form.form") -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    form = page.soup.select_one(selector)
    assert form is not None
    sent: dict[str, Any] = {}
    for field in form.select("input, textarea, select"):
        name, kind = str(field["name"]), field.get("type")
        if kind in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        value: object = field.get("value", "")
        if field.name == "textarea":
            value = field.get_text()
        if field.name == "select":
            chosen = field.select_one("[selected]") or field.select_one("option")
            assert chosen is not None
            value = chosen.get("value", chosen.get_text())
        sent.setdefault(name, []).append(value)
    return sent


def press(visitor: Visitor, path: str, page: str, **data: str) -> Answer:
    """Press a button that stands on a page, with what its form says beside."""
    shown = visitor.get(page).soup
    proof = {
        name: str(field["value"])
        for name in ("csrf_token", "based_on")
        if (field := shown.select_one(f"main [name={name}]")) is not None
    }
    return visitor.send(path, {**proof, **data})


def only(site: DesignSite, page: str) -> Question:
    return next(iter(site.definition(page.rpartition("/")[2]).questions))


def test_a_survey_is_made_filled_and_arranged(site: DesignSite) -> None:
    visitor = site.visitor()
    assert "Ingen undersøkelser ennå" in visitor.get("/undersokelser").text
    page, shown = made(visitor)
    assert "Undersøkelsen har ingen spørsmål ennå." in shown.text
    side = f"{page}/sider/side_1"
    asked = press(
        visitor, f"{side}/sporsmal", page, title="Likte du det?", kind="single"
    )
    assert asked.title == "Endre spørsmål"
    sent = fields_of(asked)
    sent |= {"choices.0.label.nb": "Ja", "choices.1.label.nb": "Nei", "required": "ja"}
    sent |= {"new_choices": "Vet ikke helt\r\n  \r\nHar glemt det"}
    here = f"{page}/sporsmal/q_1"
    saved = visitor.send(here, sent)
    assert "«Likte du det?» er lagret." in saved.text
    labels = [choice.label.nb for choice in only(site, page).choices]
    assert labels == ["Ja", "Nei", "Vet ikke helt", "Har glemt det"]
    assert only(site, page).required
    sent = fields_of(visitor.get(here)) | {"move": "choices.valg_2.opp"}
    visitor.send(here, sent)
    sent = fields_of(visitor.get(here)) | {"choices.3.remove": "ja"}
    visitor.send(here, sent)
    codes = [choice.code for choice in only(site, page).choices]
    assert codes == ["valg_2", "valg_1", "valg_3"]
    press(visitor, f"{side}/sporsmal", page, title="Hvorfor ikke?", kind="long_text")
    why = f"{page}/sporsmal/q_2"
    sent = fields_of(visitor.get(why)) | {"condition": "q_1 = valg_2"}
    assert "Vises når: q_1 = valg_2" in visitor.send(why, sent).text
    stays = press(visitor, f"{here}/fjern", page)
    assert "i bruk lenger ut i undersøkelsen, av: q_2" in stays.text
    stays = press(visitor, f"{here}/ned", page)
    assert "ikke står tidligere i undersøkelsen" in stays.text
    assert "Hvorfor ikke?" not in press(visitor, f"{why}/fjern", page).text
    press(visitor, f"{page}/sider", page)
    assert "Side 2" in press(visitor, f"{here}/ned", page).text
    assert press(visitor, f"{page}/sider/side_1/fjern", page).status == 200
    assert [each.code for each in site.definition(page[15:]).pages] == ["side_2"]
    assert "Kurset i mars" in visitor.get("/undersokelser").text


def test_every_kind_has_a_page_that_keeps_what_it_shows(site: DesignSite) -> None:
    visitor = site.visitor()
    page, shown = made(visitor)
    data = write_spreadsheet(every_kind())
    token = fields_of(visitor.get(f"{page}/importer"))
    token["file"] = (io.BytesIO(data), "skjema.xlsx")
    assert "hentet fra fila" in visitor.send(f"{page}/importer", token).text
    survey_id = page.rpartition("/")[2]
    assert site.definition(survey_id) == every_kind()
    for question in every_kind().questions:
        address = f"{page}/sporsmal/{question.code}"
        opened = visitor.get(address)
        assert opened.status == 200
        visitor.send(address, fields_of(opened))
    assert site.definition(survey_id) == every_kind()
    for kind in Kind:
        sent = fields_of(visitor.get(f"{page}/sporsmal/nps")) | {"kind": kind.value}
        assert visitor.send(f"{page}/sporsmal/nps", sent).status == 200
        assert site.definition(survey_id).question("nps").kind is kind
    preview = visitor.get(f"{page}/forhandsvisning")
    assert "ingenting av det du fyller ut her" in preview.text
    assert len(preview.soup.select("[data-question]")) == len(Kind)
    assert not preview.soup.select("main form")
    for form, read in (("json", read_definition_file), ("xlsx", read_spreadsheet)):
        sent_back = visitor.get(f"{page}/sporsmal.{form}").response
        assert read(sent_back.data) == site.definition(survey_id)
        assert "kurset-i-mars." + form in sent_back.headers["Content-Disposition"]
    del shown


def test_what_is_wrong_is_told_and_nothing_is_lost(site: DesignSite) -> None:
    visitor = site.visitor()
    page, _shown = made(visitor)
    press(visitor, f"{page}/sider/side_1/sporsmal", page, title="Antall", kind="number")
    here = f"{page}/sporsmal/q_1"
    opened = fields_of(visitor.get(here))
    for changes, sentence in [
        ({"title.nb": ""}, "Dette må fylles ut."),
        ({"title.nb": "x" * 501}, "Bruk høyst 500 tegn."),
        ({"code": "Nei!"}, "Koden skal begynne med en liten bokstav"),
        ({"min": "ti"}, "Skriv et tall."),
        ({"min": "9", "max": "3"}, "Det minste må være mindre"),
        ({"condition": "q_1 = 3"}, "ikke står tidligere"),
        ({"condition": "ja?"}, "Vilkåret kan ikke leses."),
    ]:
        refused = visitor.send(here, {**opened, "help.nb": "Beholdt", **changes})
        assert refused.status == 422
        assert sentence in refused.text
        for link in refused.soup.select(".ds-error-summary a"):
            assert refused.soup.select_one(str(link["href"])), link
        kept = fields_of(refused)
        assert kept["help.nb"] == ["Beholdt"]
        for name, value in changes.items():
            assert kept[name] == [value]
    assert only(site, page).help.nb == ""
    visitor.send(here, {**opened, "title.nb": "Først"})
    late = visitor.send(here, {**opened, "title.nb": "For sent"})
    assert late.status == 422
    assert "Noen har endret spørsmålene siden du åpnet siden." in late.text
    assert only(site, page).title.nb == "Først"
    side = fields_of(visitor.get(f"{page}/sider/side_1")) | {
        "condition": "q_1 answered"
    }
    assert visitor.send(f"{page}/sider/side_1", side).status == 422
    for wrong in ("json", "{}", "PK", "x" * 3_000):
        sent = fields_of(visitor.get(f"{page}/importer"))
        sent["file"] = (io.BytesIO(wrong.encode()), "x.json")
        refused = visitor.send(f"{page}/importer", sent)
        assert refused.status == 422
    assert only(site, page).title.nb == "Først"


def test_templates_frames_and_translations(site: DesignSite) -> None:
    visitor = site.visitor()
    page, shown = made(visitor, beginning="kursevaluering", mode="anonymous")
    survey_id = page.rpartition("/")[2]
    assert "Anonym" in shown.text
    template = read_template(SurveyTemplate.COURSE)
    assert site.definition(survey_id).pages == template.pages
    assert site.definition(survey_id).title.en == "Kurset i mars"
    english = visitor.get(f"{page}/forhandsvisning?sprak=en")
    assert "Tell us what you thought of the course" in english.text
    frame = fields_of(visitor.get(f"{page}/rammen"))
    visitor.send(f"{page}/rammen", {**frame, "languages": ["en"]})
    assert site.definition(survey_id).languages == ("nb", "en")
    frame = fields_of(visitor.get(f"{page}/rammen"))
    visitor.send(f"{page}/rammen", {**frame, "intro.nb": "Hei", "intro.en": ""})
    assert "Tekster som ikke er oversatt: 1." in visitor.get(page).text
    missing = fields_of(visitor.get(f"{page}/oversettelser")) | {"en:intro": "Hello"}
    assert "Alt er oversatt" in visitor.send(f"{page}/oversettelser", missing).text
    assert site.definition(survey_id).intro.en == "Hello"
    again = visitor.post(
        "/undersokelser/ny",
        title="Kurset i mars",
        organisation="F",
        mode="open",
        beginning="tom",
    )
    assert again.status == 422
    assert "Kortnavnet er brukt" in again.text
    nothing = visitor.post("/undersokelser/ny", title="", organisation="", mode="x")
    assert nothing.status == 422


def test_designers_alone_come_in_and_strange_addresses_lead_nowhere(
    site: DesignSite,
) -> None:
    designer = site.visitor()
    page, _shown = made(designer)
    for path in (
        *("/undersokelser/" + "0" * 32, "/undersokelser/x", f"{page}/sporsmal/z"),
        *(f"{page}/sider/z", f"{page}/sporsmal.exe", f"{page}/sporsmal/q_1/x"),
    ):
        assert designer.get(path).status in {404, 405}
    organiser = site.visitor(Role.ORGANISER)
    for path in ("", "/ny", page[14:], f"{page[14:]}/forhandsvisning"):
        assert organiser.get(f"/undersokelser{path}").status == 403
