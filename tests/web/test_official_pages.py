"""Every page of the officials over an election in every phase."""

from __future__ import annotations

import re
from itertools import pairwise

import html5lib
import pytest
from bs4 import BeautifulSoup

from tests.web.conftest import Visit
from tests.web.gallery import Gallery
from tests.web.official_site import Answer

OF_ALL = ("", "/forhandsvisning", "/komite", "/forsegl", "/makulering")
STAGES = (
    "empty",
    "draft",
    "keys",
    "stopped",
    "sealable",
    "ready",
    "open",
    "waiting",
    "closed",
    "paper",
    "counting",
    "counted",
    "approved",
    "shredded",
    "cancelled",
)
SEALED = STAGES[5:]
COUNTED = ("counted", "approved", "shredded")

PAGES = [
    *((stage, page) for stage in STAGES for page in OF_ALL),
    *((stage, "/rediger") for stage in ("empty", "draft", "keys", "ready")),
    *((stage, "/avlys") for stage in ("draft", "open", "approved")),
    *((stage, "/frist") for stage in ("draft", "ready", "open", "closed")),
    *((stage, "/opptelling") for stage in SEALED),
    *((stage, "/protokoll") for stage in COUNTED),
    *((stage, "/godkjenning") for stage in COUNTED),
    ("draft", "/rediger/sak/ny"),
    ("draft", "/rediger/sak/ny?mal=ja-nei"),
    ("draft", "/rediger/sak/0"),
    ("draft", "/rediger/sak/1"),
    ("ready", "/rediger/sak/0"),
]
PAPER = [(stage, "/papir") for stage in ("open", "closed", "paper", "counting")]


def require_sound(answer: Answer) -> BeautifulSoup:
    """Check what holds of every page, however it came about."""
    html5lib.HTMLParser(strict=True).parse(answer.html)
    soup = answer.soup
    assert len(soup.select("h1")) == 1
    assert soup.title is not None
    assert soup.title.get_text().strip() != "– Urne"
    ids = [str(tag["id"]) for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids)), sorted(ids)
    assert soup.select("style, [style], script:not([src])") == []
    for control in soup.select("input:not([type=hidden]), select, textarea"):
        assert soup.select(f"label[for='{control['id']}']"), control
    for attribute in ("aria-labelledby", "aria-describedby"):
        for tag in soup.select(f"[{attribute}]"):
            for name in str(tag[attribute]).split():
                assert soup.select_one(f"[id='{name}']") is not None, name
    for form in soup.select("form[method=post]"):
        if not str(form.get("action") or "").endswith("/r/inn"):
            assert form.select_one("[name=csrf_token]"), form
    levels = [int(tag.name[1]) for tag in soup.select("h1, h2, h3, h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    return soup


@pytest.mark.parametrize("stage", STAGES)
def test_pages_are_sound_for_the_organiser(
    gallery: Gallery, visit: Visit, stage: str
) -> None:
    organiser = visit(gallery.people.organiser)
    for page in (page for each, page in PAGES if each == stage):
        shown = organiser.get(f"/valg/{gallery.id(stage)}{page}")
        assert shown.status == 200, page
        require_sound(shown)
        assert "%(" not in shown.html


@pytest.mark.parametrize(("stage", "page"), PAPER)
def test_paper_page_is_sound_for_the_committee(
    gallery: Gallery, visit: Visit, stage: str, page: str
) -> None:
    member = gallery.people.committee[0]
    shown = visit(member).get(f"/valg/{gallery.id(stage)}{page}")
    assert shown.status == 200
    require_sound(shown)


@pytest.mark.parametrize("stage", STAGES)
def test_committee_and_auditor_see_where_an_election_stands(
    gallery: Gallery, visit: Visit, stage: str
) -> None:
    for person in (gallery.people.committee[0], gallery.people.auditor):
        for page in OF_ALL:
            shown = visit(person).get(f"/valg/{gallery.id(stage)}{page}")
            if stage == "empty" and person != gallery.people.auditor:
                assert shown.status == 403, "nobody is seated yet"
                continue
            assert shown.status == 200
            require_sound(shown)


def test_common_pages_are_sound(gallery: Gallery, visit: Visit) -> None:
    organiser = visit(gallery.people.organiser)
    for path in ("/", "/konto/inn", "/valg", "/valg/ny"):
        shown = organiser.get(path)
        assert shown.status == 200
        require_sound(shown)


@pytest.mark.parametrize("slug", ["godkjent", "makulert"])
def test_public_protocol_is_sound_and_needs_no_session(visit: Visit, slug: str) -> None:
    shown = visit(None).get(f"/s/{slug}/protokoll")
    assert shown.status == 200
    require_sound(shown)
    assert "«Ja» er vedtatt." in shown.text


ORGANISER_ONLY = (
    "/rediger",
    "/rediger/sak/ny",
    "/rediger/sak/0",
    "/avlys",
)


def test_pages_of_the_organiser_are_closed_to_others(
    gallery: Gallery, visit: Visit
) -> None:
    paths = ["/valg/ny", *(f"/valg/{gallery.id('draft')}{p}" for p in ORGANISER_ONLY)]
    for person in (gallery.people.committee[0], gallery.people.auditor):
        visitor = visit(person)
        assert [visitor.get(path).status for path in paths] == [403] * len(paths)


def test_paper_is_the_committees_alone_and_deadlines_not_the_auditors(
    gallery: Gallery, visit: Visit
) -> None:
    election = gallery.id("closed")
    people = gallery.people
    assert visit(people.organiser).get(f"/valg/{election}/papir").status == 403
    assert visit(people.auditor).get(f"/valg/{election}/papir").status == 403
    assert visit(people.auditor).get(f"/valg/{election}/frist").status == 403
    assert visit(people.committee[0]).get(f"/valg/{election}/frist").status == 200


ACTIONS = (
    "komite",
    "komite/seremoni",
    "forsegl",
    "avlys",
    "rediger",
    "rediger/regler",
    "rediger/regel",
    "rediger/sak/0",
    "rediger/sak/0/slett",
    "rediger/sak/0/opp",
    "nokkelside",
    "frist",
    "papir",
    "opptelling/start",
    "makulering",
    "forslag/schedule/1/trekk",
)


def test_actions_are_closed_to_the_auditor_and_need_a_token_of_ours(
    gallery: Gallery, visit: Visit
) -> None:
    people = gallery.people
    auditor = visit(people.auditor)
    others = [visit(people.organiser), visit(people.committee[0])]
    token = auditor.get("/valg").soup.select_one("[name=csrf_token]")
    assert token is not None
    for action in ACTIONS:
        path = f"/valg/{gallery.id('draft')}/{action}"
        assert auditor.send(path, {"csrf_token": token["value"]}).status == 403
        for other in others:
            assert other.send(path, {"reason": "x", "sure": "y"}).status == 400


def test_official_without_a_role_sees_nothing(gallery: Gallery, visit: Visit) -> None:
    nobody = visit(gallery.people.nobody)
    for path in ("/valg", f"/valg/{gallery.id('open')}"):
        assert nobody.get(path).status == 403


def test_stranger_is_sent_to_the_entrance_and_back(
    gallery: Gallery, visit: Visit
) -> None:
    path = f"/valg/{gallery.id('open')}/komite"
    sent = visit(None).get(path)
    assert sent.status == 302
    assert sent.response.headers["Location"] == f"/konto/inn?neste={path}"


@pytest.mark.parametrize(
    "path",
    [
        "/valg/finnes-ikke",
        "/valg/" + "0" * 32,
        "/valg/" + "A" * 32,
        "/valg/%00" + "0" * 31,
        "/valg/" + "0" * 32 + "/protokoll",
        "/s/finnes-ikke/protokoll",
        "/s/klar/protokoll",
        "/s/klar/valgprotokoll.zip",
        "/s/talt/valgprotokoll.zip",
        "/s/kladd/protokoll",
        "/s/%00/protokoll",
    ],
)
def test_what_is_not_there_is_not_found(
    gallery: Gallery, visit: Visit, path: str
) -> None:
    assert visit(gallery.people.organiser).get(path).status == 404


def test_no_protocol_before_the_count(gallery: Gallery, visit: Visit) -> None:
    organiser = visit(gallery.people.organiser)
    for page in ("protokoll", "godkjenning"):
        assert organiser.get(f"/valg/{gallery.id('closed')}/{page}").status == 404


def test_contest_that_is_not_there_is_not_found(gallery: Gallery, visit: Visit) -> None:
    organiser = visit(gallery.people.organiser)
    path = f"/valg/{gallery.id('draft')}/rediger/sak/7"
    assert organiser.get(path).status == 404


def test_pages_are_kept_by_nobody(gallery: Gallery, visit: Visit) -> None:
    shown = visit(gallery.people.organiser).get(f"/valg/{gallery.id('open')}")
    assert shown.response.headers["Cache-Control"] == "no-store"


def test_no_page_holds_a_members_name_or_a_ballots_content(
    gallery: Gallery, visit: Visit
) -> None:
    """The service has no names; and of ballots the pages tell only how many."""
    organiser = visit(gallery.people.organiser)
    for stage, page in PAGES:
        html = organiser.get(f"/valg/{gallery.id(stage)}{page}").html
        assert not re.search(r"[A-Za-z0-9+/]{400,}", html)
