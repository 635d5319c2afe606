"""Forms of the committee: who sits in it, and what it proposes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, TextAreaField, ValidationError
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
        if not self.members.errors:
            _require(_threshold_fault(len(self.members.data or ()), field.data))

    def validate_approvals(self, field: IntegerField) -> None:
        """More than half."""
        if not self.members.errors:
            _require(_approvals_fault(len(self.members.data or ()), field.data))


class LeaveOutForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Who takes the seat of a dealer who leaves, and the numbers of those left."""

    replacement = SelectField(_l("Hvem som overtar plassen"))
    threshold = IntegerField(
        _l("Så mange må til for å telle"), [InputRequired(_l("Skriv et helt tall."))]
    )
    approvals = IntegerField(
        _l("Så mange må skrive under på protokollen"),
        [InputRequired(_l("Skriv et helt tall."))],
    )
    staying = 0
    """How many members stay."""

    def offer(self, staying: int, free: Sequence[OfficialIdentity]) -> None:
        """Set how many stay, and who has no seat yet."""
        self.staying = staying
        nobody = (
            []
            if staying < FEWEST_HOLDERS
            else [("", str(_l("Ingen: plassen fjernes")))]
        )
        choices = [*nobody, *((each.id, each.name) for each in free)]
        self.replacement.choices = offered(choices)

    def chosen(self, free: Sequence[OfficialIdentity]) -> OfficialIdentity | None:
        """Return who was chosen; None: the seat goes."""
        return next((each for each in free if each.id == self.replacement.data), None)

    @property
    def holders(self) -> int:
        """How many the new committee has."""
        return self.staying + bool(self.replacement.data)

    @property
    def numbers(self) -> CommitteeNumbers:
        """The two numbers that were filled in."""
        return CommitteeNumbers(
            int(self.threshold.data or 0), int(self.approvals.data or 0)
        )

    def validate_threshold(self, field: IntegerField) -> None:
        """More than half, fewer than all."""
        _require(_threshold_fault(self.holders, field.data))

    def validate_approvals(self, field: IntegerField) -> None:
        """More than half."""
        _require(_approvals_fault(self.holders, field.data))


def _threshold_fault(holders: int, number: int | None) -> LazyString | None:
    if number is None or holders < 2 * number < 2 * holders:
        return None
    return _l(
        "Det må være flere enn halvparten og færre enn alle: fra %(least)s til"
        " %(most)s.",
        least=holders // 2 + 1,
        most=holders - 1,
    )


def _approvals_fault(holders: int, number: int | None) -> LazyString | None:
    if number is None or holders < 2 * number <= 2 * holders:
        return None
    return _l(
        "Det må være flere enn halvparten: fra %(least)s til %(most)s.",
        least=holders // 2 + 1,
        most=holders,
    )


def _require(fault: LazyString | None) -> None:
    if fault is not None:
        raise ValidationError(str(fault))


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
