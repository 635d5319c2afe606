"""Rolls of surveys: the same code as of elections, and here what differs.

A survey's roll gives out rights by one issuer key unless the survey ties answers to
voter groups, has no committee, and is shredded on the dates of its manifest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.databases import lock_named
from register.marks import count_marks
from register.roll_phases import RollKind, SendingKind
from register.sending_rules import SendingRefused
from register.survey_tables import SurveyMode, SurveyRoll
from register.tables import Roll, VoterGroup

INVITATIONS_KEPT: Final = timedelta(days=30)
"""From closing to shredding, where nothing but the invitations is in the register."""

_COUNTED: Final = (SendingKind.INVITATION, SendingKind.REMINDER)


class TooFewAnswers(SendingRefused):
    """Who is still to be reminded would tell who answered since the last message."""


class NotOfSurveys(SendingRefused):
    """After a survey nobody is told how the register has them: it shows nothing."""


def survey_roll_of(session: Session, election_id: str) -> SurveyRoll | None:
    """Return what a survey's roll has of its own; None of an election's."""
    return session.get(SurveyRoll, election_id)


def issuer_index(session: Session, election_id: str, group_index: int) -> int:
    """Return which issuer key gives out the right of a voter group's member."""
    own = survey_roll_of(session, election_id)
    if own is None or own.mode == SurveyMode.PSEUDONYMOUS:
        return group_index
    return 0


def counts_by_group(session: Session, election_id: str) -> bool:
    """Tell whether it is said of each voter group how many took out the right.

    Of a survey whose answers bear no group it is not: in a small one that is who.
    """
    own = survey_roll_of(session, election_id)
    return own is None or own.mode == SurveyMode.PSEUDONYMOUS


def issuing_groups(
    session: Session, election_id: str, groups: Sequence[VoterGroup]
) -> list[VoterGroup]:
    """Return those of a roll's groups that have an issuer key of their own."""
    return [
        group
        for group in groups
        if issuer_index(session, election_id, group.index) == group.index
    ]


def announced_groups(
    session: Session, roll: Roll, everybody: str
) -> list[tuple[str, int | None, bytes | None]]:
    """Return label, number and issuer key of each group as the manifest has them."""
    query = select(VoterGroup).where(VoterGroup.election_id == roll.election_id)
    groups = list(session.scalars(query.order_by(VoterGroup.index)))
    own = survey_roll_of(session, roll.election_id)
    if own is None or own.mode == SurveyMode.PSEUDONYMOUS:
        return [(each.label, each.entitled, each.issuer_key) for each in groups]
    number = sum(group.entitled or 0 for group in groups)
    return [(everybody, number, groups[0].issuer_key)]


def require_reminder_hides(session: Session, roll: Roll, kind: SendingKind) -> None:
    """Refuse a message whose recipients would tell who has answered lately.

    The lists of two reminders differ by those who answered in between; so do the
    responses that came in. At least the threshold of each must have come.

    Raises:
        TooFewAnswers, NotOfSurveys: see there.

    """
    if roll.kind != RollKind.SURVEY:
        return
    if kind not in _COUNTED:
        raise NotOfSurveys
    own = session.get_one(SurveyRoll, roll.election_id)
    if kind != SendingKind.REMINDER:
        return
    marked = sum(count_marks(session, roll.election_id).digital)
    if marked - own.marks_at_message < (own.threshold or marked + 1):
        raise TooFewAnswers


def note_message(session: Session, roll: Roll) -> None:
    """Keep how many are marked now that a message to many starts."""
    if roll.kind != RollKind.SURVEY:
        return
    lock_named(session, b"survey-message", roll.election_id.encode())
    own = session.get_one(SurveyRoll, roll.election_id, populate_existing=True)
    own.marks_at_message = sum(count_marks(session, roll.election_id).digital)
    session.flush()


def last_date_of(own: SurveyRoll, closed_at: datetime, keep: timedelta) -> datetime:
    """Return when a closed survey's roll is shredded.

    Names that respondents were promised to be tied to are kept for that; of other
    surveys nothing needs the roll when the last link is dead.
    """
    until = own.kept_until or closed_at + keep
    return until if own.mode == SurveyMode.NAMED else min(until, closed_at + keep)
