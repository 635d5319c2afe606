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
        "hourly_totals",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "count > 0", name=op.f("ck_hourly_totals_count_is_positive")
        ),
        sa.CheckConstraint(
            "hour < 10000000", name=op.f("ck_hourly_totals_hour_is_no_finer_time")
        ),
        sa.PrimaryKeyConstraint("election_id", "hour", name=op.f("pk_hourly_totals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mail_hours",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_mail_hours_count_is_a_count")),
        sa.CheckConstraint(
            "hour < 10000000", name=op.f("ck_mail_hours_hour_is_no_finer_time")
        ),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_mail_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mark_intake",
        sa.Column("entry_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("group_index", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=7), nullable=False),
        sa.Column("element_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column(
            "blinded_element", infra.columns.FixedBytes(length=32), nullable=True
        ),
        sa.Column("signature", infra.columns.FixedBytes(length=64), nullable=True),
        sa.Column("login_key", infra.columns.FixedBytes(length=32), nullable=True),
        sa.CheckConstraint(
            "channel = 'digital' OR (element_digest IS NULL AND blinded_element IS NULL AND signature IS NULL AND login_key IS NULL)",
            name=op.f("ck_mark_intake_paper_mark_takes_out_no_digital_right"),
        ),
        sa.CheckConstraint(
            "channel = 'paper' OR (coalesce(length(element_digest), 0) = 32 AND coalesce(length(blinded_element), 0) = 32 AND coalesce(length(signature), 0) = 64 AND coalesce(length(login_key), 0) = 32)",
            name=op.f("ck_mark_intake_digital_mark_is_signed_by_the_member"),
        ),
        sa.CheckConstraint(
            "channel IN ('digital', 'paper')",
            name=op.f("ck_mark_intake_channel_is_known"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_mark_intake")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("mark_intake", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mark_intake_election_id_group_index"),
            ["election_id", "group_index"],
            unique=False,
        )

    op.create_table(
        "marks",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("entry_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("group_index", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=7), nullable=False),
        sa.Column("element_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column(
            "blinded_element", infra.columns.FixedBytes(length=32), nullable=True
        ),
        sa.Column("signature", infra.columns.FixedBytes(length=64), nullable=True),
        sa.Column("login_key", infra.columns.FixedBytes(length=32), nullable=True),
        sa.CheckConstraint(
            "channel = 'digital' OR (element_digest IS NULL AND blinded_element IS NULL AND signature IS NULL AND login_key IS NULL)",
            name=op.f("ck_marks_paper_mark_takes_out_no_digital_right"),
        ),
        sa.CheckConstraint(
            "channel = 'paper' OR (coalesce(length(element_digest), 0) = 32 AND coalesce(length(blinded_element), 0) = 32 AND coalesce(length(signature), 0) = 64 AND coalesce(length(login_key), 0) = 32)",
            name=op.f("ck_marks_digital_mark_is_signed_by_the_member"),
        ),
        sa.CheckConstraint(
            "channel IN ('digital', 'paper')", name=op.f("ck_marks_channel_is_known")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_marks")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("marks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_marks_election_id_group_index"),
            ["election_id", "group_index"],
            unique=False,
        )

    op.create_table(
        "revoked_passes",
        sa.Column("official_id", sa.String(length=32), nullable=False),
        sa.Column(
            "issued_before", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.PrimaryKeyConstraint("official_id", name=op.f("pk_revoked_passes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rolls",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("verifier_key", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column(
            "last_activity", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.Column(
            "last_date", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.Column("source_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("can_undo", sa.Boolean(), nullable=False),
        sa.Column("commitment", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("schedule_number", sa.Integer(), nullable=True),
        sa.Column("opens_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closes_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("alarm_days", sa.Integer(), nullable=True),
        sa.Column("final_size", sa.BigInteger(), nullable=True),
        sa.Column("final_root", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column(
            "rewritten_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column(
            "approved_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column("protocol", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("shred_due", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "hold_until", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column(
            "shredded_at", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.CheckConstraint(
            "kind IN ('election', 'survey')", name=op.f("ck_rolls_kind_is_known")
        ),
        sa.CheckConstraint(
            "(phase = 'shredded') = (shredded_at IS NOT NULL)",
            name=op.f("ck_rolls_shredded_has_its_date"),
        ),
        sa.CheckConstraint(
            "phase IN ('draft', 'cancelled', 'shredded') OR NOT can_undo",
            name=op.f("ck_rolls_undone_while_a_draft_alone"),
        ),
        sa.CheckConstraint(
            "phase <> 'shredded' OR source_digest IS NULL",
            name=op.f("ck_rolls_shredded_keeps_no_digest_of_a_file"),
        ),
        sa.CheckConstraint(
            "phase IN ('draft', 'cancelled', 'shredded') OR commitment IS NOT NULL",
            name=op.f("ck_rolls_nothing_is_frozen_without_commitment"),
        ),
        sa.CheckConstraint(
            "phase IN ('draft', 'frozen', 'cancelled', 'shredded') OR manifest IS NOT NULL",
            name=op.f("ck_rolls_nothing_opens_without_manifest"),
        ),
        sa.CheckConstraint(
            "phase IN ('draft', 'frozen', 'sealed', 'open', 'closed', 'approved', 'cancelled', 'shredded')",
            name=op.f("ck_rolls_phase_is_known"),
        ),
        sa.CheckConstraint(
            "(manifest IS NULL) = (fingerprint IS NULL)",
            name=op.f("ck_rolls_manifest_has_its_fingerprint"),
        ),
        sa.CheckConstraint(
            "(schedule_number IS NULL) = (opens_at IS NULL) AND (opens_at IS NULL) = (closes_at IS NULL)",
            name=op.f("ck_rolls_schedule_is_whole"),
        ),
        sa.CheckConstraint(
            "approved_at IS NULL OR shred_due IS NOT NULL",
            name=op.f("ck_rolls_approved_roll_has_a_day_to_be_shredded"),
        ),
        sa.CheckConstraint(
            "closes_at > opens_at", name=op.f("ck_rolls_closes_after_it_opens")
        ),
        sa.CheckConstraint(
            "shred_due >= approved_at", name=op.f("ck_rolls_shredded_after_approval")
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_rolls")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_rolls_fingerprint")),
        sa.UniqueConstraint("key_id", name=op.f("uq_rolls_key_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_rolls_slug")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("rolls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rolls_last_date"), ["last_date"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_rolls_shred_due"), ["shred_due"], unique=False
        )

    op.create_table(
        "holds",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_holds_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint("election_id", "number", name=op.f("pk_holds")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sendings",
        sa.Column("id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("sms", sa.Text(), nullable=False),
        sa.Column("channels", sa.String(length=20), nullable=False),
        sa.Column("falls_back", sa.Boolean(), nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("starts_at", infra.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("codes_root", infra.columns.FixedBytes(length=32), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invitation', 'reminder', 'resend', 'late', 'notice')",
            name=op.f("ck_sendings_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done')",
            name=op.f("ck_sendings_state_is_known"),
        ),
        sa.CheckConstraint(
            "state <> 'scheduled' OR starts_at IS NOT NULL",
            name=op.f("ck_sendings_scheduled_has_its_time"),
        ),
        sa.CheckConstraint(
            "(number IS NULL) = (codes_root IS NULL)",
            name=op.f("ck_sendings_root_has_its_number"),
        ),
        sa.CheckConstraint(
            "message_count >= 0", name=op.f("ck_sendings_message_count_is_a_count")
        ),
        sa.CheckConstraint(
            "daily_limit > 0", name=op.f("ck_sendings_daily_limit_lets_some_through")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_sendings_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sendings")),
        sa.UniqueConstraint(
            "election_id", "number", name=op.f("uq_sendings_election_id_number")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sendings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sendings_election_id"), ["election_id"], unique=False
        )

    op.create_table(
        "shreddings",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column(
            "started_at", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.Column("counts", sa.LargeBinary(), nullable=True),
        sa.Column("checks", sa.LargeBinary(), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'certified') = (certificate IS NOT NULL)",
            name=op.f("ck_shreddings_certified_has_its_certificate"),
        ),
        sa.CheckConstraint(
            "state IN ('started', 'key_destroyed', 'rows_deleted', 'rewritten', 'looked', 'certified')",
            name=op.f("ck_shreddings_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_shreddings_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_shreddings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "voter_groups",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("entitled", sa.Integer(), nullable=True),
        sa.Column("issuer_key", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("digital_marks", sa.Integer(), nullable=True),
        sa.Column("paper_marks", sa.Integer(), nullable=True),
        sa.Column("ballots", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            '"index" BETWEEN 0 AND 999',
            name=op.f("ck_voter_groups_index_fits_the_manifest"),
        ),
        sa.CheckConstraint(
            "(digital_marks IS NULL) = (paper_marks IS NULL)",
            name=op.f("ck_voter_groups_both_channels_are_counted_together"),
        ),
        sa.CheckConstraint(
            "entitled >= 0", name=op.f("ck_voter_groups_entitled_is_a_count")
        ),
        sa.CheckConstraint(
            "length(issuer_key) = 32",
            name=op.f("ck_voter_groups_issuer_key_is_one_public_point"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_voter_groups_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint("election_id", "index", name=op.f("pk_voter_groups")),
        sa.UniqueConstraint(
            "election_id", "label", name=op.f("uq_voter_groups_election_id_label")
        ),
        sa.UniqueConstraint("issuer_key", name=op.f("uq_voter_groups_issuer_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roll_entries",
        sa.Column("id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("group_index", sa.Integer(), nullable=False),
        sa.Column("member_digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("email_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("sealed_person", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.String(length=7), nullable=False),
        sa.Column("added_late", sa.Boolean(), nullable=False),
        sa.Column("preferred", sa.String(length=6), nullable=True),
        sa.Column("has_mobile", sa.Boolean(), nullable=False),
        sa.Column("has_postal", sa.Boolean(), nullable=False),
        sa.Column("bounced_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("letter_came_back", sa.Boolean(), nullable=False),
        sa.Column("return_noted_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "preferred IN ('email', 'sms', 'letter')",
            name=op.f("ck_roll_entries_preferred_is_known"),
        ),
        sa.CheckConstraint(
            "channel IN ('digital', 'paper')",
            name=op.f("ck_roll_entries_channel_is_known"),
        ),
        sa.CheckConstraint(
            "length(id) = 16", name=op.f("ck_roll_entries_id_is_random_bytes")
        ),
        sa.CheckConstraint(
            "length(member_digest) = 32 AND (email_digest IS NULL OR length(email_digest) = 32)",
            name=op.f("ck_roll_entries_members_are_found_by_digests_alone"),
        ),
        sa.CheckConstraint(
            "length(sealed_person) > 72 AND length(sealed_salt) = 104",
            name=op.f("ck_roll_entries_person_and_salt_are_encrypted"),
        ),
        sa.CheckConstraint(
            "letter_came_back = (return_noted_by IS NOT NULL)",
            name=op.f("ck_roll_entries_a_return_has_who_noted_it"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id", "group_index"],
            ["voter_groups.election_id", "voter_groups.index"],
            name=op.f("fk_roll_entries_election_id_group_index_voter_groups"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_entries")),
        sa.UniqueConstraint(
            "election_id",
            "member_digest",
            name=op.f("uq_roll_entries_election_id_member_digest"),
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("roll_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roll_entries_election_id_email_digest"),
            ["election_id", "email_digest"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_roll_entries_election_id_group_index"),
            ["election_id", "group_index"],
            unique=False,
        )

    op.create_table(
        "letter_batches",
        sa.Column("id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("sending_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("letter_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("renderings", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "letter_count BETWEEN 1 AND 100",
            name=op.f("ck_letter_batches_batch_is_small"),
        ),
        sa.CheckConstraint(
            "number > 0", name=op.f("ck_letter_batches_number_is_positive")
        ),
        sa.CheckConstraint(
            "renderings >= 0", name=op.f("ck_letter_batches_renderings_is_a_count")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'uncertain', 'printed', 'posted')",
            name=op.f("ck_letter_batches_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["sending_id"],
            ["sendings.id"],
            name=op.f("fk_letter_batches_sending_id_sendings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batches")),
        sa.UniqueConstraint(
            "sending_id", "number", name=op.f("uq_letter_batches_sending_id_number")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("letter_batches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_letter_batches_election_id"), ["election_id"], unique=False
        )

    op.create_table(
        "sending_texts",
        sa.Column("sending_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sending_id"],
            ["sendings.id"],
            name=op.f("fk_sending_texts_sending_id_sendings"),
        ),
        sa.PrimaryKeyConstraint(
            "sending_id", "language", name=op.f("pk_sending_texts")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sending_texts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sending_texts_election_id"), ["election_id"], unique=False
        )

    op.create_table(
        "messages",
        sa.Column("id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("sending_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("entry_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("batch_id", infra.columns.FixedBytes(length=16), nullable=True),
        sa.Column("to_former", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('email', 'sms', 'letter')",
            name=op.f("ck_messages_channel_is_known"),
        ),
        sa.CheckConstraint(
            "(channel = 'letter') = (batch_id IS NOT NULL)",
            name=op.f("ck_messages_letters_are_printed_in_batches"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'delivered', 'bounced', 'uncertain', 'refused', 'replaced', 'withdrawn')",
            name=op.f("ck_messages_state_is_known"),
        ),
        sa.CheckConstraint(
            "length(id) = 16", name=op.f("ck_messages_id_is_random_bytes")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["letter_batches.id"],
            name=op.f("fk_messages_batch_id_letter_batches"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roll_entries.id"],
            name=op.f("fk_messages_entry_id_roll_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["sending_id"],
            ["sendings.id"],
            name=op.f("fk_messages_sending_id_sendings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "sending_id", "entry_id", name=op.f("uq_messages_sending_id_entry_id")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_messages_batch_id"), ["batch_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_messages_election_id"), ["election_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_messages_entry_id"), ["entry_id"], unique=False
        )

    op.create_table(
        "voting_codes",
        sa.Column("login_key", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("message_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("state", sa.String(length=4), nullable=False),
        sa.CheckConstraint(
            "state IN ('live', 'dead')", name=op.f("ck_voting_codes_state_is_known")
        ),
        sa.CheckConstraint(
            "length(login_key) = 32",
            name=op.f("ck_voting_codes_login_key_is_the_public_one"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roll_entries.id"],
            name=op.f("fk_voting_codes_entry_id_roll_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_voting_codes_message_id_messages"),
        ),
        sa.PrimaryKeyConstraint("login_key", name=op.f("pk_voting_codes")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("voting_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_voting_codes_election_id"), ["election_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_voting_codes_entry_id"), ["entry_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_voting_codes_message_id"), ["message_id"], unique=False
        )
    _corrections_and_readings()


def _corrections_and_readings() -> None:
    op.create_table(
        "roll_readings",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column(
            "started_at", infra.columns.UTCDateTime(timezone=True), nullable=False
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("report", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('ready', 'importing')) = (report IS NOT NULL)",
            name=op.f("ck_roll_readings_report_is_there_while_it_is_asked_for"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'checking', 'comparing', 'ready', 'importing', 'done', 'lost')",
            name=op.f("ck_roll_readings_state_is_known"),
        ),
        sa.CheckConstraint(
            "done >= 0 AND total >= 0", name=op.f("ck_roll_readings_counts_are_counts")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_roll_readings_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_roll_readings")),
        sa.UniqueConstraint("id", name=op.f("uq_roll_readings_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shelved_entries",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("shelf", sa.String(length=6), nullable=False),
        sa.Column("id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("group_label", sa.String(length=120), nullable=False),
        sa.Column("member_digest", infra.columns.FixedBytes(length=32), nullable=False),
        sa.Column("email_digest", infra.columns.FixedBytes(length=32), nullable=True),
        sa.Column("sealed_person", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("preferred", sa.String(length=6), nullable=True),
        sa.Column("has_mobile", sa.Boolean(), nullable=False),
        sa.Column("has_postal", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "shelf IN ('before', 'coming')",
            name=op.f("ck_shelved_entries_shelf_is_known"),
        ),
        sa.CheckConstraint(
            "length(sealed_person) > 72 AND length(sealed_salt) = 104",
            name=op.f("ck_shelved_entries_person_and_salt_are_encrypted"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_shelved_entries_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "shelf", "id", name=op.f("pk_shelved_entries")
        ),
        sa.UniqueConstraint(
            "election_id",
            "shelf",
            "member_digest",
            name=op.f("uq_shelved_entries_election_id_shelf_member_digest"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "turnout_samples",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=100), nullable=False),
        sa.Column("among", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.String(length=32), nullable=False),
        sa.Column("drawn_at", infra.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "among IN ('everyone', 'marked')",
            name=op.f("ck_turnout_samples_among_is_known"),
        ),
        sa.CheckConstraint(
            "length(seed) > 0", name=op.f("ck_turnout_samples_seed_is_there")
        ),
        sa.CheckConstraint(
            "number > 0", name=op.f("ck_turnout_samples_number_counts_from_one")
        ),
        sa.CheckConstraint(
            "size > 0 AND size <= population",
            name=op.f("ck_turnout_samples_size_is_of_the_population"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_turnout_samples_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint(
            "election_id", "number", name=op.f("pk_turnout_samples")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "corrections",
        sa.Column("id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("entry_id", infra.columns.FixedBytes(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("notice", sa.String(length=9), nullable=False),
        sa.Column("sealed_notice", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(notice IN ('queued', 'sending')) = (sealed_notice IS NOT NULL)",
            name=op.f("ck_corrections_old_address_is_kept_until_told"),
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (sealed IS NULL)",
            name=op.f("ck_corrections_declined_keeps_nothing"),
        ),
        sa.CheckConstraint(
            "kind <> 'address' OR entry_id IS NOT NULL",
            name=op.f("ck_corrections_address_is_of_a_member_of_the_roll"),
        ),
        sa.CheckConstraint(
            "kind IN ('addition', 'address')", name=op.f("ck_corrections_kind_is_known")
        ),
        sa.CheckConstraint(
            "notice IN ('none', 'queued', 'sending', 'sent', 'refused', 'uncertain')",
            name=op.f("ck_corrections_notice_is_known"),
        ),
        sa.CheckConstraint(
            "state <> 'agreed' OR (decided_by IS NOT NULL AND decided_by <> proposed_by)",
            name=op.f("ck_corrections_agreed_by_another_official"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'declined')",
            name=op.f("ck_corrections_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_corrections_election_id_rolls"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roll_entries.id"],
            name=op.f("fk_corrections_entry_id_roll_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_corrections_election_id_kind_state"),
            ["election_id", "kind", "state"],
            unique=False,
        )

    op.create_table(
        "named_credentials",
        sa.Column("entry_id", infra.columns.FixedBytes(length=16), nullable=False),
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_credential", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(sealed_credential) = 104",
            name=op.f("ck_named_credentials_credential_is_sealed"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_named_credentials")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("named_credentials", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_named_credentials_election_id"),
            ["election_id"],
            unique=False,
        )

    op.create_table(
        "survey_rolls",
        sa.Column("election_id", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column(
            "kept_until", infra.columns.UTCDateTime(timezone=True), nullable=True
        ),
        sa.Column("marks_at_message", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "mode IN ('anonymous', 'pseudonymous', 'named')",
            name=op.f("ck_survey_rolls_mode_is_known"),
        ),
        sa.CheckConstraint(
            "(threshold IS NULL) = (kept_until IS NULL)",
            name=op.f("ck_survey_rolls_launched_or_not"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["rolls.election_id"],
            name=op.f("fk_survey_rolls_election_id_rolls"),
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_survey_rolls")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("survey_rolls")
    with op.batch_alter_table("named_credentials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_named_credentials_election_id"))

    op.drop_table("named_credentials")
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corrections_election_id_kind_state"))

    op.drop_table("corrections")
    op.drop_table("turnout_samples")
    op.drop_table("shelved_entries")
    op.drop_table("roll_readings")
    with op.batch_alter_table("voting_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voting_codes_message_id"))
        batch_op.drop_index(batch_op.f("ix_voting_codes_entry_id"))
        batch_op.drop_index(batch_op.f("ix_voting_codes_election_id"))

    op.drop_table("voting_codes")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_entry_id"))
        batch_op.drop_index(batch_op.f("ix_messages_election_id"))
        batch_op.drop_index(batch_op.f("ix_messages_batch_id"))

    op.drop_table("messages")
    op.drop_table("sending_texts")
    with op.batch_alter_table("letter_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_batches_election_id"))

    op.drop_table("letter_batches")
    with op.batch_alter_table("roll_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_entries_election_id_group_index"))
        batch_op.drop_index(batch_op.f("ix_roll_entries_election_id_email_digest"))

    op.drop_table("roll_entries")
    op.drop_table("voter_groups")
    op.drop_table("shreddings")
    with op.batch_alter_table("sendings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sendings_election_id"))

    op.drop_table("sendings")
    op.drop_table("holds")
    with op.batch_alter_table("rolls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rolls_shred_due"))
        batch_op.drop_index(batch_op.f("ix_rolls_last_date"))

    op.drop_table("rolls")
    op.drop_table("revoked_passes")
    with op.batch_alter_table("marks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marks_election_id_group_index"))

    op.drop_table("marks")
    with op.batch_alter_table("mark_intake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_intake_election_id_group_index"))

    op.drop_table("mark_intake")
    op.drop_table("mail_hours")
    op.drop_table("hourly_totals")
    with op.batch_alter_table("exchange_outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_outbox_subject"))
        batch_op.drop_index(batch_op.f("ix_exchange_outbox_delivered_at"))

    op.drop_table("exchange_outbox")
    op.drop_table("exchange_inbox")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_subject"))

    op.drop_table("audit_events")
