"""The published figures, each a ratio in one run."""
