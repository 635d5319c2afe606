"""Forms of an administrator: who is invited, and with which roles."""

from __future__ import annotations

from typing import Any, cast

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from accounts.forms.fields import CheckboxesField, printable
from accounts.officials import OfficialIdentity
from accounts.roles import (
    ALL_ROLES,
    MOST_DISTRICTS,
    District,
    DistrictMalformed,
    NotForOneUnion,
    Role,
    UnionMalformed,
    plain_name,
    require_union,
)

ROLE_TEXTS: dict[Role, LazyString] = {
    Role.ADMINISTRATOR: _l(
        "Administrator: inviterer og stenger kontoer, ser ingen manntall"
    ),
    Role.ORGANISER: _l("Arrangør: setter opp valg, manntall og utsending"),
    Role.COMMITTEE: _l("Valgkomité: holder nøkkel, teller og godkjenner"),
    Role.AUDITOR: _l("Revisor: leser alt om et valg, endrer ingenting"),
    Role.DISTRICT_CONTACT: _l("Kretskontakt: ser valgdeltakelsen i egne velgergrupper"),
    Role.SURVEY_DESIGNER: _l("Undersøkelsesansvarlig: lager spørreundersøkelser"),
}


def _choice(role: Role) -> Any:  # noqa: ANN401 - WTForms tells no types of choices
    return cast("Any", SelectChoice(role.value, ROLE_TEXTS[role]))


class RolesForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Roles, and the voter groups of a district contact."""

    roles = CheckboxesField(
        _l("Roller"),
        choices=[
            cast("Any", SelectChoice(role.value, ROLE_TEXTS[role]))
            for role in ALL_ROLES
        ],
    )
    organisation = StringField(
        _l("Organisasjon"), [Length(max=100)], filters=[printable]
    )
    groups = TextAreaField(_l("Velgergrupper"), [Length(max=500)])
    union = StringField(
        _l("Bare valgene til ett forbund"), [Length(max=100)], filters=[printable]
    )

    def show(self, identity: OfficialIdentity) -> None:
        """Fill in what an official has."""
        self.roles.data = [role.value for role in identity.roles]
        districts = sorted(identity.districts)
        self.organisation.data = districts[0].organisation if districts else ""
        self.groups.data = "\n".join(each.group for each in districts)
        self.union.data = identity.union

    @property
    def chosen_roles(self) -> frozenset[Role]:
        """The roles that were ticked."""
        return frozenset(role for role in Role if role.value in (self.roles.data or ()))

    @property
    def chosen_districts(self) -> frozenset[District]:
        """The voter groups that were written; none unless the role was ticked.

        Raises:
            DistrictMalformed: a name that cannot stand on a roll.

        """
        if Role.DISTRICT_CONTACT not in self.chosen_roles:
            return frozenset()
        organisation = plain_name(self.organisation.data or "")
        lines = map(plain_name, (self.groups.data or "").splitlines())
        return frozenset(District(organisation, line) for line in lines if line)

    @property
    def chosen_union(self) -> str:
        """The union whose elections alone the official works with, or nothing."""
        return plain_name(self.union.data or "")

    def validate_union(self, field: StringField) -> None:
        """Only for roles around elections."""
        del field
        try:
            require_union(self.chosen_union, self.chosen_roles)
        except NotForOneUnion:
            message = _l(
                "Administratorer og undersøkelsesansvarlige arbeider for hele"
                " tjenesten."
            )
            raise ValidationError(str(message)) from None
        except UnionMalformed:
            raise ValidationError(str(_l("Skriv navnet som i valgene."))) from None

    def validate_roles(self, field: CheckboxesField) -> None:
        """At least one."""
        del field
        if not self.chosen_roles:
            raise ValidationError(str(_l("Velg minst én rolle.")))

    def validate_groups(self, field: TextAreaField) -> None:
        """One to four, in an organisation, for a district contact."""
        del field
        if Role.DISTRICT_CONTACT not in self.chosen_roles:
            return
        try:
            found = len(self.chosen_districts)
        except DistrictMalformed:
            message = _l("Skriv organisasjonen, og hver velgergruppe på sin linje.")
            raise ValidationError(str(message)) from None
        if not 1 <= found <= MOST_DISTRICTS:
            raise ValidationError(str(_l("En kretskontakt har én til fire grupper.")))


class InviteForm(RolesForm):
    """A new official."""

    name = StringField(
        _l("Navn"),
        [InputRequired(_l("Skriv navnet.")), Length(max=100)],
        filters=[printable],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _l("E-postadresse"),
        [InputRequired(_l("Skriv e-postadressen.")), Length(max=254)],
        filters=[printable],
        render_kw={"autocomplete": "off"},
    )
