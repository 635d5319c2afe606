"""What the register does with the service's documents; their subject is the election.

Importing this module registers the handlers. Each runs in the transaction that notes
its document as taken, and whatever it raises leaves the document untaken.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from crypto.documents import Fields
from crypto.encoding import INTEGER_LIMIT
from crypto.times import parse_time
from infra.exchange import ReceivedDocument, handles
from infra.runtime import Runtime
from register.elections import (
    Approval,
    accept_manifest,
    accept_schedule,
    approve_roll,
    cancel_roll,
    change_organisation,
    create_election,
)
from register.holds import hold_shredding
from register.mark_statements import (
    answer_checkpoint,
    close_election,
    note_ballots,
)
from register.queueing import queue_delivery, queue_shredding

_HASH_BYTES = 32
_LARGEST = INTEGER_LIMIT - 1


@handles("register", "election-created")
def take_election(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Open a roll for a new election."""
    fields = Fields.of(
        received.body, "organisation", "practice", "slug", "title", "verifier_key"
    )
    create_election(
        session,
        runtime.keystore("register"),
        election_id=received.subject,
        slug=fields.text("slug"),
        title=fields.text("title"),
        organisation=fields.text("organisation"),
        practice=fields.flag("practice"),
        verifier_key=fields.hex("verifier_key", _HASH_BYTES),
        now=runtime.clock.now(),
    )


@handles("register", "organisation")
def take_organisation(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Learn whose the roll of a draft is now."""
    change_organisation(
        session,
        election_id=received.subject,
        organisation=Fields.of(received.body, "organisation").text("organisation"),
        now=runtime.clock.now(),
    )


@handles("register", "manifest")
def take_manifest(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Keep the sealed manifest."""
    accept_manifest(
        session,
        runtime.settings,
        election_id=received.subject,
        manifest=Fields.of(received.body, "manifest").values["manifest"],
        now=runtime.clock.now(),
    )


@handles("register", "schedule")
def take_schedule(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Follow a schedule."""
    accept_schedule(
        session,
        election_id=received.subject,
        leaf=Fields.of(received.body, "leaf").values["leaf"],
        now=runtime.clock.now(),
    )


@handles("register", "checkpoint")
def take_checkpoint(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Answer a checkpoint with the mark counts."""
    fields = Fields.of(received.body, "root", "size")
    answer_checkpoint(
        session,
        runtime.settings,
        election_id=received.subject,
        size=fields.integer("size", 1, _LARGEST),
        root=fields.hex("root", _HASH_BYTES),
        now=runtime.clock.now(),
    )
    queue_delivery(session, runtime)


@handles("register", "closed")
def take_closing(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Give the final counts."""
    fields = Fields.of(received.body, "at", "root", "size")
    close_election(
        session,
        runtime.settings,
        runtime.keystore("register"),
        election_id=received.subject,
        closed_at=parse_time(fields.text("at")),
        size=fields.integer("size", 1, _LARGEST),
        root=fields.hex("root", _HASH_BYTES),
        now=runtime.clock.now(),
    )
    queue_delivery(session, runtime)


@handles("register", "ballot-counts")
def take_ballot_counts(
    session: Session, received: ReceivedDocument, _runtime: Runtime
) -> None:
    """Keep how many ballots of each voter group are in the closed box."""
    fields = Fields.of(received.body, "counts")
    note_ballots(session, received.subject, fields.items("counts"))


@handles("register", "approved")
def take_approval(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Note the approval, from which the days to shredding are counted."""
    fields = Fields.of(received.body, "approved_at", "protocol", "signatures")
    due = approve_roll(
        session,
        runtime.settings,
        election_id=received.subject,
        approval=Approval(
            protocol=fields.hex("protocol", _HASH_BYTES),
            approved_at=parse_time(fields.text("approved_at")),
            signatures=fields.items("signatures"),
        ),
        now=runtime.clock.now(),
    )
    if due is not None:
        queue_shredding(session, runtime, received.subject, due)


@handles("register", "hold")
def take_hold(session: Session, received: ReceivedDocument, runtime: Runtime) -> None:
    """Let the shredding wait."""
    fields = Fields.of(received.body, "number", "reason", "signatures", "until")
    hold_shredding(
        session,
        election_id=received.subject,
        number=fields.integer("number", 0, 2**16 - 1),
        until=fields.text("until"),
        reason=fields.text("reason"),
        signatures=fields.items("signatures"),
        now=runtime.clock.now(),
    )


@handles("register", "cancelled")
def take_cancelling(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """End an election without a result."""
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
