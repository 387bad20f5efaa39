"""Similar incidents, as the search puts them into the pages of lower rooms."""

from __future__ import annotations

from markupsafe import Markup

from kintsugi.core.knowledge.similar import Described
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.knowledge.search import similar
from kintsugi.server.postmortems import service as postmortems


def incident_similar(work: UnitOfWork, incident_id: str) -> Markup | None:
    """On the page of an incident."""
    found = similar.like_incident(work, incident_id)
    return fragment(work, "knowledge/_similar_panel.html", {"similar": found, "asked": True})


def postmortem_similar(work: UnitOfWork, postmortem_id: str) -> Markup | None:
    """On the page of a postmortem; none where nothing is like it, as there it is read and not looked for."""
    stored = postmortems.find(work, postmortem_id)
    found = similar.like_postmortem(work, stored.id, stored.incident_id) if stored else []
    if not found:
        return None
    return fragment(work, "knowledge/_similar_panel.html", {"similar": found, "asked": True})


def declare_similar(work: UnitOfWork, typed: str) -> Markup | None:
    """Beside the form to declare an incident. `typed`: title, summary and services, a line break between them."""
    title, _, rest = typed.partition("\n")
    summary, _, services = rest.rpartition("\n")
    found = of_form(work, title, summary, services)
    context = {"similar": found, "asked": bool(typed.strip())}
    return fragment(work, "knowledge/_similar_declare.html", context)


def of_form(work: UnitOfWork, title: str, text: str, services: str) -> list[similar.Similar]:
    """Incidents like what is typed so far; services with commas between them."""
    named = tuple(one.strip() for one in services.split(",") if one.strip())
    if not f"{title}{text}".strip():
        return []
    return similar.like(work, Described(title, text, named))
