"""Where a roll stands: the register's own copy of its election's phase.

The register learns it from signed documents alone; it never asks the other side.
"""

from __future__ import annotations

from enum import StrEnum


class RollKind(StrEnum):
    """What a roll's members are asked to."""

    ELECTION = "election"
    SURVEY = "survey"


class RollPhase(StrEnum):
    """Where a roll stands."""

    DRAFT = "draft"
    """May be imported again, as often as needed."""

    FROZEN = "frozen"
    """Counted and committed to; waits for the manifest."""

    SEALED = "sealed"
    """The manifest is here; waits for the opening."""

    OPEN = "open"
    """Voting rights are given out."""

    CLOSED = "closed"
    """No more voting rights; waits for the approval."""

    APPROVED = "approved"
    """Waits to be shredded, 30 days at most."""

    CANCELLED = "cancelled"
    """Ended without a result; waits to be shredded."""

    SHREDDED = "shredded"
    """Every member is gone; totals and dates remain."""


class Channel(StrEnum):
    """How a member votes."""

    DIGITAL = "digital"
    PAPER = "paper"


class MessageChannel(StrEnum):
    """By what a message goes; in the order in which they are tried."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


class SendingKind(StrEnum):
    """Why a sending goes out; the names are those of the board's `codes` leaves."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    RESEND = "resend"
    LATE = "late"
    NOTICE = "notice"
    """After closing: how the register has the member. It holds no code."""


class SendingState(StrEnum):
    """Where a sending stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """Confirmed, its recipients chosen; it starts at its time."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class MessageState(StrEnum):
    """Where one message stands; a doubt is never resolved by sending again."""

    QUEUED = "queued"
    SENDING = "sending"
    """Its code's public key is kept, and it is being handed in."""

    SENT = "sent"
    DELIVERED = "delivered"
    """The gateway says that it arrived."""

    BOUNCED = "bounced"
    """It was taken, and came back: this address reaches nobody. Its code lives on."""

    UNCERTAIN = "uncertain"
    """It may have arrived: the one who sent it died, or lost the connection."""

    REFUSED = "refused"
    """Surely not taken, for good; its code is dead."""

    REPLACED = "replaced"
    """It may have arrived; an official has had another one sent all the same."""

    WITHDRAWN = "withdrawn"
    """Never sent: the sending was stopped, or the member took out the right first."""


class LetterBatchState(StrEnum):
    """Where a batch of letters stands."""

    WAITING = "waiting"
    UNCERTAIN = "uncertain"
    """Its codes' public keys are kept; whether all of it was handed over is unknown."""

    PRINTED = "printed"
    """Handed over whole; it may be printed again, which kills the earlier codes."""

    POSTED = "posted"
    """An official has said that the letters are in the post."""


class ShreddingState(StrEnum):
    """How far a shredding has come; each step may be run again."""

    STARTED = "started"
    KEY_DESTROYED = "key_destroyed"
    ROWS_DELETED = "rows_deleted"
    REWRITTEN = "rewritten"
    LOOKED = "looked"
    CERTIFIED = "certified"
