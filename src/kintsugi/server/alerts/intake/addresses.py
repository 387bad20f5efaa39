"""What an address of intake asks for: which format, with which key, and what stands behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

ENQUEUE = "/v2/enqueue"
CHANGE = "/v2/change/enqueue"
OPSGENIE = "/v2/alerts"
ALERTMANAGER_API = "alertmanager-api"
_WITH_REST = frozenset({"opsgenie", "pagerduty"})
_INGEST = "/ingest/"
_OWN = re.compile(r"/v2/(?:enqueue|change/enqueue|alerts(?:/.*)?)/?")
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Address:
    """`key` is empty where it comes in the body or in a header; `rest` is what a decoder gets as `:path`."""

    format: str
    key: str
    rest: str
    methods: tuple[str, ...] = ("POST",)


def is_own(path: str) -> bool:
    """Whether a path is one of intake's, so that nobody else is asked."""
    return path.startswith(_INGEST) or (path.startswith("/v2/") and bool(_OWN.fullmatch(path)))


def address_of(path: str) -> Address | None:
    """What a path of intake's asks for; None when there is no such address."""
    if not path.startswith(_INGEST):
        return _protocol_of(path)
    format_name, _, after = path[len(_INGEST) :].partition("/")
    key, _, rest = after.partition("/")
    if not key or len(key) > _LONGEST_KEY:
        return None
    rest = rest.rstrip("/")
    if format_name == ALERTMANAGER_API:
        return Address(format_name, key, "/api/v2/alerts") if rest == "api/v2/alerts" else None
    if rest and format_name not in _WITH_REST:
        return None
    if format_name == "opsgenie":
        return Address(format_name, key, f"/{rest}", ("POST", "DELETE"))
    return Address(format_name, key, f"/{rest}" if rest else "")


def _protocol_of(path: str) -> Address | None:
    plain = path.rstrip("/")
    if plain in (ENQUEUE, CHANGE):
        return Address("pagerduty", "", plain)
    if plain == OPSGENIE:
        return Address("opsgenie", "", plain)
    return Address("opsgenie", "", plain, ("POST", "DELETE"))


def key_in_header(authorization: str) -> str:
    """The key of an Opsgenie client, which says `GenieKey <key>`; empty if none."""
    scheme, _, key = authorization.partition(" ")
    return key.strip()[:_LONGEST_KEY] if scheme.casefold() == "geniekey" else ""


def key_and_rest(path: str) -> tuple[str, str]:
    """The key in a path under /ingest/, and what follows it, beginning with a slash or empty."""
    key, slash, rest = path[len(_INGEST) :].partition("/")[2].partition("/")
    return key[:_LONGEST_KEY], slash + rest


def is_of_api(path: str) -> bool:
    """Whether a path is of Alertmanager's API, by which alerts are sent and much else is asked."""
    return path.startswith(f"{_INGEST}{ALERTMANAGER_API}/")
