"""Tables of surveys: what is asked, the log, and the responses. No member stands here.

A response and the token it was given with lie in two tables, and are moved out of
their intakes in two transactions (surveys/responses.py, which alone reads and writes
the four of them). None of the four has a time, a serial or a foreign key: PostgreSQL
checks one by writing into the row referred to, which would keep the order of answering.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem

from infra.columns import Bytes16, Bytes32, UTCDateTime
from infra.databases import ServiceBase
from surveys import result_tables
from surveys.modes import Mode
from surveys.phases import SurveyPhase

assert result_tables.__doc__  # noqa: S101 - imported so that the schema is whole

ID_LENGTH = 32


class Survey(ServiceBase):
    """One survey: its settings until launch, then its manifest, then its dates."""

    __tablename__ = "surveys"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200))
    phase: Mapped[str] = mapped_column(String(10), default=SurveyPhase.DRAFT)
    mode: Mapped[str] = mapped_column(String(12))
    threshold: Mapped[int]
    """The smallest group shown, and the smallest batch moved; only ever raised."""
    purpose: Mapped[str] = mapped_column(Text, default="")
    controller: Mapped[str] = mapped_column(String(300), default="")
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    processor: Mapped[str] = mapped_column(String(300), default="")
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deletes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    identified_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Pseudonymous and named: when what ties a response to its giver is removed."""
    created_by: Mapped[str] = mapped_column(String(64))
    """The official's id, who is warned before responses are deleted."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    roll_draft: Mapped[bytes | None] = mapped_column(LargeBinary)
    roll_totals: Mapped[bytes | None] = mapped_column(LargeBinary)
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    fingerprint: Mapped[bytes | None] = mapped_column(Bytes32, unique=True)
    schedule_number: Mapped[int] = mapped_column(default=0)
    key_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), unique=True)
    """The data key of the responses, by its name in the keystore."""
    intake_key: Mapped[bytes | None] = mapped_column(Bytes32)
    """X25519: what is taken in is sealed to it; the data key opens it."""
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received: Mapped[int | None]
    """Responses at the closing."""
    marks: Mapped[int | None]
    """Rights taken out, as the register told at the closing."""
    rewritten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deidentified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    alarm_days: Mapped[int | None]
    """Days that were left when the owner was last warned of the deletion."""
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The register's, of the shredding of the invitations."""

    __table_args__ = (
        CheckConstraint(
            f"phase IN {tuple(phase.value for phase in SurveyPhase)}",
            name="phase_is_known",
        ),
        CheckConstraint(
            f"mode IN {tuple(mode.value for mode in Mode)}", name="mode_is_known"
        ),
        CheckConstraint("threshold >= 3", name="threshold_is_three_or_more"),
        CheckConstraint(
            "(manifest IS NULL) = (fingerprint IS NULL)",
            name="manifest_has_its_fingerprint",
        ),
        CheckConstraint(
            "phase IN ('draft', 'cancelled') OR manifest IS NOT NULL",
            name="nothing_opens_without_manifest",
        ),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("deletes_at > closes_at", name="deleted_after_it_closes"),
        CheckConstraint(
            "identified_until <= deletes_at", name="identified_no_longer_than_kept"
        ),
        CheckConstraint(
            "(phase = 'deleted') = (deleted_at IS NOT NULL)",
            name="deleted_has_its_date",
        ),
    )


class SurveyVersion(ServiceBase):
    """A questionnaire as it was saved; after launch only the launched one is left."""

    __tablename__ = "survey_versions"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[bytes] = mapped_column(LargeBinary)
    """Canonical JSON (surveys/definition.py)."""
    saved_by: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SurveyWording(ServiceBase):
    """The questionnaire with other words: typos and translations put right later."""

    __tablename__ = "survey_wordings"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[bytes] = mapped_column(LargeBinary)
    saved_by: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SurveyLeaf(ServiceBase):
    """A leaf of the log of all surveys of the service; none is of a response."""

    __tablename__ = "survey_leaves"

    position: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False
    )
    leaf_hash: Mapped[bytes] = mapped_column(Bytes32)
    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class SurveyCheckpoint(ServiceBase):
    """A signed size and root of the log."""

    __tablename__ = "survey_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(Bytes32)
    edge: Mapped[bytes] = mapped_column(LargeBinary)
    """Roots of the whole subtrees at the right edge, from which the tree grows."""
    note: Mapped[str] = mapped_column(Text)


class _ResponseColumns:
    """What a response holds: answers that nobody reads without the key, no time."""

    key: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    """Random, and drawn anew when the response is moved."""
    survey_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    group_index: Mapped[int | None]
    """Pseudonymous: the voter group, until `identified_until`."""
    respondent: Mapped[bytes | None] = mapped_column(Bytes32)
    """Named: the digest of the credential, until `identified_until`."""
    sealed_answers: Mapped[bytes] = mapped_column(LargeBinary)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[SchemaItem, ...]:
        return (
            CheckConstraint("length(key) = 16", name="key_is_random_bytes"),
            CheckConstraint(
                "group_index IS NULL OR respondent IS NULL",
                name="named_or_of_a_group_or_neither",
            ),
        )


class ResponseInIntake(_ResponseColumns, ServiceBase):
    """A response that waits for its batch, sealed so that who writes cannot read."""

    __tablename__ = "response_intake"


class Response(_ResponseColumns, ServiceBase):
    """A response moved with others, under the survey's data key."""

    __tablename__ = "responses"


class _SpentColumns:
    """What a spent right holds: which, and by which request; never for what."""

    survey_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    digest: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    """Of the credential; of an open survey, of a number that the form carries."""
    request: Mapped[bytes] = mapped_column(Bytes32)
    """Of the request's random signature: the same again, the same receipt."""


class SpentInIntake(_SpentColumns, ServiceBase):
    """A spent right that waits for its batch."""

    __tablename__ = "spent_intake"


class SpentToken(_SpentColumns, ServiceBase):
    """A spent right moved with others."""

    __tablename__ = "spent_tokens"
