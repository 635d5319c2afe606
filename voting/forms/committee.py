"""Forms of the committee: who sits in it, and what it proposes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from accounts.officials import OfficialIdentity
from voting.draft_editing import CommitteeNumbers
from voting.drafts import FEWEST_HOLDERS, MOST_HOLDERS
from voting.forms.fields import CheckboxesField, LocalTimeField, clean_lines, offered


class CommitteeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Three to nine officials, and how many of them a step takes."""

    members = CheckboxesField(_l("Medlemmer av valgkomiteen"))
    threshold = IntegerField(
        _l("Så mange må til for å telle"), [InputRequired(_l("Skriv et helt tall."))]
    )
    approvals = IntegerField(
        _l("Så mange må skrive under på protokollen"),
        [InputRequired(_l("Skriv et helt tall."))],
    )

    def offer(self, officials: Sequence[OfficialIdentity]) -> None:
        """Set who can be chosen."""
        self.members.choices = offered((each.id, each.name) for each in officials)

    def chosen(self, officials: Sequence[OfficialIdentity]) -> list[OfficialIdentity]:
        """Return the chosen officials, in the order they were offered."""
        return [each for each in officials if each.id in (self.members.data or ())]

    @property
    def numbers(self) -> CommitteeNumbers:
        """The two numbers that were filled in."""
        return CommitteeNumbers(
            int(self.threshold.data or 0), int(self.approvals.data or 0)
        )

    def validate_members(self, field: CheckboxesField) -> None:
        """Three to nine."""
        if not FEWEST_HOLDERS <= len(field.data or ()) <= MOST_HOLDERS:
            raise ValidationError(str(_l("Velg fra 3 til 9 medlemmer.")))

    def validate_threshold(self, field: IntegerField) -> None:
        """More than half, fewer than all."""
        holders = len(self.members.data or ())
        if self.members.errors or not isinstance(field.data, int):
            return
        if not holders < 2 * field.data < 2 * holders:
            message = _l(
                "Det må være flere enn halvparten og færre enn alle: fra %(least)s til"
                " %(most)s.",
                least=holders // 2 + 1,
                most=holders - 1,
            )
            raise ValidationError(str(message))

    def validate_approvals(self, field: IntegerField) -> None:
        """More than half."""
        holders = len(self.members.data or ())
        if self.members.errors or not isinstance(field.data, int):
            return
        if not holders < 2 * field.data <= 2 * holders:
            message = _l(
                "Det må være flere enn halvparten: fra %(least)s til %(most)s.",
                least=holders // 2 + 1,
                most=holders,
            )
            raise ValidationError(str(message))


class LaterForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A later time, and why: a closing time moved, a shredding held back."""

    until = LocalTimeField(
        _l("Ny tid"), [InputRequired(_l("Velg dag og klokkeslett."))]
    )
    reason = TextAreaField(
        _l("Begrunnelse"),
        [
            DataRequired(_l("Skriv hvorfor.")),
            Length(max=1_000, message=_l("Høyst 1 000 tegn.")),
        ],
        filters=[clean_lines],
    )
