"""The table of published results: one document a survey."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import UTCDateTime
from infra.databases import ServiceBase


class SurveyResults(ServiceBase):
    """What was decided before results were read, and the document that came of it."""

    __tablename__ = "survey_results"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    background: Mapped[str] = mapped_column(String(32))
    """What results are divided by: a question's code, "@groups", or nothing."""
    requested_by: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    document: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Canonical JSON of the numbers; stays when the responses are gone."""
    locked_texts: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was written, under the survey's key: gone with it."""
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    shared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the numbers were made readable for all."""

    __table_args__ = (
        CheckConstraint(
            "(document IS NULL) = (made_at IS NULL)", name="document_has_its_date"
        ),
        CheckConstraint(
            "shared_at IS NULL OR document IS NOT NULL", name="shared_is_made"
        ),
    )
