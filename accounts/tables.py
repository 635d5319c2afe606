"""Tables of officials: people who run elections. No member stands here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.roles import LONGEST_DISTRICT_NAME
from infra.columns import Bytes32, UTCDateTime
from infra.databases import RegisterBase, ServiceBase

ID_LENGTH = 32
"""An id is 16 random bytes as 32 hexadecimal digits."""


class Official(ServiceBase):
    """One person who may sign in, once there is a password."""

    __tablename__ = "officials"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None until an invitation was taken up."""

    disabled: Mapped[bool] = mapped_column(default=False)
    union: Mapped[str] = mapped_column(
        "union_name", String(LONGEST_DISTRICT_NAME), default=""
    )
    """Whose elections alone the official works with; empty: everybody's here."""

    roles: Mapped[list[OfficialRole]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )
    districts: Mapped[list[OfficialDistrict]] = relationship(
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
            "role IN ('administrator', 'organiser', 'committee', 'auditor',"
            " 'district-contact', 'survey-designer')",
            name="role_is_known",
        ),
    )


class OfficialDistrict(ServiceBase):
    """One voter group that an official is the contact of."""

    __tablename__ = "official_districts"

    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), primary_key=True
    )
    organisation: Mapped[str] = mapped_column(
        String(LONGEST_DISTRICT_NAME), primary_key=True
    )
    group: Mapped[str] = mapped_column(
        "group_label", String(LONGEST_DISTRICT_NAME), primary_key=True
    )


class OfficialInvitation(ServiceBase):
    """An invitation that nobody has taken up yet. Its token is only in the mail."""

    __tablename__ = "official_invitations"

    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(10), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    token_digest: Mapped[bytes | None] = mapped_column(Bytes32, unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'refused', 'unsent')",
            name="state_is_known",
        ),
    )


class OfficialSession(ServiceBase):
    """One signed-in browser. The token itself is only in that browser.

    Neither address nor browser is kept, and of the times the hour alone.
    """

    __tablename__ = "official_sessions"

    token_digest: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    id: Mapped[str] = mapped_column(String(ID_LENGTH), unique=True)
    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), index=True
    )
    complete: Mapped[bool]
    """False between the password and what else has to be shown."""

    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OfficialTotp(ServiceBase):
    """An official's authenticator app: its secret, sealed, and the last step used."""

    __tablename__ = "official_totp"

    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    candidate: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A new secret, until a code of it was shown."""

    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class OfficialPasskey(ServiceBase):
    """The public half of a passkey."""

    __tablename__ = "official_passkeys"

    credential_id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(60))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)


class OfficialRecoveryCode(ServiceBase):
    """The keyed digest of a recovery code that has not been used."""

    __tablename__ = "official_recovery_codes"

    digest: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    official_id: Mapped[str] = mapped_column(
        ForeignKey("officials.id", ondelete="CASCADE"), index=True
    )


class RevokedPass(RegisterBase):
    """That no pass of an official from before an instant counts, on the register."""

    __tablename__ = "revoked_passes"

    official_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    issued_before: Mapped[datetime] = mapped_column(UTCDateTime)
