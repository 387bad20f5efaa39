"""What search asks, in fewer reads."""

revision = "20261122_0025"
down_revision = "20261122_0024"


def upgrade() -> None:
    """Nothing yet."""
