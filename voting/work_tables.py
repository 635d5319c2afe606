"""Tables of long pieces of work and of what they print; of objections to a protocol.

The queue may be emptied and a worker may die: what is asked for, and what came of it,
stands here. No member and no ballot is named.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes32, UTCDateTime
from infra.databases import ServiceBase

ID_LENGTH = 32


class LongWork(ServiceBase):
    """One piece of work on one election; done again only when it is asked for anew."""

    __tablename__ = "long_works"

    election_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("elections.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    actor: Mapped[str] = mapped_column(String(64))
    """The official who asked, or system."""
    stage: Mapped[str] = mapped_column(String(20), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until then a worker is at it; whoever dies is not heard of again."""
    refusal: Mapped[str | None] = mapped_column(String(60))
    """The class of what stopped it: somebody must see to it and ask anew."""
    trouble: Mapped[str | None] = mapped_column(String(60))
    """The class of what went wrong last; it is tried again by itself."""
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint(
            "kind IN ('tally', 'protocol', 'record', 'print', 'annex')",
            name="kind_is_known",
        ),
        CheckConstraint("done BETWEEN 0 AND total", name="done_is_a_part"),
    )


class PrintedDocument(ServiceBase):
    """A document as it was printed once: these bytes are handed out for ever."""

    __tablename__ = "printed_documents"

    election_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("elections.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    digest: Mapped[bytes] = mapped_column(Bytes32)
    """SHA-256 of the bytes."""
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("kind IN ('protocol', 'annex')", name="kind_is_known"),
        CheckConstraint("language IN ('nb', 'nn', 'en')", name="language_is_known"),
    )


class Objection(ServiceBase):
    """What one of the committee holds against the protocol, before its approval."""

    __tablename__ = "objections"

    election_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("elections.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int]
    """Whose: the seat of a key holder."""
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("number >= 1", name="numbers_count_from_one"),
        CheckConstraint('"index" BETWEEN 1 AND 9', name="nine_holders_at_most"),
    )
