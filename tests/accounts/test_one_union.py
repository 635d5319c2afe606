"""Officials of one union alone: its elections and its rolls, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

from accounts.administration import change_roles
from accounts.guards import MARK
from accounts.officials import OfficialIdentity
from accounts.passes import issue_pass, read_pass
from accounts.roles import (
    ELECTION_ROLES,
    NotForOneUnion,
    Role,
    UnionMalformed,
    require_union,
)
from accounts.sessions import REGISTER_COOKIE, SERVICE_COOKIE, open_session
from crypto.signing import SigningSeed
from infra.runtime import open_runtime
from register.elections import create_election as open_roll
from tests.accounts.account_site import NOW, Site, settings_for
from tests.accounts.test_role_matrix import ID, walk
from tests.conftest import Stores
from tests.web.official_site import Answer
from voting.draft_editing import Basics, Defaults, new_draft
from voting.elections import create_election
from voting.practice import practice_times

OURS, THEIRS = "Forbund A", "Forbund B"
SHARED: Final = frozenset(
    {
        "districts.index",
        "elections.create",
        "elections.index",
        "register_entrance.leave",
    }
)
"""Open to them without an election of theirs in the address."""


@pytest.fixture
def house(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Site]:
    runtime = open_runtime(settings_for(sqlite_stores, tmp_path, redis_url))
    yield Site(runtime)
    runtime.close()


def an_election(site: Site, organisation: str, slug: str) -> str:
    """An election on both sides, in its first phase."""
    basics = Basics(organisation, "nb", False, *practice_times(NOW))
    runtime = site.runtime
    with runtime.store("service").begin() as session:
        made = create_election(
            session,
            runtime.settings,
            slug=slug,
            title=f"Valget i {organisation}",
            draft=new_draft(basics, Defaults(20, 20)),
            actor="system",
            at=NOW,
            verifier_key=bytes(32),
        ).id
    with runtime.store("register").begin() as session:
        open_roll(
            session,
            runtime.keystore("register"),
            election_id=made,
            slug=slug,
            title=slug,
            organisation=organisation,
            verifier_key=bytes(32),
            now=NOW,
        )
    return made


def confined(site: Site) -> OfficialIdentity:
    """An official with every role around elections, in one union's alone."""
    administrator = site.person("Ada", Role.ADMINISTRATOR)
    made = site.person("Olav", Role.ORGANISER)
    with site.runtime.store("service").begin() as session:
        change_roles(
            session,
            site.runtime.settings,
            made.id,
            roles=frozenset(ELECTION_ROLES),
            districts=frozenset(),
            union=OURS,
            actor=administrator.id,
            at=NOW,
        )
    return OfficialIdentity(made.id, made.name, frozenset(ELECTION_ROLES), union=OURS)


def a_browser(site: Site, who: OfficialIdentity) -> FlaskClient:
    """A browser that is signed in on both sides."""
    client = site.app.test_client()
    with site.runtime.store("service").begin() as session:
        client.set_cookie(SERVICE_COOKIE, open_session(session, who.id, NOW))
    seed = SigningSeed(
        site.runtime.settings.secrets_of("service").signing_seed.reveal()
    )
    later = site.now
    client.set_cookie(REGISTER_COOKIE, issue_pass(who, later, seed), path="/r")
    return client


def test_no_route_shows_them_another_unions_election_or_roll(house: Site) -> None:
    who = confined(house)
    theirs = an_election(house, THEIRS, "forbund-b")
    house.app.config["WTF_CSRF_ENABLED"] = False  # it would refuse before the guard
    let_in, asked = [], 0
    for rule, method, path in walk(house):
        access = getattr(house.app.view_functions[rule.endpoint], MARK, None)
        if access is None or not access.roles & set(ELECTION_ROLES):
            continue
        asked += 1
        client = a_browser(house, who)  # the one before may have signed out
        answer = client.open(path.replace(ID, theirs), method=method)
        if rule.endpoint not in SHARED and answer.status_code not in {403, 404}:
            let_in.append((rule.endpoint, method, answer.status_code))
        answer.close()
    assert let_in == []
    assert asked > 60, "the walk must come by the pages of both sides"


def test_they_work_with_their_own_on_both_sides(house: Site) -> None:
    who = confined(house)
    ours, theirs = (
        an_election(house, OURS, "a" * 3),
        an_election(house, THEIRS, "b" * 3),
    )
    client = a_browser(house, who)
    listed = Answer(client.get("/valg")).text
    assert f"Valget i {OURS}" in listed
    assert THEIRS not in listed
    for path in (f"/valg/{ours}", f"/valg/{ours}/rediger", f"/r/valg/{ours}/manntall"):
        assert client.get(path).status_code == 200, path
    assert client.get(f"/r/valg/{theirs}/manntall").status_code == 404
    require_own_trails(client, ours, theirs)
    assert "Revisjonslogg" not in Answer(client.get("/valg")).html
    assert client.get("/konto/revisjonslogg").status_code == 403
    edit = f"/valg/{ours}/rediger"
    token = Answer(client.get(edit)).soup.select_one("[name=csrf_token]")
    assert token is not None
    fields = {
        "csrf_token": token["value"],
        "organisation": THEIRS,
        "language": "nb",
        "opens": "2027-04-01T08:00",
        "closes": "2027-04-02T08:00",
    }
    assert client.post(edit, data=fields).status_code == 302
    assert client.get(f"/valg/{ours}").status_code == 200, "it is still their own"


def require_own_trails(client: FlaskClient, ours: str, theirs: str) -> None:
    """The whole logs are not theirs; what was done with their own election is."""
    for whole in ("/konto/revisjonslogg", "/r/revisjonslogg"):
        assert client.get(whole).status_code == 403
    for side, kind in ((f"/valg/{ours}", "Valget ble laget"), (f"/r/valg/{ours}", "")):
        shown = Answer(client.get(f"{side}/revisjonslogg"))
        assert kind in shown.text
        assert theirs[:8] not in shown.html
        token = shown.soup.select_one("[name=csrf_token]")
        assert token is not None
        fields = {"csrf_token": token["value"], "kept": ""}
        held = client.post(f"{side}/revisjonslogg/kontroll", data=fields)
        assert "Loggen holder" in Answer(held).text
        handed = client.post(f"{side}/revisjonslogg/eksport", data=fields)
        assert theirs not in handed.get_data(as_text=True)
        assert '"kind":"audit-exported"' in handed.get_data(as_text=True)


def test_a_pass_carries_the_union_and_rules_keep_it_sensible() -> None:
    seed = SigningSeed(bytes(range(32)))
    who = OfficialIdentity("a" * 32, "Olav", frozenset({Role.AUDITOR}), union=OURS)
    found = read_pass(issue_pass(who, NOW, seed), seed.public_key, NOW).official
    assert found == who
    assert found.may_work_for("Forbund  A")
    assert not found.may_work_for("forbund b")
    require_union("", frozenset(Role))
    for role in (Role.ADMINISTRATOR, Role.SURVEY_DESIGNER):
        with pytest.raises(NotForOneUnion):
            require_union(OURS, frozenset({role}))
    for wrong in (" Forbund", "For\x00bund", "F" * 101):
        with pytest.raises(UnionMalformed):
            require_union(wrong, frozenset({Role.ORGANISER}))


def test_an_administrator_confines_an_account_from_the_page(house: Site) -> None:
    administrator = house.person("Ada", Role.ADMINISTRATOR)
    other = house.person("Olav", Role.ORGANISER)
    browser = house.browser(administrator)
    page = f"/konto/brukere/{other.id}"
    refused = browser.post(page, roles=["survey-designer"], union=OURS)
    assert refused.status == 422
    assert "arbeider for hele tjenesten" in refused.text
    browser.post(page, roles=["organiser"], union=f" {OURS} ")
    shown = browser.get(page).soup.select_one("#union")
    assert shown is not None
    assert shown["value"] == OURS
