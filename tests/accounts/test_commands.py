"""`urne officials create`: the first official, who invites the others."""

from __future__ import annotations

from click.testing import CliRunner, Result

import accounts.cli
from accounts.administration import list_accounts
from accounts.roles import Role
from tests.accounts.account_site import PASSWORD, Site, path_of


def create(site: Site, name: str, role: str, password: str = PASSWORD) -> Result:
    arguments = ["create", "--name", name, "--email", f"{name}@forbundet.example"]
    arguments += ["--role", role, "--password", password]
    return CliRunner().invoke(accounts.cli.group, arguments, obj=site.runtime)


def roles_of(site: Site) -> dict[str, frozenset[Role]]:
    with site.runtime.store("service").reading() as session:
        return {
            each.identity.name: each.identity.roles for each in list_accounts(session)
        }


def test_first_official_is_an_administrator_too_and_the_others_are_not(
    site: Site,
) -> None:
    first = create(site, "Ada", "organiser")
    assert first.exit_code == 0
    create(site, "Bo", "auditor")
    assert roles_of(site) == {
        "Ada": {Role.ADMINISTRATOR, Role.ORGANISER},
        "Bo": {Role.AUDITOR},
    }
    site.emails[first.output.strip()] = "ada@forbundet.example"
    found = site.browser()
    shown = found.post("/konto/inn", email="ada@forbundet.example", password=PASSWORD)
    assert path_of(shown) == "/valg"
    assert found.get("/konto/brukere").status == 200


def test_refusals_are_told_and_nothing_is_stored(site: Site) -> None:
    assert create(site, "Ada", "king").exit_code == 2
    short = create(site, "Ada", "organiser", password="kort")
    assert short.exit_code == 1
    assert "12 characters" in short.output
    assert "kort" not in short.output
    assert roles_of(site) == {}
