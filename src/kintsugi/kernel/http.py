"""Doors: how a request becomes a unit of work, and what a rule's refusal looks like over HTTP."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Protocol, get_type_hints
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from starlette.concurrency import run_in_threadpool

from kintsugi.core.shared.errors import DomainError, InvalidValue, RefusedBecause
from kintsugi.formats.errors import InputError
from kintsugi.kernel import idempotency
from kintsugi.kernel.auth import Action, Forbidden, NotFound, Role, Scope, Unauthenticated, Viewer
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import UnitOfWork, Works

SESSION_COOKIE = "kintsugi_session"
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body cannot be read"},
    401: {"description": "Not signed in"},
    403: {"description": "Not allowed"},
    404: {"description": "Absent, or not yours to see"},
    409: {"description": "Refused by a rule"},
    412: {"description": "Changed since you read it"},
    413: {"description": "Too large"},
    422: {"description": "A field is not understood"},
    428: {"description": "If-Match is missing"},
}
"""The refusals that any route of the API may answer with, for its `responses`."""


Answer = Callable[[], Response]
"""What a handler gives when it builds its answer itself: called after the commit."""


class Conflict(DomainError):
    """A rule refuses this as things stand."""


class TooLarge(DomainError):
    """What was sent is larger than what is kept."""


class LostRace(DomainError):
    """Somebody changed it since you read it; `current` is what it says now, as JSON can hold it."""

    def __init__(self, current: object) -> None:
        self.current = current
        super().__init__(
            "somebody changed this since you read it; read it again and repeat your change"
        )


class MatchRequired(DomainError):
    """A change needs an If-Match header with the ETag of what you read."""

    def __init__(self) -> None:
        super().__init__("a change needs an If-Match header with the ETag of what you read")


class Body(BaseModel):
    """What comes in and goes out as JSON: camelCase keys, unknown ones refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", from_attributes=True
    )


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows of who sends it: a bearer token, or a session's cookie."""

    token: str = ""
    session: str = ""


class Authenticator(Protocol):
    """Knows who holds a credential; the accounts room gives the kernel one."""

    def viewer(self, work: UnitOfWork, credentials: Credentials) -> Viewer | None:
        """The viewer, or None when the credentials are nobody's or no longer valid."""
        ...


@dataclass(frozen=True, slots=True)
class Kernel:
    """What every door needs; hangs on the application's state."""

    settings: Settings
    works: Works
    authenticator: Authenticator


def kernel_of(request: Request) -> Kernel:
    """The kernel of the application a request came to."""
    kernel: Kernel = request.app.state.kernel
    return kernel


NOBODY = Viewer("", "nobody", "", Role.VIEWER, scopes=frozenset())
"""Whoever is not signed in: no scope, so that no check lets them pass."""


def credentials_of(request: Request) -> Credentials:
    """The credentials a request carries; a token goes before a cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer":
        return Credentials(token=token.strip())
    return Credentials(session=request.cookies.get(SESSION_COOKIE, ""))


def refuse_foreign(request: Request) -> None:
    """A change with a cookie must come from our own pages: Sec-Fetch-Site, else Origin, says so.

    Raises Forbidden for one that does not (cross-site request forgery).
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        if site not in ("same-origin", "none"):
            raise Forbidden("this change came from another site")
        return
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forbidden("this change came from another site")
    if not origin:
        raise Forbidden("this change does not say which page it came from")


@dataclass(frozen=True, slots=True)
class Door:
    """What a route lets whom do; every route has one, and a test holds them against the table in docs."""

    action: Action | None
    writes: bool


def door(
    action: Action | None, *, writes: bool = False, first: Callable[..., object] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a route of a handler whose first argument is a UnitOfWork.

    1. Who asks is found out. 2. They may do the action (None: anybody may, signed in or not). 3. The
    handler runs in a unit of work. 4. It is committed. 5. Only then the answer is built and sent, so
    that no failing commit is answered with success. All of it in one worker thread.

    What `first` gives is the handler's second argument. It runs before 3, with the same arguments, in a unit
    of work that only reads: for what takes long, which must not hold up everybody else who writes.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(handler, include_extras=True)
        signature = inspect.signature(handler)
        wanted = [
            parameter.replace(annotation=hints.get(parameter.name, parameter.annotation))
            for parameter in list(signature.parameters.values())[1 if first is None else 2 :]
        ]
        takes_request = any(parameter.annotation is Request for parameter in wanted)

        @wraps(handler)
        def route(request: Request, **arguments: Any) -> Any:  # noqa: ANN401 - what the handler takes and gives
            kernel = kernel_of(request)
            viewer = viewer_of(request, action, writes=writes)
            # No text in PostgreSQL holds NUL, so nothing has it in its name.
            if any("\0" in str(value) for value in request.path_params.values()):
                raise NotFound("there is nothing at this address")
            if takes_request:
                arguments["request"] = request
            opened = kernel.works.writing if writes else kernel.works.reading
            key = _key_of(request, viewer) if writes else None
            ahead: tuple[object, ...] = ()
            if first is not None:
                with kernel.works.reading(viewer) as work:
                    ahead = (first(work, **arguments),)
            with opened(viewer) as work:
                if key is not None:
                    return _answered_once(request, work, key, handler, ahead, arguments)
                answer = handler(work, *ahead, **arguments)
            return answer() if callable(answer) else answer

        asked = inspect.Parameter(
            "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request
        )
        others = [parameter for parameter in wanted if parameter.annotation is not Request]
        route.__signature__ = signature.replace(  # type: ignore[attr-defined] # FastAPI reads it
            parameters=[asked, *others],
            return_annotation=hints.get("return", signature.return_annotation),
        )
        route.__annotations__ = {}
        route.__door__ = Door(action, writes)  # type: ignore[attr-defined] # read by the table's test
        return route

    return decorate


def _key_of(request: Request, viewer: Viewer) -> str | None:
    """The Idempotency-Key of a POST to the API by somebody known. Raises InvalidValue for one that is none."""
    written = request.headers.get("idempotency-key")
    if written is None or request.method != "POST" or not viewer.user_id:
        return None
    return idempotency.key_of(written) if request.url.path.startswith("/api/") else None


def _answered_once(
    request: Request,
    work: UnitOfWork,
    key: str,
    handler: Callable[..., Any],
    ahead: tuple[object, ...],
    arguments: dict[str, Any],
) -> Response:
    """The handler's answer; or, when the same request came with this key before, the answer it got then.

    The answer is built before the commit, because it is committed with the work. Raises InvalidValue
    when the key came with another request, Conflict when the answer was not kept (it held a secret).
    """
    asked = idempotency.fingerprint(
        request.method,
        request.url.path,
        {name: value for name, value in arguments.items() if name != "request"},
    )
    user = work.viewer.user_id
    kept = idempotency.claim(work.connection, user, key, asked, work.now)
    if kept is None:
        answer = handler(work, *ahead, **arguments)
        response = _built(request, answer() if callable(answer) else answer)
        if response.status_code >= 400:
            idempotency.forget(work.connection, user, key)
            return response
        body = bytes(response.body).decode() if _may_be_kept(answer, response) else None
        headers = dict(response.headers)
        idempotency.keep(
            work.connection, user, key, idempotency.KeptAnswer(response.status_code, headers, body)
        )
        return response
    if kept.body is None:
        raise Conflict("this was done before, and its answer was not kept")
    return Response(kept.body, kept.status, {**kept.headers, "Idempotent-Replayed": "true"})


def _built(request: Request, answer: object) -> Response:
    """An answer as FastAPI would send it."""
    if isinstance(answer, Response):
        return answer
    status = getattr(request.scope.get("route"), "status_code", None) or 200
    if status == 204:
        return Response(status_code=status)
    return JSONResponse(jsonable_encoder(answer, by_alias=True), status)


def _may_be_kept(answer: object, response: Response) -> bool:
    """Whether to keep an answer: JSON or nothing, not marked no-store, and no field of it hides from `repr`."""
    if response.status_code == 204:
        return True
    if response.media_type != "application/json":
        return False
    fields = type(answer).model_fields.values() if isinstance(answer, BaseModel) else ()
    is_secret = any(not field.repr for field in fields)
    return not is_secret and "no-store" not in response.headers.get("cache-control", "")


def viewer_of(request: Request, action: Action | None, *, writes: bool) -> Viewer:
    """Who sends a request, allowed to do the action. Raises Unauthenticated or Forbidden."""
    kernel, credentials = kernel_of(request), credentials_of(request)
    viewer: Viewer | None = None
    if credentials.token or credentials.session:
        with kernel.works.reading(NOBODY) as work:
            viewer = kernel.authenticator.viewer(work, credentials)
    if writes and not credentials.token and (credentials.session or action is None):
        refuse_foreign(request)
    if action is None:
        return viewer or NOBODY
    if viewer is None:
        raise Unauthenticated("sign in, or send a token that is still valid")
    viewer.require(action)
    if writes and viewer.scopes is not None and viewer.scopes <= {Scope.READ}:
        raise Forbidden("this changes something, and the token may only read")
    return viewer


async def barred(request: Request) -> DomainError | None:
    """Why the door of a request is shut to whoever sends it; None when it is not, or the route is no door.

    For a body that cannot be read: FastAPI reads it before the door is asked, and a stranger learns
    nothing from what is wrong with it.
    """
    found = getattr(getattr(request.scope.get("route"), "endpoint", None), "__door__", None)
    if not isinstance(found, Door):
        return None
    try:
        await run_in_threadpool(partial(viewer_of, request, found.action, writes=found.writes))
    except DomainError as error:
        return error
    return None


def etag(version: int) -> str:
    """The ETag of something at a version."""
    return f'"{version}"'


def matched_version(if_match: str | None) -> int:
    """The version a change was made from. Raises MatchRequired without one, InvalidValue for one not ours."""
    if if_match is None:
        raise MatchRequired
    written = if_match.strip().removeprefix("W/").strip('"')
    if not written.isdecimal() or len(written) > 9:
        raise InvalidValue("is none of our ETags", path=("If-Match",), expected='such as "3"')
    return int(written)


def version_if_sent(if_match: str | None) -> int | None:
    """The version a change was made from; None where the header may be left out and was."""
    return matched_version(if_match) if if_match is not None else None


def problem(status: int, title: str, detail: str, **more: Any) -> JSONResponse:  # noqa: ANN401 - JSON
    """An RFC 9457 problem."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, media_type="application/problem+json")


def status_of(error: DomainError) -> tuple[int, str]:
    """The status and title of a refusal; the one place where rules meet HTTP."""
    table: tuple[tuple[type[DomainError], int, str], ...] = (
        (Unauthenticated, 401, "Not signed in"),
        (Forbidden, 403, "Not allowed"),
        (NotFound, 404, "Not found"),
        (LostRace, 412, "Changed since"),
        (MatchRequired, 428, "If-Match is missing"),
        (InvalidValue, 422, "Not understood"),
        (InputError, 422, "Not understood"),
        (TooLarge, 413, "Too large"),
    )
    return next(
        ((status, title) for kind, status, title in table if isinstance(error, kind)),
        (409, "Refused"),
    )


def problem_of(error: DomainError) -> JSONResponse:
    """A refusal as a problem; a wrong field is named as the API spells it."""
    status, title = status_of(error)
    more: dict[str, Any] = {}
    if isinstance(error, InvalidValue) and error.path:
        more["errors"] = [
            {"field": error.field, "problem": error.problem, "expected": error.expected}
        ]
    if isinstance(error, RefusedBecause):
        more["errors"] = [{"field": "", "problem": one, "expected": ""} for one in error.reasons]
    if isinstance(error, LostRace):
        more["current"] = json.loads(json.dumps(error.current, default=str))
    answer = problem(status, title, str(error), **more)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def with_etag(body: Body, version: int, status: int = 200, location: str = "") -> Answer:
    """An answer with its ETag, built after the commit."""

    def answer() -> Response:
        headers = {"ETag": etag(version)} | ({"Location": location} if location else {})
        return JSONResponse(body.model_dump(mode="json", by_alias=True), status, headers)

    return answer
