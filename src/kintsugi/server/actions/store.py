"""Every query of the actions room. Only its service calls it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from kintsugi.core.actions.item import ActionItem, ActionStatus, ActionType, Horizon, Priority
from kintsugi.server.actions.action import Action, ActionTimes, Change, Source, Wanted
from kintsugi.server.actions.tables import action_changes, action_reminders, actions

_AT_WORK = (ActionStatus.TODO.value, ActionStatus.IN_PROGRESS.value)
Seen = sa.ColumnElement[bool]
UNWORKED = -2.0
"""Below any worth: a difference of two probabilities."""


def columns_of(item: ActionItem) -> dict[str, object]:
    """An item as its row has it, but for what the room adds."""
    return {
        "description": item.description, "owner": item.owner,
        "collaborators": json.dumps(list(item.collaborators), ensure_ascii=False),
        "priority": item.priority.value if item.priority else None, "status": item.status.value,
        "type": item.type.value if item.type else None,
        "horizon": item.horizon.value if item.horizon else None, "due": item.due,
        "done_when": item.done_when, "ticket": item.ticket, "evidence": item.evidence,
        "reason": item.reason, "approver": item.approver, "expires": item.expires,
        "is_measure": item.is_measure, "because": item.because,
    }  # fmt: skip


def insert(connection: sa.Connection, action: Action) -> None:
    values = columns_of(action.item) | {
        "id": action.id, "number": action.number, "reference": action.reference,
        "source_id": action.source.id, "source_reference": action.source.reference,
        "incident_id": action.source.incident_id, "local_id": action.local_id,
        "position": action.position, "owner_id": action.owner_id, "due_on": action.due_on,
        "created_by": action.created_by, "created_at": action.created_at,
        "updated_at": action.updated_at, "settled_at": action.settled_at, "version": action.version,
    }  # fmt: skip
    connection.execute(actions.insert().values(values))


def update(
    connection: sa.Connection,
    action_id: str,
    expected: int | None,
    now: datetime,
    values: Mapping[str, object],
) -> bool:
    """Write `values` if it is still at that version (None: at any); whether it was."""
    changed = actions.update().where(actions.c.id == action_id)
    if expected is not None:
        changed = changed.where(actions.c.version == expected)
    done = connection.execute(
        changed.values(**values, version=actions.c.version + 1, updated_at=now)
    )
    return done.rowcount == 1


def find(connection: sa.Connection, seen: Seen, name: str) -> Action | None:
    """The action of an id or reference, if it is seen and not withdrawn."""
    named = sa.or_(actions.c.id == name, actions.c.reference == name.upper())
    query = sa.select(actions).where(named, seen, actions.c.withdrawn_at.is_(None))
    row = connection.execute(query).mappings().first()
    return None if row is None else _action(row)


def of_sources(connection: sa.Connection, source_ids: Iterable[str]) -> list[Action]:
    """The actions of some postmortems, in each one's order. Whoever asks has checked that they may."""
    query = (
        sa.select(actions)
        .where(actions.c.source_id.in_(list(source_ids)), actions.c.withdrawn_at.is_(None))
        .order_by(actions.c.source_id, actions.c.position)
    )
    return [_action(row) for row in connection.execute(query).mappings()]


def withdrawn_of(connection: sa.Connection, source_id: str) -> list[Action]:
    """The actions that a postmortem listed once, the last withdrawn first."""
    query = (
        sa.select(actions)
        .where(actions.c.source_id == source_id, actions.c.withdrawn_at.is_not(None))
        .order_by(actions.c.withdrawn_at.desc(), actions.c.number.desc())
    )
    return [_action(row) for row in connection.execute(query).mappings()]


def bring_back(connection: sa.Connection, action_id: str) -> None:
    """List a withdrawn action again."""
    connection.execute(actions.update().where(actions.c.id == action_id).values(withdrawn_at=None))


def put_at(connection: sa.Connection, action_id: str, place: int) -> None:
    """Its place in its postmortem's list, which is no change of the action itself."""
    connection.execute(actions.update().where(actions.c.id == action_id).values(position=place))


def listing(
    connection: sa.Connection,
    seen: Seen,
    wanted: Wanted,
    limit: int,
    after: tuple[date, int] | None,
) -> list[Action]:
    """Actions by due day, the earliest first, from after one of them on; on one day by number."""
    query = sa.select(actions).where(seen, *_narrowed(wanted))
    if after is not None:
        there = sa.tuple_(sa.literal(after[0], sa.Date), sa.literal(after[1]))
        query = query.where(sa.tuple_(actions.c.due_on, actions.c.number) > there)
    query = query.order_by(actions.c.due_on, actions.c.number).limit(limit)
    return [_action(row) for row in connection.execute(query).mappings()]


def listing_by_worth(
    connection: sa.Connection,
    seen: Seen,
    wanted: Wanted,
    limit: int,
    after: tuple[float, int] | None,
) -> list[Action]:
    """The same list with what buys the most first, and last what has no worth, which counts as `UNWORKED`."""
    worth = sa.func.coalesce(actions.c.worth, UNWORKED)
    query = sa.select(actions).where(seen, *_narrowed(wanted))
    if after is not None:
        beside = sa.and_(worth == after[0], actions.c.number > after[1])
        query = query.where(sa.or_(worth < after[0], beside))
    query = query.order_by(worth.desc(), actions.c.number).limit(limit)
    return [_action(row) for row in connection.execute(query).mappings()]


def every_of_ids(connection: sa.Connection, ids: Sequence[str]) -> list[Action]:
    """The actions of these ids that were not withdrawn, whoever may see them."""
    query = sa.select(actions).where(actions.c.id.in_(ids), actions.c.withdrawn_at.is_(None))
    rows = connection.execute(query.order_by(actions.c.number)).mappings()
    return [_action(row) for row in rows]


def numbered(connection: sa.Connection, after: int, most: int) -> list[tuple[int, str]]:
    """Numbers and ids of the actions behind a number, in order."""
    query = sa.select(actions.c.number, actions.c.id).where(actions.c.number > after)
    rows = connection.execute(query.order_by(actions.c.number).limit(most))
    return [(int(row.number), str(row.id)) for row in rows]


def ids_of_source(connection: sa.Connection, source_id: str) -> list[str]:
    """The ids of all that ever followed from a postmortem, withdrawn or not."""
    query = sa.select(actions.c.id).where(actions.c.source_id == source_id)
    return list(connection.scalars(query))


def put_worth(connection: sa.Connection, action_id: str, worth: float | None) -> None:
    """What it buys, which is no change of the action itself."""
    connection.execute(actions.update().where(actions.c.id == action_id).values(worth=worth))


def tally(connection: sa.Connection, seen: Seen, wanted: Mapping[str, Wanted]) -> dict[str, int]:
    """How many actions each of several lists would show, in one look."""
    if not wanted:
        return {}
    each = [
        sa.func.count(sa.case((sa.and_(*_narrowed(one)), 1))).label(name)
        for name, one in wanted.items()
    ]
    row = connection.execute(sa.select(*each).where(seen)).mappings().one()
    return {name: int(row[name]) for name in wanted}


def _narrowed(wanted: Wanted) -> list[Seen]:
    table = actions.c
    found: list[Seen] = [table.withdrawn_at.is_(None)]
    if wanted.owners is not None:
        lowered = [owner.casefold() for owner in wanted.owners if owner]
        found.append(
            sa.or_(table.owner_id.in_(wanted.owners), sa.func.lower(table.owner).in_(lowered))
        )
    if wanted.source_id:
        is_named = table.source_reference == wanted.source_id.upper()
        found.append(sa.or_(table.source_id == wanted.source_id, is_named))
    if wanted.incident_id:
        found.append(table.incident_id == wanted.incident_id)
    if wanted.statuses:
        found.append(table.status.in_([status.value for status in wanted.statuses]))
    if wanted.priorities:
        found.append(table.priority.in_([priority.value for priority in wanted.priorities]))
    if wanted.horizon is not None:
        found.append(_under(wanted.horizon))
    if wanted.text:
        found.append(
            sa.or_(
                *(
                    table[name].icontains(wanted.text, autoescape=True)
                    for name in ("description", "owner", "reference", "ticket", "done_when")
                )
            )
        )
    if wanted.open_on is not None:
        found.append(_open(wanted.open_on))
    if wanted.overdue_on is not None:
        found += [table.due_on < wanted.overdue_on, _open(wanted.overdue_on)]
    return found


def _under(horizon: Horizon) -> Seen:
    """Those that a horizon was typed for, and those without one whose due date it is the first to reach."""
    table, days = actions.c, _DaysGiven()
    before = [one.allowance.days for one in Horizon if one.allowance < horizon.allowance]
    reached = [days > most for most in before[-1:]]
    if horizon is not max(Horizon, key=lambda one: one.allowance):
        reached.append(days <= horizon.allowance.days)
    derived = sa.and_(table.horizon.is_(None), *reached)
    return sa.or_(table.horizon == horizon.value, derived)


class _DaysGiven(sa.ColumnElement[int]):
    """How many days an action was given: from the day it was written down to the day it is due."""

    inherit_cache = True
    type = sa.Integer()


@compiles(_DaysGiven, "sqlite")
def _days_on_sqlite(_given: _DaysGiven, _compiler: SQLCompiler, **_more: object) -> str:
    return "CAST(julianday(actions.due_on) - julianday(date(actions.created_at)) AS INTEGER)"


@compiles(_DaysGiven, "postgresql")
def _days_on_postgresql(_given: _DaysGiven, _compiler: SQLCompiler, **_more: object) -> str:
    return "(actions.due_on - CAST(timezone('UTC', actions.created_at) AS DATE))"


def _open(day: date) -> Seen:
    table = actions.c
    ran_out = sa.and_(
        table.status == ActionStatus.ACCEPTED_RISK.value,
        sa.or_(table.expires.is_(None), table.expires < day),
    )
    return sa.or_(table.status.in_(_AT_WORK), ran_out)


def add_change(
    connection: sa.Connection, change_id: str, action_id: str, actor_id: str, change: Change
) -> None:
    connection.execute(
        action_changes.insert().values(
            id=change_id, action_id=action_id, at=change.at, actor_id=actor_id, actor=change.actor,
            fields=json.dumps(change.fields, ensure_ascii=False),
        )
    )  # fmt: skip


def changes(connection: sa.Connection, action_id: str) -> list[Change]:
    """What changed of an action, the newest first."""
    query = (
        sa.select(action_changes)
        .where(action_changes.c.action_id == action_id)
        .order_by(action_changes.c.at.desc(), action_changes.c.id.desc())
    )
    return [
        Change(row["at"], row["actor"], tuple((a, b, c) for a, b, c in json.loads(row["fields"])))
        for row in connection.execute(query).mappings()
    ]


def times(connection: sa.Connection) -> list[ActionTimes]:
    """Names and moments of every action that is listed, in the order of its number."""
    table, verified = actions.c, _verified_times(connection)
    query = sa.select(
        table.id, table.reference, table.source_id, table.incident_id, table.created_at,
        table.settled_at, table.due_on, table.status, table.priority, table.type,
    ).where(table.withdrawn_at.is_(None)).order_by(table.number)  # fmt: skip
    return [
        ActionTimes(
            row[0], row[1], row[2], row[3], row[4], row[5],
            verified.get(row[0], row[5]) if row[7] == ActionStatus.VERIFIED.value else None,
            row[6], ActionStatus(row[7]), row[8] or "", ActionType(row[9]) if row[9] else None,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _verified_times(connection: sa.Connection) -> dict[str, datetime]:
    """When each action was last verified, of those whose history says so."""
    verified = json.dumps(ActionStatus.VERIFIED.value)
    query = (
        sa.select(action_changes.c.action_id, action_changes.c.at, action_changes.c.fields)
        .where(action_changes.c.fields.contains(verified, autoescape=True))
        .order_by(action_changes.c.at)
    )
    return {
        action_id: at
        for action_id, at, fields in connection.execute(query)
        if any(
            name == "status" and after == ActionStatus.VERIFIED.value
            for name, _, after in json.loads(fields)
        )
    }


def due_between(connection: sa.Connection, first: date, last: date, today: date) -> list[Action]:
    """Every open action due on these days, for reminders: whose view limits them is asked for each letter."""
    query = sa.select(actions).where(
        actions.c.withdrawn_at.is_(None), actions.c.due_on.between(first, last), _open(today)
    )
    return [_action(row) for row in connection.execute(query.order_by(actions.c.number)).mappings()]


def claim_reminder(
    connection: sa.Connection,
    action_id: str,
    day: date,
    nudge: str,
    sent_to: Sequence[str],
    now: datetime,
) -> bool:
    """Take a day's reminder of an action for ourselves; False when it was taken before."""
    values: dict[str, Any] = {
        "action_id": action_id, "day": day, "nudge": nudge, "sent_to": ", ".join(sent_to),
        "queued_at": now,
    }  # fmt: skip
    # No error for the second of two who take it at once: PostgreSQL would give up the whole transaction.
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    written = insert_into(action_reminders).values(values).on_conflict_do_nothing()
    return connection.execute(written.returning(action_reminders.c.day)).first() is not None


def mark_reminded(connection: sa.Connection, action_id: str, day: date, now: datetime) -> None:
    connection.execute(
        action_reminders.update()
        .where(
            action_reminders.c.action_id == action_id, action_reminders.c.day == day,
            action_reminders.c.sent_at.is_(None),
        )
        .values(sent_at=now)
    )  # fmt: skip


def reminders(connection: sa.Connection, action_id: str) -> list[tuple[date, str, datetime | None]]:
    """The reminders of an action, the newest first: the day, what it said, when the first letter was sent."""
    table = action_reminders.c
    query = (
        sa.select(table.day, table.nudge, table.sent_at)
        .where(table.action_id == action_id)
        .order_by(table.day.desc())
    )
    return [(day, nudge, sent_at) for day, nudge, sent_at in connection.execute(query)]


def _action(row: sa.RowMapping) -> Action:
    item = ActionItem(
        description=row["description"], id=row["local_id"] or row["reference"], owner=row["owner"],
        collaborators=tuple(json.loads(row["collaborators"])),
        priority=Priority(row["priority"]) if row["priority"] else None,
        status=ActionStatus(row["status"]), type=ActionType(row["type"]) if row["type"] else None,
        horizon=Horizon(row["horizon"]) if row["horizon"] else None, due=row["due"],
        done_when=row["done_when"], ticket=row["ticket"], evidence=row["evidence"],
        reason=row["reason"], approver=row["approver"], expires=row["expires"],
        is_measure=row["is_measure"], because=row["because"],
    )  # fmt: skip
    source = Source(row["source_id"], row["source_reference"], row["incident_id"])
    return Action(
        id=row["id"], number=row["number"], reference=row["reference"], source=source,
        local_id=row["local_id"], position=row["position"], item=item, owner_id=row["owner_id"],
        due_on=row["due_on"], created_by=row["created_by"], created_at=row["created_at"],
        updated_at=row["updated_at"], settled_at=row["settled_at"], version=row["version"],
        worth=row["worth"],
    )  # fmt: skip
