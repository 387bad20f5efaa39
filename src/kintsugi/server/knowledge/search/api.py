"""Search over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, Field

from kintsugi.core.knowledge.query import LONGEST, Kind
from kintsugi.core.knowledge.snippets import Piece
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import written_moment
from kintsugi.kernel.asked import Paged
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import PROBLEMS, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.knowledge.search import service as search
from kintsugi.server.knowledge.search import similar
from kintsugi.server.knowledge.search.asking import RANKED

router = APIRouter(tags=["search"], responses=PROBLEMS)
Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="id", description="The id, reference or external id.")]


class Asked(Paged):
    q: Annotated[str, Field(max_length=LONGEST), AfterValidator(clean)] = ""
    kind: Kind | None = None


@router.get("/api/search", response_model=None)
@door(Action.READ)
def find(work: UnitOfWork, asked: Annotated[Asked, Query()]) -> Answer:
    """What matches a text, over incidents, postmortems, actions and alerts; the best first.

    `q` is words, "phrases", beginnings*, -without, either OR the other, and the filters kind:, service:,
    severity:, status:, team:, since:, until:. What of it is passed over is told in `notes`. `kind` narrows the
    items; `counts` are of every kind, up to 400: of more, `counts` says 401.
    """
    found = search.find(work, asked.q, asked.kind, asked.limit, asked.cursor)
    content = {
        "items": [written(hit) for hit in found.page.items],
        "nextCursor": found.page.next_cursor,
        "counts": {kind.value: found.counts[kind] for kind in Kind},
        "countedUpTo": RANKED,
        "notes": list(found.query.notes),
    }
    return lambda: JSONResponse(content)


@router.get("/api/incidents/{id}/similar", response_model=None)
@door(Action.READ)
def like_incident(
    work: UnitOfWork, name: Name, limit: Annotated[int, Query(ge=1, le=20)] = similar.SHOWN
) -> Answer:
    """Incidents like one: those whose record or postmortem shares rare words with it, the likest first, and why."""
    incident = incidents.get(work, name)
    found = similar.like_incident(work, incident.id, limit)
    content = {"items": [_similar(one) for one in found]}
    return lambda: JSONResponse(content)


def _similar(one: similar.Similar) -> dict[str, Any]:
    incident = one.incident
    return {
        "incidentId": incident.id, "reference": incident.reference, "title": incident.title,
        "status": incident.status.value,
        "severity": incident.severity.label if incident.severity else None,
        "beganAt": written_moment(incident.began_at), "postmortem": one.postmortem or None,
        "reason": one.likeness.reason, "words": list(one.likeness.words[:12]),
        "services": list(one.likeness.services),
    }  # fmt: skip


def written(hit: search.Hit) -> dict[str, Any]:
    """What was found, with the API's keys."""
    return {
        "kind": hit.kind.value, "id": hit.id, "reference": hit.reference or None,
        "incidentId": hit.incident_id, "address": hit.address, "title": plain(hit.title),
        "titlePieces": _pieces(hit.title), "snippet": plain(hit.snippet),
        "snippetPieces": _pieces(hit.snippet), "services": list(hit.services),
        "severity": hit.severity.label if hit.severity else None, "status": hit.status,
        "at": written_moment(hit.at),
    }  # fmt: skip


def plain(pieces: Sequence[Piece]) -> str:
    """The text of pieces."""
    return "".join(piece.text for piece in pieces)


def _pieces(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    return [{"text": piece.text, "hit": piece.is_hit} for piece in pieces]
