"""Attachments, and incidents merged and linked."""

revision = "20261121_0004"
down_revision = "20261121_0003"


def upgrade() -> None:
    """Make the tables."""
