"""Tables of the roll: who may vote, who has taken out the right, what was sent.

Everything that says who a member is stands encrypted under the election's data key,
everything that finds them is a digest under it, and both die with it. No row has a
serial number, and none that belongs to a member has a time: ids are random bytes.
The two tables of marks are apart so that fresh marks leave their order behind when
they are moved, in batches (docs/architecture.md).

What is written while a right is taken out (a mark, an hour's total) refers to nothing
by a foreign key. PostgreSQL checks one by locking the row referred to, which leaves
the marking transaction's id in that row's hidden column xmax, where no batch moves it:
the order of marking could then be read from the roll.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem

from infra.columns import Bytes16, Bytes32, Bytes64, UTCDateTime
from infra.databases import RegisterBase
from register import correction_tables, roll_tables, survey_tables, turnout_tables
from register.roll_phases import (
    Channel,
    MessageChannel,
    RollKind,
    RollPhase,
    ShreddingState,
)
from register.sending_tables import (
    ID_LENGTH,
    LetterBatch,
    MailHour,
    Message,
    Sending,
    SendingText,
    VotingCode,
    known_values,
)

__all__ = [
    "ID_LENGTH",
    "Hold",
    "HourlyTotal",
    "LetterBatch",
    "MailHour",
    "Mark",
    "MarkColumns",
    "MarkInIntake",
    "Message",
    "Roll",
    "RollEntry",
    "Sending",
    "SendingText",
    "Shredding",
    "VoterGroup",
    "VotingCode",
]

assert correction_tables.__doc__  # noqa: S101 - imported so that the schema is whole
assert roll_tables.__doc__  # noqa: S101 - as above
assert survey_tables.__doc__  # noqa: S101 - as above
assert turnout_tables.__doc__  # noqa: S101 - as above


class Roll(RegisterBase):
    """One election's roll: how long it may live, and what remains of it after."""

    __tablename__ = "rolls"

    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(8), default=RollKind.ELECTION)
    """What its members are asked to; a survey's has a row in `survey_rolls`."""
    practice: Mapped[bool] = mapped_column(default=False)
    """An election that decides nothing; every message and page says so."""
    verifier_key: Mapped[bytes | None] = mapped_column(Bytes32)
    """The X25519 key to which issuer keys are sealed for the service."""
    phase: Mapped[str] = mapped_column(String(10), default=RollPhase.DRAFT)
    key_id: Mapped[str] = mapped_column(String(ID_LENGTH), unique=True)
    """The data key's name in the keystore; the key itself is never in a database."""
    last_activity: Mapped[datetime] = mapped_column(UTCDateTime)
    last_date: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    """When the roll is shredded if nothing else happens."""
    source_digest: Mapped[bytes | None] = mapped_column(Bytes32)
    """Keyed digest of the file last imported."""
    can_undo: Mapped[bool] = mapped_column(default=False)
    """What the latest import replaced lies on its shelf."""
    commitment: Mapped[bytes | None] = mapped_column(Bytes32)
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    fingerprint: Mapped[bytes | None] = mapped_column(Bytes32, unique=True)
    schedule_number: Mapped[int | None]
    """Of the schedule that holds, from 0."""
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the service closed its box: nobody is marked any more."""
    alarm_days: Mapped[int | None]
    """Days that were left when the latest alarm before the last date sounded."""
    final_size: Mapped[int | None] = mapped_column(BigInteger)
    """Leaves of the board with the final counts on it, and their root."""
    final_root: Mapped[bytes | None] = mapped_column(Bytes32)
    rewritten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the store was rewritten after the last marks had been moved."""
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    protocol: Mapped[bytes | None] = mapped_column(Bytes32)
    """Digest of the protocol that was approved."""
    shred_due: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    hold_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    shredded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        known_values("kind", RollKind, "kind_is_known"),
        known_values("phase", RollPhase, "phase_is_known"),
        CheckConstraint(
            "phase IN ('draft', 'cancelled', 'shredded') OR commitment IS NOT NULL",
            name="nothing_is_frozen_without_commitment",
        ),
        CheckConstraint(
            "phase IN ('draft', 'frozen', 'cancelled', 'shredded')"
            " OR manifest IS NOT NULL",
            name="nothing_opens_without_manifest",
        ),
        CheckConstraint(
            "(manifest IS NULL) = (fingerprint IS NULL)",
            name="manifest_has_its_fingerprint",
        ),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint(
            "(schedule_number IS NULL) = (opens_at IS NULL)"
            " AND (opens_at IS NULL) = (closes_at IS NULL)",
            name="schedule_is_whole",
        ),
        CheckConstraint(
            "approved_at IS NULL OR shred_due IS NOT NULL",
            name="approved_roll_has_a_day_to_be_shredded",
        ),
        CheckConstraint("shred_due >= approved_at", name="shredded_after_approval"),
        CheckConstraint(
            "(phase = 'shredded') = (shredded_at IS NOT NULL)",
            name="shredded_has_its_date",
        ),
        CheckConstraint(
            "phase <> 'shredded' OR source_digest IS NULL",
            name="shredded_keeps_no_digest_of_a_file",
        ),
        CheckConstraint(
            "phase IN ('draft', 'cancelled', 'shredded') OR NOT can_undo",
            name="undone_while_a_draft_alone",
        ),
    )


class VoterGroup(RegisterBase):
    """One voter group; its totals stay when its members are gone."""

    __tablename__ = "voter_groups"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), primary_key=True
    )
    index: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    entitled: Mapped[int | None]
    """Frozen; late additions are counted apart."""
    issuer_key: Mapped[bytes | None] = mapped_column(Bytes32, unique=True)
    """The public half, a ristretto255 point."""
    digital_marks: Mapped[int | None]
    """Final, once closed."""
    paper_marks: Mapped[int | None]
    ballots: Mapped[int | None]
    """In the box when it was closed, as the service told."""

    __table_args__ = (
        UniqueConstraint("election_id", "label"),
        CheckConstraint('"index" BETWEEN 0 AND 999', name="index_fits_the_manifest"),
        CheckConstraint("entitled >= 0", name="entitled_is_a_count"),
        CheckConstraint(
            "(digital_marks IS NULL) = (paper_marks IS NULL)",
            name="both_channels_are_counted_together",
        ),
        CheckConstraint(
            "length(issuer_key) = 32", name="issuer_key_is_one_public_point"
        ),
    )


class RollEntry(RegisterBase):
    """One member of one roll, who never outlives it."""

    __tablename__ = "roll_entries"

    id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    election_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    group_index: Mapped[int]
    member_digest: Mapped[bytes] = mapped_column(Bytes32)
    email_digest: Mapped[bytes | None] = mapped_column(Bytes32)
    sealed_person: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_salt: Mapped[bytes] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(String(7), default=Channel.DIGITAL)
    added_late: Mapped[bool] = mapped_column(default=False)
    preferred: Mapped[str | None] = mapped_column(String(6))
    """By what the member wants to be reached, where the roll says so."""
    has_mobile: Mapped[bool] = mapped_column(default=False)
    has_postal: Mapped[bool] = mapped_column(default=False)
    bounced_digest: Mapped[bytes | None] = mapped_column(Bytes32)
    """Digest of an address from which a message came back."""
    letter_came_back: Mapped[bool] = mapped_column(default=False)
    """From the postal address that the entry has now."""
    return_noted_by: Mapped[str | None] = mapped_column(String(32))
    """The official who said so; where nobody is told, that one changes no address."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["election_id", "group_index"],
            ["voter_groups.election_id", "voter_groups.index"],
        ),
        Index(None, "election_id", "group_index"),
        Index(None, "election_id", "email_digest"),
        UniqueConstraint("election_id", "member_digest"),
        CheckConstraint("length(id) = 16", name="id_is_random_bytes"),
        CheckConstraint(
            "length(member_digest) = 32 AND"
            " (email_digest IS NULL OR length(email_digest) = 32)",
            name="members_are_found_by_digests_alone",
        ),
        CheckConstraint(
            # 72 bytes of nonce, tag and context before anything is said.
            "length(sealed_person) > 72 AND length(sealed_salt) = 104",
            name="person_and_salt_are_encrypted",
        ),
        known_values("channel", Channel, "channel_is_known"),
        known_values("preferred", MessageChannel, "preferred_is_known"),
        CheckConstraint(
            "letter_came_back = (return_noted_by IS NOT NULL)",
            name="a_return_has_who_noted_it",
        ),
    )


class MarkColumns:
    """What a mark holds, in the intake and after: no time, no address, no order.

    Entry and group are named without foreign keys: see the top of this module.
    """

    entry_id: Mapped[bytes] = mapped_column(Bytes16, primary_key=True)
    election_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    group_index: Mapped[int]
    channel: Mapped[str] = mapped_column(String(7))
    element_digest: Mapped[bytes | None] = mapped_column(Bytes32)
    """Keyed digest of the blinded element: asked again, answered again."""
    blinded_element: Mapped[bytes | None] = mapped_column(Bytes32)
    signature: Mapped[bytes | None] = mapped_column(Bytes64)
    """By the login key over fingerprint and blinded element."""
    login_key: Mapped[bytes | None] = mapped_column(Bytes32)
    """Which of the entry's codes took out the right."""

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[SchemaItem, ...]:
        return (
            Index(None, "election_id", "group_index"),
            known_values("channel", Channel, "channel_is_known"),
            # coalesce: a CHECK that comes out as NULL would let the row in.
            CheckConstraint(
                "channel = 'paper' OR (coalesce(length(element_digest), 0) = 32 AND"
                " coalesce(length(blinded_element), 0) = 32 AND"
                " coalesce(length(signature), 0) = 64 AND"
                " coalesce(length(login_key), 0) = 32)",
                name="digital_mark_is_signed_by_the_member",
            ),
            CheckConstraint(
                "channel = 'digital' OR (element_digest IS NULL AND"
                " blinded_element IS NULL AND signature IS NULL AND"
                " login_key IS NULL)",
                name="paper_mark_takes_out_no_digital_right",
            ),
        )


class MarkInIntake(MarkColumns, RegisterBase):
    """A mark that waits for its batch."""

    __tablename__ = "mark_intake"


class Mark(MarkColumns, RegisterBase):
    """A mark moved with others: it tells its batch alone, and none after closing."""

    __tablename__ = "marks"

    batch: Mapped[int]


class HourlyTotal(RegisterBase):
    """How many rights were taken out in an hour: the one place that knows a time."""

    __tablename__ = "hourly_totals"

    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    """Without a foreign key: see the top of this module."""
    hour: Mapped[int] = mapped_column(primary_key=True)
    """Whole hours since 1970 in UTC, so that nothing finer can be stored."""
    count: Mapped[int]

    __table_args__ = (
        CheckConstraint("count > 0", name="count_is_positive"),
        CheckConstraint("hour < 10000000", name="hour_is_no_finer_time"),
    )


class Hold(RegisterBase):
    """A hold on the shredding, signed by two committee members."""

    __tablename__ = "holds"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    document: Mapped[bytes] = mapped_column(LargeBinary)


class Shredding(RegisterBase):
    """One roll's shredding: how far it has come, and in the end its certificate."""

    __tablename__ = "shreddings"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("rolls.election_id"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    counts: Mapped[bytes | None] = mapped_column(LargeBinary)
    """How many rows of each kind were deleted; canonical JSON."""
    checks: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the look found, kept before the canaries go; canonical JSON."""
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        known_values("state", ShreddingState, "state_is_known"),
        CheckConstraint(
            "(state = 'certified') = (certificate IS NOT NULL)",
            name="certified_has_its_certificate",
        ),
    )
