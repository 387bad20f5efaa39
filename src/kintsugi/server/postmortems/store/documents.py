"""Every query of postmortems. What reads takes the viewer: what they may not see is not there for them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.auth import Role, Viewer
from kintsugi.server.postmortems import document
from kintsugi.server.postmortems.stored import Deleted, Listed, Part, Stored, Wanted
from kintsugi.server.postmortems.tables import postmortem_people, postmortems

Hidden = sa.Select[tuple[str]]
_LISTED = tuple(
    postmortems.c[name]
    for name in (
        "id", "number", "reference", "incident_id", "title", "status", "severity", "day", "owner",
        "services", "completeness", "created_by", "updated_at", "published_at",
    )
)  # fmt: skip
_WHOLE = tuple(column for column in postmortems.c if column.name != "words")
"""All but the text that is there to search in, which is as long as the document."""


def visible(viewer: Viewer, hidden_incidents: Hidden) -> sa.ColumnElement[bool]:
    """Which rows the viewer sees.

    Drafts: whoever made it or has a part in it. In review: responders too. Published and archived:
    everybody. And nothing of an incident that is hidden from them. A role opens no draft.
    """
    names = [name for name in (viewer.user_id, viewer.email.casefold()) if name]
    part = sa.exists().where(
        postmortem_people.c.postmortem_id == postmortems.c.id,
        postmortem_people.c.person.in_(names),
    )
    open_to_all = [PostmortemStatus.PUBLISHED.value, PostmortemStatus.ARCHIVED.value]
    if viewer.role.rank >= Role.RESPONDER.rank:
        open_to_all.append(PostmortemStatus.IN_REVIEW.value)
    return sa.and_(
        postmortems.c.deleted_at.is_(None),
        sa.or_(
            postmortems.c.status.in_(open_to_all), postmortems.c.created_by == viewer.user_id, part
        ),
        postmortems.c.incident_id.not_in(hidden_incidents),
    )


def not_deleted() -> sa.ColumnElement[bool]:
    """Every row that is there."""
    return postmortems.c.deleted_at.is_(None)


def there(hidden_incidents: Hidden) -> sa.ColumnElement[bool]:
    """Every row of an incident that is not hidden, drafts too, for whoever may delete one unread."""
    return sa.and_(not_deleted(), postmortems.c.incident_id.not_in(hidden_incidents))


def hidden_ids(viewer: Viewer, hidden_incidents: Hidden) -> Hidden:
    """The ids of postmortems the viewer may not see."""
    return sa.select(postmortems.c.id).where(sa.not_(visible(viewer, hidden_incidents)))


def values_of(stored: Stored, completeness: float) -> dict[str, object]:
    """A postmortem as its row has it."""
    document_ = stored.document
    return {
        "id": stored.id, "number": stored.number, "reference": stored.reference,
        "incident_id": stored.incident_id, "status": document_.status.value,
        "title": document_.title,
        "severity": document_.severity.value if document_.severity else None,
        "day": document_.date, "owner": document_.owner,
        "services": json.dumps(list(document_.impact.affected_services), ensure_ascii=False),
        "completeness": completeness, "document": document.written(document_),
        "words": document.words(document_),
        "proposals": document.proposals_written(stored.proposals), "template": stored.template,
        "template_text": stored.template_text, "scenario": document_.scenario,
        "section_versions": json.dumps(dict(stored.section_versions)), "version": stored.version,
        "text_version": stored.text_version, "revision": stored.revision,
        "created_by": stored.created_by, "created_at": stored.created_at,
        "updated_at": stored.updated_at, "submitted_at": stored.submitted_at,
        "published_at": stored.published_at, "archived_at": stored.archived_at,
        "deleted_at": stored.deleted_at,
    }  # fmt: skip


def insert(connection: sa.Connection, stored: Stored, completeness: float) -> None:
    connection.execute(postmortems.insert().values(values_of(stored, completeness)))


def save(connection: sa.Connection, stored: Stored, expected: int, completeness: float) -> bool:
    """Write the postmortem if it is still at the expected version; whether it was."""
    values = values_of(stored, completeness)
    done = connection.execute(
        postmortems.update()
        .where(postmortems.c.id == stored.id, postmortems.c.version == expected)
        .values(values)
    )
    return done.rowcount == 1


def set_revision(connection: sa.Connection, postmortem_id: str, revision: int) -> None:
    """Count a revision that changes nothing of the postmortem. Whoever calls holds its lock."""
    changed = postmortems.update().where(postmortems.c.id == postmortem_id)
    connection.execute(changed.values(revision=revision))


def lock(connection: sa.Connection, postmortem_id: str) -> None:
    """Let nobody else change it before this transaction ends; on SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        held = sa.select(postmortems.c.id).where(postmortems.c.id == postmortem_id)
        connection.execute(held.with_for_update())


def find(connection: sa.Connection, seen: sa.ColumnElement[bool], name: str) -> Stored | None:
    """The postmortem of an id, or of a reference in any case, if it is seen."""
    named = sa.or_(postmortems.c.id == name, postmortems.c.reference == name.upper())
    row = connection.execute(sa.select(*_WHOLE).where(named, seen)).mappings().first()
    return None if row is None else _stored(row)


def of_ids(
    connection: sa.Connection, seen: sa.ColumnElement[bool], ids: Sequence[str]
) -> dict[str, Stored]:
    """Those of these ids that are seen, each as `find` gives it."""
    query = sa.select(*_WHOLE).where(postmortems.c.id.in_(ids), seen)
    return {row["id"]: _stored(row) for row in connection.execute(query).mappings()}


def id_of(connection: sa.Connection, seen: sa.ColumnElement[bool], name: str) -> str | None:
    """The id of the one that `find` finds, without reading it."""
    named = sa.or_(postmortems.c.id == name, postmortems.c.reference == name.upper())
    row = connection.execute(sa.select(postmortems.c.id).where(named, seen)).first()
    return None if row is None else str(row.id)


def find_deleted(connection: sa.Connection, hidden_incidents: Hidden, name: str) -> Stored | None:
    """A deleted one of an incident that is not hidden, for whoever may bring it back."""
    named = sa.or_(postmortems.c.id == name, postmortems.c.reference == name.upper())
    query = sa.select(*_WHOLE).where(
        named,
        postmortems.c.deleted_at.is_not(None),
        postmortems.c.incident_id.not_in(hidden_incidents),
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _stored(row)


def deleted(
    connection: sa.Connection, viewer: Viewer, hidden_incidents: Hidden, *,
    only_own: bool, limit: int, before: int | None,
) -> list[Deleted]:  # fmt: skip
    """Deleted ones of incidents that are not hidden, from the newest number down; the viewer's drafts, or all."""
    table = postmortems.c
    is_draft = table.status == PostmortemStatus.DRAFT.value
    is_own = table.created_by == viewer.user_id
    title = sa.case((sa.or_(sa.not_(is_draft), is_own), table.title), else_="").label("title")
    query = sa.select(
        table.id, table.number, table.reference, table.incident_id, title, table.status,
        table.deleted_at,
    ).where(table.deleted_at.is_not(None), table.incident_id.not_in(hidden_incidents))  # fmt: skip
    if only_own:
        query = query.where(is_draft, is_own)
    if before is not None:
        query = query.where(table.number < before)
    rows = connection.execute(query.order_by(table.number.desc()).limit(limit)).mappings()
    return [
        Deleted(
            row["id"], row["number"], row["reference"], row["incident_id"], row["title"],
            PostmortemStatus(row["status"]), row["deleted_at"],
        )
        for row in rows
    ]  # fmt: skip


def listing(
    connection: sa.Connection,
    seen: sa.ColumnElement[bool],
    wanted: Wanted,
    limit: int,
    before: int | None,
    owners: Sequence[str] = (),
) -> list[Listed]:
    """Postmortems from the newest number down, below `before`; `owners` are the addresses that are meant."""
    query = sa.select(*_LISTED).where(seen, *_narrowed(wanted, owners))
    if before is not None:
        query = query.where(postmortems.c.number < before)
    rows = connection.execute(query.order_by(postmortems.c.number.desc()).limit(limit))
    return [_listed(row) for row in rows.mappings()]


def counts(
    connection: sa.Connection,
    seen: sa.ColumnElement[bool],
    wanted: Wanted,
    owners: Sequence[str] = (),
) -> dict[PostmortemStatus, int]:
    """How many of each state a list of what is wanted would show."""
    query = (
        sa.select(postmortems.c.status, sa.func.count())
        .where(seen, *_narrowed(wanted, owners))
        .group_by(postmortems.c.status)
    )
    return {PostmortemStatus(status): count for status, count in connection.execute(query)}


def _narrowed(wanted: Wanted, owners: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    table = postmortems.c
    found: list[sa.ColumnElement[bool]] = []
    if wanted.statuses:
        found.append(table.status.in_([status.value for status in wanted.statuses]))
    if wanted.severity is not None:
        found.append(table.severity == wanted.severity.value)
    if wanted.service:
        word = json.dumps(wanted.service, ensure_ascii=False)
        found.append(table.services.icontains(word, autoescape=True))
    if wanted.owner:
        written = [wanted.owner, *owners]
        lowered = [one.casefold() for one in written]
        found.append(sa.or_(table.owner.in_(written), sa.func.lower(table.owner).in_(lowered)))
    if wanted.incident_id:
        found.append(table.incident_id == wanted.incident_id)
    if wanted.since is not None:
        found.append(table.day >= wanted.since)
    if wanted.until is not None:
        found.append(table.day <= wanted.until)
    if wanted.text:
        words = (table.title, table.reference, table.words)
        found.append(sa.or_(*(one.icontains(wanted.text, autoescape=True) for one in words)))
    return found


def with_postmortem(connection: sa.Connection, incident_ids: Iterable[str]) -> set[str]:
    """Those of the incidents that have one, seen by the caller or not: whether one is begun is no secret."""
    query = sa.select(postmortems.c.incident_id).where(
        postmortems.c.incident_id.in_(list(incident_ids)), postmortems.c.deleted_at.is_(None)
    )
    return {row.incident_id for row in connection.execute(query)}


def with_factor(connection: sa.Connection, category: str) -> set[str]:
    """The incidents whose published or archived postmortem has a contributing factor of a category."""
    table = postmortems.c
    done = (PostmortemStatus.PUBLISHED.value, PostmortemStatus.ARCHIVED.value)
    query = sa.select(table.incident_id, table.document).where(
        table.deleted_at.is_(None), table.status.in_(done),
        table.document.contains(json.dumps(category), autoescape=True),
    )  # fmt: skip
    return {
        incident_id
        for incident_id, text in connection.execute(query)
        if category in document.factor_categories(text)
    }


def shared(
    connection: sa.Connection, incident_ids: Collection[str] | None = None
) -> sa.MappingResult:
    """Every published or archived postmortem: its names, its moments, and its document as it is kept."""
    table = postmortems.c
    done = (PostmortemStatus.PUBLISHED.value, PostmortemStatus.ARCHIVED.value)
    query = sa.select(
        table.id, table.number, table.reference, table.incident_id, table.title, table.created_at,
        table.published_at, table.document,
    ).where(table.deleted_at.is_(None), table.status.in_(done)).order_by(table.number)  # fmt: skip
    if incident_ids is not None:
        query = query.where(table.incident_id.in_(list(incident_ids)))
    return connection.execute(query).mappings()


def set_people(
    connection: sa.Connection, postmortem_id: str, part: Part, people: Sequence[str]
) -> None:
    """Who has this part in it from now on: user ids, or e-mail addresses in lower case."""
    table = postmortem_people
    connection.execute(
        table.delete().where(table.c.postmortem_id == postmortem_id, table.c.part == part.value)
    )
    rows = [
        {"postmortem_id": postmortem_id, "person": person, "part": part.value}
        for person in dict.fromkeys(people)
    ]
    if rows:
        connection.execute(table.insert(), rows)


def add_author(connection: sa.Connection, postmortem_id: str, user_id: str) -> None:
    """Somebody wrote in it; more than once is as once."""
    if user_id not in people(connection, postmortem_id, Part.AUTHOR):
        row = {"postmortem_id": postmortem_id, "person": user_id, "part": Part.AUTHOR.value}
        connection.execute(postmortem_people.insert().values(row))


def people(connection: sa.Connection, postmortem_id: str, part: Part) -> list[str]:
    table = postmortem_people.c
    query = sa.select(table.person).where(
        table.postmortem_id == postmortem_id, table.part == part.value
    )
    return [row.person for row in connection.execute(query.order_by(table.person))]


def has_part(connection: sa.Connection, postmortem_id: str, names: Sequence[str]) -> bool:
    """Whether one of the names (an id, an address) has any part in it."""
    table = postmortem_people.c
    query = sa.select(table.person).where(
        table.postmortem_id == postmortem_id, table.person.in_(list(names))
    )
    return connection.execute(query.limit(1)).first() is not None


def _stored(row: sa.RowMapping) -> Stored:
    found: Postmortem = document.read(row["document"])
    versions: Mapping[str, int] = json.loads(row["section_versions"])
    at: dict[str, datetime | None] = {
        name: row[name] for name in ("submitted_at", "published_at", "archived_at", "deleted_at")
    }
    return Stored(
        id=row["id"], number=row["number"], reference=row["reference"],
        incident_id=row["incident_id"], document=found,
        proposals=document.proposals_read(row["proposals"]), template=row["template"],
        template_text=row["template_text"], section_versions=versions, version=row["version"],
        text_version=row["text_version"], revision=row["revision"], created_by=row["created_by"],
        created_at=row["created_at"], updated_at=row["updated_at"], text=row["document"], **at,
    )  # fmt: skip


def _listed(row: sa.RowMapping) -> Listed:
    return Listed(
        id=row["id"], number=row["number"], reference=row["reference"],
        incident_id=row["incident_id"], title=row["title"],
        status=PostmortemStatus(row["status"]),
        severity=Severity(row["severity"]) if row["severity"] is not None else None,
        day=row["day"], owner=row["owner"], services=tuple(json.loads(row["services"])),
        completeness=row["completeness"], created_by=row["created_by"],
        updated_at=row["updated_at"], published_at=row["published_at"],
    )  # fmt: skip
