"""The streams of the alert pages: what changed among alerts, and in the sources."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.kernel.auth import Action
from kintsugi.kernel.following import Parts, stream
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.service import sources
from kintsugi.server.alerts.service.following import TOPIC, own_inbox_of

router = APIRouter(include_in_schema=False)

SOURCES: Parts = {"sources": sources.TOPIC, "alerts": TOPIC}


def inbox(work: UnitOfWork) -> Parts:
    """What the viewer's inbox follows: the alerts that everybody sees, and those of private incidents they see."""
    return {"alerts": TOPIC, "own-alerts": own_inbox_of(work.viewer.user_id)}


def _inbox(work: UnitOfWork, _name: str) -> Parts:
    return inbox(work)


def _sources(_work: UnitOfWork, _name: str) -> Parts:
    return SOURCES


router.add_api_route("/alerts/live", stream(Action.READ, _inbox), response_model=None)
router.add_api_route("/alerts/sources/live", stream(Action.READ, _sources), response_model=None)
