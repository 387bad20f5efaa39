"""Impact in numbers."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_0011"
down_revision = "20261121_0010"


def upgrade() -> None:
    """Give incidents their impact in numbers; those of before have none."""
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("impact_numbers", sa.Text(), nullable=True))
