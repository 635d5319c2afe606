"""Drawing up an election: creating, contests, rules, committee, key page, sealing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from infra.tables import ServiceAudit
from tests.web.conftest import Office
from tests.web.official_site import Answer, Visitor, officials_app
from tests.web.test_official_pages import require_sound
from voting.decision import Base
from voting.drafts import Draft
from voting.elections import (
    draft_of,
    get_election,
    list_elections,
    note_roll_draft,
)
from voting.phases import Phase
from voting.seats import seat_of

NEW = {
    "title": "Uravstemning om tariffavtalen 2027",
    "slug": "",
    "organisation": "Forbundet for prøver",
    "template": "ja-nei",
    "opens": "2027-03-01T08:00",
    "closes": "2027-03-15T12:00",
    "language": "nb",
}
CONTEST = {
    "title": "Ny avtale",
    "question": "Godtar du\r\nforslaget?",
    "choices": "Ja\r\n\r\n Nei  takk \r\n",
    "min": "1",
    "max": "1",
    "blank": "y",
    "scope": "alle",
    "decides": "regel",
    "choice": "0",
    "strict": "mer",
    "share": "1/2",
    "base": "choices",
    "turnout": "2/3",
    "turnout_strict": "minst",
    "text": "",
}


def draft_now(office: Office) -> Draft:
    return draft_of(office.election())


def create(office: Office, **changes: str) -> Answer:
    """Create an election through the page."""
    return office.visit(office.people.organiser).post("/valg/ny", **{**NEW, **changes})


def audited(office: Office) -> list[tuple[str, str]]:
    with office.runtime.store("service").reading() as session:
        query = select(ServiceAudit).order_by(ServiceAudit.seq)
        return [(event.kind, event.actor) for event in session.scalars(query)]


def test_new_election_stands_with_ja_nei_and_blank(office: Office) -> None:
    shown = create(office)
    assert shown.title == NEW["title"]
    election, draft = office.election(), draft_now(office)
    assert election.slug == "uravstemning-om-tariffavtalen-2027"
    assert election.phase == Phase.DRAFT
    (contest,) = [each.contest for each in draft.contests]
    assert contest.choices == ("Ja", "Nei")
    assert contest.blank
    assert draft.opens_at.isoformat() == "2027-03-01T07:00:00+00:00"
    assert draft.closes_at.isoformat() == "2027-03-15T11:00:00+00:00"
    assert office.posted_kinds() == ["election-created"]
    assert audited(office) == [("election-created", office.people.organiser.id)]


def test_list_is_empty_then_shows_the_election(office: Office) -> None:
    organiser = office.visit(office.people.organiser)
    assert "Ingen valg ennå" in organiser.get("/valg").text
    create(office)
    listed = organiser.get("/valg")
    assert NEW["title"] in listed.text
    assert "Kladd" in listed.text
    member = office.visit(office.people.committee[0]).get("/valg")
    assert member.soup.select("a[href='/valg/ny']") == []


def test_next_election_is_proposed_the_same_organisation(office: Office) -> None:
    create(office)
    form = office.visit(office.people.organiser).get("/valg/ny").soup
    assert form.select_one("#organisation")["value"] == NEW["organisation"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": ""}, "title", "Skriv en tittel."),
        ({"title": "x" * 201}, "title", "Høyst 200 tegn."),
        ({"slug": "ÆØÅ"}, "slug", "Bruk 3 til 60"),
        ({"slug": "a"}, "slug", "Bruk 3 til 60"),
        ({"slug": "ok-slug\n"}, "", ""),
        ({"organisation": " \x00\u200b "}, "organisation", "Skriv hvem"),
        ({"opens": "i morgen"}, "opens", ""),
        ({"opens": "0001-01-01T00:00"}, "opens", "Skriv et år"),
        ({"opens": "9999-12-31T23:59"}, "opens", "Skriv et år"),
        ({"opens": "2027-03-28T02:30"}, "opens", "Denne timen finnes ikke"),
        ({"closes": "2027-03-01T08:00"}, "closes", "etter at det har åpnet"),
        ({"closes": ""}, "closes", "Velg dag"),
        ({"language": "klingon"}, "language", ""),
        ({"template": "hva-som-helst"}, "template-0", ""),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    office: Office, changes: dict[str, str], field: str, words: str
) -> None:
    shown = create(office, **changes)
    if not field:
        assert shown.status == 200
        return
    assert shown.status == 422
    soup = require_sound(shown)
    summary = soup.select_one(".ds-error-summary")
    assert summary is not None
    assert summary.select_one(f"a[href='#{field}']") is not None
    assert words in summary.get_text()
    assert shown.soup.title is not None
    assert shown.soup.title.get_text().startswith("Feil: ")
    with office.runtime.store("service").reading() as session:
        assert list_elections(session) == []


def test_slug_that_is_taken_is_told(office: Office) -> None:
    create(office)
    again = create(office)
    assert again.status == 422
    assert "Et annet valg har dette kortnavnet." in again.text


def test_verifier_that_is_away_is_told(office: Office) -> None:
    settings = replace(
        office.runtime.settings, verifier_socket=Path("/nonexistent/v.sock")
    )
    runtime = replace(office.runtime, settings=settings)
    visitor = Visitor(
        officials_app(runtime),
        runtime.store("service"),
        runtime,
        office.people.organiser,
    )
    shown = visitor.post("/valg/ny", **NEW)
    assert shown.status == 422
    assert "Kontrollen svarer ikke." in shown.text


def test_contest_is_cleaned_and_kept(office: Office) -> None:
    create(office, template="egne")
    assert draft_now(office).contests == ()
    organiser = office.visit(office.people.organiser)
    shown = organiser.post(f"{office.here}/rediger/sak/ny", **CONTEST)
    assert "«Ny avtale» er lagret." in shown.text
    (each,) = draft_now(office).contests
    assert each.groups == ()
    assert each.contest.question == "Godtar du\nforslaget?"
    assert each.contest.choices == ("Ja", "Nei takk")
    rule = each.contest.decision
    assert rule is not None
    assert (rule.numerator, rule.denominator, rule.strict) == (1, 2, True)
    assert (rule.turnout_numerator, rule.turnout_denominator) == (2, 3)
    assert rule.base is Base.CHOICES
    assert not rule.turnout_strict


def test_own_fraction_and_no_rule_are_kept(office: Office) -> None:
    create(office, template="egne")
    organiser = office.visit(office.people.organiser)
    own = {"share": "annen", "numerator": "3", "denominator": "5", "strict": "minst"}
    path = f"{office.here}/rediger/sak/ny"
    organiser.post(path, **{**CONTEST, **own, "base": "all", "turnout": "ingen"})
    rule = draft_now(office).contests[0].contest.decision
    assert rule is not None
    assert (rule.numerator, rule.denominator, rule.strict) == (3, 5, False)
    assert rule.base is Base.ALL
    assert rule.turnout_numerator == 0
    edit = f"{office.here}/rediger/sak/0"
    shown = organiser.get(edit).soup
    assert shown.select_one("#share option[selected]")["value"] == "annen"  # type: ignore[index]
    organiser.post(edit, **{**CONTEST, "decides": "ingen"})
    assert draft_now(office).contests[0].contest.decision is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"choices": "\r\n \r\n"}, "choices"),
        ({"choices": "Ja\nJa"}, "choices"),
        ({"choices": "\n".join(map(str, range(51)))}, "choices"),
        ({"choices": "x" * 301}, "choices"),
        ({"max": "3"}, "max"),
        ({"max": "0"}, "max"),
        ({"max": "9" * 5000}, "max"),
        ({"min": "2"}, "min"),
        ({"min": "-1"}, "min"),
        ({"decides": "kongen"}, "decides-0"),
        ({"choice": "2"}, "choice"),
        ({"choice": "-1"}, "choice"),
        ({"choice": "x"}, "choice"),
        ({"share": "annen"}, "share"),
        ({"share": "annen", "numerator": "3", "denominator": "2"}, "share"),
        ({"share": "annen", "numerator": "0", "denominator": "2"}, "share"),
        ({"share": "5/2"}, "share"),
        ({"turnout": "annen", "turnout_numerator": "1"}, "turnout"),
        ({"scope": "noen"}, "groups"),
        ({"scope": "noen", "groups": "Finnes ikke"}, "groups"),
        ({"text": "x" * 4001}, "text"),
    ],
)
def test_contest_that_cannot_be_is_refused(
    office: Office, changes: dict[str, str], field: str
) -> None:
    create(office, template="egne")
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/rediger/sak/ny"
    shown = organiser.post(path, **{**CONTEST, **changes})
    assert shown.status == 422
    faults = {str(a["href"]) for a in shown.soup.select(".ds-error-summary a")}
    assert f"#{field}" in faults
    assert draft_now(office).contests == ()


def test_groups_of_the_roll_can_be_chosen(office: Office) -> None:
    create(office)
    with office.runtime.store("service").begin() as session:
        body = {"groups": [{"count": 3, "label": name} for name in ("Øst", "Vest")]}
        note_roll_draft(session, office.election().id, body)
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/rediger/sak/ny"
    organiser.post(path, **{**CONTEST, "scope": "noen", "groups": "Vest"})
    assert draft_now(office).contests[1].groups == ("Vest",)
    preview = organiser.get(f"{office.here}/forhandsvisning")
    headings = [each.get_text() for each in preview.soup.select("h2")]
    assert headings == ["Øst", "Vest"]
    assert len(preview.soup.select("fieldset.choices")) == 3


def test_contests_are_reordered_and_removed(office: Office) -> None:
    create(office)
    organiser = office.visit(office.people.organiser)
    edit = f"{office.here}/rediger"
    organiser.post(f"{edit}/sak/ny", **CONTEST)
    organiser.post(f"{edit}/sak/1/opp", page=edit)
    assert [each.contest.title for each in draft_now(office).contests] == [
        "Ny avtale",
        NEW["title"],
    ]
    organiser.post(f"{edit}/sak/0/ned", page=edit)
    organiser.post(f"{edit}/sak/0/slett", page=edit)
    assert [each.contest.title for each in draft_now(office).contests] == ["Ny avtale"]
    gone = organiser.post(f"{edit}/sak/5/slett", page=edit)
    assert "Saken finnes ikke lenger." in gone.text
    assert len(draft_now(office).contests) == 1


def test_rule_is_told_in_plain_words_while_it_is_written(office: Office) -> None:
    create(office)
    organiser = office.visit(office.people.organiser)
    path, page = f"{office.here}/rediger/regel", f"{office.here}/rediger/sak/ny"
    asked = organiser.post(path, page=page, **CONTEST).response
    assert asked.get_json() == {
        "sentences": [
            "«Ja» er vedtatt når mer enn halvparten av stemmene er for.",
            "Blir det nøyaktig halvparten, er det ikke vedtatt.",
            "Blanke stemmer regnes ikke med, men teller i valgdeltakelsen.",
            (
                "Resultatet er bindende når minst to tredeler av de stemmeberettigede"
                " har stemt. Ellers er det rådgivende."
            ),
        ]
    }
    for wrong in ({"choices": ""}, {"share": "annen"}, {"decides": "ingen"}):
        asked = organiser.post(path, page=page, **{**CONTEST, **wrong}).response
        assert asked.get_json() == {"sentences": []}


def test_times_and_rules_are_kept_or_refused(office: Office) -> None:
    create(office)
    organiser = office.visit(office.people.organiser)
    edit = f"{office.here}/rediger"
    basics = {key: NEW[key] for key in ("organisation", "language", "opens", "closes")}
    organiser.post(edit, **{**basics, "closes": "2027-03-20T12:00", "practice": "y"})
    assert draft_now(office).closes_at.isoformat() == "2027-03-20T11:00:00+00:00"
    assert not draft_now(office).practice
    assert office.election().closes_at == draft_now(office).closes_at
    refused = organiser.post(edit, **{**basics, "closes": "2027-02-20T12:00"})
    assert refused.status == 422
    rules = {"suppression_threshold": "7", "batch_size": "3", "revoting": "y"}
    organiser.post(f"{edit}/regler", page=edit, **rules)
    kept = draft_now(office).rules
    assert (kept.suppression_threshold, kept.batch_size, kept.revoting) == (7, 3, True)
    assert kept.grace_seconds == 600
    for wrong in ({"batch_size": "0"}, {"suppression_threshold": "10001"}):
        refused = organiser.post(f"{edit}/regler", page=edit, **{**rules, **wrong})
        assert refused.status == 422
        require_sound(refused)
    assert draft_now(office).rules == kept


def members(office: Office, count: int = 3) -> list[str]:
    return [each.id for each in office.people.committee[:count]]


def test_committee_is_chosen_with_numbers_that_fit(office: Office) -> None:
    create(office)
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/komite"
    organiser.post(path, members=members(office), threshold="2", approvals="3")
    shown = organiser.get(path)
    assert "2 av 3 må bruke nøkkeldelen sin." in shown.text
    assert draft_now(office).approvals_needed == 3
    for wrong in (
        {"members": members(office, 2)},
        {"threshold": "3"},
        {"threshold": "1"},
        {"approvals": "1"},
        {"approvals": "4"},
        {"members": ["f" * 32, *members(office, 2)]},
        {"members": [office.people.organiser.id, *members(office, 2)]},
    ):
        form: dict[str, Any] = {
            "members": members(office),
            "threshold": "2",
            "approvals": "2",
        }
        assert organiser.post(path, **{**form, **wrong}).status == 422
    assert draft_now(office).approvals_needed == 3


def begin(office: Office) -> None:
    create(office)
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/komite"
    organiser.post(path, members=members(office), threshold="2", approvals="2")
    organiser.post(f"{path}/seremoni", page=path)
    assert office.election().phase == Phase.KEYS
    office.stage.id = office.election().id


def test_member_is_handed_the_link_once_and_it_opens_the_own_seat(
    office: Office,
) -> None:
    begin(office)
    member = office.visit(office.people.committee[1])
    shown = member.post(f"{office.here}/nokkelside", page=f"{office.here}/komite")
    require_sound(shown)
    link = shown.soup.select_one("main a[href*='/nokkel/'][href*='#']")
    assert link is not None
    address, _, key = str(link["href"]).partition("#")
    assert address == f"/nokkel/{office.election().id}"
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", key)
    with office.runtime.store("service").reading() as session:
        assert seat_of(session, office.election().id, key).index == 2
    assert key not in member.get(f"{office.here}/komite").html


def test_official_without_a_seat_gets_no_link(office: Office) -> None:
    begin(office)
    other = office.visit(office.people.committee[3])
    assert other.post(f"{office.here}/nokkelside", page="/valg").status == 403
    organiser = office.visit(office.people.organiser)
    refused = organiser.post(f"{office.here}/nokkelside", page=f"{office.here}/komite")
    assert refused.status == 403


def test_bad_share_names_its_dealer_and_begins_anew(office: Office) -> None:
    begin(office)
    office.stage.hold_ceremony()
    organiser = office.visit(office.people.organiser)
    assert "alle har øvd" in organiser.get(f"{office.here}/komite").text
    before = office.election().ceremony_id
    organiser.post(f"{office.here}/komite/seremoni", page=f"{office.here}/komite")
    assert office.election().ceremony_id != before
    assert "0 av 6 runder" in organiser.get(office.here).text


def test_sealing_says_what_is_missing_until_nothing_is(office: Office) -> None:
    begin(office)
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/forsegl"
    missing = organiser.get(path).text
    assert "Manntallet er ikke frosset." in missing
    assert "Nøkkelseremonien er ikke ferdig" in missing
    early = organiser.post(path, page=office.here, sure="y")
    assert office.election().phase == Phase.KEYS
    assert early.status == 200
    office.stage.import_roll()
    office.stage.hold_ceremony()
    office.stage.freeze_roll()
    review = organiser.get(path)
    require_sound(review)
    assert "Spesialisthelsetjenesten" in review.text
    assert organiser.post(path).status == 422
    assert office.election().phase == Phase.KEYS
    sealed = organiser.post(path, sure="y")
    assert office.election().phase == Phase.READY
    assert "Valget er forseglet." in sealed.text
    assert office.posted_kinds()[-2:] == ["manifest", "schedule"]
    after = organiser.get(path)
    assert review.words(".tracking__code") == after.words(".tracking__code")
    again = organiser.post(path, page=office.here, sure="y")
    assert "Valget er kommet lenger." in again.text


def test_sealed_election_takes_no_change(office: Office) -> None:
    office.stage.to_ready("forseglet", "Forseglet valg")
    organiser = office.visit(office.people.organiser)
    here = f"/valg/{office.stage.id}"
    title = office.stage.draft_title()
    for path, data in (
        ("rediger/sak/0", CONTEST),
        ("rediger/sak/ny", CONTEST),
        ("rediger/sak/0/slett", {}),
        ("rediger", {**NEW, "organisation": "Andre"}),
    ):
        shown = organiser.post(f"{here}/{path}", page=here, **data)
        assert "Valget er forseglet eller avlyst." in shown.text
    assert office.stage.draft_title() == title
    shown = organiser.post(f"{here}/komite/seremoni", page=here)
    assert "Valget er kommet lenger." in shown.text


def test_cancelling_needs_a_reason_and_is_told_to_the_register(office: Office) -> None:
    create(office)
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/avlys"
    assert organiser.post(path, reason="Enighet").status == 422
    assert organiser.post(path, reason=" \n ", sure="y").status == 422
    assert office.election().phase == Phase.DRAFT
    shown = organiser.post(path, reason="Partene ble enige", sure="y")
    assert "Valget er avlyst." in shown.text
    assert office.election().phase == Phase.CANCELLED
    assert office.posted_kinds()[-1] == "cancelled"
    assert "Da kan det ikke avlyses." in organiser.get(path).text


def test_step_to_the_register_carries_a_pass(office: Office) -> None:
    create(office)
    shown = office.visit(office.people.organiser).get(office.here)
    form = shown.form_of("/r/inn")
    assert form["action"] == f"{office.runtime.settings.register_url}/r/inn"
    following = form.select_one("[name=next]")
    assert following is not None
    assert following["value"] == f"/r{office.here}/manntall"
    given = form.select_one("[name=pass]")
    assert given is not None
    assert len(str(given["value"])) > 100
    member = office.visit(office.people.committee[0]).get(office.here)
    assert member.soup.select("form[action$='/r/inn']") == []


def test_delivery_is_asked_for_and_its_absence_stops_nothing(office: Office) -> None:
    queued = office.runtime.redis("service").keys("rq:job:*")
    create(office)
    assert len(office.runtime.redis("service").keys("rq:job:*")) == len(queued) + 1
    with office.runtime.store("service").reading() as session:
        assert get_election(session, office.election().id).slug
