"""What is put right on a frozen roll: asked for by one official, agreed by another.

That two different ones are needed is a constraint of the table, so that no fault in a
page or a use case lets one do it alone.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes16
from infra.databases import RegisterBase


class CorrectionKind(StrEnum):
    """What is asked for."""

    ADDITION = "addition"
    """A member who was forgotten."""

    ADDRESS = "address"
    """Another address for a member of the roll: mail, mobile or postal."""


class CorrectionState(StrEnum):
    """What became of it."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"


class NoticeState(StrEnum):
    """Whether the old address was told of the new one."""

    NONE = "none"
    """Nobody could be told, or nothing is agreed."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


class Correction(RegisterBase):
    """One proposal. Without a time: the audit chain has those."""

    __tablename__ = "corrections"

    id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    election_id: Mapped[str] = mapped_column(ForeignKey("rolls.election_id"))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default=CorrectionState.PROPOSED)
    entry_id: Mapped[bytes | None] = mapped_column(ForeignKey("roll_entries.id"))
    """Whose address; of an addition once it is agreed."""

    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What is asked for and why, encrypted; nothing once it is declined."""

    proposed_by: Mapped[str] = mapped_column(String(32))
    decided_by: Mapped[str | None] = mapped_column(String(32))
    notice: Mapped[str] = mapped_column(String(9), default=NoticeState.NONE)
    sealed_notice: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The address or number that is told, encrypted, until it has been."""

    __table_args__ = (
        Index(None, "election_id", "kind", "state"),
        CheckConstraint("kind IN ('addition', 'address')", name="kind_is_known"),
        CheckConstraint(
            "state IN ('proposed', 'agreed', 'declined')", name="state_is_known"
        ),
        CheckConstraint(
            "notice IN ('none', 'queued', 'sending', 'sent', 'refused', 'uncertain')",
            name="notice_is_known",
        ),
        CheckConstraint(
            "state <> 'agreed' OR (decided_by IS NOT NULL"
            " AND decided_by <> proposed_by)",
            name="agreed_by_another_official",
        ),
        CheckConstraint(
            "(state = 'declined') = (sealed IS NULL)", name="declined_keeps_nothing"
        ),
        CheckConstraint(
            "kind <> 'address' OR entry_id IS NOT NULL",
            name="address_is_of_a_member_of_the_roll",
        ),
        CheckConstraint(
            "(notice IN ('queued', 'sending')) = (sealed_notice IS NOT NULL)",
            name="old_address_is_kept_until_told",
        ),
    )
