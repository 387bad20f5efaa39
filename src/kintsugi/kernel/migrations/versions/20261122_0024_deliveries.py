"""Endpoints that are deleted, and deliveries given up."""

revision = "20261122_0024"
down_revision = "20261122_0023"


def upgrade() -> None:
    """Nothing yet."""
