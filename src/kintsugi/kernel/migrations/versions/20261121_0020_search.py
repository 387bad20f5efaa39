"""What the search looks into."""

revision = "20261121_0020"
down_revision = "20261121_0019"


def upgrade() -> None:
    """Make the tables."""
