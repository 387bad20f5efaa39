"""Why-trees kept with incidents."""

revision = "20261121_0019"
down_revision = "20261121_0018"


def upgrade() -> None:
    """Make the tables."""
