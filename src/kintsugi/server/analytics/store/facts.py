"""Facts of incidents and their stamps, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from kintsugi.kernel.database import insert_into
from kintsugi.server.analytics.tables import EMPTY, analytics_stamps, incident_facts


def stamps(connection: sa.Connection) -> dict[str, str]:
    """Every stamp by its name."""
    query = sa.select(analytics_stamps.c.name, analytics_stamps.c.stamp)
    return {row.name: row.stamp for row in connection.execute(query)}


def put_stamps(connection: sa.Connection, names: Iterable[str], stamp: str) -> None:
    """Another stamp for each of these; always in the same order, so that no two wait for one another."""
    for name in sorted(set(names)):
        written = insert_into(connection, analytics_stamps).values(name=name, stamp=stamp)
        connection.execute(
            written.on_conflict_do_update(index_elements=["name"], set_={"stamp": stamp})
        )


def locked_weeks(connection: sa.Connection, ids: Sequence[str]) -> dict[str, date]:
    """The week that each of these incidents stands in, of those that do; nobody else places them until the commit."""
    table = incident_facts.c
    query = sa.select(table.incident_id, table.week).where(table.incident_id.in_(ids))
    query = query.order_by(table.incident_id).with_for_update()
    return {row.incident_id: row.week for row in connection.execute(query)}


def put(connection: sa.Connection, weeks: Mapping[str, date], stamp: str) -> None:
    """These incidents stand in these weeks, and what is known of them is to be written anew."""
    for incident_id, week in weeks.items():
        values = {"week": week, "stamp": stamp, "fact": ""}
        written = insert_into(connection, incident_facts).values(incident_id=incident_id, **values)
        connection.execute(
            written.on_conflict_do_update(index_elements=["incident_id"], set_=values)
        )


def drop(connection: sa.Connection, ids: Sequence[str]) -> None:
    """These incidents are in no statistics."""
    table = incident_facts
    connection.execute(table.delete().where(table.c.incident_id.in_(ids)))


def of_weeks(connection: sa.Connection, first: date, last: date) -> list[tuple[str, date, str]]:
    """The id, the week and the fact of all that began from one week on until another."""
    table = incident_facts.c
    query = sa.select(table.incident_id, table.week, table.fact)
    query = query.where(table.week >= first, table.week <= last)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def empty(connection: sa.Connection, most: int) -> dict[str, str]:
    """The stamps of incidents whose fact is to be written, by their ids; no more than so many."""
    table = incident_facts.c
    query = sa.select(table.incident_id, table.stamp).where(sa.text(EMPTY))
    query = query.order_by(table.incident_id).limit(most)
    return {row.incident_id: row.stamp for row in connection.execute(query)}


def fill(connection: sa.Connection, incident_id: str, stamp: str, fact: str) -> None:
    """Keep what is known of an incident, unless it changed meanwhile."""
    table = incident_facts
    same = sa.and_(table.c.incident_id == incident_id, table.c.stamp == stamp)
    connection.execute(table.update().where(same).values(fact=fact))
