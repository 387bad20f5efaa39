"""What is sent to whom, by which way, and how that went."""

revision = "20261121_0016"
down_revision = "20261121_0015"


def upgrade() -> None:
    """Make the tables."""
