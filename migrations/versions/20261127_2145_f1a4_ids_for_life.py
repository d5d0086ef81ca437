"""An id never means another thing: SQLite gives away none twice.

Revision: f1a4
Follows: f1a3

Without AUTOINCREMENT, SQLite gives the id of a deleted last row to the next one; whoever still
named the old row (a page left open, a program) then meant the new one. PostgreSQL's sequences
never fall. The tables are those whose rows are deleted and named from outside.
"""

import sqlalchemy as sa
from alembic import op

revision = "f1a4"
down_revision = "f1a3"
branch_labels = None
depends_on = None

TABLES = (
    "conferencing_occurrence",
    "conferencing_conference_site",
    "conferencing_attendee",
    "conferencing_site_group",
    "hub_user_role",
    "smartcity_dead_letter",
    "smartcity_detection",
    "smartcity_quarantined_device",
    "smartcity_quarantined_message",
)
_PLAIN = "id INTEGER NOT NULL"
_COUNTED = "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"


def upgrade() -> None:
    _rebuild_all(counted=True)


def downgrade() -> None:
    _rebuild_all(counted=False)


def _rebuild_all(*, counted: bool) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for table in TABLES:
        _rebuild(connection, table, counted=counted)


def _rebuild(connection: sa.Connection, table: str, *, counted: bool) -> None:
    """Make the table anew with its rows, as sqlite.org/lang_altertable.html says it is done."""
    query = sa.text("SELECT type, sql FROM sqlite_schema WHERE tbl_name = :table AND sql <> ''")
    made = connection.execute(query, {"table": table}).all()
    whole = next(sql for kind, sql in made if kind == "table")
    spare = f"{table}_new"
    op.execute(_changed(whole, table, counted=counted).replace(table, spare, 1))
    op.execute(f"INSERT INTO {spare} SELECT * FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {spare} RENAME TO {table}")
    for kind, sql in made:
        if kind != "table":
            op.execute(sql)


def _changed(sql: str, table: str, *, counted: bool) -> str:
    key = f"CONSTRAINT pk_{table} PRIMARY KEY (id)"
    if counted:
        lines = [line for line in sql.split("\n") if key not in line]
        return "\n".join(lines).replace(_PLAIN, _COUNTED, 1).replace(", \n)", "\n)")
    head, _, _tail = sql.rpartition("\n)")
    return f"{head.replace(_COUNTED, _PLAIN, 1)}, \n\t{key}\n)"
