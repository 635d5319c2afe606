"""Tables of what is sent: sendings, their messages, and the public half of each code.

What goes for every table of the register goes for these: see `register.tables`.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes16, Bytes32, UTCDateTime
from infra.databases import RegisterBase
from register.roll_phases import (
    LetterBatchState,
    MessageChannel,
    MessageState,
    SendingKind,
    SendingState,
)

ID_LENGTH = 32
"""An election's id is 16 random bytes as 32 hexadecimal digits."""


def known_values(column: str, values: type[StrEnum], name: str) -> CheckConstraint:
    """Return the law that a column holds one of an enumeration's values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class Sending(RegisterBase):
    """One sending: what is written, and how far it has come."""

    __tablename__ = "sendings"

    id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), index=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=SendingState.DRAFT)
    created_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    """The official's id; officials stand on the other side."""
    created_on: Mapped[date]
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    """A template; the code comes in when a mail is rendered, and is kept nowhere."""
    language: Mapped[str] = mapped_column(String(2), default="nb")
    """Of subject, body and SMS; other languages stand in `sending_texts`."""
    sms: Mapped[str] = mapped_column(Text, default="")
    channels: Mapped[str] = mapped_column(String(20), default="email")
    """Those it may use, with commas between them."""
    falls_back: Mapped[bool] = mapped_column(default=True)
    """Whether another channel is used where the preferred one reaches nobody."""
    daily_limit: Mapped[int | None]
    """Most mails in 24 hours, where the one who wrote it knows what the host takes."""
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    message_count: Mapped[int] = mapped_column(default=0)
    number: Mapped[int | None]
    """Of its `codes` leaf on the board, from 0."""
    codes_root: Mapped[bytes | None] = mapped_column(Bytes32)
    """RFC 6962 root over the sorted login public keys."""

    __table_args__ = (
        UniqueConstraint("election_id", "number"),
        known_values("kind", SendingKind, "kind_is_known"),
        known_values("state", SendingState, "state_is_known"),
        CheckConstraint(
            "(number IS NULL) = (codes_root IS NULL)", name="root_has_its_number"
        ),
        CheckConstraint("message_count >= 0", name="message_count_is_a_count"),
        CheckConstraint("daily_limit > 0", name="daily_limit_lets_some_through"),
        CheckConstraint(
            "state <> 'scheduled' OR starts_at IS NOT NULL",
            name="scheduled_has_its_time",
        ),
    )


class SendingText(RegisterBase):
    """A sending's text in another language than its own, for members who chose it."""

    __tablename__ = "sending_texts"

    sending_id: Mapped[bytes] = mapped_column(
        ForeignKey("sendings.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    sms: Mapped[str] = mapped_column(Text, default="")


class MailHour(RegisterBase):
    """How many mails of all elections were handed in within an hour; nobody's."""

    __tablename__ = "mail_hours"

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Whole hours since 1970 in UTC, so that nothing finer can be stored."""
    count: Mapped[int]

    __table_args__ = (
        CheckConstraint("count >= 0", name="count_is_a_count"),
        CheckConstraint("hour < 10000000", name="hour_is_no_finer_time"),
    )


class LetterBatch(RegisterBase):
    """Letters that are printed together, at most 100."""

    __tablename__ = "letter_batches"

    id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    sending_id: Mapped[bytes] = mapped_column(ForeignKey("sendings.id"))
    number: Mapped[int]
    """Within its sending, from 1."""
    letter_count: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=LetterBatchState.WAITING)
    renderings: Mapped[int] = mapped_column(default=0)
    """How often its codes were drawn; those of the last rendering alone are alive."""

    __table_args__ = (
        UniqueConstraint("sending_id", "number"),
        known_values("state", LetterBatchState, "state_is_known"),
        CheckConstraint("number > 0", name="number_is_positive"),
        CheckConstraint("letter_count BETWEEN 1 AND 100", name="batch_is_small"),
        CheckConstraint("renderings >= 0", name="renderings_is_a_count"),
    )


class Message(RegisterBase):
    """One message to one member: whether it went, never when."""

    __tablename__ = "messages"

    id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    sending_id: Mapped[bytes] = mapped_column(ForeignKey("sendings.id"))
    entry_id: Mapped[bytes] = mapped_column(ForeignKey("roll_entries.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10), default=MessageChannel.EMAIL)
    state: Mapped[str] = mapped_column(String(10), default=MessageState.QUEUED)
    batch_id: Mapped[bytes | None] = mapped_column(
        ForeignKey("letter_batches.id"), index=True
    )
    """Of letters: those that are printed together."""
    to_former: Mapped[bool] = mapped_column(default=False)
    """It went to an address or number that two officials have put right since."""

    __table_args__ = (
        UniqueConstraint("sending_id", "entry_id"),
        known_values("state", MessageState, "state_is_known"),
        known_values("channel", MessageChannel, "channel_is_known"),
        CheckConstraint(
            "(channel = 'letter') = (batch_id IS NOT NULL)",
            name="letters_are_printed_in_batches",
        ),
        CheckConstraint("length(id) = 16", name="id_is_random_bytes"),
    )


class VotingCode(RegisterBase):
    """The public half of one voting code. The code itself is in the member's mail."""

    __tablename__ = "voting_codes"

    login_key: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    entry_id: Mapped[bytes] = mapped_column(ForeignKey("roll_entries.id"), index=True)
    message_id: Mapped[bytes] = mapped_column(ForeignKey("messages.id"), index=True)
    state: Mapped[str] = mapped_column(String(4), default="live")

    __table_args__ = (
        CheckConstraint("length(login_key) = 32", name="login_key_is_the_public_one"),
        CheckConstraint("state IN ('live', 'dead')", name="state_is_known"),
    )
