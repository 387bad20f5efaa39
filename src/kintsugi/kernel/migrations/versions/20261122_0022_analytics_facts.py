"""What analytics reads of each incident, kept by event."""

revision = "20261122_0022"
down_revision = "20261121_0021"


def upgrade() -> None:
    """Nothing yet."""
