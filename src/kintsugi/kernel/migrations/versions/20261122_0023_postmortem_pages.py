"""Long postmortems as they were set, kept by digest."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0023"
down_revision = "20261122_0022"


def upgrade() -> None:
    """Make the table. It fills as postmortems are opened and changed."""
    op.create_table(
        "postmortem_pages",
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_pages_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint("postmortem_id", "what", name=op.f("pk_postmortem_pages")),
    )
