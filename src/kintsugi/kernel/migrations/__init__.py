"""The schema's history: one line, forward only. Applied at start by one process at a time."""
