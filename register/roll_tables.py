"""Tables of a roll on its way: a file that is read, and the shelves beside the roll.

On one shelf lie the rows of a file that was checked and waits for a yes, on the other
the roll as it was before the latest import. Both are of members: encrypted under the
election's data key, emptied when the roll is frozen, and shredded with it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes16, Bytes32, UTCDateTime
from infra.databases import RegisterBase


class Shelf(StrEnum):
    """Where a shelved entry lies."""

    COMING = "coming"
    """Checked, and not yet on the roll."""

    BEFORE = "before"
    """On the roll until the latest import: what an undo brings back."""


class ReadingState(StrEnum):
    """How far the reading of a file has come."""

    WAITING = "waiting"
    CHECKING = "checking"
    COMPARING = "comparing"
    READY = "ready"
    """Its report can be read; an official decides."""

    IMPORTING = "importing"
    DONE = "done"
    LOST = "lost"
    """The file expired before it was read: it must be sent again."""


class ShelvedEntry(RegisterBase):
    """One member beside the roll."""

    __tablename__ = "shelved_entries"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), primary_key=True
    )
    shelf: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    """The entry's id, which is random: rows are kept and copied in its order."""

    group_label: Mapped[str] = mapped_column(String(120))
    member_digest: Mapped[bytes] = mapped_column(Bytes32)
    email_digest: Mapped[bytes | None] = mapped_column(Bytes32)
    sealed_person: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_salt: Mapped[bytes] = mapped_column(LargeBinary)
    preferred: Mapped[str | None] = mapped_column(String(6))
    has_mobile: Mapped[bool] = mapped_column(default=False)
    has_postal: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("election_id", "shelf", "member_digest"),
        CheckConstraint("shelf IN ('before', 'coming')", name="shelf_is_known"),
        CheckConstraint(
            "length(sealed_person) > 72 AND length(sealed_salt) = 104",
            name="person_and_salt_are_encrypted",
        ),
    )


class RollReading(RegisterBase):
    """A large file being read; the file itself is sealed in Redis (docs/adr/0009)."""

    __tablename__ = "roll_readings"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), primary_key=True
    )
    """One at a time: who sends another file takes the place of the first."""

    id: Mapped[bytes] = mapped_column(Bytes16, unique=True)
    """Also the name of the file's own key in the keystore."""

    actor: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(9), default=ReadingState.WAITING)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done: Mapped[int] = mapped_column(default=0)
    """Members read in the present state."""

    total: Mapped[int | None]
    """Of how many; not known before they have been read once."""

    report: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was found, encrypted under the election's data key."""

    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'checking', 'comparing', 'ready', 'importing',"
            " 'done', 'lost')",
            name="state_is_known",
        ),
        CheckConstraint(
            "(state IN ('ready', 'importing')) = (report IS NOT NULL)",
            name="report_is_there_while_it_is_asked_for",
        ),
        CheckConstraint("done >= 0 AND total >= 0", name="counts_are_counts"),
    )
