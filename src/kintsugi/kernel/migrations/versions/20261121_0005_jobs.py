"""Work to do later."""

revision = "20261121_0005"
down_revision = "20261121_0004"


def upgrade() -> None:
    """Make the tables."""
