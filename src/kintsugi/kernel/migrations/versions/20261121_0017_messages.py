"""Messages about incidents, their templates and the stakeholders they go to."""

revision = "20261121_0017"
down_revision = "20261121_0016"


def upgrade() -> None:
    """Make the tables."""
