"""The report form for customers and support: a page without an account, whose address holds a source's key.

What is sent goes in by the same door as a tool's alerts, so the key, its limits and what is kept are as
for any other source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message

from kintsugi.core.shared.text import clean, sentence
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import NOBODY, Door, kernel_of, refuse_foreign
from kintsugi.kernel.web import rendered

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

FIELDS = {"summary": 200, "description": 10_000, "service": 64, "reporter": 200}
"""The fields of the form, and how many characters each takes."""
_TEMPLATE = "alerts/report.html"


@dataclass(frozen=True, slots=True)
class Taken:
    """What intake says: a status, and a problem in words if it is none of ours to keep."""

    status: int
    problem: str
    wait: str


async def show_report(request: Request) -> Response:
    """The form; after it was sent, that it was."""
    key = await _known_key(request)
    is_sent = request.query_params.get("sent") == "yes"
    return _page(request, {"key": key, "is_sent": is_sent, "form": dict.fromkeys(FIELDS, "")}, 200)


async def take_report(request: Request) -> Response:
    """Hand a report in. Refused, the form is shown again as it was typed."""
    refuse_foreign(request)
    key = await _known_key(request)
    sent = await request.form()
    form = {name: clean(str(sent.get(name) or ""))[:most] for name, most in FIELDS.items()}
    taken = await _asked(request, "POST", key, form)
    if taken.status < 300:
        return RedirectResponse(f"/report/{quote(key)}?sent=yes", 303)
    if taken.status == 404:
        raise NotFound("there is nothing at this address")
    wrong = _wrong(taken, form)
    status = taken.status if taken.status in (413, 429, 503) else 422
    context = {"key": key, "is_sent": False, "form": form, "wrong": wrong}
    answer = _page(request, context, status)
    if taken.wait:
        answer.headers["Retry-After"] = taken.wait
    return answer


def _wrong(taken: Taken, form: Mapping[str, str]) -> dict[str, str]:
    if taken.status == 429:
        return {"": "Many reports come in at once. Wait a minute, then send it again."}
    if taken.status >= 500:
        return {
            "": "It cannot be kept just now. What you wrote is still here; send it again in a minute."
        }
    if not form["summary"].strip():
        return {"summary": "Say in one sentence what is wrong."}
    return {"": sentence(taken.problem)}


async def _known_key(request: Request) -> str:
    """The key of the address. Raises NotFound for one that no report form has."""
    key = str(request.path_params["key"])
    if not key.isascii() or not key.isalnum() or len(key) > 200:
        raise NotFound("there is nothing at this address")
    if (await _asked(request, "GET", key)).status != 200:
        raise NotFound("there is nothing at this address")
    return key


async def _asked(
    request: Request, method: str, key: str, said: Mapping[str, str] | None = None
) -> Taken:
    """Ask intake, as a tool would."""
    body = json.dumps(said).encode() if said is not None else b""
    path = f"/ingest/form/{key}"
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": request.url.scheme, "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": b"", "client": request.scope.get("client"),
        "server": request.scope.get("server"), "state": {},
        "headers": [
            (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
            (b"user-agent", b"Kintsugi report form"),
        ],
    }  # fmt: skip
    got: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        got.append(message)

    app: ASGIApp = request.app
    await app(scope, receive, send)
    headers = {name: value.decode("latin-1") for name, value in got[0]["headers"]}
    try:
        problem = json.loads(b"".join(one.get("body", b"") for one in got[1:]))
    except ValueError:
        problem = {}
    detail = problem.get("detail", "") if isinstance(problem, dict) else ""
    return Taken(int(got[0]["status"]), str(detail), headers.get(b"retry-after", ""))


def _page(request: Request, context: dict[str, object], status: int) -> Response:
    now = kernel_of(request).works.clock.now()
    html = rendered(NOBODY, now, _TEMPLATE, {"wrong": {}, **context})
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


for _route, _method, _writes in ((show_report, "GET", False), (take_report, "POST", True)):
    setattr(_route, "__door__", Door(None, writes=_writes))  # noqa: B010 - as `door` does
    router.add_api_route("/report/{key}", _route, methods=[_method], response_model=None)
