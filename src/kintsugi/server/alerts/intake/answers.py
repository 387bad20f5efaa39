"""What intake answers: as each protocol wants it, and problems as everywhere else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from kintsugi.formats.alerts import alertmanager_json, opsgenie, pagerduty
from kintsugi.server.alerts.intake.addresses import ALERTMANAGER_API, CHANGE
from kintsugi.server.alerts.service.delivery import Delivery

Headers = tuple[tuple[bytes, bytes], ...]
_JSON = b"application/json"
_PROBLEM = b"application/problem+json"
_LIKE_ALERTMANAGER = frozenset({"alertmanager", "alertmanager-api", "grafana"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body, and what stands above it."""

    status: int
    body: bytes = b""
    media_type: bytes = _JSON
    headers: Headers = ()

    def head(self, request_id: str) -> Headers:
        """All that stands above the body."""
        return (
            (b"content-length", b"%d" % len(self.body)),
            (b"content-type", self.media_type),
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            *self.headers,
        )


class Refusal(Exception):
    """The request is not taken; the sender is told why, as far as it may know.

    `counted` is a short word for /metrics. `retry_seconds`: when it may come again.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        counted: str,
        *,
        retry_seconds: float | None = None,
        allowed: tuple[str, ...] = (),
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.counted = counted
        self.retry_seconds = retry_seconds
        self.allowed = allowed
        super().__init__(detail)


def accepted(delivery: Delivery, path: str, request_id: str, took_seconds: float) -> Answer:
    """The answer to a delivery that is on disk."""
    name = delivery.source.format
    if name == "pagerduty":
        if CHANGE in path:
            return Answer(202, pagerduty.change_accepted())
        return Answer(202, pagerduty.accepted(delivery.first_key))
    if name == "opsgenie":
        return Answer(202, opsgenie.accepted(request_id, took_seconds))
    status = 200 if name in _LIKE_ALERTMANAGER else 202
    return _counted(status, delivery.count, len(delivery.changes))


@lru_cache(maxsize=256)
def _counted(status: int, events: int, changes: int) -> Answer:
    told = f'{{"status":"accepted","events":{events},"changes":{changes}}}'
    return Answer(status, told.encode())


def refused(refusal: Refusal, format_name: str, request_id: str) -> Answer:
    """The answer to a request that is not taken."""
    headers: list[tuple[bytes, bytes]] = []
    if refusal.retry_seconds is not None:
        seconds = max(1, math.ceil(refusal.retry_seconds))
        headers.append((b"retry-after", str(seconds).encode()))
    if refusal.allowed:
        headers.append((b"allow", ", ".join(refusal.allowed).encode()))
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Signature"))
    above = tuple(headers)
    if format_name == "pagerduty" and refusal.status in (400, 429):
        body = pagerduty.throttled() if refusal.status == 429 else pagerduty.refused(refusal.detail)
        return Answer(refusal.status, body, headers=above)
    if format_name == "opsgenie":
        return Answer(
            refusal.status, opsgenie.refused(refusal.detail, request_id, 0), headers=above
        )
    if format_name == ALERTMANAGER_API:
        return Answer(refusal.status, alertmanager_json.problem_json(refusal.detail), headers=above)
    problem = {
        "type": "about:blank", "title": refusal.title, "status": refusal.status,
        "detail": refusal.detail, "requestId": request_id,
    }  # fmt: skip
    return Answer(refusal.status, msgspec.json.encode(problem), _PROBLEM, above)
