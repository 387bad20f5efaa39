"""The tables of the search. What it finds are things of other rooms, so their ids are plain text here."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""So that SQLite finds a row by it without an index."""

search_documents = sa.Table(
    "search_documents",
    metadata,
    sa.Column("id", _KEY, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("of", sa.String(64), nullable=False, unique=True),
    sa.Column("reference", sa.String(32), nullable=False),
    sa.Column("incident_id", sa.String(64), nullable=True, index=True),
    sa.Column("postmortem_id", sa.String(64), nullable=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("title_words", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("services", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
)
"""A row for each thing that can be found. `of` is its id; `incident_id` and `postmortem_id` what it hangs on, by which
it is hidden. `id` says the kind and the number in it, so that those of a kind lie side by side, the newest last.
`day` is `at` in whole days since 1970, `title_words` the title's words as they are compared, a space around each.

The words themselves are in `search_index`, which each database has in its own way: SQLite a table of FTS5 with the
columns title and text, PostgreSQL a tsvector with a GIN index. Migrations make it; `id` is its key too.
"""

search_waiting = sa.Table(
    "search_waiting",
    metadata,
    sa.Column("alert_id", sa.String(64), primary_key=True),
    sqlite_with_rowid=False,
)
"""Alerts that the dispatcher has seen to, and whose row here is not written yet: for moments."""

search_marks = sa.Table(
    "search_marks",
    metadata,
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("after", sa.String(64), nullable=False),
    sa.Column("is_filled", sa.Boolean, nullable=False),
)
"""How far the rows of a database that is older than the search are written, by kind: up to this number, or id."""

search_words = sa.Table(
    "search_words",
    metadata,
    sa.Column("word", sa.String(64), primary_key=True),
    sa.Column("documents", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""In how many incidents and postmortems that everybody sees a word stands, for words that stand in two or more; the
empty word has how many were counted. Counted anew each night, and when there are a fifth more."""
