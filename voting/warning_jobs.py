"""Mail to a union's organisers before a roll's last date; no member is named in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.officials import identity_of
from accounts.roles import Role
from accounts.tables import Official, OfficialRole
from crypto.encoding import decode_json
from infra.i18n import show_moment
from infra.mail import MailFailed, open_transport
from infra.messages import Message
from infra.queues import job
from infra.runtime import Runtime
from voting.documents import read_object
from voting.drafts import Draft
from voting.elections import draft_of, get_election
from voting.tables import Election

WARNING_JOB: Final = "voting.warning_jobs.warn_organisers"

PRACTICE: Final = "ØVELSE"
"""The word before every mail of a practice election."""

_SUBJECT: Final = "Manntallet i «{title}» makuleres om {days} dager"
_SUBJECT_TOMORROW: Final = "Manntallet i «{title}» makuleres i morgen"
_NOT_APPROVED: Final = """Hei.

Manntallet i «{title}» blir makulert {when}, og resultatet er ikke godkjent.
Etter det kan ingen se hvem som har stemt, og en klage kan ikke lenger undersøkes.

Skal avstemningen fortsette, må valgkomiteen godkjenne protokollen før den tid:
{url}

Skal den ikke fortsette, trenger du ikke gjøre noe.
"""
_APPROVED: Final = """Hei.

Resultatet av «{title}» er godkjent, og manntallet blir makulert {when}.

Er det en klage som ikke er avgjort, kan to i valgkomiteen utsette makuleringen:
{url}

Ellers trenger du ikke gjøre noe.
"""


@dataclass(frozen=True, slots=True)
class RollAlarm:
    """How many days are left, until when, and whether a result was approved."""

    days: int
    shredded_at: datetime
    approved: bool


def alarm_of(election: Election) -> RollAlarm | None:
    """Return the register's latest warning of an election, if there is one."""
    if election.alarm is None:
        return None
    names = ("approved", "days", "shredded_at")
    fields = read_object(decode_json(election.alarm), names)
    return RollAlarm(
        days=fields.integer("days", 1, 30),
        shredded_at=fields.time("shredded_at"),
        approved=fields.flag("approved"),
    )


@job
def warn_organisers(runtime: Runtime, election_id: str) -> None:
    """Mail the latest warning to every organiser who may work for the union.

    An address that refuses holds back no other; whoever is not reached sees the
    warning on the election's page.
    """
    with runtime.store("service").reading() as session:
        election = get_election(session, election_id)
        alarm, title, draft = alarm_of(election), election.title, draft_of(election)
        addresses = _organisers(session, draft.organisation)
    if alarm is None:
        return
    url = f"{runtime.settings.service_url}/valg/{election_id}"
    subject, text = marked(draft, *write_warning(title, alarm, url))
    with open_transport(runtime.settings, runtime.clock) as transport:
        for address in addresses:
            try:
                transport.send(Message(to=address, subject=subject, text=text))
            except MailFailed:
                continue


def write_warning(title: str, alarm: RollAlarm, url: str) -> tuple[str, str]:
    """Return subject and text of a warning."""
    subject = _SUBJECT_TOMORROW if alarm.days == 1 else _SUBJECT
    text = _APPROVED if alarm.approved else _NOT_APPROVED
    return (
        subject.format(title=title, days=alarm.days),
        text.format(title=title, when=show_moment(alarm.shredded_at), url=url),
    )


def marked(draft: Draft, subject: str, text: str) -> tuple[str, str]:
    """Return subject and text; those of a practice election say so first."""
    if not draft.practice:
        return subject, text
    return f"{PRACTICE}: {subject}", f"*** {PRACTICE} ***\n\n{text}"


def _organisers(session: Session, organisation: str) -> list[str]:
    query = (
        select(Official)
        .join(OfficialRole)
        .where(OfficialRole.role == Role.ORGANISER, Official.disabled.is_(False))
        .order_by(Official.email)
    )
    return [
        each.email
        for each in session.scalars(query)
        if identity_of(each).may_work_for(organisation)
    ]
