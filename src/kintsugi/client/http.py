"""Requests to a Kintsugi server: JSON both ways, problems as errors, and a second try where that is safe."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2

from kintsugi.client.errors import ClientError, FieldError, NotReached
from kintsugi.core.shared.errors import InvalidValue

TRIES = 4
FIRST_WAIT = 0.25
LONGEST_WAIT = 10.0
TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_SECONDS = re.compile(r"\d{1,6}")

Made = TypeVar("Made")
PAGE = 100
Query = Mapping[str, str | int | bool | Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its JSON (None when it has none), its text, its ETag, and where a new thing is."""

    status: int
    data: Any
    text: str
    etag: str | None
    location: str | None


class Connection:
    """Talks to one server with one token, or with none; also a context manager that closes itself.

    A GET is tried again when the server cannot be reached or says that it is busy (429, 502 to 504). A
    POST is, too: each carries an Idempotency-Key, so that the server does it once however often it
    arrives. PATCH, PUT and DELETE are sent once.
    """

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        transport: httpx2.BaseTransport | None = None,
        timeout: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = _address(url)
        self._sleep = sleep
        known = {} if token is None else {"Authorization": f"Bearer {_token(token)}"}
        self._http = httpx2.Client(
            base_url=self.url,
            headers={"Accept": "application/json, text/plain;q=0.9", **known},
            timeout=TIMEOUT if timeout is None else httpx2.Timeout(timeout),
            transport=transport,
        )

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Connection({self.url!r})"

    def close(self) -> None:
        """Give the sockets back."""
        self._http.close()

    def get(self, path: str, query: Query | None = None) -> Reply:
        """What is at a path. Raises ClientError."""
        return self._send("GET", path, None, query, {})

    def items(
        self, path: str, make: Callable[[Any], Made], query: Query | None = None
    ) -> Iterator[Made]:
        """All that a list has; pages are fetched as you read on. Raises ClientError."""
        cursor: str | None = None
        while True:
            asked = {**(query or {}), "limit": PAGE, "cursor": cursor}
            page = self.get(path, asked).data
            yield from understood(lambda data: [make(one) for one in data["items"]], page)
            cursor = understood(lambda data: data["nextCursor"], page)
            if cursor is None:
                return

    def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        etag: str | None = None,
        query: Query | None = None,
    ) -> Reply:
        """Make or do something, once; `key` is the Idempotency-Key (a new one by itself). Raises ClientError."""
        headers = {"Idempotency-Key": key or uuid4().hex} | _if_match(etag)
        return self._send("POST", path, body, query, headers)

    def patch(self, path: str, body: object, *, etag: str | None = None) -> Reply:
        """Change what is at a path, as it was read with this ETag. Raises ClientError, status 412 for a lost race."""
        return self._send("PATCH", path, body, None, _if_match(etag))

    def put(self, path: str, body: object, *, etag: str | None = None) -> Reply:
        """Set what is at a path. Raises ClientError."""
        return self._send("PUT", path, body, None, _if_match(etag))

    def delete(self, path: str, *, etag: str | None = None) -> Reply:
        """Remove what is at a path. Raises ClientError."""
        return self._send("DELETE", path, None, None, _if_match(etag))

    def _send(
        self, method: str, path: str, body: object, query: Query | None, headers: Mapping[str, str]
    ) -> Reply:
        """The answer, after as many tries as are safe."""
        request = self._http.build_request(
            method,
            path,
            params={name: value for name, value in (query or {}).items() if value is not None},
            json=body,
            headers=dict(headers),
        )
        tries = TRIES if method == "GET" or "Idempotency-Key" in headers else 1
        for number in range(1, tries + 1):
            wait = min(FIRST_WAIT * 2 ** (number - 1), LONGEST_WAIT)
            try:
                answer = self._http.send(request)
            except httpx2.TransportError as error:
                if number == tries:
                    raise self._not_reached(error) from error
            else:
                if answer.status_code not in _TRY_AGAIN or number == tries:
                    return _reply(answer)
                wait = _asked_wait(answer, wait)
            self._sleep(wait)
        raise AssertionError("the last try answers or raises")

    def _not_reached(self, error: httpx2.TransportError) -> NotReached:
        if isinstance(error, httpx2.TimeoutException):
            return NotReached(f"no answer from {self.url} in time")
        return NotReached(f"cannot reach {self.url}: {error}")


def understood(make: Callable[[Any], Made], data: object) -> Made:
    """A value from the API's JSON. Raises ClientError when it is not what a Kintsugi server says."""
    try:
        return make(data)
    except (KeyError, TypeError, ValueError) as error:
        raise ClientError(
            200, "Not understood", "this is no answer of a Kintsugi server that this client knows"
        ) from error


def _address(url: str) -> str:
    """The server's address without its last slash. Raises InvalidValue for what is none."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        usable = usable and not (parts.username or parts.query or parts.fragment)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidValue(
            "is no address of a server", path=("url",), expected="such as https://kintsugi.example"
        )
    return url.strip().rstrip("/")


def _token(token: str) -> str:
    """The token, fit for a header. Raises InvalidValue, which never repeats it."""
    if not token.strip() or not token.strip().isascii() or not token.strip().isprintable():
        raise InvalidValue("is empty, or holds what no token has", path=("token",))
    return token.strip()


def _if_match(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}


def _asked_wait(answer: httpx2.Response, usual: float) -> float:
    """How long the server asks to wait; ours when it does not say."""
    asked = answer.headers.get("retry-after", "").strip()
    return min(float(asked), LONGEST_WAIT) if _SECONDS.fullmatch(asked) else usual


def _reply(answer: httpx2.Response) -> Reply:
    """What the server answered. Raises ClientError for a refusal, and for what is no answer of Kintsugi."""
    data = _json(answer)
    if answer.is_success:
        return Reply(
            answer.status_code,
            data,
            answer.text,
            answer.headers.get("etag"),
            answer.headers.get("location"),
        )
    if answer.is_redirect:
        place = answer.headers.get("location", "elsewhere")
        raise ClientError(answer.status_code, "Moved", f"the server sends us to {place}")
    told = data if isinstance(data, dict) else {}
    errors = tuple(
        FieldError(
            str(one.get("field", "")), str(one.get("problem", "")), str(one.get("expected", ""))
        )
        for one in told.get("errors") or ()
        if isinstance(one, dict)
    )
    title = str(told.get("title") or answer.reason_phrase or answer.status_code)
    current = told.get("current")
    raise ClientError(
        answer.status_code,
        title,
        str(told.get("detail") or f"the server answered {answer.status_code} {title}"),
        errors,
        current if isinstance(current, dict) else None,
    )


def _json(answer: httpx2.Response) -> Any:  # noqa: ANN401 - JSON is anything
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    if not answer.content or not (kind == "application/json" or kind.endswith("+json")):
        return None
    try:
        return answer.json()
    except ValueError as error:
        raise ClientError(
            answer.status_code, "Not understood", "the server's answer is no JSON"
        ) from error
