"""The committee's role, election by election: it holds where the official sits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from accounts.guards import MARK
from accounts.officials import OfficialIdentity
from accounts.roles import Role
from accounts.sessions import REGISTER_COOKIE
from infra.runtime import open_runtime
from tests.accounts.account_site import NOW, Site, settings_for
from tests.accounts.test_one_union import OURS, a_browser, an_election
from tests.accounts.test_role_matrix import ID, walk
from tests.conftest import Stores
from tests.web.official_site import Answer
from voting.elections import get_election, seat_committee

ONCE: Final = frozenset({"register_entrance.leave"})
"""Of no election."""


@pytest.fixture
def house(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Site]:
    runtime = open_runtime(settings_for(sqlite_stores, tmp_path, redis_url))
    yield Site(runtime)
    runtime.close()


def seat(site: Site, election_id: str, *members: OfficialIdentity) -> None:
    with site.runtime.store("service").begin() as session:
        election = get_election(session, election_id)
        seat_committee(session, election, members, actor="system", at=NOW)


def refused_of(site: Site, who: OfficialIdentity, election_id: str) -> dict[str, bool]:
    """Whether the guard refuses, by endpoint: every page that the committee opens."""
    found = {}
    for rule, method, path in walk(site):
        access = getattr(site.app.view_functions[rule.endpoint], MARK, None)
        if access is None or Role.COMMITTEE not in access.roles or ID not in path:
            continue
        answer = a_browser(site, who).open(path.replace(ID, election_id), method=method)
        found[f"{method} {rule.endpoint}"] = answer.status_code == 403
        answer.close()
    return found


def test_role_opens_no_election_without_a_seat_in_it(house: Site) -> None:
    house.app.config["WTF_CSRF_ENABLED"] = False  # it would refuse before the guard
    own, other = (an_election(house, OURS, slug) for slug in ("own", "other"))
    member, colleague = (house.person(name, Role.COMMITTEE) for name in ("Mo", "Bo"))
    seat(house, own, member)
    seat(house, other, colleague)
    seated = replace(member, seats=frozenset({own}))
    theirs = refused_of(house, seated, other)
    assert len(theirs) > 30, "the walk must come by the pages of both sides"
    assert [name for name, refused in theirs.items() if not refused] == []
    ours = refused_of(house, seated, own)
    assert [name for name, refused in ours.items() if refused] == []
    # The register believes the pass alone: one without the seat opens nothing there.
    bare = refused_of(house, member, own)
    assert {name for name, refused in bare.items() if refused} == {
        name for name in ours if " register_" in name
    }
    client = a_browser(house, seated)
    listed = Answer(client.get("/valg")).html
    assert f"/valg/{own}" in listed
    assert f"/valg/{other}" not in listed


def test_pass_of_a_page_carries_its_seat_and_other_roles_stay(house: Site) -> None:
    own, other = (an_election(house, OURS, slug) for slug in ("own", "other"))
    member = house.person("Mo", Role.COMMITTEE, Role.ORGANISER)
    seat(house, own, member)
    client = a_browser(house, member)

    def enter(election_id: str) -> None:
        page = Answer(client.get(f"/valg/{election_id}/forsegl")).soup
        given = page.select_one("input[name=pass]")
        assert given is not None
        client.delete_cookie(REGISTER_COOKIE, path="/r")
        assert client.post("/r/inn", data={"pass": given["value"]}).status_code == 200

    for page in (own, other):
        enter(page)
        # An organiser reads no names; who sits in the committee does.
        for election_id, status in ((own, {302, 400, 404, 409}), (other, {403})):
            here = f"/r/valg/{election_id}"
            assert client.get(f"{here}/manntall").status_code == 200
            sample = client.get(f"{here}/frammote/utvalg/1")
            assert sample.status_code in status, (page == own, sample.status)
