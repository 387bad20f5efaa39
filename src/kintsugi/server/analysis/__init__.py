"""Analysis: fault trees kept beside incidents, solved, and held against the history."""
