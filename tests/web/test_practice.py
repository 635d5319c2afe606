"""Practice elections on the officials' and everybody's pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.conftest import Office
from tests.web.official_site import Answer
from tests.web.staging import AFTER, NOW, PRACTICE_TITLE
from tests.web.test_official_drafting import NEW, create
from voting.drafts import Draft
from voting.elections import (
    PracticeFixed,
    change_draft,
    draft_of,
    get_election,
    list_elections,
)

SAID = "Dette er en prøve. Stemmene teller ikke, og ingenting blir avgjort."


def require_marked(shown: Answer) -> None:
    assert shown.status == 200
    assert SAID in shown.text
    assert len(shown.soup.select(".practice")) == 1


def test_a_practice_is_copied_from_a_real_election_and_back(office: Office) -> None:
    create(office)
    real = office.election()
    organiser = office.visit(office.people.organiser)
    overview = organiser.get(f"/valg/{real.id}")
    assert "Lag en øvelse eller en kopi av valget" in overview.text
    assert SAID not in overview.text
    page = f"/valg/{real.id}/kopi"
    shown = organiser.get(page)
    assert shown.soup.select_one("#practice[checked]") is not None
    field = shown.soup.select_one("#title")
    assert field is not None
    assert field["value"] == f"Øvelse: {real.title}"
    basics = {key: NEW[key] for key in ("organisation", "opens", "closes", "language")}
    refused = organiser.post(page, **basics, title="x", slug=real.slug, practice="y")
    assert refused.status == 422
    assert "Et annet valg har dette kortnavnet" in refused.text
    made = organiser.post(page, **basics, title="Øvelse", slug="ovelse", practice="y")
    require_marked(made)
    copied, source = drafts(office)["ovelse"], drafts(office)[real.slug]
    assert copied.practice
    assert not source.practice
    assert (copied.contests, copied.rules) == (source.contests, source.rules)
    assert "Øvingsvalg" in organiser.get("/valg").text
    hers = id_of(office, "ovelse")
    back = organiser.get(f"/valg/{hers}/kopi")
    require_marked(back)
    assert back.soup.select_one("#practice[checked]") is None


def test_what_was_created_as_practice_stays_practice(office: Office) -> None:
    require_marked(create(office, practice="y"))
    with office.runtime.store("service").begin() as session:
        election = get_election(session, office.election().id)
        draft = draft_of(election)
        real = Draft(
            **{
                name: getattr(draft, name)
                for name in Draft.__dataclass_fields__
                if name != "practice"
            },
            practice=False,
        )
        with pytest.raises(PracticeFixed):
            change_draft(session, election, real, actor="system", at=NOW)
    for page in ("", "/rediger", "/komite", "/forhandsvisning", "/avlys", "/kopi"):
        visitor = office.visit(office.people.organiser)
        require_marked(visitor.get(office.here + page))


def test_every_page_says_so_from_sealing_to_the_protocol(office: Office) -> None:
    office.stage.practice = True
    office.stage.to_approved("ovelse-2027", PRACTICE_TITLE)
    later = office.at(AFTER + timedelta(hours=1))
    organiser, nobody = later.visit(office.people.organiser), later.visit(None)
    for page in ("", "/forsegl", "/opptelling", "/protokoll", "/godkjenning"):
        require_marked(organiser.get(office.here + page))
    require_marked(organiser.get(f"{office.here}/makulering"))
    for page in ("", "/tavle", "/protokoll"):
        require_marked(nobody.get(f"/s/ovelse-2027{page}"))


def drafts(office: Office) -> dict[str, Draft]:
    with office.runtime.store("service").reading() as session:
        return {each.slug: draft_of(each) for each in list_elections(session)}


def id_of(office: Office, slug: str) -> str:
    with office.runtime.store("service").reading() as session:
        return next(each.id for each in list_elections(session) if each.slug == slug)
