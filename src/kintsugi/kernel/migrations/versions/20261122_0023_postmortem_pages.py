"""Sections of postmortems as they were set, kept by digest."""

revision = "20261122_0023"
down_revision = "20261122_0022"


def upgrade() -> None:
    """Nothing yet."""
