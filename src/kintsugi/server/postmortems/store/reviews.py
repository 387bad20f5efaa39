"""What people say of a postmortem, and what it said before: approvals, comments, edits, revisions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.server.postmortems import document
from kintsugi.server.postmortems.stored import (
    Comment,
    Decision,
    Edit,
    Review,
    Revision,
    Typing,
)
from kintsugi.server.postmortems.tables import (
    postmortem_approvals,
    postmortem_comments,
    postmortem_edits,
    postmortem_revisions,
    postmortem_typing,
)


def add_review(connection: sa.Connection, postmortem_id: str, review: Review) -> None:
    connection.execute(
        postmortem_approvals.insert().values(
            id=review.id, postmortem_id=postmortem_id, user_id=review.user_id, name=review.name,
            text_version=review.text_version, decision=review.decision.value, note=review.note,
            at=review.at,
        )
    )  # fmt: skip


def reviews(connection: sa.Connection, postmortem_id: str) -> list[Review]:
    """What reviewers said, in order."""
    table = postmortem_approvals
    query = sa.select(table).where(table.c.postmortem_id == postmortem_id)
    return [
        Review(
            row["id"], row["user_id"], row["name"], row["text_version"], Decision(row["decision"]),
            row["note"], row["at"],
        )
        for row in connection.execute(
            query.order_by(table.c.at, table.c.text_version, table.c.id)
        ).mappings()
    ]  # fmt: skip


def add_comment(connection: sa.Connection, postmortem_id: str, comment: Comment) -> None:
    connection.execute(
        postmortem_comments.insert().values(
            id=comment.id, postmortem_id=postmortem_id, thread_id=comment.thread_id,
            section=comment.section, text=comment.text, by=comment.by, by_name=comment.by_name,
            at=comment.at, resolved_at=None, resolved_by=None,
        )
    )  # fmt: skip


def comments(connection: sa.Connection, postmortem_id: str) -> list[Comment]:
    """Every comment, thread by thread, the oldest first."""
    table = postmortem_comments
    query = (
        sa.select(table)
        .where(table.c.postmortem_id == postmortem_id)
        .order_by(table.c.thread_id, table.c.id != table.c.thread_id, table.c.at, table.c.id)
    )
    return [
        Comment(
            row["id"], row["thread_id"], row["section"], row["text"], row["by"], row["by_name"],
            row["at"], row["resolved_at"],
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def resolve_thread(
    connection: sa.Connection, thread_id: str, by: str | None, at: datetime | None
) -> None:
    """Close a thread, or open it again (None)."""
    table = postmortem_comments
    closing = table.update().where(table.c.id == thread_id)
    connection.execute(closing.values(resolved_at=at, resolved_by=by))


def add_edit(connection: sa.Connection, edit_id: str, postmortem_id: str, edit: Edit) -> None:
    connection.execute(
        postmortem_edits.insert().values(
            id=edit_id, postmortem_id=postmortem_id, version=edit.version, at=edit.at,
            actor_id=edit.actor_id, actor=edit.actor, what=edit.what,
            before=_json(edit.before), after=_json(edit.after),
        )
    )  # fmt: skip


def typing(connection: sa.Connection, postmortem_id: str) -> Typing | None:
    """What somebody is typing and the history does not have yet."""
    table = postmortem_typing
    row = connection.execute(sa.select(table).where(table.c.postmortem_id == postmortem_id)).first()
    if row is None:
        return None
    return Typing(row.actor_id, row.actor, row.since, json.loads(row.before))


def begin_typing(connection: sa.Connection, postmortem_id: str, typing: Typing) -> None:
    connection.execute(
        postmortem_typing.insert().values(
            postmortem_id=postmortem_id, actor_id=typing.actor_id, actor=typing.actor,
            since=typing.since, before=_json(typing.before),
        )
    )  # fmt: skip


def end_typing(connection: sa.Connection, postmortem_id: str) -> None:
    table = postmortem_typing
    connection.execute(table.delete().where(table.c.postmortem_id == postmortem_id))


def edited_since(
    connection: sa.Connection, postmortem_id: str, since: datetime, not_by: str, limit: int
) -> list[Edit]:
    """The latest changes since a moment, but for those of one person."""
    table = postmortem_edits
    query = sa.select(table).where(
        table.c.postmortem_id == postmortem_id, table.c.at > since, table.c.actor_id != not_by
    )
    return _edits(connection, query.order_by(table.c.version.desc()).limit(limit))


def edits(
    connection: sa.Connection, postmortem_id: str, limit: int, before: int | None
) -> list[Edit]:
    """The changes, the newest first, below a version."""
    table = postmortem_edits
    query = sa.select(table).where(table.c.postmortem_id == postmortem_id)
    if before is not None:
        query = query.where(table.c.version < before)
    return _edits(
        connection, query.order_by(table.c.version.desc(), table.c.id.desc()).limit(limit)
    )


def _edits(connection: sa.Connection, query: sa.Select[Any]) -> list[Edit]:
    return [
        Edit(
            row["version"], row["at"], row["actor_id"], row["actor"], row["what"],
            json.loads(row["before"]), json.loads(row["after"]),
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def add_revision(
    connection: sa.Connection, postmortem_id: str, revision: Revision, by: str
) -> None:
    connection.execute(
        postmortem_revisions.insert().values(
            postmortem_id=postmortem_id, revision=revision.revision,
            text_version=revision.text_version, document=document.whole(revision.document),
            reason=revision.reason, by=by, by_name=revision.by_name, at=revision.at,
        )
    )  # fmt: skip


def deletions(
    connection: sa.Connection, postmortem_ids: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """By whom each was deleted last, and why."""
    table = postmortem_edits.c
    query = (
        sa.select(table.postmortem_id, table.actor, table.after)
        .where(table.postmortem_id.in_(postmortem_ids), table.what == "deleted")
        .order_by(table.version)
    )
    return {
        row.postmortem_id: (row.actor, str(json.loads(row.after).get("reason", "")))
        for row in connection.execute(query)
    }


def revisions(connection: sa.Connection, postmortem_id: str) -> list[Revision]:
    """Every revision, the newest first."""
    table = postmortem_revisions
    query = sa.select(table).where(table.c.postmortem_id == postmortem_id)
    found = connection.execute(query.order_by(table.c.revision.desc())).mappings()
    return [_revision(row) for row in found]


def revision_of_text(
    connection: sa.Connection, postmortem_id: str, text_version: int
) -> Revision | None:
    """The newest revision of a text, or of the last one before it that was kept."""
    table = postmortem_revisions
    query = sa.select(table).where(
        table.c.postmortem_id == postmortem_id, table.c.text_version <= text_version
    )
    query = query.order_by(table.c.text_version.desc(), table.c.revision.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else _revision(row)


def revision(connection: sa.Connection, postmortem_id: str, number: int) -> Revision | None:
    """One of them."""
    table = postmortem_revisions
    query = sa.select(table).where(
        table.c.postmortem_id == postmortem_id, table.c.revision == number
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _revision(row)


def _revision(row: sa.RowMapping) -> Revision:
    return Revision(
        row["revision"], row["text_version"], document.read(row["document"]), row["reason"],
        row["by_name"], row["at"],
    )  # fmt: skip


def _json(data: Mapping[str, object]) -> str:
    return json.dumps(dict(data), ensure_ascii=False, default=str)
