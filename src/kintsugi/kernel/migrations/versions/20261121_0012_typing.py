"""What somebody is typing into a postmortem: autosaves that become one change of its history."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0012"
down_revision = "20261121_0011"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "postmortem_typing",
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_typing_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint("postmortem_id", name=op.f("pk_postmortem_typing")),
    )
