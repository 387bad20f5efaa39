"""Teams, and links that let somebody set a password."""

revision = "20261121_0003"
down_revision = "20261121_0002"


def upgrade() -> None:
    """Make the tables."""
