"""Incidents on a Kintsugi server, as plain calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from urllib.parse import quote

import httpx2

from kintsugi.client.errors import ClientError
from kintsugi.client.http import Connection, Query, understood
from kintsugi.client.records import Entry, Incident, Person, entry_of, incident_of, person_of
from kintsugi.core.incidents.impact import Impact
from kintsugi.formats.impact import impact_details

INCIDENTS = "/api/incidents"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents to list; empty words ask for all. `status` may be `open`."""

    status: str = ""
    severity: str = ""
    service: str = ""
    tag: str = ""
    text: str = ""
    external_id: str = ""


ALL = Wanted()


class Client:
    """A server, as one user's token sees it; also a context manager that closes itself.

    Every method raises ClientError when the server refuses or cannot be reached. An incident's `name` is
    its id, reference (`INC-42`) or external id. A change takes the incident it was made from and fails
    with status 412 when somebody was quicker.
    """

    def __init__(
        self, url: str, token: str, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.connection = Connection(url, token, transport=transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the sockets back."""
        self.connection.close()

    def me(self) -> Person:
        """Whom the token stands for."""
        return understood(person_of, self.connection.get("/api/me").data)

    def declare(  # noqa: PLR0913 - what one may say of an incident
        self,
        title: str,
        *,
        severity: str | int | None = None,
        impacts: Mapping[str, str] | None = None,
        summary: str = "",
        impact: str | Impact = "",
        services: Sequence[str] = (),
        tags: Sequence[str] = (),
        external_id: str | None = None,
        private: bool = False,
        drill: bool = False,
        detection: str | None = None,
        key: str | None = None,
    ) -> Incident:
        """Declare an incident, once however often it has to be sent.

        Without `severity` it is calculated from `impacts` (category to level), or left open. A `key`
        of your own makes a later call with it the same declaration, within a day. `impact` is a text,
        or a `kintsugi.Impact` with numbers; its services are those of the incident.
        """
        body = {
            "title": title, "severity": severity, "impacts": dict(impacts) if impacts else None,
            "summary": summary, "impact": _impact(impact), "services": list(services), "tags": list(tags),
            "externalId": external_id, "private": private, "drill": drill, "detection": detection,
        }  # fmt: skip
        return understood(incident_of, self.connection.post(INCIDENTS, body, key=key).data)

    def incidents(self, wanted: Wanted = ALL) -> Iterator[Incident]:
        """Incidents, newest first; pages are fetched as you read on."""
        asked: Query = {
            "status": wanted.status, "severity": wanted.severity, "service": wanted.service,
            "tag": wanted.tag, "text": wanted.text, "externalId": wanted.external_id,
        }  # fmt: skip
        return self.connection.items(INCIDENTS, incident_of, {k: v for k, v in asked.items() if v})

    def incident(self, name: str) -> Incident:
        """One incident."""
        return understood(incident_of, self.connection.get(self._place(name)).data)

    def note(
        self,
        name: str,
        text: str,
        *,
        happened_at: datetime | str | None = None,
        kind: str = "note",
        important: bool = False,
        evidence: str = "",
    ) -> Entry:
        """Add something that happened to the timeline; now, unless it says when."""
        when = happened_at.isoformat() if isinstance(happened_at, datetime) else happened_at
        body = {
            "text": text, "happenedAt": when, "kind": kind, "important": important,
            "evidence": evidence,
        }  # fmt: skip
        return understood(
            entry_of, self.connection.post(f"{self._place(name)}/timeline", body).data
        )

    def change_status(self, incident: Incident, status: str, *, reason: str = "") -> Incident:
        """Bring an incident to a status."""
        return self._change(incident, {"status": status, "reason": reason})

    def change_severity(
        self, incident: Incident, severity: str | int, *, reason: str = ""
    ) -> Incident:
        """Give an incident another severity."""
        return self._change(incident, {"severity": severity, "reason": reason})

    def edit(
        self,
        incident: Incident,
        *,
        title: str | None = None,
        summary: str | None = None,
        impact: str | Impact | None = None,
        services: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Incident:
        """Change the words of an incident; what is left out stays.

        A text as `impact` changes the text alone; of an `Impact`, each number it knows.
        """
        said = {
            "title": title, "summary": summary,
            "impact": None if impact is None else _impact(impact),
            "services": None if services is None else list(services),
            "tags": None if tags is None else list(tags),
        }  # fmt: skip
        return self._change(incident, {k: v for k, v in said.items() if v is not None})

    def correct_milestone(
        self, incident: Incident, milestone: str, at: datetime | str | None, *, reason: str
    ) -> Incident:
        """Correct when a milestone (`detected`, `impactStart` ...) was reached; None says it is not known."""
        when = at.isoformat() if isinstance(at, datetime) else at
        reply = self.connection.post(
            f"{self._place(incident.id)}/milestones",
            {"name": milestone, "at": when, "reason": reason},
            etag=incident.etag,
        )
        return understood(incident_of, reply.data)

    def timeline(self, name: str) -> Iterator[Entry]:
        """What happened, oldest first; pages are fetched as you read on."""
        return self.connection.items(f"{self._place(name)}/timeline", entry_of)

    def timeline_text(self, name: str) -> str:
        """What happened, as lines to read, times in UTC."""
        return self.connection.get(f"{self._place(name)}/timeline", {"format": "text"}).text

    def _place(self, name: str) -> str:
        """The address of an incident. An external id with a slash is looked up, as no path can hold it."""
        if "/" in name:
            page = self.connection.get(INCIDENTS, {"externalId": name, "limit": 1}).data
            found = understood(lambda data: [one["id"] for one in data["items"]], page)
            if not found:
                raise ClientError(404, "Not found", f"there is no incident {name}")
            return f"{INCIDENTS}/{found[0]}"
        return f"{INCIDENTS}/{quote(name, safe='')}"

    def _change(self, incident: Incident, body: Mapping[str, object]) -> Incident:
        reply = self.connection.patch(self._place(incident.id), body, etag=incident.etag)
        return understood(incident_of, reply.data)


def _impact(impact: str | Impact) -> object:
    """An impact as the API takes it: a text alone, or an object with what is known."""
    if isinstance(impact, str):
        return impact
    return impact_details(impact) | ({"text": impact.text} if impact.text else {})
