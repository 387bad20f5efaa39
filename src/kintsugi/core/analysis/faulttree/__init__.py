"""Fault trees: what must fail together for a top event to happen, and how probable that is."""
