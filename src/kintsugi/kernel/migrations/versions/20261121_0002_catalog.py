"""Services, their links and dependencies."""

revision = "20261121_0002"
down_revision = "20261121_0001"


def upgrade() -> None:
    """Make the tables."""
