"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("commitment", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("salt", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("previous", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("hash", infra.columns.FixedBytes(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_events_subject"), ["subject"], unique=False
        )

    op.create_table(
        "ballot_intake",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("tracking", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("credential", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "election_id", "tracking", name=op.f("pk_ballot_intake")
        ),
        sa.UniqueConstraint(
            "election_id",
            "credential",
            "sequence",
            name=op.f("uq_ballot_intake_election_id_credential_sequence"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballots",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("tracking", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("credential", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("election_id", "tracking", name=op.f("pk_ballots")),
        sa.UniqueConstraint(
            "election_id",
            "credential",
            "sequence",
            name=op.f("uq_ballots_election_id_credential_sequence"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "elections",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("roll_draft", sa.LargeBinary(), nullable=True),
        sa.Column("roll_totals", sa.LargeBinary(), nullable=True),
        sa.Column("ceremony_id", sa.String(length=32), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("opens_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closes_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("next_batch", sa.Integer(), nullable=False),
        sa.Column(
            "publish_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column("turnout", sa.LargeBinary(), nullable=True),
        sa.Column("protocol", sa.LargeBinary(), nullable=True),
        sa.Column(
            "approved_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column(
            "approval_signature", infra.columns.FixedBytes(length=64), nullable=True
        ),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("alarm", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "phase IN ('draft', 'keys', 'cancelled') OR manifest IS NOT NULL",
            name=op.f("ck_elections_nothing_opens_without_manifest"),
        ),
        sa.CheckConstraint(
            "phase IN ('draft', 'keys', 'ready', 'open', 'closed', 'counted', 'approved', 'shredded', 'cancelled')",
            name=op.f("ck_elections_phase_is_known"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approval_signature IS NULL)",
            name=op.f("ck_elections_approval_is_signed"),
        ),
        sa.CheckConstraint(
            "(manifest IS NULL) = (fingerprint IS NULL)",
            name=op.f("ck_elections_manifest_has_its_fingerprint"),
        ),
        sa.CheckConstraint(
            "approved_at IS NULL OR protocol IS NOT NULL",
            name=op.f("ck_elections_approval_has_protocol"),
        ),
        sa.CheckConstraint(
            "closes_at > opens_at", name=op.f("ck_elections_closes_after_it_opens")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elections")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_elections_fingerprint")),
        sa.UniqueConstraint("slug", name=op.f("uq_elections_slug")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "exchange_inbox",
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("taken_at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_exchange_inbox")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "exchange_outbox",
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", infra.columns.FixedBytes(length=64), nullable=False),
        sa.Column(
            "posted_at", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.Column(
            "delivered_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column("refusal", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_exchange_outbox")),
        sa.UniqueConstraint("number", name=op.f("uq_exchange_outbox_number")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("exchange_outbox", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_exchange_outbox_delivered_at"),
            ["delivered_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_exchange_outbox_subject"), ["subject"], unique=False
        )

    op.create_table(
        "officials",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("union_name", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "password_hash LIKE '$argon2id$%'",
            name=op.f("ck_officials_password_is_hashed_by_argon2id"),
        ),
        sa.CheckConstraint(
            "email = lower(email)", name=op.f("ck_officials_email_is_lower_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officials")),
        sa.UniqueConstraint("email", name=op.f("uq_officials_email")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "board_leaves",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leaf_hash", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("tracking", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_board_leaves_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "position", name=op.f("pk_board_leaves")
        ),
        sa.UniqueConstraint(
            "election_id", "tracking", name=op.f("uq_board_leaves_election_id_tracking")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ceremony_messages",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('share', 'bad-share', 'opening')) = (recipient > 0)",
            name=op.f("ck_ceremony_messages_shares_have_recipients"),
        ),
        sa.CheckConstraint(
            "kind IN ('keys', 'commit', 'reveal', 'share', 'signature', 'rehearsal', 'bad-share', 'opening')",
            name=op.f("ck_ceremony_messages_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_ceremony_messages_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id",
            "kind",
            "index",
            "recipient",
            name=op.f("pk_ceremony_messages"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_checkpoints_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint("election_id", "size", name=op.f("pk_checkpoints")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "committee_seats",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("access_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.CheckConstraint(
            '"index" BETWEEN 1 AND 9',
            name=op.f("ck_committee_seats_nine_holders_at_most"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_committee_seats_election_id_elections"),
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_committee_seats_official_id_officials"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "index", name=op.f("pk_committee_seats")
        ),
        sa.UniqueConstraint(
            "access_digest", name=op.f("uq_committee_seats_access_digest")
        ),
        sa.UniqueConstraint(
            "election_id", "name", name=op.f("uq_committee_seats_election_id_name")
        ),
        sa.UniqueConstraint(
            "election_id",
            "official_id",
            name=op.f("uq_committee_seats_election_id_official_id"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holder_signatures",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("signature", infra.columns.FixedBytes(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_holder_signatures_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "kind", "number", "index", name=op.f("pk_holder_signatures")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_roles",
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('administrator', 'organiser', 'committee', 'auditor',"
            " 'district-contact', 'survey-designer')",
            name=op.f("ck_official_roles_role_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_official_roles_official_id_officials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("official_id", "role", name=op.f("pk_official_roles")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_districts",
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("group_label", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_official_districts_official_id_officials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "official_id",
            "organisation",
            "group_label",
            name=op.f("pk_official_districts"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_invitations",
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column(
            "expires_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'refused', 'unsent')",
            name=op.f("ck_official_invitations_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_official_invitations_official_id_officials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("official_id", name=op.f("pk_official_invitations")),
        sa.UniqueConstraint(
            "token_digest", name=op.f("uq_official_invitations_token_digest")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_invitations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_official_invitations_state"),
            ["state"],
            unique=False,
        )

    op.create_table(
        "official_passkeys",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_official_passkeys_official_id_officials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_official_passkeys")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_passkeys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_official_passkeys_official_id"),
            ["official_id"],
            unique=False,
        )

    op.create_table(
        "official_recovery_codes",
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_official_recovery_codes_official_id_officials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_official_recovery_codes")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_recovery_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_official_recovery_codes_official_id"),
            ["official_id"],
            unique=False,
        )

    op.create_table(
        "official_sessions",
        sa.Column("token_digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("begun_at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "expires_at", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_official_sessions_official_id_officials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_official_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_official_sessions_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_official_sessions_official_id"),
            ["official_id"],
            unique=False,
        )

    op.create_table(
        "official_totp",
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("candidate", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["officials.id"],
            name=op.f("fk_official_totp_official_id_officials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("official_id", name=op.f("pk_official_totp")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "partial_decryptions",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_partial_decryptions_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "index", name=op.f("pk_partial_decryptions")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proposals",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tell_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('approval', 'hold', 'paper', 'schedule')",
            name=op.f("ck_proposals_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'signed', 'withdrawn')",
            name=op.f("ck_proposals_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_proposals_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "kind", "number", name=op.f("pk_proposals")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallies",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_tallies_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "token_evidence",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_token_evidence_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_token_evidence")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "long_works",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "held_until", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column("refusal", sa.String(length=60), nullable=True),
        sa.Column("trouble", sa.String(length=60), nullable=True),
        sa.Column(
            "finished_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.CheckConstraint(
            "kind IN ('tally', 'protocol', 'record', 'print', 'annex')",
            name=op.f("ck_long_works_kind_is_known"),
        ),
        sa.CheckConstraint(
            "done BETWEEN 0 AND total", name=op.f("ck_long_works_done_is_a_part")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_long_works_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint("election_id", "kind", name=op.f("pk_long_works")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "objections",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            '"index" BETWEEN 1 AND 9', name=op.f("ck_objections_nine_holders_at_most")
        ),
        sa.CheckConstraint(
            "number >= 1", name=op.f("ck_objections_numbers_count_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_objections_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint("election_id", "number", name=op.f("pk_objections")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "joint_counts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("declaration", sa.LargeBinary(), nullable=True),
        sa.Column(
            "declaration_signature", infra.columns.FixedBytes(length=64), nullable=True
        ),
        sa.Column("protocol", sa.LargeBinary(), nullable=True),
        sa.Column(
            "protocol_signature", infra.columns.FixedBytes(length=64), nullable=True
        ),
        sa.Column("broken_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(declaration IS NULL) = (declaration_signature IS NULL)",
            name=op.f("ck_joint_counts_declaration_is_signed"),
        ),
        sa.CheckConstraint(
            "(protocol IS NULL) = (protocol_signature IS NULL)",
            name=op.f("ck_joint_counts_protocol_is_signed"),
        ),
        sa.CheckConstraint(
            "protocol IS NULL OR declaration IS NOT NULL",
            name=op.f("ck_joint_counts_nothing_is_added_up_undeclared"),
        ),
        sa.CheckConstraint(
            "protocol IS NULL OR broken_at IS NULL",
            name=op.f("ck_joint_counts_nothing_is_added_up_once_broken"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "joint_prints",
        sa.Column("joint_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "language IN ('nb', 'nn', 'en')",
            name=op.f("ck_joint_prints_language_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["joint_id"],
            ["joint_counts.id"],
            name=op.f("fk_joint_prints_joint_id_joint_counts"),
        ),
        sa.PrimaryKeyConstraint("joint_id", "language", name=op.f("pk_joint_prints")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "joint_siblings",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("joint_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("agreed_by", sa.String(length=32), nullable=True),
        sa.Column("shown_alone", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "place >= 0", name=op.f("ck_joint_siblings_places_count_from_zero")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_joint_siblings_election_id_elections"),
        ),
        sa.ForeignKeyConstraint(
            ["joint_id"],
            ["joint_counts.id"],
            name=op.f("fk_joint_siblings_joint_id_joint_counts"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "joint_id", name=op.f("pk_joint_siblings")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("joint_siblings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_joint_siblings_joint_id"), ["joint_id"], unique=False
        )
        batch_op.create_index(
            "uq_joint_siblings_own_count",
            ["election_id"],
            unique=True,
            sqlite_where=sa.text("agreed_by IS NOT NULL OR place = 0"),
            postgresql_where=sa.text("agreed_by IS NOT NULL OR place = 0"),
        )

    op.create_table(
        "printed_documents",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('protocol', 'annex')",
            name=op.f("ck_printed_documents_kind_is_known"),
        ),
        sa.CheckConstraint(
            "language IN ('nb', 'nn', 'en')",
            name=op.f("ck_printed_documents_language_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["elections.id"],
            name=op.f("fk_printed_documents_election_id_elections"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "kind", "language", name=op.f("pk_printed_documents")
        ),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "response_intake",
        sa.Column("key", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("group_index", sa.Integer(), nullable=True),
        sa.Column("respondent", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "group_index IS NULL OR respondent IS NULL",
            name=op.f("ck_response_intake_named_or_of_a_group_or_neither"),
        ),
        sa.CheckConstraint(
            "length(key) = 16", name=op.f("ck_response_intake_key_is_random_bytes")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_response_intake")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("response_intake", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_response_intake_survey_id"), ["survey_id"], unique=False
        )

    op.create_table(
        "responses",
        sa.Column("key", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("group_index", sa.Integer(), nullable=True),
        sa.Column("respondent", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "group_index IS NULL OR respondent IS NULL",
            name=op.f("ck_responses_named_or_of_a_group_or_neither"),
        ),
        sa.CheckConstraint(
            "length(key) = 16", name=op.f("ck_responses_key_is_random_bytes")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_responses")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_responses_survey_id"), ["survey_id"], unique=False
        )

    op.create_table(
        "spent_intake",
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("request", infra.columns.FixedBytes(length=32), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "digest", name=op.f("pk_spent_intake")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spent_tokens",
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("request", infra.columns.FixedBytes(length=32), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "digest", name=op.f("pk_spent_tokens")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_survey_checkpoints")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("controller", sa.String(length=300), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("processor", sa.String(length=300), nullable=False),
        sa.Column("opens_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closes_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "deletes_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column(
            "identified_until", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column(
            "created_at", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.Column("roll_draft", sa.LargeBinary(), nullable=True),
        sa.Column("roll_totals", sa.LargeBinary(), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("schedule_number", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.Column("intake_key", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("closed_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("received", sa.Integer(), nullable=True),
        sa.Column("marks", sa.Integer(), nullable=True),
        sa.Column(
            "rewritten_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column(
            "deidentified_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column(
            "deleted_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column("alarm_days", sa.Integer(), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(phase = 'deleted') = (deleted_at IS NOT NULL)",
            name=op.f("ck_surveys_deleted_has_its_date"),
        ),
        sa.CheckConstraint(
            "mode IN ('anonymous', 'open', 'pseudonymous', 'named')",
            name=op.f("ck_surveys_mode_is_known"),
        ),
        sa.CheckConstraint(
            "phase IN ('draft', 'cancelled') OR manifest IS NOT NULL",
            name=op.f("ck_surveys_nothing_opens_without_manifest"),
        ),
        sa.CheckConstraint(
            "phase IN ('draft', 'ready', 'open', 'closed', 'deleted', 'cancelled')",
            name=op.f("ck_surveys_phase_is_known"),
        ),
        sa.CheckConstraint(
            "(manifest IS NULL) = (fingerprint IS NULL)",
            name=op.f("ck_surveys_manifest_has_its_fingerprint"),
        ),
        sa.CheckConstraint(
            "closes_at > opens_at", name=op.f("ck_surveys_closes_after_it_opens")
        ),
        sa.CheckConstraint(
            "deletes_at > closes_at", name=op.f("ck_surveys_deleted_after_it_closes")
        ),
        sa.CheckConstraint(
            "identified_until <= deletes_at",
            name=op.f("ck_surveys_identified_no_longer_than_kept"),
        ),
        sa.CheckConstraint(
            "threshold >= 3", name=op.f("ck_surveys_threshold_is_three_or_more")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_surveys_fingerprint")),
        sa.UniqueConstraint("key_id", name=op.f("uq_surveys_key_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_surveys_slug")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "taken_slugs",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_taken_slugs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_leaves",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf_hash", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_survey_leaves_survey_id_surveys"),
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_survey_leaves")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_leaves", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_survey_leaves_survey_id"), ["survey_id"], unique=False
        )

    op.create_table(
        "survey_results",
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("background", sa.String(length=32), nullable=False),
        sa.Column("requested_by", sa.String(length=64), nullable=False),
        sa.Column(
            "requested_at", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("locked_texts", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("shared_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(document IS NULL) = (made_at IS NULL)",
            name=op.f("ck_survey_results_document_has_its_date"),
        ),
        sa.CheckConstraint(
            "shared_at IS NULL OR document IS NOT NULL",
            name=op.f("ck_survey_results_shared_is_made"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_survey_results_survey_id_surveys"),
        ),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_results")),
    )
    op.create_table(
        "survey_versions",
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_survey_versions_survey_id_surveys"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_survey_versions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_wordings",
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_survey_wordings_survey_id_surveys"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_survey_wordings")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("survey_wordings")
    op.drop_table("survey_versions")
    op.drop_table("survey_results")
    with op.batch_alter_table("survey_leaves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_leaves_survey_id"))

    op.drop_table("survey_leaves")
    op.drop_table("taken_slugs")
    op.drop_table("surveys")
    op.drop_table("survey_checkpoints")
    op.drop_table("spent_tokens")
    op.drop_table("spent_intake")
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_responses_survey_id"))

    op.drop_table("responses")
    with op.batch_alter_table("response_intake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_intake_survey_id"))

    op.drop_table("response_intake")
    op.drop_table("printed_documents")
    with op.batch_alter_table("joint_siblings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_joint_siblings_own_count",
            sqlite_where=sa.text("agreed_by IS NOT NULL OR place = 0"),
            postgresql_where=sa.text("agreed_by IS NOT NULL OR place = 0"),
        )
        batch_op.drop_index(batch_op.f("ix_joint_siblings_joint_id"))

    op.drop_table("joint_siblings")
    op.drop_table("joint_prints")
    op.drop_table("joint_counts")
    op.drop_table("objections")
    op.drop_table("long_works")
    op.drop_table("token_evidence")
    op.drop_table("tallies")
    op.drop_table("proposals")
    op.drop_table("partial_decryptions")
    op.drop_table("official_totp")
    with op.batch_alter_table("official_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_sessions_official_id"))

    op.drop_table("official_sessions")
    with op.batch_alter_table("official_recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_recovery_codes_official_id"))

    op.drop_table("official_recovery_codes")
    with op.batch_alter_table("official_passkeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_passkeys_official_id"))

    op.drop_table("official_passkeys")
    with op.batch_alter_table("official_invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_invitations_state"))

    op.drop_table("official_invitations")
    op.drop_table("official_districts")
    op.drop_table("official_roles")
    op.drop_table("holder_signatures")
    op.drop_table("committee_seats")
    op.drop_table("checkpoints")
    op.drop_table("ceremony_messages")
    op.drop_table("board_leaves")
    op.drop_table("officials")
    with op.batch_alter_table("exchange_outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_outbox_subject"))
        batch_op.drop_index(batch_op.f("ix_exchange_outbox_delivered_at"))

    op.drop_table("exchange_outbox")
    op.drop_table("exchange_inbox")
    op.drop_table("elections")
    op.drop_table("ballots")
    op.drop_table("ballot_intake")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_subject"))

    op.drop_table("audit_events")
