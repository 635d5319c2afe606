"""Officials' pages of a ceremony in which a share is in dispute."""

from __future__ import annotations

import json
from typing import Any

from crypto.group import Scalar
from tests.web.conftest import Office
from tests.web.official_site import Answer
from tests.web.staging import NOW
from tests.web.test_official_drafting import begin, members
from tests.web.test_official_pages import require_sound
from voting.ceremony_disputes import ANSWER_TIME


def state_of(answer: Answer) -> str:
    """What the page's script is told."""
    return str(json.loads(answer.html)["state"])


def test_a_complaint_waits_for_the_dealer_and_then_for_the_organiser(
    office: Office,
) -> None:
    begin(office)
    table = office.stage.deal_shares()
    path = f"{office.here}/komite"
    organiser = office.visit(office.people.organiser)
    shown = organiser.get(path)
    assert "Det ventes på: Aase Aa, Bo Berg, Cato Dahl." in shown.text
    table.complain(by=3, dealer=2)
    shown = organiser.get(path)
    require_sound(shown)
    assert "Seremonien venter på Bo Berg" in shown.text
    assert "Ring Bo Berg. Svaret ventes innen" in shown.text
    without = f"{path}/uten/2"
    assert organiser.get(without).status == 409
    assert "klaget på nøkkeldelen fra Bo Berg" in organiser.get(office.here).text
    late = office.at(NOW + ANSWER_TIME)
    organiser = late.visit(office.people.organiser)
    shown = organiser.get(path)
    assert "har ikke svart innen fristen" in shown.text
    assert shown.soup.select_one(f"main a[href='{without}']") is not None
    member = late.visit(office.people.committee[0])
    assert member.get(without).status == 403
    assert member.get(path).soup.select_one(f"main a[href='{without}']") is None
    asked = organiser.get(without)
    require_sound(asked)
    assert "Komiteen må ha minst tre" in asked.text
    spare = office.people.committee[3].id
    for wrong in (
        {"replacement": "", "threshold": "2", "approvals": "2"},
        {"replacement": "f" * 32, "threshold": "2", "approvals": "2"},
        {"replacement": spare, "threshold": "3", "approvals": "2"},
        {"replacement": spare, "threshold": "2", "approvals": "1"},
        {"replacement": spare, "threshold": "", "approvals": "2"},
    ):
        assert organiser.post(without, **wrong).status == 422
    assert "Bo Berg" in organiser.get(path).text
    done = organiser.post(without, replacement=spare, threshold="2", approvals="2")
    assert "Seremonien begynner på nytt." in done.text
    assert "2. Dina Eng" in done.text
    assert "2. Bo Berg" not in done.text
    assert organiser.get(without).status == 409
    # Whoever was put out stays out of this election.
    chosen: dict[str, Any] = {
        "members": members(office),
        "threshold": "2",
        "approvals": "2",
    }
    assert (
        "er satt ut av komiteen i dette valget" in organiser.post(path, **chosen).text
    )
    assert "2. Dina Eng" in organiser.get(path).text


def test_a_dealer_who_had_signed_is_not_put_out_for_silence(office: Office) -> None:
    begin(office)
    table = office.stage.deal_shares()
    table.complain(by=3, dealer=1)
    assert table.answer(dealer=1, to=3)
    table.sign(2)
    table.complain(by=3, dealer=2)
    path = f"{office.here}/komite"
    late = office.at(NOW + ANSWER_TIME)
    organiser = late.visit(office.people.organiser)
    shown = organiser.get(path)
    require_sound(shown)
    assert "først da Bo Berg hadde gjort sitt og skrevet under" in shown.text
    assert "Hold da seremonien på nytt med de samme" in shown.text
    assert "Cato Dahl har meldt fra 2 ganger i dette valget" in shown.text
    assert "erklære at Bo Berg ikke har svart" not in shown.text
    assert organiser.get(f"{path}/uten/2").status == 409
    before = office.election().ceremony_id
    begun = organiser.post(f"{path}/seremoni", page=path)
    assert "Seremonien er startet." in begun.text
    assert office.election().ceremony_id != before
    assert "2. Bo Berg" in begun.text


def test_a_wrong_answer_leaves_only_the_way_without_the_dealer(office: Office) -> None:
    begin(office)
    table = office.stage.deal_shares()
    table.complain(by=3, dealer=2)
    table.answer(dealer=2, to=3, share=Scalar.from_int(5))
    path = f"{office.here}/komite"
    organiser = office.visit(office.people.organiser)
    shown = organiser.get(path)
    require_sound(shown)
    assert "Seremonien kan ikke gå videre med Bo Berg" in shown.text
    before = office.election().ceremony_id
    refused = organiser.post(f"{path}/seremoni", page=path)
    assert "kan bare begynne på nytt uten" in refused.text
    chosen: dict[str, Any] = {
        "members": members(office),
        "threshold": "2",
        "approvals": "2",
    }
    assert "kan bare begynne på nytt uten" in organiser.post(path, **chosen).text
    assert office.election().ceremony_id == before


def test_a_settled_complaint_is_told_and_the_page_follows(office: Office) -> None:
    begin(office)
    table = office.stage.deal_shares()
    path = f"{office.here}/komite"
    organiser = office.visit(office.people.organiser)
    seen = state_of(organiser.get(f"{path}/fremdrift"))
    table.complain(by=3, dealer=2)
    assert state_of(organiser.get(f"{path}/fremdrift")) != seen
    assert table.answer(dealer=2, to=3)
    shown = organiser.get(path)
    require_sound(shown)
    assert "åpnet den for alle, den stemmer" in shown.text
    now = state_of(organiser.get(f"{path}/fremdrift"))
    assert shown.soup.select_one(f"[data-seen='{now}']") is not None
