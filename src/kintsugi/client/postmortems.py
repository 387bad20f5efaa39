"""Postmortems on a Kintsugi server: listed, taken away as Markdown, and brought back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.formats.api_json import KEPT_BY_SERVICE, api_data, api_key, read_api
from kintsugi.formats.own_json import own_data
from kintsugi.formats.spellings import written_key

POSTMORTEMS = "/api/postmortems"


@dataclass(frozen=True, slots=True)
class Remote:
    """A postmortem on the server: its value, where it stands, and the answer it came in."""

    id: str
    reference: str
    version: int
    status: str
    postmortem: Postmortem
    data: Mapping[str, Any]


def find(connection: Connection, name: str) -> Remote:
    """The postmortem of an id or reference. Raises ClientError."""
    return understood(_remote, connection.get(_path(name)).data)


def listed(connection: Connection, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Postmortems as the list has them, page after page."""
    return connection.items(POSTMORTEMS, dict, query)


def read_all(connection: Connection) -> Iterator[tuple[Remote, bool | None]]:
    """Every postmortem that one sees, whole, and whether its incident is private; a page in one request.

    A server of before there were such pages gives lists alone: then each is asked for by itself, and None is
    said of its incident.
    """
    for one in listed(connection, {"whole": "true"}):
        if "postmortem" in one:
            yield understood(_remote, one["postmortem"]), bool(one["private"])
        else:
            yield find(connection, one["id"]), None


def markdown(connection: Connection, name: str, template: str) -> str:
    """Our Markdown with front matter: it reads back to the same value."""
    query = {"template": template, "frontMatter": "true"}
    return connection.get(f"{_path(name)}/export", query).text


def create(connection: Connection, postmortem: Postmortem) -> Remote:
    """Begin it on the server, as a draft of its incident."""
    body = {
        key: value for key, value in api_data(postmortem).items() if key not in ("status", "id")
    }
    return understood(_remote, connection.post(POSTMORTEMS, body).data)


def changed_since(
    connection: Connection, remote: Remote, local: Postmortem, version: int
) -> list[str]:
    """The sections that were changed here since the version was taken away.

    A section that was changed there meanwhile is compared with what it said at that version, which
    the server's history knows, so that only what somebody here wrote is sent.
    """
    there = own_data(remote.postmortem)
    before = dict(there)
    for edit in _edits_after(connection, remote, version):
        before.update(edit["before"])
    here = own_data(local)
    keys = {name: written_key(Postmortem, name) for name in SECTIONS}
    return [name for name, key in keys.items() if here.get(key) != before.get(key)]


def _edits_after(connection: Connection, remote: Remote, version: int) -> list[Mapping[str, Any]]:
    """The edits after a version, the newest first; nothing is asked where it is that version still."""
    if remote.version == version:
        return []
    found: list[Mapping[str, Any]] = []
    before: int | None = None
    while True:
        query = {"before": str(before)} if before is not None else {}
        items = connection.get(f"{_path(remote.id)}/edits", query).data["items"]
        found += [one for one in items if one["version"] > version]
        if not items or items[-1]["version"] <= version:
            return found
        before = items[-1]["version"]


def send(
    connection: Connection, remote: Remote, local: Postmortem, sections: list[str], version: int
) -> Remote:
    """Send sections, as they were read at a version. Raises ClientError, 412 for a lost race."""
    data = api_data(local)
    keys = {api_key(written_key(Postmortem, name)) for name in sections}
    body: dict[str, Any] = {key: data.get(key, _nothing(key)) for key in keys}
    if "impact" in body:
        body["impactDetails"] = data.get("impactDetails", {})
    answer = connection.patch(_path(remote.id), body, etag=f'"{version}"')
    return understood(_remote, answer.data)


def move(connection: Connection, remote: Remote, status: str, reason: str = "") -> Remote:
    """Move it to a state of the workflow. Raises ClientError with what stands in the way."""
    body = {"status": status} | ({"reason": reason} if reason else {})
    answer = connection.patch(_path(remote.id), body, etag=f'"{remote.version}"')
    return understood(_remote, answer.data)


def _nothing(key: str) -> object:
    """What a field that has nothing here is sent as: an empty list or text, or null."""
    name = next(one for one in SECTIONS if api_key(written_key(Postmortem, one)) == key)
    default = getattr(Postmortem(""), name)
    return [] if isinstance(default, tuple) else default if isinstance(default, str) else None


def _path(name: str) -> str:
    return f"{POSTMORTEMS}/{quote(name, safe='')}"


def _remote(data: Mapping[str, Any]) -> Remote:
    reference = data["reference"]
    body = {key: value for key, value in data.items() if key not in KEPT_BY_SERVICE}
    postmortem = replace(read_api(body).postmortem, id=reference)
    return Remote(data["id"], reference, data["version"], data["status"], postmortem, data)
