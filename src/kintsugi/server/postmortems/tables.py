"""The tables of postmortems. The document is kept as our own JSON, its actions in the actions room."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata
from kintsugi.kernel.settled import settings_table

postmortems = sa.Table(
    "postmortems",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("reference", sa.String(32), nullable=False, unique=True),
    sa.Column("incident_id", sa.String(64), nullable=False, index=True),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=True),
    sa.Column("day", sa.Date, nullable=True, index=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("services", sa.Text, nullable=False),
    sa.Column("completeness", sa.Float, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("proposals", sa.Text, nullable=False),
    sa.Column("template", sa.String(100), nullable=False),
    sa.Column("template_text", sa.Text, nullable=False),
    sa.Column("scenario", sa.String(100), nullable=False),
    sa.Column("section_versions", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("text_version", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("submitted_at", UtcDateTime, nullable=True),
    sa.Column("published_at", UtcDateTime, nullable=True),
    sa.Column("archived_at", UtcDateTime, nullable=True),
    sa.Column("deleted_at", UtcDateTime, nullable=True),
)
"""`words` is the document's text without its keys, to search in. `version` counts every change, `text_version`
those of the text; `section_versions` holds, by section, the version that last changed it. `template_text` is set
for an own template: the text it had when this was begun."""

postmortem_people = sa.Table(
    "postmortem_people",
    metadata,
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), primary_key=True),
    sa.Column("person", sa.String(320), primary_key=True),
    sa.Column("part", sa.String(16), primary_key=True),
    sa.Index(None, "person"),
)
"""Who has a part in it: `author` (a user id, once they wrote), `contributor`, `owner` (user ids, or e-mail
addresses in lower case, which mean whoever has that address)."""

postmortem_edits = sa.Table(
    "postmortem_edits",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("what", sa.String(32), nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Index(None, "postmortem_id", "version"),
)
"""Append-only: the changed sections before and after each change, as JSON; `what` is edit, restore, or a move."""

postmortem_typing = sa.Table(
    "postmortem_typing",
    metadata,
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), primary_key=True),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
)
"""Who is typing, and what the sections said before: saved as one types, it is one change of the history in the end.
At most one row a postmortem; the row goes when its change is written down."""

postmortem_pages = sa.Table(
    "postmortem_pages",
    metadata,
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), primary_key=True),
    sa.Column("what", sa.String(16), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("release", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
"""A long document as it was set, so that a process that starts need not set it: `what` is page or findings, `version`
the postmortem's, `digest` that of all it was made of, `release` that of what made it. All of it can be made anew."""

postmortem_revisions = sa.Table(
    "postmortem_revisions",
    metadata,
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("text_version", sa.Integer, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""Append-only: the whole text at each submission, publication and restore."""

postmortem_approvals = sa.Table(
    "postmortem_approvals",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), nullable=False, index=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("text_version", sa.Integer, nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""`decision` is approve or refuse; each is of one text, and counts no longer once that changes."""

postmortem_comments = sa.Table(
    "postmortem_comments",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), nullable=False, index=True),
    sa.Column("thread_id", sa.String(64), nullable=False, index=True),
    sa.Column("section", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("resolved_at", UtcDateTime, nullable=True),
    sa.Column("resolved_by", sa.String(64), nullable=True),
)
"""`thread_id` is the id of the comment that began the thread; that one's `resolved_at` closes it."""

postmortem_shares = sa.Table(
    "postmortem_shares",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("postmortem_id", sa.ForeignKey("postmortems.id"), nullable=False, index=True),
    sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime, nullable=True),
)
"""Addresses that show the external view to whoever has them."""

postmortem_templates = sa.Table(
    "postmortem_templates",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("is_retired", sa.Boolean, nullable=False),
)

postmortem_settings = settings_table("postmortem_settings")
"""Approval rules and when a postmortem is required, as JSON by name."""
