"""The page of one alert: what it says, what became of it and why, and what a person makes of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.quality import ENOUGH_METRICS, LONGER_THAN, AlertQuality
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import plural, spoken
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.download import download
from kintsugi.kernel.following import mark
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.refusals import told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service as accounts
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.asked import VERDICTS
from kintsugi.server.alerts.web.following import inbox as followed
from kintsugi.server.alerts.web.inbox import LABELS, done
from kintsugi.server.alerts.web.sent import sent_of
from kintsugi.server.alerts.web.showing import (
    ENDINGS,
    STATES,
    grade,
    is_web,
    lasted,
    rows,
    web_links,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Name = Annotated[str, Path(alias="alert_id", max_length=80)]
HAPPENED = {
    "triggered": ("Triggered", "bell"),
    "changed": ("Says something new", "pencil"),
    "acknowledged": ("Acknowledged", "eye"),
    "resolved": ("Resolved", "check"),
    "judged": ("Verdict", "tag"),
    "given": ("Given to an incident", "link"),
    "taken back": ("Taken out of its incident", "x"),
    "heard": ("Heard again", "bell"),
}
"""What happened to an alert, in words and as a shape."""


QUESTIONS = {
    "description": f"Its description has more than {LONGER_THAN} characters",
    "runbook": "It links to a runbook",
    "metrics": f"It has {ENOUGH_METRICS} values or more",
    "title": "Its title says what is wrong",
    "service": "It names its service",
}
"""What alert quality asks, as facts that hold or do not."""


class DoForm(BaseModel):
    do: str = ""


@router.get("/alerts/{alert_id}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    return _shown(work, alerts.get(work, name))


@router.get("/alerts/{alert_id}/parts/now", response_model=None)
@door(Action.READ)
def show_now(work: UnitOfWork, name: Name) -> Answer:
    """All of the page that changes while one looks at it."""
    return page(work, "alerts/_alert.html", _context(work, alerts.get(work, name)))


@router.post("/alerts/{alert_id}/do", response_model=None)
@door(Action.RESPOND, writes=True)
def do(work: UnitOfWork, name: Name, form: Annotated[DoForm, Form()]) -> Answer:
    alert = alerts.get(work, name)
    try:
        with work.attempt():
            then = done(work, [alert], form.do)
    except NotFound:
        raise
    except DomainError as error:
        return _shown(work, alerts.get(work, name), told(error, LABELS), status_of(error)[0])
    return see(then if then.startswith("/") else f"/alerts/{alert.id}")


@router.get("/alerts/{alert_id}/body", response_model=None)
@door(Action.READ)
def read_body(
    work: UnitOfWork, name: Name, as_sent: Annotated[str, Query(alias="as", max_length=10)] = ""
) -> Answer:
    """What was sent, byte for byte, as a download."""
    alert = alerts.get(work, name)
    found = alerts.body(work, alert)
    if found is None:
        raise NotFound("what was sent is not kept any more")
    return download(f"{alert.id}.{as_sent or 'txt'}", "text/plain", found.content, is_shown=False)


def _shown(work: UnitOfWork, alert: Alert, refused: str = "", status: int = 200) -> Answer:
    follows_from = mark(work, followed(work))
    # Read again: what changed before the mark must stand on the page, since the stream goes on from the mark.
    alert = alerts.get(work, alert.id)
    body = alerts.body(work, alert)
    context = {
        **_context(work, alert),
        "follows_from": follows_from,
        "refused": refused,
        "sent": sent_of(body) if body else None,
    }
    return page(work, "alerts/alert.html", context, status=status)


def _context(work: UnitOfWork, alert: Alert) -> dict[str, Any]:
    """What the page and its part are told."""
    quality = alerts.quality_of(alert)
    names = accounts.names_of(work, [alert.verdict_by] if alert.verdict_by else [])
    before = [one for one in alerts.episodes(work, alert) if one.id != alert.id]
    return {
        "alert": alert,
        "row": rows(work, [alert])[0],
        "state": STATES[alert.state],
        "ending": ENDINGS.get(alert.resolved_how, ""),
        "lasted": lasted(alert, work.now),
        "grade": grade(alert),
        "quality": quality,
        "points": _points(quality),
        "links": web_links(alert),
        "runbook": alert.runbook_url if is_web(alert.runbook_url) else "",
        "history": [_happened(one) for one in alerts.history(work, alert)],
        "episodes": rows(work, before),
        "verdicts": [(one.value, word, one is alert.verdict) for one, word in VERDICTS.items()],
        "judge": names.get(alert.verdict_by, "somebody") if alert.verdict else "",
        "panels": work.panels("alert", alert.id),
        "why": [step for step in alerts.why(work, alert) if step.name != "severity"],
        "silence": alerts.get_silence(work, alert.silence_id) if alert.silence_id else None,
        "may_respond": work.viewer.may(Action.RESPOND),
        "messages": plural(alert.events, "message"),
    }  # fmt: skip


def _happened(line: alerts.HistoryLine) -> tuple[str, str, str, alerts.HistoryLine]:
    """A line of its history: what happened in words, its shape, what was said with it, and the line."""
    word, shape = HAPPENED.get(line.kind, (spoken(line.kind), "dot"))
    verdicts = {one.value: said for one, said in VERDICTS.items()}
    detail = line.detail
    if line.kind == "judged":
        detail = verdicts.get(line.detail, "taken back")
    return word, shape, detail, line


def _points(quality: AlertQuality) -> list[tuple[str, str, bool]]:
    """The five questions of alert quality: what is asked, the points, and whether it has them."""
    return [
        (QUESTIONS[one.part], f"{one.points} of {one.maximum}", one.points > 0)
        for one in quality.points
    ]
