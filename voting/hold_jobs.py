"""Mail to the data protection officer of each hold of a shredding, and each renewal.

What is still to be told stands in the database, so that a lost job, a killed worker or
a mail server that is down delays the mail and loses none. It names no member.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from crypto.times import parse_time
from infra.audit import record_event
from infra.databases import lock_named
from infra.i18n import show_moment
from infra.mail import MailFailed, open_transport
from infra.messages import Message
from infra.queues import enqueue, job, queue_of
from infra.runtime import Runtime
from voting.elections import SYSTEM, draft_of, get_election
from voting.proposal_documents import read_hold_terms
from voting.proposals import signatures_under
from voting.sealed import get_sealed
from voting.tables import Proposal
from voting.warning_jobs import marked

HOLD_JOB: Final = "voting.hold_jobs.tell_of_holds"

NEXT_TRY: Final = timedelta(minutes=5)
"""After a mail that was not surely taken, or a worker that died with one."""

_SUBJECT: Final = "Makuleringen av manntallet i «{title}» er utsatt"
_SUBJECT_AGAIN: Final = "Makuleringen av manntallet i «{title}» er utsatt igjen"
_TEXT: Final = """Hei.

Valgkomiteen har utsatt makuleringen av manntallet i «{title}» ({organisation}).
{which}

Manntallet holdes til {until}. Etter det makuleres det av seg selv.

Grunnen som er oppgitt:
{reason}

Skrevet under av:
{signers}

Medlemmene det gjelder, ser utsettelsen når de åpner lenken sin.
Du får denne meldingen som personvernombud. Du trenger ikke gjøre noe.
"""


@dataclass(frozen=True, slots=True)
class HoldNotice:
    """What is told of one hold."""

    number: int
    """How often it was held before."""
    title: str
    organisation: str
    until: datetime
    reason: str
    signers: tuple[str, ...]


def queue_hold_notices(runtime: Runtime) -> None:
    """Queue a job for each election with a hold that is to be told of."""
    now = runtime.clock.now()
    with runtime.store("service").reading() as session:
        waiting = {row.election_id for row in session.scalars(_due(now))}
    for election_id in sorted(waiting):
        enqueue(queue_of(runtime, "service"), HOLD_JOB, election_id)


@job
def tell_of_holds(runtime: Runtime, election_id: str) -> None:
    """Mail what is to be told of an election's holds, each once.

    What is not surely taken is told again later: better twice than never.
    """
    store, settings = runtime.store("service"), runtime.settings
    with open_transport(settings, runtime.clock) as transport:
        while True:
            with store.begin() as session:
                taken = _take_next(session, election_id, runtime.clock.now())
            if taken is None:
                return
            number, subject, text = taken
            to = settings.data_protection_officer
            try:
                transport.send(Message(to=to, subject=subject, text=text))
            except MailFailed:
                return
            with store.begin() as session:
                _note_told(session, election_id, number, runtime.clock.now())


def write_notice(notice: HoldNotice) -> tuple[str, str]:
    """Return subject and text of a notice."""
    subject = _SUBJECT_AGAIN if notice.number else _SUBJECT
    which = (
        f"Det er utsettelse nummer {notice.number + 1}."
        if notice.number
        else "Det er første gang."
    )
    text = _TEXT.format(
        title=notice.title,
        organisation=notice.organisation,
        which=which,
        until=show_moment(notice.until),
        reason=notice.reason,
        signers="\n".join(notice.signers),
    )
    return subject.format(title=notice.title), text


def _due(now: datetime) -> Select[Proposal]:
    return (
        select(Proposal)
        .where(Proposal.kind == "hold", Proposal.tell_at <= now)
        .order_by(Proposal.number)
    )


def _take_next(
    session: Session, election_id: str, now: datetime
) -> tuple[int, str, str] | None:
    lock_named(session, b"hold-notice", election_id.encode())
    due = _due(now).where(Proposal.election_id == election_id).limit(1)
    row = session.scalars(due).one_or_none()
    if row is None:
        return None
    row.tell_at = now + NEXT_TRY
    notice = _notice_of(session, row)
    draft = draft_of(get_election(session, election_id))
    return (row.number, *marked(draft, *write_notice(notice)))


def _notice_of(session: Session, row: Proposal) -> HoldNotice:
    election = get_election(session, row.election_id)
    holders = get_sealed(session, row.election_id).manifest.holders
    until, reason = read_hold_terms(row.document)
    signed = signatures_under(session, row)
    return HoldNotice(
        number=row.number,
        title=election.title,
        organisation=draft_of(election).organisation,
        until=parse_time(until),
        reason=reason,
        signers=tuple(holders[each.index - 1].name for each in signed),
    )


def _note_told(session: Session, election_id: str, number: int, at: datetime) -> None:
    session.get_one(Proposal, (election_id, "hold", number)).tell_at = None
    session.flush()
    record_event(
        session,
        at=at,
        actor=SYSTEM,
        kind="hold-told",
        subject=election_id,
        content={"number": number},
    )
