"""What a survey's roll has beside what every roll has.

What goes for every table of the register goes for these: see `register.tables`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes16, UTCDateTime
from infra.databases import RegisterBase
from register.sending_tables import ID_LENGTH, known_values


class SurveyMode(StrEnum):
    """What the register must know of how a survey keeps respondents and answers apart.

    An open survey has no roll.
    """

    ANONYMOUS = "anonymous"
    """One issuer key for all."""
    PSEUDONYMOUS = "pseudonymous"
    """An issuer key for each voter group."""
    NAMED = "named"
    """One for all; the member tells the register the credential."""


class SurveyRoll(RegisterBase):
    """Of a roll that is a survey's: how it gives rights out, and how long it lives."""

    __tablename__ = "survey_rolls"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), primary_key=True
    )
    mode: Mapped[str] = mapped_column(String(12))
    threshold: Mapped[int | None]
    """Once launched: a reminder waits for so many answers since the last message."""
    kept_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Once launched: when the roll is shredded at the latest."""
    marks_at_message: Mapped[int] = mapped_column(default=0)
    """How many were marked when a message to many was last started."""
    marks: Mapped[int | None]
    """Once closed: how many took out the right, which outlives the marks."""

    __table_args__ = (
        known_values("mode", SurveyMode, "mode_is_known"),
        CheckConstraint(
            "(threshold IS NULL) = (kept_until IS NULL)", name="launched_or_not"
        ),
    )


class NamedCredential(RegisterBase):
    """Of a survey with names: whose credential it is, until the roll is shredded.

    Entry and survey are named without foreign keys: see the top of `register.tables`.
    """

    __tablename__ = "named_credentials"

    entry_id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    sealed_credential: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("length(sealed_credential) = 104", name="credential_is_sealed"),
    )
