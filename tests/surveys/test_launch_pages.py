"""From the settings of a draft to a survey that opens by itself, by forms alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import surveys.definition
from surveys.definition_problems import DefinitionTooLarge
from surveys.leaves import closed_leaf
from surveys.lifecycle import close_survey, open_survey
from surveys.surveys import (
    current_definition,
    get_survey,
    list_surveys,
    save_definition,
)
from surveys.tables import Survey, SurveyLeaf
from tests.conftest import Stores
from tests.surveys.design_site import DesignSite, design_site
from tests.web.official_site import Visitor

SETTINGS = {
    "title": "Medlemmene 2027",
    "organisation": "Forbundet",
    "mode": "open",
    "threshold": "5",
    "opens": "2027-04-01T08:00",
    "closes": "2027-04-15T16:00",
    "deletes": "2027-08-01T08:00",
    "purpose": "Å få vite hva medlemmene mener.\r\nOg å bli bedre.",
    "controller": "Forbundet",
}


@pytest.fixture
def site(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[DesignSite]:
    with design_site(sqlite_stores, tmp_path, redis_url) as made:
        yield made


def only(site: DesignSite) -> Survey:
    with site.runtime.store("service").reading() as session:
        (survey,) = list_surveys(session)
        return get_survey(session, survey.id)


def test_a_designer_sets_up_launches_extends_and_cancels(site: DesignSite) -> None:
    visitor = made(site)
    base = f"/undersokelser/{only(site).id}"
    page = f"{base}/utsending"
    shown = visitor.get(page)
    assert "Velg når svarene slettes." in shown.text
    assert "Start undersøkelsen" not in shown.text
    refused = visitor.post(f"{base}/start", page)
    assert "Noe mangler ennå" in refused.text
    wrongs = (
        {"threshold": "4"},
        {"mode": "named"},
        {"closes": "2027-03-31T08:00"},
        {"deletes": "2047-08-01T08:00"},
        {"purpose": "Å få vite\0 alt"},
    )
    for wrong in wrongs:
        sent = {**SETTINGS, **wrong}
        assert visitor.post(f"{base}/innstillinger", **sent).status == 422
    assert only(site).threshold == 5
    ready = visitor.post(f"{base}/innstillinger", **SETTINGS)
    assert "Start undersøkelsen" in ready.text, ready.text
    started = visitor.post(f"{base}/start", page)
    assert "åpner av seg selv" in started.text
    assert only(site).phase == "ready"
    assert visitor.post(f"{base}/innstillinger", **SETTINGS).status == 422
    assert "alt startet" in visitor.post(f"{base}/start", page).text
    visitor.post(
        f"{base}/frist", page, closes="2027-04-10T12:00", reason="Flere må få svare"
    )
    assert only(site).schedule_number == 0, "never earlier"
    visitor.post(
        f"{base}/frist", page, closes="2027-04-20T12:00", reason="Flere må få svare"
    )
    assert only(site).schedule_number == 1
    assert "Flere må få svare" in visitor.get("/undersokelser/tavle").text
    visitor.post(f"{base}/avlys", page, reason="Feil skjema")
    assert only(site).phase == "cancelled"


def made(site: DesignSite) -> Visitor:
    visitor = site.visitor()
    visitor.post(
        "/undersokelser/ny",
        title="Medlemmene",
        organisation="Forbundet",
        mode="open",
        beginning="medlemsundersokelse",
        slug="",
    )
    return visitor


def test_few_responses_are_counted_for_nobody(site: DesignSite) -> None:
    visitor = made(site)
    base = f"/undersokelser/{only(site).id}"
    visitor.post(f"{base}/innstillinger", **SETTINGS)
    visitor.post(f"{base}/start", f"{base}/utsending")
    survey = only(site)
    assert survey.closes_at
    after = survey.closes_at + timedelta(hours=1)
    with site.runtime.store("service").begin() as session:
        assert open_survey(session, survey.id, survey.closes_at)
        assert close_survey(session, site.runtime.settings, survey.id, after)
    with site.runtime.store("service").reading() as session:
        query = select(SurveyLeaf.body).order_by(SurveyLeaf.position.desc()).limit(1)
        leaf = json.loads(session.scalars(query).one())
    assert (leaf["type"], leaf["received"]) == ("closed", None)
    assert (
        "med færre svar enn det vises tall for"
        in visitor.get("/undersokelser/tavle").text
    )
    assert "Færre enn 5" in visitor.get(f"{base}/utsending").text
    fingerprint = bytes(32)
    assert closed_leaf(fingerprint, after, 4, 5)["received"] is None
    assert closed_leaf(fingerprint, after, 5, 5)["received"] == 5


def test_a_questionnaire_never_grows_past_what_is_read_back(
    site: DesignSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(site)
    survey = only(site)
    with site.runtime.store("service").begin() as session:
        saved = current_definition(session, survey)
        monkeypatch.setattr(surveys.definition, "MOST_BYTES", len(saved.encoded) - 1)
        with pytest.raises(DefinitionTooLarge):
            save_definition(
                session,
                get_survey(session, survey.id),
                saved.definition,
                based_on=saved.number,
                actor="o1",
                at=survey.created_at,
            )
