"""foundation

Revision: f1a0
Follows:
"""

import sqlalchemy as sa
from alembic import op

import hub.db

revision = "f1a0"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hub_heartbeat",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hub_heartbeat")),
    )
    op.create_table(
        "hub_journal",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit_ids", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_hub_journal")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hub_journal_at", "hub_journal", ["at"], unique=False)
    op.create_table(
        "hub_org_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_fold", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("decree", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_hub_org_unit_valid_range")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["hub_org_unit.id"], name=op.f("fk_hub_org_unit_parent_id_hub_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_org_unit")),
        sa.UniqueConstraint("code", "level", "valid_from", name=op.f("uq_hub_org_unit_code")),
    )
    op.create_index(op.f("ix_hub_org_unit_code"), "hub_org_unit", ["code"], unique=False)
    op.create_index(op.f("ix_hub_org_unit_name_fold"), "hub_org_unit", ["name_fold"], unique=False)
    op.create_index(
        "ix_hub_org_unit_path",
        "hub_org_unit",
        ["path"],
        unique=False,
        postgresql_ops={"path": "varchar_pattern_ops"},
    )
    op.create_table(
        "hub_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=250), nullable=False),
        sa.Column("subject_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("to_email", sa.String(length=200), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text_body", sa.Text(), nullable=False),
        sa.Column("html_body", sa.Text(), nullable=False),
        sa.Column("calendar_method", sa.String(length=12), nullable=False),
        sa.Column("calendar_body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", hub.db.UtcDateTime(), nullable=False),
        sa.Column("lease_until", hub.db.UtcDateTime(), nullable=True),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("sent_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_hub_outbox_dedupe_key")),
    )
    op.create_index("ix_hub_outbox_due", "hub_outbox", ["state", "not_before"], unique=False)
    op.create_index("ix_hub_outbox_subject_key", "hub_outbox", ["subject_key"], unique=False)
    op.create_table(
        "hub_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("name_fold", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("last_login_at", hub.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_user")),
        sa.UniqueConstraint("username", name=op.f("uq_hub_user_username")),
    )
    op.create_table(
        "smartcity_dead_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("payload_size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("device_code", sa.String(length=80), nullable=False),
        sa.Column("received_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("replayed_at", hub.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_dead_letter")),
    )
    op.create_index(
        op.f("ix_smartcity_dead_letter_received_at"),
        "smartcity_dead_letter",
        ["received_at"],
        unique=False,
    )
    op.create_index(
        "ix_smartcity_dead_letter_state", "smartcity_dead_letter", ["state", "id"], unique=False
    )
    op.create_table(
        "smartcity_ingest_slot",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("heartbeat_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("broker_state", sa.String(length=20), nullable=False),
        sa.Column("broker_kind", sa.String(length=20), nullable=False),
        sa.Column(
            "message_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("last_message_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_smartcity_ingest_slot")),
    )
    op.create_table(
        "smartcity_quarantined_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("device_code", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("first_seen_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("decided", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("decided_at", hub.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_quarantined_device")),
        sa.UniqueConstraint(
            "unit_code", "device_code", name=op.f("uq_smartcity_quarantined_device_unit_code")
        ),
    )
    op.create_table(
        "conferencing_bridge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("ports", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ports > 0", name=op.f("ck_conferencing_bridge_ports_positive")),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["hub_org_unit.id"],
            name=op.f("fk_conferencing_bridge_unit_id_hub_org_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_bridge")),
        sa.UniqueConstraint("code", name=op.f("uq_conferencing_bridge_code")),
    )
    op.create_table(
        "conferencing_feed_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("ref_id", sa.Integer(), nullable=False),
        sa.Column("ref_code", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=160), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("last_used_at", hub.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["hub_user.id"],
            name=op.f("fk_conferencing_feed_token_owner_id_hub_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_feed_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_conferencing_feed_token_token_hash")),
    )
    op.create_index(
        op.f("ix_conferencing_feed_token_owner_id"),
        "conferencing_feed_token",
        ["owner_id"],
        unique=False,
    )
    op.create_table(
        "conferencing_resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_fold", sa.String(length=160), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["hub_org_unit.id"],
            name=op.f("fk_conferencing_resource_unit_id_hub_org_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_resource")),
        sa.UniqueConstraint("code", name=op.f("uq_conferencing_resource_code")),
    )
    op.create_index(
        op.f("ix_conferencing_resource_name_fold"),
        "conferencing_resource",
        ["name_fold"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conferencing_resource_unit_id"), "conferencing_resource", ["unit_id"], unique=False
    )
    op.create_table(
        "conferencing_site_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["hub_org_unit.id"],
            name=op.f("fk_conferencing_site_group_unit_id_hub_org_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_site_group")),
        sa.UniqueConstraint("unit_id", "name", name=op.f("uq_conferencing_site_group_unit_id")),
    )
    op.create_table(
        "hub_api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("expires_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("last_used_at", hub.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["hub_user.id"],
            name=op.f("fk_hub_api_token_user_id_hub_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hub_api_token_token_hash")),
    )
    op.create_index(op.f("ix_hub_api_token_user_id"), "hub_api_token", ["user_id"], unique=False)
    op.create_table(
        "hub_audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("remote_addr", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["hub_org_unit.id"], name=op.f("fk_hub_audit_entry_unit_id_hub_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["hub_user.id"],
            name=op.f("fk_hub_audit_entry_user_id_hub_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_audit_entry")),
    )
    op.create_index(op.f("ix_hub_audit_entry_action"), "hub_audit_entry", ["action"], unique=False)
    op.create_index(op.f("ix_hub_audit_entry_at"), "hub_audit_entry", ["at"], unique=False)
    op.create_index("ix_hub_audit_entry_subject", "hub_audit_entry", ["subject"], unique=False)
    op.create_table(
        "hub_idempotency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["hub_user.id"],
            name=op.f("fk_hub_idempotency_user_id_hub_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_idempotency")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_hub_idempotency_user_id")),
    )
    op.create_table(
        "hub_unit_succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old_unit_id", sa.Integer(), nullable=False),
        sa.Column("new_unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["new_unit_id"],
            ["hub_org_unit.id"],
            name=op.f("fk_hub_unit_succession_new_unit_id_hub_org_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["old_unit_id"],
            ["hub_org_unit.id"],
            name=op.f("fk_hub_unit_succession_old_unit_id_hub_org_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_unit_succession")),
        sa.UniqueConstraint(
            "old_unit_id", "new_unit_id", name=op.f("uq_hub_unit_succession_old_unit_id")
        ),
    )
    op.create_table(
        "hub_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["hub_org_unit.id"], name=op.f("fk_hub_user_role_unit_id_hub_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["hub_user.id"],
            name=op.f("fk_hub_user_role_user_id_hub_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_user_role")),
        sa.UniqueConstraint("user_id", "role", "unit_id", name=op.f("uq_hub_user_role_user_id")),
    )
    op.create_index(op.f("ix_hub_user_role_unit_id"), "hub_user_role", ["unit_id"], unique=False)
    op.create_table(
        "hub_user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("expires_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("remote_addr", sa.String(length=60), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["hub_user.id"],
            name=op.f("fk_hub_user_session_user_id_hub_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hub_user_session_token_hash")),
    )
    op.create_index(
        op.f("ix_hub_user_session_user_id"), "hub_user_session", ["user_id"], unique=False
    )
    op.create_table(
        "smartcity_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_fold", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("site_code", sa.String(length=40), nullable=False),
        sa.Column("river", sa.String(length=60), nullable=False),
        sa.Column("location_text", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("expected_interval_s", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("status_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("last_seen_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", hub.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["hub_org_unit.id"], name=op.f("fk_smartcity_device_unit_id_hub_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_device")),
        sa.UniqueConstraint("code", name=op.f("uq_smartcity_device_code")),
    )
    op.create_index(op.f("ix_smartcity_device_kind"), "smartcity_device", ["kind"], unique=False)
    op.create_index(
        op.f("ix_smartcity_device_name_fold"), "smartcity_device", ["name_fold"], unique=False
    )
    op.create_index(
        op.f("ix_smartcity_device_site_code"), "smartcity_device", ["site_code"], unique=False
    )
    op.create_index(
        op.f("ix_smartcity_device_unit_id"), "smartcity_device", ["unit_id"], unique=False
    )
    op.create_table(
        "smartcity_quarantined_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quarantined_device_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", hub.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quarantined_device_id"],
            ["smartcity_quarantined_device.id"],
            name=op.f(
                "fk_smartcity_quarantined_message_quarantined_device_id_smartcity_quarantined_device"
            ),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_quarantined_message")),
    )
    op.create_index(
        op.f("ix_smartcity_quarantined_message_quarantined_device_id"),
        "smartcity_quarantined_message",
        ["quarantined_device_id"],
        unique=False,
    )
    op.create_table(
        "conferencing_room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bridge_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("dial_in", sa.String(length=120), nullable=False),
        sa.Column("join_url", sa.String(length=300), nullable=False),
        sa.Column("buffer_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"],
            ["conferencing_bridge.id"],
            name=op.f("fk_conferencing_room_bridge_id_conferencing_bridge"),
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["conferencing_resource.id"],
            name=op.f("fk_conferencing_room_id_conferencing_resource"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_room")),
    )
    op.create_table(
        "conferencing_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("technician_name", sa.String(length=120), nullable=False),
        sa.Column("technician_phone", sa.String(length=30), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("line_kbps", sa.Integer(), nullable=True),
        sa.Column("readiness", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"],
            ["conferencing_resource.id"],
            name=op.f("fk_conferencing_site_id_conferencing_resource"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_site")),
    )
    op.create_table(
        "smartcity_alarm_marks",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("bd1", sa.Double(), nullable=True),
        sa.Column("bd2", sa.Double(), nullable=True),
        sa.Column("bd3", sa.Double(), nullable=True),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("record_note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["smartcity_device.id"],
            name=op.f("fk_smartcity_alarm_marks_device_id_smartcity_device"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_smartcity_alarm_marks")),
    )
    op.create_table(
        "smartcity_detection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("observed_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("received_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("zone", sa.String(length=80), nullable=False),
        sa.Column("snapshot_url", sa.String(length=500), nullable=False),
        sa.Column("started_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("ended_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["smartcity_device.id"],
            name=op.f("fk_smartcity_detection_device_id_smartcity_device"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_detection")),
        sa.UniqueConstraint(
            "device_id", "external_id", name=op.f("uq_smartcity_detection_device_id")
        ),
    )
    op.create_index(
        "ix_smartcity_detection_device_time",
        "smartcity_detection",
        ["device_id", "observed_at"],
        unique=False,
    )
    op.create_table(
        "smartcity_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("device_kind", sa.String(length=20), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("prop", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=5), nullable=False),
        sa.Column("raise_at", sa.Double(), nullable=True),
        sa.Column("clear_at", sa.Double(), nullable=True),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("hysteresis", sa.Double(), nullable=False),
        sa.Column("hold_s", sa.Integer(), nullable=False),
        sa.Column("silence_s", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("min_score", sa.Double(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("updated_at", hub.db.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('threshold','alarm_mark','absence','detection')",
            name=op.f("ck_smartcity_rule_kind_known"),
        ),
        sa.CheckConstraint(
            "severity IN ('critical','high','medium','low')",
            name=op.f("ck_smartcity_rule_severity_known"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["smartcity_device.id"],
            name=op.f("fk_smartcity_rule_device_id_smartcity_device"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["hub_org_unit.id"], name=op.f("fk_smartcity_rule_unit_id_hub_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_smartcity_rule_code")),
    )
    op.create_table(
        "smartcity_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("prop", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("latest_value", sa.Double(), nullable=True),
        sa.Column("latest_observed_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("latest_received_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["smartcity_device.id"],
            name=op.f("fk_smartcity_series_device_id_smartcity_device"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_series")),
        sa.UniqueConstraint("device_id", "prop", name=op.f("uq_smartcity_series_device_id")),
    )
    op.create_index(
        op.f("ix_smartcity_series_device_id"), "smartcity_series", ["device_id"], unique=False
    )
    op.create_table(
        "conferencing_conference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_fold", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("chair", sa.String(length=160), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("host_unit_id", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.Column("organizer_name", sa.String(length=120), nullable=False),
        sa.Column("organizer_email", sa.String(length=200), nullable=False),
        sa.Column("starts_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("rrule", sa.String(length=300), nullable=False),
        sa.Column("source_ref", sa.String(length=60), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("created_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("ical_fragment", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "status IN ('TENTATIVE','CONFIRMED','CANCELLED')",
            name=op.f("ck_conferencing_conference_status_known"),
        ),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_conferencing_conference_time_order")
        ),
        sa.ForeignKeyConstraint(
            ["host_unit_id"],
            ["hub_org_unit.id"],
            name=op.f("fk_conferencing_conference_host_unit_id_hub_org_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["hub_user.id"],
            name=op.f("fk_conferencing_conference_organizer_id_hub_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["conferencing_room.id"],
            name=op.f("fk_conferencing_conference_room_id_conferencing_room"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_conference")),
        sa.UniqueConstraint("code", name=op.f("uq_conferencing_conference_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_conferencing_conference_uid")),
    )
    op.create_index(
        op.f("ix_conferencing_conference_host_unit_id"),
        "conferencing_conference",
        ["host_unit_id"],
        unique=False,
    )
    op.create_index(
        "ix_conferencing_conference_revision",
        "conferencing_conference",
        ["revision"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conferencing_conference_room_id"),
        "conferencing_conference",
        ["room_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conferencing_conference_source_ref"),
        "conferencing_conference",
        ["source_ref"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conferencing_conference_starts_at"),
        "conferencing_conference",
        ["starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conferencing_conference_title_fold"),
        "conferencing_conference",
        ["title_fold"],
        unique=False,
    )
    op.create_table(
        "conferencing_site_group_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["conferencing_site_group.id"],
            name=op.f("fk_conferencing_site_group_member_group_id_conferencing_site_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["conferencing_site.id"],
            name=op.f("fk_conferencing_site_group_member_site_id_conferencing_site"),
        ),
        sa.PrimaryKeyConstraint(
            "group_id", "site_id", name=op.f("pk_conferencing_site_group_member")
        ),
    )
    op.create_table(
        "smartcity_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_fold", sa.String(length=200), nullable=False),
        sa.Column("prop", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("value_unit", sa.String(length=20), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("raised_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("observed_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("changed_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("returned_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("acknowledged_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=120), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("assignee_name", sa.String(length=120), nullable=False),
        sa.Column("shelved_until", hub.db.UtcDateTime(), nullable=True),
        sa.Column("closed_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("repeat_count", sa.Integer(), nullable=False),
        sa.Column("conference_code", sa.String(length=20), nullable=False),
        sa.Column("conference_uid", sa.String(length=120), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["hub_user.id"],
            name=op.f("fk_smartcity_alert_assignee_id_hub_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["smartcity_device.id"],
            name=op.f("fk_smartcity_alert_device_id_smartcity_device"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["smartcity_rule.id"],
            name=op.f("fk_smartcity_alert_rule_id_smartcity_rule"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["hub_org_unit.id"], name=op.f("fk_smartcity_alert_unit_id_hub_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_alert")),
        sa.UniqueConstraint("code", name=op.f("uq_smartcity_alert_code")),
        sa.UniqueConstraint("open_key", name=op.f("uq_smartcity_alert_open_key")),
    )
    op.create_index(
        op.f("ix_smartcity_alert_device_id"), "smartcity_alert", ["device_id"], unique=False
    )
    op.create_index(
        op.f("ix_smartcity_alert_raised_at"), "smartcity_alert", ["raised_at"], unique=False
    )
    op.create_index(
        "ix_smartcity_alert_state_severity", "smartcity_alert", ["state", "severity"], unique=False
    )
    op.create_index(
        op.f("ix_smartcity_alert_unit_id"), "smartcity_alert", ["unit_id"], unique=False
    )
    op.create_table(
        "smartcity_observation",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("observed_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("received_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["smartcity_series.id"],
            name=op.f("fk_smartcity_observation_series_id_smartcity_series"),
        ),
        sa.PrimaryKeyConstraint("series_id", "observed_at", name=op.f("pk_smartcity_observation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "conferencing_attendee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("partstat", sa.String(length=14), nullable=False),
        sa.Column("proxy_name", sa.String(length=160), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("answered_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("answer_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferencing_conference.id"],
            name=op.f("fk_conferencing_attendee_conference_id_conferencing_conference"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_attendee")),
        sa.UniqueConstraint("answer_hash", name=op.f("uq_conferencing_attendee_answer_hash")),
        sa.UniqueConstraint(
            "conference_id", "email", name=op.f("uq_conferencing_attendee_conference_id")
        ),
    )
    op.create_index(
        op.f("ix_conferencing_attendee_conference_id"),
        "conferencing_attendee",
        ["conference_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conferencing_attendee_email"), "conferencing_attendee", ["email"], unique=False
    )
    op.create_table(
        "conferencing_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferencing_conference.id"],
            name=op.f("fk_conferencing_change_conference_id_conferencing_conference"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_change")),
    )
    op.create_index(
        op.f("ix_conferencing_change_conference_id"),
        "conferencing_change",
        ["conference_id"],
        unique=False,
    )
    op.create_table(
        "conferencing_conference_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("partstat", sa.String(length=14), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("technician_name", sa.String(length=120), nullable=False),
        sa.Column("technician_phone", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("answered_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.Column("answer_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferencing_conference.id"],
            name=op.f("fk_conferencing_conference_site_conference_id_conferencing_conference"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["conferencing_site.id"],
            name=op.f("fk_conferencing_conference_site_site_id_conferencing_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_conference_site")),
        sa.UniqueConstraint(
            "answer_hash", name=op.f("uq_conferencing_conference_site_answer_hash")
        ),
        sa.UniqueConstraint(
            "conference_id", "site_id", name=op.f("uq_conferencing_conference_site_conference_id")
        ),
    )
    op.create_index(
        op.f("ix_conferencing_conference_site_conference_id"),
        "conferencing_conference_site",
        ["conference_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conferencing_conference_site_site_id"),
        "conferencing_conference_site",
        ["site_id"],
        unique=False,
    )
    op.create_table(
        "conferencing_occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("recurrence_id", hub.db.UtcDateTime(), nullable=False),
        sa.Column("starts_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("started_at", hub.db.UtcDateTime(), nullable=True),
        sa.Column("ended_at", hub.db.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_conferencing_occurrence_time_order")
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferencing_conference.id"],
            name=op.f("fk_conferencing_occurrence_conference_id_conferencing_conference"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_occurrence")),
        sa.UniqueConstraint(
            "conference_id", "recurrence_id", name=op.f("uq_conferencing_occurrence_conference_id")
        ),
    )
    op.create_index(
        op.f("ix_conferencing_occurrence_conference_id"),
        "conferencing_occurrence",
        ["conference_id"],
        unique=False,
    )
    op.create_index(
        "ix_conferencing_occurrence_time",
        "conferencing_occurrence",
        ["starts_at", "ends_at"],
        unique=False,
    )
    op.create_table(
        "smartcity_alert_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["smartcity_alert.id"],
            name=op.f("fk_smartcity_alert_step_alert_id_smartcity_alert"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smartcity_alert_step")),
    )
    op.create_index(
        op.f("ix_smartcity_alert_step_alert_id"), "smartcity_alert_step", ["alert_id"], unique=False
    )
    op.create_table(
        "conferencing_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", hub.db.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('held','confirmed','released')",
            name=op.f("ck_conferencing_hold_state_known"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_conferencing_hold_time_order")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["conferencing_occurrence.id"],
            name=op.f("fk_conferencing_hold_occurrence_id_conferencing_occurrence"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["conferencing_resource.id"],
            name=op.f("fk_conferencing_hold_resource_id_conferencing_resource"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_hold")),
        sa.UniqueConstraint(
            "occurrence_id", "resource_id", name=op.f("uq_conferencing_hold_occurrence_id")
        ),
    )
    op.create_index(
        op.f("ix_conferencing_hold_occurrence_id"),
        "conferencing_hold",
        ["occurrence_id"],
        unique=False,
    )
    op.create_index(
        "ix_conferencing_hold_resource_time",
        "conferencing_hold",
        ["resource_id", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_table(
        "conferencing_port_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("bridge_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", hub.db.UtcDateTime(), nullable=False),
        sa.Column("ports", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("ports > 0", name=op.f("ck_conferencing_port_use_ports_positive")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_conferencing_port_use_time_order")),
        sa.ForeignKeyConstraint(
            ["bridge_id"],
            ["conferencing_bridge.id"],
            name=op.f("fk_conferencing_port_use_bridge_id_conferencing_bridge"),
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["conferencing_occurrence.id"],
            name=op.f("fk_conferencing_port_use_occurrence_id_conferencing_occurrence"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferencing_port_use")),
        sa.UniqueConstraint("occurrence_id", name=op.f("uq_conferencing_port_use_occurrence_id")),
    )
    op.create_index(
        "ix_conferencing_port_use_bridge_time",
        "conferencing_port_use",
        ["bridge_id", "starts_at", "ends_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_conferencing_port_use_bridge_time", table_name="conferencing_port_use")
    op.drop_table("conferencing_port_use")
    op.drop_index("ix_conferencing_hold_resource_time", table_name="conferencing_hold")
    op.drop_index(op.f("ix_conferencing_hold_occurrence_id"), table_name="conferencing_hold")
    op.drop_table("conferencing_hold")
    op.drop_index(op.f("ix_smartcity_alert_step_alert_id"), table_name="smartcity_alert_step")
    op.drop_table("smartcity_alert_step")
    op.drop_index("ix_conferencing_occurrence_time", table_name="conferencing_occurrence")
    op.drop_index(
        op.f("ix_conferencing_occurrence_conference_id"), table_name="conferencing_occurrence"
    )
    op.drop_table("conferencing_occurrence")
    op.drop_index(
        op.f("ix_conferencing_conference_site_site_id"), table_name="conferencing_conference_site"
    )
    op.drop_index(
        op.f("ix_conferencing_conference_site_conference_id"),
        table_name="conferencing_conference_site",
    )
    op.drop_table("conferencing_conference_site")
    op.drop_index(op.f("ix_conferencing_change_conference_id"), table_name="conferencing_change")
    op.drop_table("conferencing_change")
    op.drop_index(op.f("ix_conferencing_attendee_email"), table_name="conferencing_attendee")
    op.drop_index(
        op.f("ix_conferencing_attendee_conference_id"), table_name="conferencing_attendee"
    )
    op.drop_table("conferencing_attendee")
    op.drop_table("smartcity_observation")
    op.drop_index(op.f("ix_smartcity_alert_unit_id"), table_name="smartcity_alert")
    op.drop_index("ix_smartcity_alert_state_severity", table_name="smartcity_alert")
    op.drop_index(op.f("ix_smartcity_alert_raised_at"), table_name="smartcity_alert")
    op.drop_index(op.f("ix_smartcity_alert_device_id"), table_name="smartcity_alert")
    op.drop_table("smartcity_alert")
    op.drop_table("conferencing_site_group_member")
    op.drop_index(
        op.f("ix_conferencing_conference_title_fold"), table_name="conferencing_conference"
    )
    op.drop_index(
        op.f("ix_conferencing_conference_starts_at"), table_name="conferencing_conference"
    )
    op.drop_index("ix_conferencing_conference_revision", table_name="conferencing_conference")
    op.drop_index(op.f("ix_conferencing_conference_room_id"), table_name="conferencing_conference")
    op.drop_index(
        op.f("ix_conferencing_conference_source_ref"), table_name="conferencing_conference"
    )
    op.drop_index(
        op.f("ix_conferencing_conference_host_unit_id"), table_name="conferencing_conference"
    )
    op.drop_table("conferencing_conference")
    op.drop_index(op.f("ix_smartcity_series_device_id"), table_name="smartcity_series")
    op.drop_table("smartcity_series")
    op.drop_table("smartcity_rule")
    op.drop_index("ix_smartcity_detection_device_time", table_name="smartcity_detection")
    op.drop_table("smartcity_detection")
    op.drop_table("smartcity_alarm_marks")
    op.drop_table("conferencing_site")
    op.drop_table("conferencing_room")
    op.drop_index(
        op.f("ix_smartcity_quarantined_message_quarantined_device_id"),
        table_name="smartcity_quarantined_message",
    )
    op.drop_table("smartcity_quarantined_message")
    op.drop_index(op.f("ix_smartcity_device_unit_id"), table_name="smartcity_device")
    op.drop_index(op.f("ix_smartcity_device_site_code"), table_name="smartcity_device")
    op.drop_index(op.f("ix_smartcity_device_name_fold"), table_name="smartcity_device")
    op.drop_index(op.f("ix_smartcity_device_kind"), table_name="smartcity_device")
    op.drop_table("smartcity_device")
    op.drop_index(op.f("ix_hub_user_session_user_id"), table_name="hub_user_session")
    op.drop_table("hub_user_session")
    op.drop_index(op.f("ix_hub_user_role_unit_id"), table_name="hub_user_role")
    op.drop_table("hub_user_role")
    op.drop_table("hub_unit_succession")
    op.drop_table("hub_idempotency")
    op.drop_index("ix_hub_audit_entry_subject", table_name="hub_audit_entry")
    op.drop_index(op.f("ix_hub_audit_entry_at"), table_name="hub_audit_entry")
    op.drop_index(op.f("ix_hub_audit_entry_action"), table_name="hub_audit_entry")
    op.drop_table("hub_audit_entry")
    op.drop_index(op.f("ix_hub_api_token_user_id"), table_name="hub_api_token")
    op.drop_table("hub_api_token")
    op.drop_table("conferencing_site_group")
    op.drop_index(op.f("ix_conferencing_resource_unit_id"), table_name="conferencing_resource")
    op.drop_index(op.f("ix_conferencing_resource_name_fold"), table_name="conferencing_resource")
    op.drop_table("conferencing_resource")
    op.drop_index(op.f("ix_conferencing_feed_token_owner_id"), table_name="conferencing_feed_token")
    op.drop_table("conferencing_feed_token")
    op.drop_table("conferencing_bridge")
    op.drop_table("smartcity_quarantined_device")
    op.drop_table("smartcity_ingest_slot")
    op.drop_index("ix_smartcity_dead_letter_state", table_name="smartcity_dead_letter")
    op.drop_index(op.f("ix_smartcity_dead_letter_received_at"), table_name="smartcity_dead_letter")
    op.drop_table("smartcity_dead_letter")
    op.drop_table("hub_user")
    op.drop_index("ix_hub_outbox_subject_key", table_name="hub_outbox")
    op.drop_index("ix_hub_outbox_due", table_name="hub_outbox")
    op.drop_table("hub_outbox")
    op.drop_index(
        "ix_hub_org_unit_path",
        table_name="hub_org_unit",
        postgresql_ops={"path": "varchar_pattern_ops"},
    )
    op.drop_index(op.f("ix_hub_org_unit_name_fold"), table_name="hub_org_unit")
    op.drop_index(op.f("ix_hub_org_unit_code"), table_name="hub_org_unit")
    op.drop_table("hub_org_unit")
    op.drop_index("ix_hub_journal_at", table_name="hub_journal")
    op.drop_table("hub_journal")
    op.drop_table("hub_heartbeat")
