"""Plumbing that knows no room: configuration, database, who is asking, and how pages and answers are made."""
