"""What the service does with the documents of the register (docs/architecture.md)."""

from __future__ import annotations

from contextlib import suppress

from redis import RedisError
from sqlalchemy import event
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, encode_json
from crypto.times import format_time
from infra.audit import record_event
from infra.exchange import ReceivedDocument, handles
from infra.queues import enqueue, queue_of
from infra.runtime import Runtime
from infra.token_verifier import TokenVerifier
from voting.address_changes import AddressChange, note_address_change
from voting.documents import read_object
from voting.elections import (
    SYSTEM,
    get_election,
    hold_phase,
    note_roll_draft,
    note_roll_totals,
)
from voting.joint_breaking import break_joint
from voting.lifecycle import (
    has_final_marks,
    show_final_checkpoint,
    take_register_leaf,
)
from voting.long_work import WorkKind, ask_for
from voting.phases import Phase, is_sealed, require_transition
from voting.sealing import read_roll_totals
from voting.warning_jobs import WARNING_JOB


class OtherIssuerKeys(Exception):
    """The sealed issuer keys are not the secret halves of the announced ones."""


class RollFixed(Exception):
    """A roll is frozen once, before the manifest is sealed."""


@handles("service", "roll-draft")
def take_roll_draft(
    session: Session, document: ReceivedDocument, _runtime: Runtime
) -> None:
    """Keep the groups of a roll that is still being imported."""
    fields = read_object(document.body, ("at", "groups"))
    fields.time("at")
    body: JsonValue = {"groups": fields.of("groups")}
    note_roll_draft(session, document.subject, body)


@handles("service", "roll-totals")
def take_roll_totals(
    session: Session, document: ReceivedDocument, runtime: Runtime
) -> None:
    """Keep the totals of a frozen roll, and hand the issuer keys to the verifier.

    Raises:
        OtherIssuerKeys: the verifier found other keys than the register announced.
        RollFixed: the election has other totals, or its manifest is sealed.

    """
    totals = read_roll_totals(document.body)
    election = get_election(session, document.subject)
    hold_phase(session, election)
    if election.phase == Phase.CANCELLED:
        return
    if election.roll_totals is not None or is_sealed(Phase(election.phase)):
        raise RollFixed
    verifier = TokenVerifier(runtime.settings.verifier_socket)
    installed = verifier.install_keys(
        document.subject, [group.sealed_issuer_key for group in totals.groups]
    )
    if installed != [group.issuer_key.encoded for group in totals.groups]:
        raise OtherIssuerKeys
    note_roll_totals(session, document.subject, document.body)
    record_event(
        session,
        at=runtime.clock.now(),
        actor=SYSTEM,
        kind="roll-frozen",
        subject=document.subject,
        content={"roll_commitment": totals.commitment.hex()},
    )


@handles("service", "leaf")
def take_leaf(session: Session, document: ReceivedDocument, runtime: Runtime) -> None:
    """Append what the register signed for the board; what comes too late is noted."""
    fields = read_object(document.body, ("leaf",))
    leaf = fields.of("leaf")
    if take_register_leaf(session, runtime.settings, document.subject, leaf):
        if has_final_marks(session, document.subject):
            now = runtime.clock.now()
            show_final_checkpoint(session, runtime.settings, document.subject, now)
        return
    record_event(
        session,
        at=runtime.clock.now(),
        actor=SYSTEM,
        kind="register-leaf-came-too-late",
        subject=document.subject,
        content=leaf,
    )


@handles("service", "turnout")
def take_turnout(
    session: Session, document: ReceivedDocument, _runtime: Runtime
) -> None:
    """Keep the totals over time, in steps that the register rounded to."""
    hours = read_object(document.body, ("hours",)).array("hours", 0, 10_000)
    kept: list[JsonValue] = []
    for item in hours:
        fields = item.fields("count", "hour")
        hour = format_time(fields.time("hour"))
        kept.append({"count": fields.integer("count", 0), "hour": hour})
    get_election(session, document.subject).turnout = encode_json(kept)


@handles("service", "address-change")
def take_address_change(
    session: Session, document: ReceivedDocument, runtime: Runtime
) -> None:
    """Put an address that was changed after the freezing on record, without a name."""
    fields = read_object(document.body, ("number", "reason"))
    change = AddressChange(fields.integer("number", 0, 10_000), fields.text("reason"))
    note_address_change(session, document.subject, change, at=runtime.clock.now())


@handles("service", "shredded")
def take_certificate(
    session: Session, document: ReceivedDocument, runtime: Runtime
) -> None:
    """Keep the shredding certificate; an approved election is shredded with it.

    One that nobody has approved breaks its joint count, whatever comes later.
    """
    fields = read_object(document.body, ("certificate",))
    election = get_election(session, document.subject)
    hold_phase(session, election)
    election.certificate = encode_json(fields.of("certificate"))
    if election.phase == Phase.APPROVED:
        require_transition(Phase.APPROVED, Phase.SHREDDED)
        election.phase = Phase.SHREDDED
    ask_for(session, document.subject, WorkKind.ANNEX, actor=SYSTEM)
    now = runtime.clock.now()
    if election.approved_at is None:
        break_joint(session, election.id, actor=SYSTEM, at=now)
    record_event(
        session,
        at=now,
        actor=SYSTEM,
        kind="roll-shredded",
        subject=document.subject,
    )


@handles("service", "alarm")
def take_alarm(session: Session, document: ReceivedDocument, runtime: Runtime) -> None:
    """Keep the register's warning that a roll is soon shredded, and mail it on."""
    fields = read_object(document.body, ("approved", "days", "shredded_at"))
    days = fields.integer("days", 1, 30)
    get_election(session, document.subject).alarm = encode_json(document.body)
    record_event(
        session,
        at=runtime.clock.now(),
        actor=SYSTEM,
        kind="shredding-near",
        subject=document.subject,
        content={"days": days},
    )
    event.listen(
        session,
        "after_commit",
        lambda _: _queue_warning(runtime, document.subject),
        once=True,
    )


def _queue_warning(runtime: Runtime, election_id: str) -> None:
    # Without Redis the warning still stands on the election's page.
    with suppress(RedisError):
        enqueue(queue_of(runtime, "service"), WARNING_JOB, election_id)
