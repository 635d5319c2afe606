"""What the register does with the service's documents of surveys.

Importing this module registers the handlers: see register.exchange_handlers.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from crypto.documents import Fields
from crypto.errors import NonCanonicalEncoding
from crypto.times import parse_time
from infra.exchange import ReceivedDocument, handles
from infra.runtime import Runtime
from register.elections import accept_schedule, cancel_roll
from register.queueing import queue_delivery, queue_shredding
from register.survey_documents import (
    accept_survey_manifest,
    change_mode,
    close_survey_roll,
    create_survey_roll,
)
from register.survey_tables import SurveyMode


@handles("register", "survey-created")
def take_survey(session: Session, received: ReceivedDocument, runtime: Runtime) -> None:
    """Open a roll for a new survey."""
    names = ("mode", "organisation", "slug", "title", "verifier_key")
    fields = Fields.of(received.body, *names)
    create_survey_roll(
        session,
        runtime.keystore("register"),
        survey_id=received.subject,
        slug=fields.text("slug"),
        title=fields.text("title"),
        organisation=fields.text("organisation"),
        mode=_mode(fields),
        verifier_key=fields.hex("verifier_key", 32),
        now=runtime.clock.now(),
    )


@handles("register", "survey-mode")
def take_mode(session: Session, received: ReceivedDocument, runtime: Runtime) -> None:
    """Follow a mode that was tightened."""
    mode = _mode(Fields.of(received.body, "mode"))
    change_mode(session, survey_id=received.subject, mode=mode, now=runtime.clock.now())


@handles("register", "survey-manifest")
def take_survey_manifest(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Keep the sealed manifest."""
    accept_survey_manifest(
        session,
        runtime.settings,
        survey_id=received.subject,
        manifest=Fields.of(received.body, "manifest").values["manifest"],
        now=runtime.clock.now(),
    )


@handles("register", "survey-schedule")
def take_survey_schedule(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Follow a schedule."""
    accept_schedule(
        session,
        election_id=received.subject,
        leaf=Fields.of(received.body, "leaf").values["leaf"],
        now=runtime.clock.now(),
    )


@handles("register", "survey-closed")
def take_survey_closing(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """End the giving out of rights, and tell how many were."""
    due = close_survey_roll(
        session,
        runtime.settings,
        runtime.keystore("register"),
        survey_id=received.subject,
        closed_at=parse_time(Fields.of(received.body, "at").text("at")),
        now=runtime.clock.now(),
    )
    queue_shredding(session, runtime, received.subject, due)
    queue_delivery(session, runtime)


@handles("register", "survey-cancelled")
def take_survey_cancelling(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """End a survey before it closes; its roll is shredded."""
    parse_time(Fields.of(received.body, "at").text("at"))
    due = cancel_roll(
        session,
        runtime.settings,
        runtime.keystore("register"),
        election_id=received.subject,
        now=runtime.clock.now(),
    )
    if due is not None:
        queue_shredding(session, runtime, received.subject, due)


def _mode(fields: Fields) -> SurveyMode:
    try:
        return SurveyMode(fields.text("mode"))
    except ValueError:
        raise NonCanonicalEncoding("mode is none that has a roll") from None
