"""How the jobs stand, on the settings page of an admin; and the button that has a parked one done again."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from kintsugi.kernel import jobs
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import Panel, UnitOfWork
from kintsugi.kernel.web import fragment, see

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def settings_panel(
    work: UnitOfWork, _about: str, *, uncounted: Collection[str] = ()
) -> Markup | None:
    """What waits, what is parked and why, and when a worker was last seen; None for who is no admin.

    Kinds that are `uncounted` would tell that something private happened: their number is not shown.
    """
    if not work.viewer.may(Action.ADMINISTER):
        return None
    found = jobs.overview(work.connection, uncounted)
    context = {
        "waiting": found.counts[jobs.State.WAITING] + found.counts[jobs.State.HANDED],
        "done": found.counts[jobs.State.DONE],
        "parked_count": found.counts[jobs.State.PARKED],
        "parked": found.parked,
        "oldest_due": found.oldest_due,
        "last_seen": found.last_seen,
        "is_worked": found.is_worked(work.now),
    }
    return fragment(work, "kernel/_jobs.html", context)


def without(kinds: Collection[str]) -> Panel:
    """The panel without the number of jobs of these kinds."""
    return partial(settings_panel, uncounted=kinds)


@router.post("/settings/jobs/{job_id}/again", response_model=None)
@door(Action.ADMINISTER, writes=True)
def do_again(work: UnitOfWork, job_id: str) -> Answer:
    """Let a parked job be tried again."""
    jobs.do_again(work, job_id)
    return see("/settings#jobs")
