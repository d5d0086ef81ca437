"""Alerts remember since when, by our own clock, they call for a person.

Revision: f1a2
Follows: f1a1
"""

import sqlalchemy as sa
from alembic import op

import hub.db

revision = "f1a2"
down_revision = "f1a1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("smartcity_alert", sa.Column("asks_since", hub.db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("smartcity_alert", "asks_since")
