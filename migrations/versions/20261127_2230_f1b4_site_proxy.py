"""A site says who comes in the place of the person invited.

Revision: f1b4
Follows: f1a5
"""

import sqlalchemy as sa
from alembic import op

revision = "f1b4"
down_revision = "f1a5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "conferencing_conference_site",
        sa.Column("proxy_name", sa.String(160), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_column("conferencing_conference_site", "proxy_name")
