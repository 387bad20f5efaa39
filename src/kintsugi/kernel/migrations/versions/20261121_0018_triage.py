"""Answers of triage, and what has to hold before an incident counts as over."""

revision = "20261121_0018"
down_revision = "20261121_0017"


def upgrade() -> None:
    """Make the tables."""
