"""Tables of elections, ceremony, box, board and count. No member stands here.

Sealed ballots lie in `ballot_intake` until their batch goes out, then as leaves of
the board; only voting/box.py touches the two tables of the box. None of them has a
time, a serial or a person, and none may ever get one (docs/architecture.md).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes32, Bytes64, UTCDateTime
from infra.databases import ServiceBase
from voting import joint_tables, work_tables
from voting.phases import Phase

assert joint_tables.__doc__  # noqa: S101 - imported so that the schema is whole
assert work_tables.__doc__  # noqa: S101 - imported so that the schema is whole

ID_LENGTH = 32


class Election(ServiceBase):
    """One election: its draft until sealed, then its manifest, then its dates."""

    __tablename__ = "elections"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    phase: Mapped[str] = mapped_column(String(10))
    draft: Mapped[bytes] = mapped_column(LargeBinary)
    """Canonical JSON of voting/drafts.py; what the manifest is made from."""
    roll_draft: Mapped[bytes | None] = mapped_column(LargeBinary)
    roll_totals: Mapped[bytes | None] = mapped_column(LargeBinary)
    ceremony_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    fingerprint: Mapped[bytes | None] = mapped_column(Bytes32, unique=True)
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_batch: Mapped[int] = mapped_column(default=1)
    publish_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until then the result is the committee's alone; null: public once approved."""
    turnout: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Rights taken out by the hour, in steps of 20, as the register tells."""
    protocol: Mapped[bytes | None] = mapped_column(LargeBinary)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approval_signature: Mapped[bytes | None] = mapped_column(Bytes64)
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)
    alarm: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The register's latest warning that the roll is soon shredded."""

    __table_args__ = (
        CheckConstraint(
            f"phase IN {tuple(phase.value for phase in Phase)}", name="phase_is_known"
        ),
        CheckConstraint(
            "(manifest IS NULL) = (fingerprint IS NULL)",
            name="manifest_has_its_fingerprint",
        ),
        CheckConstraint(
            "phase IN ('draft', 'keys', 'cancelled') OR manifest IS NOT NULL",
            name="nothing_opens_without_manifest",
        ),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint(
            "approved_at IS NULL OR protocol IS NOT NULL", name="approval_has_protocol"
        ),
        CheckConstraint(
            "(approved_at IS NULL) = (approval_signature IS NULL)",
            name="approval_is_signed",
        ),
    )


class CommitteeSeat(ServiceBase):
    """One seat of the committee: key holder number `index`, from 1."""

    __tablename__ = "committee_seats"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    index: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[str] = mapped_column(ForeignKey("officials.id"))
    name: Mapped[str] = mapped_column(String(100))
    access_digest: Mapped[bytes | None] = mapped_column(Bytes32, unique=True)

    __table_args__ = (
        UniqueConstraint("election_id", "official_id"),
        UniqueConstraint("election_id", "name"),
        CheckConstraint('"index" BETWEEN 1 AND 9', name="nine_holders_at_most"),
    )


class CeremonyMessage(ServiceBase):
    """One signed message of the key ceremony (docs/protocol.md §4.2)."""

    __tablename__ = "ceremony_messages"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[int] = mapped_column(primary_key=True, default=0)
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint(
            "kind IN ('keys', 'commit', 'reveal', 'share', 'signature',"
            " 'rehearsal', 'bad-share', 'opening')",
            name="kind_is_known",
        ),
        CheckConstraint(
            "(kind IN ('share', 'bad-share', 'opening')) = (recipient > 0)",
            name="shares_have_recipients",
        ),
    )


class BallotInIntake(ServiceBase):
    """A ballot that waits for its batch.

    No foreign key: PostgreSQL would lock the election's row for every ballot.
    """

    __tablename__ = "ballot_intake"

    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    tracking: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    credential: Mapped[bytes] = mapped_column(Bytes32)
    sequence: Mapped[int]
    leaf: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("election_id", "credential", "sequence"),)


class BallotOnBoard(ServiceBase):
    """Where a published ballot is, and whose (nameless) credential it used."""

    __tablename__ = "ballots"

    election_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    tracking: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    credential: Mapped[bytes] = mapped_column(Bytes32)
    sequence: Mapped[int]
    batch: Mapped[int]

    __table_args__ = (UniqueConstraint("election_id", "credential", "sequence"),)


class BoardLeaf(ServiceBase):
    """One leaf of an election's board; its order is public and says the batch only."""

    __tablename__ = "board_leaves"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    leaf_hash: Mapped[bytes] = mapped_column(Bytes32)
    tracking: Mapped[bytes | None] = mapped_column(Bytes32)
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("election_id", "tracking"),)


class Checkpoint(ServiceBase):
    """A signed checkpoint of a board."""

    __tablename__ = "checkpoints"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    size: Mapped[int] = mapped_column(primary_key=True)
    root: Mapped[bytes] = mapped_column(Bytes32)
    edge: Mapped[bytes] = mapped_column(LargeBinary)
    """The right edge of the tree, 32 bytes a subtree: enough to append."""
    note: Mapped[str] = mapped_column(Text)


class TokenEvidence(ServiceBase):
    """The proofs that each token came from its group's announced key."""

    __tablename__ = "token_evidence"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    document: Mapped[bytes] = mapped_column(LargeBinary)


class Proposal(ServiceBase):
    """Something that holders sign: paper results, a later deadline, a hold."""

    __tablename__ = "proposals"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10), default="open")
    tell_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the data protection officer is to be told of a hold; None: nothing to tell.
    Whoever tells moves it on first, so that two do not tell at once."""

    __table_args__ = (
        CheckConstraint(
            "kind IN ('approval', 'hold', 'paper', 'schedule')", name="kind_is_known"
        ),
        CheckConstraint(
            "state IN ('open', 'signed', 'withdrawn')", name="state_is_known"
        ),
    )


class HolderSignature(ServiceBase):
    """A holder's signature under a proposal."""

    __tablename__ = "holder_signatures"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    signature: Mapped[bytes] = mapped_column(Bytes64)


class Tally(ServiceBase):
    """The one tally of an election, as the holders must find it too."""

    __tablename__ = "tallies"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    document: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(Bytes32)


class PartialDecryption(ServiceBase):
    """One holder's partial decryptions of the tally, with proofs."""

    __tablename__ = "partial_decryptions"

    election_id: Mapped[str] = mapped_column(
        ForeignKey("elections.id"), primary_key=True
    )
    index: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[bytes] = mapped_column(LargeBinary)
