"""Triage on a Kintsugi server: the organisation's checklist, and the answers of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood
from kintsugi.core.incidents.triage import Triage, TriageChecklist, TriageStep
from kintsugi.core.incidents.triage_record import Answers
from kintsugi.core.shared.severity import parse_severity
from kintsugi.formats.plain import load_yaml
from kintsugi.formats.triage import read_checklist


@dataclass(frozen=True, slots=True)
class RemoteTriage:
    """How an incident's triage stands on the server: its severity, and what the answers come to."""

    said: Answers
    found: Triage
    severity: str
    version: int
    data: Mapping[str, Any]


def checklist(connection: Connection) -> TriageChecklist:
    """What the server asks. Raises ClientError."""
    return understood(
        lambda data: read_checklist(load_yaml(data["text"])), connection.get("/api/triage").data
    )


def triage_of(connection: Connection, incident: str) -> RemoteTriage:
    """The answers of an incident. Raises ClientError."""
    return understood(_triage, connection.get(_path(incident)).data)


def answer(
    connection: Connection,
    incident: str,
    said: Answers,
    *,
    made_from: int | None = None,
    severity: str = "",
    reason: str = "",
    preview: bool = False,
) -> RemoteTriage:
    """Keep answers in place of those before, and set the severity they give, or another with a reason.

    Raises ClientError: 412 when somebody answered since `made_from`.
    """
    body = {
        "questions": dict(said.questions), "measured": dict(said.measured), "impacts": dict(said.impacts),
        "severity": severity or None, "reason": reason, "preview": preview,
    }  # fmt: skip
    etag = None if made_from is None else f'"{made_from}"'
    return understood(_triage, connection.put(_path(incident), body, etag=etag).data)


def _path(incident: str) -> str:
    return f"/api/incidents/{quote(incident, safe='')}/triage"


def _triage(data: Mapping[str, Any]) -> RemoteTriage:
    steps = tuple(
        TriageStep(one["reason"], parse_severity(one["severity"])) for one in data["steps"]
    )
    found = Triage(
        parse_severity(data["gives"]), steps, tuple(data["actions"]), tuple(data["roles"]),
        tuple(data["unanswered"]),
    )  # fmt: skip
    said = Answers(dict(data["questions"]), dict(data["measured"]), dict(data["impacts"]))
    return RemoteTriage(said, found, data["severity"] or "", data["version"], data)
