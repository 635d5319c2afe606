"""The form of one contest, with its decision rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from voting.contests import (
    LARGEST_FRACTION,
    LONGEST_TITLE,
    MOST_CHOICES,
    MOST_MARKS,
    Contest,
)
from voting.decision import Base, DecisionRule
from voting.drafts import DraftContest
from voting.forms.fields import (
    CheckboxesField,
    clean_line,
    clean_lines,
    lines_of,
    offered,
)

OTHER: Final = "annen"
NONE: Final = "ingen"
_SHARES: Final = (
    ("1/2", _l("halvparten")),
    ("2/3", _l("to tredeler")),
    ("3/4", _l("tre firedeler")),
    (OTHER, _l("en annen brøk")),
)
_STRICT: Final = (("mer", _l("mer enn")), ("minst", _l("minst")))


class ContestForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A question, its choices, who votes on it, and what decides."""

    title = StringField(
        _l("Sak"),
        [
            DataRequired(_l("Skriv hva saken heter.")),
            Length(max=LONGEST_TITLE, message=_l("Høyst 300 tegn.")),
        ],
        filters=[clean_line],
    )
    question = TextAreaField(
        _l("Spørsmål eller forklaring på stemmeseddelen"),
        [Length(max=4_000, message=_l("Høyst 4 000 tegn."))],
        filters=[clean_lines],
    )
    choices = TextAreaField(
        _l("Alternativer, ett på hver linje"),
        [DataRequired(_l("Skriv minst ett alternativ."))],
    )
    min = IntegerField(
        _l("Minst så mange kryss"),
        [InputRequired(_l("Skriv et helt tall."))],
        default=1,
    )
    max = IntegerField(
        _l("Høyst så mange kryss"),
        [InputRequired(_l("Skriv et helt tall."))],
        default=1,
    )
    blank = BooleanField(_l("Velgeren kan stemme blankt"), default=True)
    scope = RadioField(
        _l("Hvem stemmer i denne saken?"),
        choices=offered(
            [
                ("alle", _l("Alle velgergrupper")),
                ("noen", _l("Bare velgergruppene som er krysset av her")),
            ]
        ),
        default="alle",
    )
    groups = CheckboxesField(_l("Velgergrupper"))

    decides = RadioField(
        _l("Hva avgjør?"),
        choices=offered(
            [
                ("regel", _l("Et alternativ er vedtatt når det får nok stemmer")),
                (NONE, _l("Ingen regel: stemmetallene vises som de er")),
            ]
        ),
        default=NONE,
    )
    choice = SelectField(
        _l("Alternativet regelen gjelder"), coerce=int, validate_choice=False, default=0
    )
    strict = RadioField(_l("Krav"), choices=offered(_STRICT), default="mer")
    share = SelectField(_l("av stemmene"), choices=offered(_SHARES), default="1/2")
    numerator = IntegerField(_l("Teller"), [Optional()])
    denominator = IntegerField(_l("Nevner"), [Optional()])
    base = RadioField(
        _l("Blanke stemmer"),
        choices=offered(
            [
                (Base.CHOICES.value, _l("regnes ikke med blant stemmene")),
                (Base.ALL.value, _l("regnes med blant stemmene")),
            ]
        ),
        default=Base.CHOICES.value,
    )
    turnout = SelectField(
        _l("Bindende når så mange har stemt"),
        choices=offered([(NONE, _l("alltid bindende")), *_SHARES]),
        default=NONE,
    )
    turnout_strict = RadioField(
        _l("Krav til valgdeltakelsen"), choices=offered(_STRICT), default="minst"
    )
    turnout_numerator = IntegerField(_l("Teller, valgdeltakelse"), [Optional()])
    turnout_denominator = IntegerField(_l("Nevner, valgdeltakelse"), [Optional()])
    text = TextAreaField(
        _l("Regelen med forbundets egne ord"),
        [Length(max=4_000, message=_l("Høyst 4 000 tegn."))],
        filters=[clean_lines],
    )

    def offer(self, labels: Sequence[str]) -> None:
        """Set which groups there are, and the choices that the rule can be about."""
        self.groups.choices = offered((label, label) for label in labels)
        lines = lines_of(self.choices.data) or ("–",)
        self.choice.choices = offered(
            (str(place), line) for place, line in enumerate(lines)
        )

    def show(self, found: DraftContest) -> None:
        """Fill in a contest as it is."""
        contest = found.contest
        self.title.data, self.question.data = contest.title, contest.question
        self.choices.data = "\n".join(contest.choices)
        self.min.data, self.max.data = contest.min, contest.max
        self.blank.data = contest.blank
        self.scope.data = "noen" if found.groups else "alle"
        self.groups.data = list(found.groups)
        self.decides.data = NONE
        if contest.decision is not None:
            self._show_rule(contest.decision)

    def contest(self) -> DraftContest:
        """Return what was filled in; its index is given where it is put."""
        contest = Contest(
            index=0,
            title=str(self.title.data),
            question=str(self.question.data or ""),
            choices=lines_of(self.choices.data),
            min=int(self.min.data or 0),
            max=int(self.max.data or 0),
            blank=bool(self.blank.data),
            decision=self.rule(),
        )
        groups = tuple(self.groups.data or ()) if self.scope.data == "noen" else ()
        return DraftContest(contest, groups)

    def rule(self) -> DecisionRule | None:
        """Return the decision rule that was filled in."""
        if self.decides.data == NONE:
            return None
        numerator, denominator = self._part(
            self.share, self.numerator, self.denominator
        )
        turnout = self._part(
            self.turnout, self.turnout_numerator, self.turnout_denominator
        )
        return DecisionRule(
            choice=int(self.choice.data or 0),
            base=Base(self.base.data),
            numerator=numerator,
            denominator=denominator,
            strict=self.strict.data == "mer",
            turnout_numerator=turnout[0],
            turnout_denominator=turnout[1],
            turnout_strict=self.turnout_strict.data == "mer",
            text=str(self.text.data or ""),
        )

    def validate_choices(self, field: TextAreaField) -> None:
        """As many as a contest may have, no two the same."""
        lines = lines_of(field.data)
        if not 1 <= len(lines) <= MOST_CHOICES:
            message = _l("Skriv fra 1 til %(most)s alternativer.", most=MOST_CHOICES)
            raise ValidationError(str(message))
        if len(set(lines)) != len(lines):
            raise ValidationError(str(_l("To alternativer er like.")))
        if max(map(len, lines)) > LONGEST_TITLE:
            raise ValidationError(str(_l("Et alternativ har mer enn 300 tegn.")))

    def validate_max(self, field: IntegerField) -> None:
        """At most as many as there are choices."""
        most = min(MOST_MARKS, max(len(lines_of(self.choices.data)), 1))
        message = _l("Skriv et helt tall fra 1 til %(most)s.", most=most)
        NumberRange(min=1, max=most, message=message)(self, field)

    def validate_min(self, field: IntegerField) -> None:
        """At least one, and no more than the most."""
        message = _l("Skriv et helt tall fra 1 til det høyeste antallet kryss.")
        most = self.max.data if isinstance(self.max.data, int) else 1
        NumberRange(min=1, max=max(most, 1), message=message)(self, field)

    def validate_groups(self, field: CheckboxesField) -> None:
        """Some, when not all vote on it."""
        if self.scope.data == "noen" and not field.data:
            raise ValidationError(str(_l("Kryss av for minst én velgergruppe.")))

    def validate_choice(self, field: SelectField) -> None:
        """The rule is about a choice that is there."""
        count = len(lines_of(self.choices.data))
        if self.decides.data != NONE and not 0 <= int(field.data or 0) < count:
            raise ValidationError(str(_l("Velg hvilket alternativ regelen gjelder.")))

    def validate_share(self, field: SelectField) -> None:
        """A fraction of the votes that is one."""
        if self.decides.data != NONE and field.data == OTHER:
            _require_fraction(self.numerator, self.denominator)

    def validate_turnout(self, field: SelectField) -> None:
        """A fraction of the members that is one."""
        if self.decides.data != NONE and field.data == OTHER:
            _require_fraction(self.turnout_numerator, self.turnout_denominator)

    def _part(
        self, field: SelectField, numerator: IntegerField, denominator: IntegerField
    ) -> tuple[int, int]:
        if field.data == NONE:
            return 0, 1
        if field.data == OTHER:
            return int(numerator.data or 0), int(denominator.data or 1)
        upper, _, lower = str(field.data).partition("/")
        return int(upper), int(lower)

    def _show_rule(self, rule: DecisionRule) -> None:
        self.decides.data = "regel"
        self.choice.data, self.base.data = rule.choice, rule.base.value
        self.strict.data = "mer" if rule.strict else "minst"
        self.share.data = _share_of(rule.numerator, rule.denominator)
        self.numerator.data, self.denominator.data = rule.numerator, rule.denominator
        self.turnout_strict.data = "mer" if rule.turnout_strict else "minst"
        if rule.turnout_numerator == 0:
            self.turnout.data = NONE
        else:
            self.turnout.data = _share_of(
                rule.turnout_numerator, rule.turnout_denominator
            )
            self.turnout_numerator.data = rule.turnout_numerator
            self.turnout_denominator.data = rule.turnout_denominator
        self.text.data = rule.text


def _share_of(numerator: int, denominator: int) -> str:
    written = f"{numerator}/{denominator}"
    return written if written in {value for value, _ in _SHARES} else OTHER


def _require_fraction(numerator: IntegerField, denominator: IntegerField) -> None:
    upper, lower = numerator.data, denominator.data
    if not isinstance(upper, int) or not isinstance(lower, int):
        raise ValidationError(str(_l("Skriv teller og nevner som hele tall.")))
    if not 1 <= upper <= lower <= LARGEST_FRACTION:
        message = _l("Telleren må være fra 1 og ikke større enn nevneren.")
        raise ValidationError(str(message))
