"""A conference knows which series it goes on from.

Revision: f1a5
Follows: f1a4
"""

from alembic import op

revision = "f1a5"
down_revision = "f1a4"
branch_labels = None
depends_on = None

TABLE = "conferencing_conference"
INDEX = "ix_conferencing_conference_follows_id"
REFERENCE = "fk_conferencing_conference_follows_id_conferencing_conference"


def upgrade() -> None:
    # In one statement: SQLite adds no reference to a column that there is.
    op.execute(
        f"ALTER TABLE {TABLE} ADD COLUMN follows_id INTEGER"
        f" CONSTRAINT {REFERENCE} REFERENCES {TABLE} (id)"
    )
    op.create_index(INDEX, TABLE, ["follows_id"])


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    op.drop_column(TABLE, "follows_id")
