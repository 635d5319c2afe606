"""Tables of joint counts: which elections of which unions, who agreed, the result.

No member and no ballot is named, and no votes but what all its elections' protocols add
up to, once they are public.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes32, Bytes64, UTCDateTime
from infra.databases import ServiceBase

ID_LENGTH = 32
_OWN = "agreed_by IS NOT NULL OR place = 0"


class JointCount(ServiceBase):
    """One joint count: proposed, then declared, then concluded."""

    __tablename__ = "joint_counts"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    declaration: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Once every union has agreed."""
    declaration_signature: Mapped[bytes | None] = mapped_column(Bytes64)
    protocol: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Once every election is approved and public."""
    protocol_signature: Mapped[bytes | None] = mapped_column(Bytes64)
    broken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Once an election of it was cancelled, or shredded without approval: for good."""

    __table_args__ = (
        CheckConstraint(
            "(declaration IS NULL) = (declaration_signature IS NULL)",
            name="declaration_is_signed",
        ),
        CheckConstraint(
            "(protocol IS NULL) = (protocol_signature IS NULL)",
            name="protocol_is_signed",
        ),
        CheckConstraint(
            "protocol IS NULL OR declaration IS NOT NULL",
            name="nothing_is_added_up_undeclared",
        ),
        CheckConstraint(
            "protocol IS NULL OR broken_at IS NULL",
            name="nothing_is_added_up_once_broken",
        ),
    )


class JointSibling(ServiceBase):
    """One election of a joint count, or one that is invited to it.

    It may be invited to several; it proposes, or has agreed to, one at the most.
    """

    __tablename__ = "joint_siblings"

    election_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("elections.id"), primary_key=True
    )
    joint_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("joint_counts.id"), primary_key=True, index=True
    )
    place: Mapped[int]
    """Counting from 0: the order in which the unions are shown; 0 proposed it."""
    agreed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    """An organiser of the union's own."""
    shown_alone: Mapped[bool | None]
    """Whether the union's own numbers are public; null until concluded."""

    __table_args__ = (
        CheckConstraint("place >= 0", name="places_count_from_zero"),
        Index(
            "uq_joint_siblings_own_count",
            "election_id",
            unique=True,
            sqlite_where=text(_OWN),
            postgresql_where=text(_OWN),
        ),
    )


class JointPrint(ServiceBase):
    """The joint protocol as it was printed once."""

    __tablename__ = "joint_prints"

    joint_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("joint_counts.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    digest: Mapped[bytes] = mapped_column(Bytes32)
    """SHA-256 of the bytes."""
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("language IN ('nb', 'nn', 'en')", name="language_is_known"),
    )
