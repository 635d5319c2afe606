"""A district contact's way to the own voter groups, and nowhere else."""

from __future__ import annotations

from accounts.officials import OfficialIdentity, add_official, identity_of
from accounts.passes import read_pass
from accounts.roles import District, Role
from tests.web.conftest import Office
from tests.web.test_official_pages import require_sound

OWN = District("Forbundet for prøver", "Kommune")


def contact(office: Office, *districts: District) -> OfficialIdentity:
    with office.runtime.store("service").begin() as session:
        made = add_official(
            session,
            name="Dagny Krets",
            email="dagny@forbundet.example",
            roles=[Role.DISTRICT_CONTACT],
            districts=districts,
        )
        return identity_of(made)


def test_contact_goes_over_to_the_turnout_of_the_own_groups(office: Office) -> None:
    office.stage.create("hovedavtale", "Ny hovedavtale")
    dagny = contact(office, OWN)
    visitor = office.visit(dagny)
    for page in ("/valg", office.here):
        assert visitor.get(page, follow_redirects=True).title == "Valg i kretsen din"
    shown = visitor.get("/valg/krets")
    require_sound(shown)
    assert "Kommune (Forbundet for prøver)" in shown.text
    form = shown.form_of("/r/inn")
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input")}
    assert fields["next"] == f"/r{office.here}/frammote"
    key = office.runtime.settings.verify_key("service")
    given = read_pass(fields["pass"], key, office.runtime.clock.now())
    assert given.official.districts == {OWN}
    assert given.official.is_contact_of("Forbundet for  prøver", "Kommune")


def test_contact_sees_no_election_of_another_organisation(office: Office) -> None:
    office.stage.create("hovedavtale", "Ny hovedavtale")
    visitor = office.visit(contact(office, District("Et annet forbund", "Kommune")))
    shown = visitor.get("/valg/krets")
    require_sound(shown)
    assert "Ny hovedavtale" not in shown.html
    for page in ("/komite", "/forhandsvisning", "/opptelling", "/rediger"):
        assert visitor.get(office.here + page).status == 403


def test_page_is_for_contacts_alone(office: Office) -> None:
    people = office.people
    for who in (people.organiser, people.auditor, people.nobody, people.committee[0]):
        assert office.visit(who).get("/valg/krets").status == 403
