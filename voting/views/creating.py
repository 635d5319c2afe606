"""What the pages share that create an election: new, or as a copy of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from flask_babel import gettext as _

from accounts.guards import current_official
from infra.i18n import ZONE
from infra.slugs import SlugMalformed, SlugTaken, propose_slug
from infra.token_verifier import TokenVerifier, VerifierUnavailable
from voting.draft_editing import Basics
from voting.drafts import Draft
from voting.elections import TitleMalformed, create_election
from voting.forms.elections import TitledForm
from voting.views import refusals
from voting.views.acting import Desk, acting

DAYS_TO_OPENING = 14
DAYS_OPEN = 14

Drafting = Callable[[Desk], Draft]


def propose_times(now: datetime) -> tuple[datetime, datetime]:
    """Propose when an election opens and closes: at hours when people are up."""
    today = now.astimezone(ZONE).date()
    opens = datetime.combine(today + timedelta(days=DAYS_TO_OPENING), time(8), ZONE)
    closes = datetime.combine(opens.date() + timedelta(days=DAYS_OPEN), time(12), ZONE)
    return opens, closes


def own_basics(basics: Basics) -> Basics:
    """Return the basics: an official of one union holds elections for it alone."""
    union = current_official().union
    return replace(basics, organisation=union) if union else basics


def create_from(form: TitledForm, drafting: Drafting) -> str | None:
    """Create an election and return its id; None when the form tells what is wrong."""
    try:
        with acting() as desk:
            return _create(form, desk, drafting(desk))
    except SlugTaken:
        form.slug.errors = [
            _(
                "Et annet valg har dette kortnavnet. Skriv et annet, for eksempel med"
                " år."
            )
        ]
    except SlugMalformed:
        form.slug.errors = [_("Bruk 3 til 60 av a–z, 0–9 og bindestrek.")]
    except TitleMalformed:
        form.title.errors = [_("Tittelen må ha 1 til 200 synlige tegn.")]
    except VerifierUnavailable:
        form.form_errors = [refusals.sentence_of(VerifierUnavailable())]
    return None


def _create(form: TitledForm, desk: Desk, draft: Draft) -> str:
    title = str(form.title.data)
    election = create_election(
        desk.session,
        desk.settings,
        slug=form.slug.data or propose_slug(title),
        title=title,
        draft=draft,
        actor=desk.actor,
        at=desk.at,
        verifier_key=TokenVerifier(desk.settings.verifier_socket).public_key(),
    )
    return election.id
