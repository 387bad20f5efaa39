"""The answers of triage, every one that there ever was."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.triage_record import AnswerKind, KeptAnswer
from kintsugi.server.incidents.tables import incident_triage_answers


def triage_answers(connection: sa.Connection, incident: Incident) -> list[KeptAnswer]:
    """The answers of an incident in the order in which they were given."""
    table = incident_triage_answers
    query = sa.select(table).where(table.c.incident_id == incident.id).order_by(table.c.number)
    return [
        KeptAnswer(
            row.number, AnswerKind(row.kind), row.name, row.value, row.answered_by, row.answered_at
        )
        for row in connection.execute(query)
    ]


def add_triage_answers(
    connection: sa.Connection, incident: Incident, answers: Iterable[KeptAnswer]
) -> None:
    """Keep more answers."""
    rows = [
        {
            "incident_id": incident.id, "number": one.number, "kind": one.kind.value, "name": one.name,
            "value": one.value, "answered_by": one.by, "answered_at": one.at,
        }
        for one in answers
    ]  # fmt: skip
    connection.execute(incident_triage_answers.insert(), rows)
