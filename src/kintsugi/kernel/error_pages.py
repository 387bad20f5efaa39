"""How an error is answered: problem+json for programs, a page for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel import http
from kintsugi.kernel.auth import Unauthenticated
from kintsugi.kernel.observability import BodyTooLarge, log
from kintsugi.kernel.web import rendered, wants_page, wants_part


def _field(place: Sequence[str | int]) -> str:
    """A field as the API spells it: without where it was found, and without the type that was tried."""
    return ".".join(str(step) for step in place[1:] if step not in ("str", "int", "float", "bool"))


def add_errors(app: FastAPI) -> None:
    """Have an application answer each error as it is: problem+json for programs, a page for people."""

    async def refused(request: Request, error: DomainError) -> Response:
        if not wants_page(request):
            return http.problem_of(error)
        if isinstance(error, Unauthenticated) and not wants_part(request):
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/sign-in?next={quote(asked, safe='/')}", 303)
        status, title = http.status_of(error)
        return _error_page(request, status, title, str(error))

    async def malformed(request: Request, error: RequestValidationError) -> Response:
        if barred := await http.barred(request):
            return await refused(request, barred)
        wrong = [{"field": _field(one["loc"]), "problem": one["msg"]} for one in error.errors()]
        said = [
            f"{one['field']}: {one['problem']}" if one["field"] else one["problem"] for one in wrong
        ]
        detail = said[0] if said else "the request cannot be read"
        if wants_page(request):
            return _error_page(request, 422, "Not understood", detail)
        return http.problem(422, "Not understood", detail, errors=wrong)

    async def no_route(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400 and (barred := await http.barred(request)):
            return await refused(request, barred)
        title = "Not found" if error.status_code == 404 else str(error.detail)
        if wants_page(request):
            told = "There is nothing at this address."
            if error.status_code == 400:
                # The framework gave up on a form, such as one with a field of over 1 MB.
                title, told = "Not understood", str(error.detail)
            return _error_page(request, error.status_code, title, told)
        return http.problem(error.status_code, title, str(error.detail))

    async def too_large(_request: Request, _error: BodyTooLarge) -> Response:
        return http.problem(413, "Too large", "the request is larger than 10 MB")

    async def broken(request: Request, error: Exception) -> Response:
        log.exception("broken", exc_info=error)
        told = "Something broke on our side. What you sent was not saved."
        if wants_page(request):
            return _error_page(request, 500, "Broken", told)
        return http.problem(500, "Broken", told, requestId=request.state.request_id)

    # Each handler takes the error it is registered for, which the framework's type cannot say.
    handlers: list[tuple[type[Exception], Any]] = [
        (DomainError, refused), (RequestValidationError, malformed), (HTTPException, no_route),
        (BodyTooLarge, too_large), (Exception, broken),
    ]  # fmt: skip
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


def _error_page(request: Request, status: int, title: str, told: str) -> Response:
    now = http.kernel_of(request).works.clock.now()
    context = {
        "status": status,
        "title": title,
        "told": told,
        "request_id": request.state.request_id,
    }
    template = "kernel/refused.html" if wants_part(request) else "kernel/error.html"
    return HTMLResponse(rendered(http.NOBODY, now, template, context), status)
