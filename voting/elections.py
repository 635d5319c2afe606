"""Elections before they are sealed: creating, drafting, seating, starting the keys."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity
from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.times import format_time
from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from infra.exchange import post_document
from infra.slugs import claim_slug
from voting.drafts import Draft, decode_draft, encode_draft, require_committee
from voting.joint_breaking import break_joint
from voting.phases import Phase, require_transition
from voting.sealed import UnknownElection
from voting.tables import CeremonyMessage, CommitteeSeat, Election

SYSTEM = "system"


class TitleMalformed(Exception):
    """A title has 1 to 200 printable characters."""


class DatesOutOfOrder(Exception):
    """The election would close before it opens."""


class NotADraft(Exception):
    """This can only be changed until the manifest is sealed."""


class ThresholdFixed(Exception):
    """The ceremony that is under way is held for another number of holders."""


class PracticeFixed(Exception):
    """A practice election stays one, and no other becomes one: it can be copied."""


class SeatTwice(Exception):
    """An official, or a name, was given two seats."""


def create_election(
    session: Session,
    settings: Settings,
    *,
    slug: str,
    title: str,
    draft: Draft,
    actor: str,
    at: datetime,
    verifier_key: bytes,
) -> Election:
    """Create a draft, and tell the register that its roll may be imported.

    `verifier_key`: 32 bytes, to which the register seals issuer keys.

    Raises:
        SlugMalformed, SlugTaken, TitleMalformed, DatesOutOfOrder: nothing is stored.

    """
    title = _clean_title(title)
    draft = _whole(draft)
    claim_slug(session, slug)
    election = Election(
        id=secrets.token_hex(16),
        slug=slug,
        title=title,
        phase=Phase.DRAFT,
        draft=encode_draft(draft),
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        next_batch=1,
    )
    session.add(election)
    session.flush()
    body: JsonValue = {
        "organisation": draft.organisation,
        "practice": draft.practice,
        "slug": slug,
        "title": title,
        "verifier_key": verifier_key.hex(),
    }
    post_document(
        session,
        settings,
        kind="election-created",
        subject=election.id,
        body=body,
        at=at,
    )
    record_event(
        session, at=at, actor=actor, kind="election-created", subject=election.id
    )
    return election


def get_election(session: Session, election_id: str) -> Election:
    """Return an election.

    Raises:
        UnknownElection: there is none with this id.

    """
    election = session.get(Election, election_id)
    if election is None:
        raise UnknownElection
    return election


def hold_phase(session: Session, election: Election) -> None:
    """Let one transaction at a time move an election on; read it as it now stands.

    What was read before is what somebody may have changed while this one waited.
    """
    lock_named(session, b"phase", election.id.encode())
    session.flush()  # refreshing would forget what this transaction has changed
    session.refresh(election)


def list_elections(session: Session) -> list[Election]:
    """Return all elections, the latest to close first."""
    query = select(Election).order_by(Election.closes_at.desc(), Election.id)
    return list(session.scalars(query))


def draft_of(election: Election) -> Draft:
    """Return an election's draft."""
    return decode_draft(election.draft)


def change_draft(
    session: Session, election: Election, draft: Draft, *, actor: str, at: datetime
) -> None:
    """Replace the draft; what the ceremony binds stays as it was begun.

    The keys are bound to title, committee and threshold alone: a fault in a question
    that shows when the manifest is reviewed can be put right without new keys.

    Raises:
        NotADraft: the manifest is sealed, or the election cancelled.
        ThresholdFixed: another threshold than that of the ceremony under way.
        PracticeFixed: it would become a practice election, or cease to be one.
        DatesOutOfOrder: it would close before it opens.

    """
    hold_phase(session, election)
    _require_unsealed(election)
    draft, before = _whole(draft), draft_of(election)
    if draft.practice != before.practice:
        raise PracticeFixed
    if election.phase == Phase.KEYS and draft.threshold != before.threshold:
        raise ThresholdFixed
    election.draft = encode_draft(draft)
    election.opens_at, election.closes_at = draft.opens_at, draft.closes_at
    session.flush()
    record_event(session, at=at, actor=actor, kind="draft-changed", subject=election.id)


def tell_organisation(
    session: Session, settings: Settings, election: Election, at: datetime
) -> None:
    """Tell the register whose an election is now: the roll is that union's."""
    post_document(
        session,
        settings,
        kind="organisation",
        subject=election.id,
        body={"organisation": draft_of(election).organisation},
        at=at,
    )


def seat_committee(
    session: Session,
    election: Election,
    members: Sequence[OfficialIdentity],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Give each member a seat, in this order; replaces the seats before.

    Of a ceremony under way nothing is kept: it was held by others.

    Raises:
        NotADraft, SeatTwice.

    """
    hold_phase(session, election)
    _require_unsealed(election)
    ids = {member.id for member in members}
    names = {member.name for member in members}
    if len(ids) != len(members) or len(names) != len(members):
        raise SeatTwice
    _forget_ceremony(session, election)
    session.execute(
        delete(CommitteeSeat).where(CommitteeSeat.election_id == election.id)
    )
    session.add_all(
        CommitteeSeat(
            election_id=election.id, index=index, official_id=each.id, name=each.name
        )
        for index, each in enumerate(members, start=1)
    )
    session.flush()
    record_event(
        session, at=at, actor=actor, kind="committee-seated", subject=election.id
    )


def start_ceremony(
    session: Session, election: Election, *, actor: str, at: datetime
) -> None:
    """Begin the key ceremony with the seats as they are, or begin it anew.

    Raises:
        ForbiddenTransition: the manifest is sealed already.
        DraftIncomplete: the committee's numbers do not fit.

    """
    hold_phase(session, election)
    if election.phase != Phase.KEYS:
        require_transition(Phase(election.phase), Phase.KEYS)
    draft = draft_of(election)
    query = select(CommitteeSeat).where(CommitteeSeat.election_id == election.id)
    seats = len(session.scalars(query).all())
    require_committee(seats, draft.threshold, draft.approvals_needed)
    election.phase = Phase.KEYS
    _forget_ceremony(session, election)
    record_event(
        session, at=at, actor=actor, kind="ceremony-started", subject=election.id
    )


def cancel_election(
    session: Session,
    settings: Settings,
    election: Election,
    *,
    reason: str,
    actor: str,
    at: datetime,
) -> None:
    """End an election without a result; its roll is shredded 30 days later.

    Raises:
        ForbiddenTransition: it is approved already.

    """
    hold_phase(session, election)
    require_transition(Phase(election.phase), Phase.CANCELLED)
    election.phase = Phase.CANCELLED
    session.flush()
    post_document(
        session,
        settings,
        kind="cancelled",
        subject=election.id,
        body={"at": format_time(at)},
        at=at,
    )
    break_joint(session, election.id, actor=actor, at=at)
    record_event(
        session,
        at=at,
        actor=actor,
        kind="election-cancelled",
        subject=election.id,
        content={"reason": reason},
    )


def note_roll_draft(session: Session, election_id: str, body: JsonValue) -> None:
    """Keep what the register tells of its roll: groups and how many are in each."""
    get_election(session, election_id).roll_draft = encode_json(body)


def note_roll_totals(session: Session, election_id: str, body: JsonValue) -> None:
    """Keep what the register froze: entitled counts, issuer keys, commitment."""
    get_election(session, election_id).roll_totals = encode_json(body)


def stored(document: bytes | None) -> JsonValue:
    """Return a stored document as its value; None when there is none."""
    return None if document is None else decode_json(document)


def _whole(draft: Draft) -> Draft:
    draft = decode_draft(encode_draft(draft))  # times in whole seconds
    if draft.closes_at <= draft.opens_at:
        raise DatesOutOfOrder
    return draft


def _forget_ceremony(session: Session, election: Election) -> None:
    # Whoever is posting a message of the old ceremony comes before, or finds it gone.
    lock_named(session, b"ceremony", election.id.encode())
    session.execute(
        delete(CeremonyMessage).where(CeremonyMessage.election_id == election.id)
    )
    if election.phase == Phase.KEYS:
        election.ceremony_id = secrets.token_hex(16)
    session.flush()


def _require_unsealed(election: Election) -> None:
    if election.phase not in {Phase.DRAFT, Phase.KEYS}:
        raise NotADraft


def _clean_title(title: str) -> str:
    cleaned = " ".join(title.split())
    if not 1 <= len(cleaned) <= 200 or not cleaned.isprintable():  # noqa: PLR2004
        raise TitleMalformed
    return cleaned
