"""What people keep carries a version.

Revision: f1b0
Follows: f1b4
"""

import sqlalchemy as sa
from alembic import op

revision = "f1b0"
down_revision = "f1b4"
branch_labels = None
depends_on = None

TABLES = (
    "hub_org_unit",
    "hub_user",
    "conferencing_bridge",
    "conferencing_resource",
    "conferencing_site_group",
    "conferencing_conference",
    "smartcity_device",
    "smartcity_rule",
)


def upgrade() -> None:
    for table in TABLES:
        column = sa.Column("version", sa.Integer(), nullable=False, server_default="1")
        op.add_column(table, column)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "version")
