"""The samples that were drawn to be telephoned: enough to draw them again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import UTCDateTime
from infra.databases import RegisterBase


class Among(StrEnum):
    """Of whom a sample is drawn."""

    EVERYONE = "everyone"
    MARKED = "marked"


class TurnoutSample(RegisterBase):
    """One drawing: its members follow from it and the roll, and are not kept."""

    __tablename__ = "turnout_samples"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1; all are listed, so that nobody draws until one suits."""

    seed: Mapped[str] = mapped_column(String(100))
    among: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    population: Mapped[int]
    """How many there were to draw from."""

    drawn_by: Mapped[str] = mapped_column(String(32))
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("among IN ('everyone', 'marked')", name="among_is_known"),
        CheckConstraint("number > 0", name="number_counts_from_one"),
        CheckConstraint(
            "size > 0 AND size <= population", name="size_is_of_the_population"
        ),
        CheckConstraint("length(seed) > 0", name="seed_is_there"),
    )
