"""Incidents over HTTP, as JSON."""

from kintsugi.kernel.http import PROBLEMS
from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.incidents.api import (
    access,
    attachments,
    chat,
    command,
    evidence,
    record,
    recovery,
    relations,
    triage,
)

router = RoomRouter(tags=["incidents"], responses=PROBLEMS)
for _part in (access, record, attachments, relations, evidence, command, triage, recovery, chat):
    router.include_router(_part.router)

__all__ = ["router"]
