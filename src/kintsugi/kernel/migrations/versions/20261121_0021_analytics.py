"""Classes of cause, and counts kept by quarter of an hour."""

revision = "20261121_0021"
down_revision = "20261121_0020"


def upgrade() -> None:
    """Make the tables."""
