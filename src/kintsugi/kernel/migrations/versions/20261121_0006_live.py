"""What changed, for pages that follow."""

revision = "20261121_0006"
down_revision = "20261121_0005"


def upgrade() -> None:
    """Make the tables."""
