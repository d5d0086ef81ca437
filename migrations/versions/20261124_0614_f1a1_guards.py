"""The database's last word: no double booking, no port too many, no rewritten audit.

Revision: f1a1
Follows: f1a0

The same three promises on both databases. PostgreSQL keeps the first by an exclusion constraint
and the others by triggers; SQLite, which has one writer at a time, keeps all by triggers.
"""

from alembic import op

revision = "f1a1"
down_revision = "f1a0"
branch_labels = None
depends_on = None

_ACTIVE = "('held', 'confirmed')"

# Peak of ports in use while the new row runs: the sum can only rise where some row starts.
_PEAK = """
    SELECT max(total) FROM (
        SELECT sum(other.ports) AS total
        FROM (
            SELECT NEW.starts_at AS instant
            UNION
            SELECT starts_at FROM conferencing_port_use
            WHERE bridge_id = NEW.bridge_id AND state IN {active} AND id <> {own}
              AND starts_at >= NEW.starts_at AND starts_at < NEW.ends_at
        ) AS points
        JOIN conferencing_port_use AS other
          ON other.bridge_id = NEW.bridge_id AND other.state IN {active} AND other.id <> {own}
         AND other.starts_at <= points.instant AND other.ends_at > points.instant
        GROUP BY points.instant
    ) AS totals
"""

_POSTGRES_UP = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"""ALTER TABLE conferencing_hold ADD CONSTRAINT ex_conferencing_hold_overlap
        EXCLUDE USING gist (resource_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (state IN {_ACTIVE})""",
    """ALTER TABLE conferencing_hold ADD CONSTRAINT ck_conferencing_hold_bounded
        CHECK (isfinite(starts_at) AND isfinite(ends_at)
               AND ends_at - starts_at <= interval '7 days')""",
    f"""CREATE FUNCTION conferencing_guard_ports() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE capacity integer; peak integer;
        BEGIN
            IF NEW.state NOT IN {_ACTIVE} THEN RETURN NEW; END IF;
            SELECT ports INTO capacity FROM conferencing_bridge
             WHERE id = NEW.bridge_id FOR UPDATE;
            peak := coalesce(({_PEAK.format(active=_ACTIVE, own="NEW.id")}), 0);
            IF peak + NEW.ports > capacity THEN
                RAISE EXCEPTION 'bridge_ports' USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'bridge_ports', TABLE = 'conferencing_port_use';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER conferencing_port_use_guard BEFORE INSERT OR UPDATE
        ON conferencing_port_use FOR EACH ROW EXECUTE FUNCTION conferencing_guard_ports()""",
    """CREATE FUNCTION hub_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit_append_only' USING ERRCODE = 'check_violation';
        END $$""",
    """CREATE TRIGGER hub_audit_entry_guard BEFORE UPDATE OR DELETE
        ON hub_audit_entry FOR EACH ROW EXECUTE FUNCTION hub_audit_append_only()""",
)

_POSTGRES_DOWN = (
    "DROP TRIGGER hub_audit_entry_guard ON hub_audit_entry",
    "DROP FUNCTION hub_audit_append_only()",
    "DROP TRIGGER conferencing_port_use_guard ON conferencing_port_use",
    "DROP FUNCTION conferencing_guard_ports()",
    "ALTER TABLE conferencing_hold DROP CONSTRAINT ck_conferencing_hold_bounded",
    "ALTER TABLE conferencing_hold DROP CONSTRAINT ex_conferencing_hold_overlap",
)


def _sqlite_overlap(verb: str, own: str) -> str:
    return f"""CREATE TRIGGER conferencing_hold_no_overlap_{verb.lower()}
        BEFORE {verb} ON conferencing_hold WHEN NEW.state IN {_ACTIVE}
        BEGIN
            SELECT RAISE(ABORT, 'hold_overlap') WHERE EXISTS (
                SELECT 1 FROM conferencing_hold
                WHERE resource_id = NEW.resource_id AND state IN {_ACTIVE} AND id <> {own}
                  AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
            );
        END"""


def _sqlite_ports(verb: str, own: str) -> str:
    return f"""CREATE TRIGGER conferencing_port_use_guard_{verb.lower()}
        BEFORE {verb} ON conferencing_port_use WHEN NEW.state IN {_ACTIVE}
        BEGIN
            SELECT RAISE(ABORT, 'bridge_ports') WHERE NEW.ports + coalesce((
                {_PEAK.format(active=_ACTIVE, own=own)}
            ), 0) > (SELECT ports FROM conferencing_bridge WHERE id = NEW.bridge_id);
        END"""


def _sqlite_append_only(verb: str) -> str:
    return f"""CREATE TRIGGER hub_audit_entry_no_{verb.lower()} BEFORE {verb} ON hub_audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit_append_only'); END"""


_SQLITE_UP = (
    # A new row has no id of its own yet; no row has id -1.
    _sqlite_overlap("INSERT", "-1"),
    _sqlite_overlap("UPDATE", "NEW.id"),
    _sqlite_ports("INSERT", "-1"),
    _sqlite_ports("UPDATE", "NEW.id"),
    _sqlite_append_only("UPDATE"),
    _sqlite_append_only("DELETE"),
)

_SQLITE_DOWN = tuple(
    f"DROP TRIGGER {name}"
    for name in (
        "hub_audit_entry_no_delete",
        "hub_audit_entry_no_update",
        "conferencing_port_use_guard_update",
        "conferencing_port_use_guard_insert",
        "conferencing_hold_no_overlap_update",
        "conferencing_hold_no_overlap_insert",
    )
)


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES_UP if postgres else _SQLITE_UP:
        op.execute(statement)


def downgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES_DOWN if postgres else _SQLITE_DOWN:
        op.execute(statement)
