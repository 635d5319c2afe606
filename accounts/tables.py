"""Tables of officials: people who run elections. No member stands here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Bytes32, UTCDateTime
from infra.databases import ServiceBase

ID_LENGTH = 32
"""An id is 16 random bytes as 32 hexadecimal digits."""


class Official(ServiceBase):
    """One person who may sign in."""

    __tablename__ = "officials"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[OfficialRole]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint(
            "password_hash LIKE '$argon2id$%'", name="password_is_hashed_by_argon2id"
        ),
    )


class OfficialRole(ServiceBase):
    """One role of one official."""

    __tablename__ = "official_roles"

    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(20), primary_key=True)

    __table_args__ = (
        CheckConstraint(
            "role IN ('organiser', 'committee', 'auditor')", name="role_is_known"
        ),
    )


class OfficialSession(ServiceBase):
    """One signed-in browser. The token itself is only in that browser."""

    __tablename__ = "official_sessions"

    token_digest: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
