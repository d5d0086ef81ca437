"""Letters name the mailbox their answers go to.

Revision: f1a3
Follows: f1a2
"""

import sqlalchemy as sa
from alembic import op

revision = "f1a3"
down_revision = "f1a2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("reply_to", sa.String(200), nullable=False, server_default="")
    op.add_column("hub_outbox", column)


def downgrade() -> None:
    op.drop_column("hub_outbox", "reply_to")
