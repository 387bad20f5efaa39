"""What changed, for pages that follow."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_0006"
down_revision = "20261121_0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "live_topics",
        sa.Column("topic", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_live_topics")),
    )
