"""Forms of an election as a whole: creating, rules, cancelling."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from typing_extensions import override
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
    Regexp,
)

from infra.config import SMALLEST_BATCH, Settings
from voting.draft_editing import Basics
from voting.drafts import Draft
from voting.forms.fields import LocalTimeField, clean_line, clean_lines, offered
from voting.manifest_model import Rules

LANGUAGES = (
    ("nb", _l("Bokmål")),
    ("nn", _l("Nynorsk")),
    ("en", _l("Engelsk")),
)
LARGEST_THRESHOLD = 10_000
SMALLEST_THRESHOLD = 5
"""In production: a sum of fewer would show how some of them voted."""


class BasicsForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What every election says of itself."""

    organisation = StringField(
        _l("Organisasjon"),
        [
            DataRequired(_l("Skriv hvem som holder valget.")),
            Length(max=200, message=_l("Høyst 200 tegn.")),
        ],
        filters=[clean_line],
    )
    language = SelectField(_l("Språk på stemmeseddelen"), choices=offered(LANGUAGES))
    opens = LocalTimeField(
        _l("Åpner"), [InputRequired(_l("Velg dag og klokkeslett for åpningen."))]
    )
    closes = LocalTimeField(
        _l("Stenger"), [InputRequired(_l("Velg dag og klokkeslett for stengingen."))]
    )

    def validate_closes(self, field: LocalTimeField) -> None:
        """Closing comes after opening."""
        both = self.opens.data is not None and field.data is not None
        if both and not self.opens.errors and field.instant <= self.opens.instant:
            raise ValidationError(str(_l("Valget må stenge etter at det har åpnet.")))

    @property
    def is_practice(self) -> bool:
        """Whether it decides nothing; only asked when an election is created."""
        return False

    @property
    def basics(self) -> Basics:
        """What was filled in."""
        return Basics(
            organisation=str(self.organisation.data),
            language=str(self.language.data),
            practice=self.is_practice,
            opens_at=self.opens.instant,
            closes_at=self.closes.instant,
        )

    def show_basics(self, draft: Draft) -> None:
        """Fill in what is so far."""
        self.organisation.data = draft.organisation
        self.language.data = draft.language
        self.opens.show(draft.opens_at)
        self.closes.show(draft.closes_at)


class TitledForm(BasicsForm):
    """What is said once, when an election is created."""

    title = StringField(
        _l("Tittel"),
        [
            DataRequired(_l("Skriv en tittel.")),
            Length(max=200, message=_l("Høyst 200 tegn.")),
        ],
        filters=[clean_line],
    )
    slug = StringField(
        _l("Kortnavn i adressen"),
        [
            Optional(),
            Regexp(
                re.compile(r"[a-z0-9-]{3,60}\Z"),
                message=_l("Bruk 3 til 60 av a–z, 0–9 og bindestrek."),
            ),
        ],
        filters=[lambda text: (text or "").strip()],
    )
    practice = BooleanField(_l("Dette er et øvingsvalg som ikke avgjør noe"))

    @property
    @override
    def is_practice(self) -> bool:
        """Whether it decides nothing."""
        return bool(self.practice.data)


class NewElectionForm(TitledForm):
    """A new election."""

    template = RadioField(
        _l("Stemmeseddel"),
        choices=offered(
            [
                ("ja-nei", _l("Én sak: Ja, Nei eller blank")),
                ("egne", _l("Egne saker, som legges inn etterpå")),
            ]
        ),
        default="ja-nei",
    )


class RulesForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Numbers that the machinery goes by."""

    suppression_threshold = IntegerField(
        _l("Minste viste gruppe"),
        [InputRequired(_l("Skriv et helt tall."))],
    )
    batch_size = IntegerField(
        _l("Stemmesedler i en bunke"), [InputRequired(_l("Skriv et helt tall."))]
    )
    revoting = BooleanField(_l("Velgeren kan stemme på nytt; den siste teller"))

    def demand(self, settings: Settings) -> None:
        """Set the bounds of this installation."""
        production = settings.in_production
        self.suppression_threshold.validators = [
            *self.suppression_threshold.validators,
            _bounds(SMALLEST_THRESHOLD if production else 1),
        ]
        self.batch_size.validators = [
            *self.batch_size.validators,
            _bounds(SMALLEST_BATCH if production else 1),
        ]

    def rules(self, before: Rules) -> Rules:
        """Return the rules that were filled in; the grace stays."""
        return Rules(
            batch_size=int(self.batch_size.data or 0),
            grace_seconds=before.grace_seconds,
            revoting=bool(self.revoting.data),
            suppression_threshold=int(self.suppression_threshold.data or 0),
        )

    def show_rules(self, rules: Rules) -> None:
        """Fill in what is so far."""
        self.suppression_threshold.data = rules.suppression_threshold
        self.batch_size.data = rules.batch_size
        self.revoting.data = rules.revoting


class ReasonForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Why; and that the reader has understood what follows."""

    reason = TextAreaField(
        _l("Begrunnelse"),
        [
            DataRequired(_l("Skriv hvorfor.")),
            Length(max=1_000, message=_l("Høyst 1 000 tegn.")),
        ],
        filters=[clean_lines],
    )
    sure = BooleanField(
        _l("Jeg forstår at dette ikke kan gjøres om"),
        [InputRequired(_l("Kryss av for at du har forstått."))],
    )


class SealForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The last look before nothing can be changed."""

    sure = BooleanField(
        _l("Jeg har lest gjennom alt, og forstår at ingenting kan endres etterpå"),
        [InputRequired(_l("Kryss av for at du har lest gjennom."))],
    )


def _bounds(least: int) -> Any:  # noqa: ANN401 - a validator of WTForms
    message = _l(
        "Skriv et helt tall fra %(least)s til %(most)s.",
        least=least,
        most=LARGEST_THRESHOLD,
    )
    return NumberRange(min=least, max=LARGEST_THRESHOLD, message=message)
