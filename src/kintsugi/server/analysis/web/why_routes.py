"""The routes of the pages of why-trees. A change is a POST that says from which version it was made."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import clean, sentence
from kintsugi.kernel.asked import Cursor
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.download import download
from kintsugi.kernel.http import Answer, LostRace, door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.web.forms import Refused, VersionForm
from kintsugi.server.analysis.web.why_forms import LOOK, WhyForm, filled, refused
from kintsugi.server.analysis.web.why_showing import (
    FoundWhys,
    choices,
    evidence_offered,
    found_of,
)
from kintsugi.server.incidents import service as incidents

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Name = Annotated[str, Path(alias="reference", max_length=80)]
Searched = Annotated[str, Query(max_length=200)]
EXPORTS = {
    "markdown": "Markdown", "mermaid": "Mermaid", "svg": "Drawing (SVG)", "yaml": "YAML", "json": "JSON",
}  # fmt: skip


@router.get("/analysis/why-trees", response_model=None)
@door(Action.READ)
def show_list(work: UnitOfWork, q: Searched = "", cursor: Cursor = None) -> Answer:
    words = clean(q).strip()
    found = analysis.whys.list_trees(work, analysis.Wanted(text=words), USUAL, cursor)
    about = incidents.get_all(work, [one.incident_id for one in found.items])

    def address(**other: str) -> str:
        said = {name: value for name, value in {"q": words, **other}.items() if value}
        return "/analysis/why-trees" + (f"?{urlencode(said)}" if said else "")

    context = {
        "rows": [(one.analysis.problem, one, about.get(one.incident_id)) for one in found.items],
        "words": words,
        "next_href": address(cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": address() if cursor else "",
        "may_write": work.viewer.may(Action.RESPOND),
    }
    return page(work, "analysis/why_list.html", context)


@router.get("/analysis/why-trees/new", response_model=None)
@door(Action.RESPOND)
def show_new(work: UnitOfWork, incident: Searched = "") -> Answer:
    about = _incident(work, incident)
    form = WhyForm(incident=about.reference if about else clean(incident).strip())
    if about is not None:
        form = form.model_copy(update={"problem": about.title})
    return _page(work, form, None, about)


@router.post("/analysis/why-trees", response_model=None)
@door(Action.RESPOND, writes=True)
def add(work: UnitOfWork, form: Annotated[WhyForm, Form()]) -> Answer:
    about = _incident(work, form.incident)
    if form.do == LOOK:
        return _page(work, form, None, about)
    try:
        with work.attempt():
            tree = analysis.whys.add(work, form.incident, form.analysis())
    except NotFound as error:
        return _page(work, form, None, about, Refused(422, {"incident": sentence(str(error))}))
    except DomainError as error:
        return _page(work, form, None, about, refused(error))
    return see(f"/analysis/{tree.reference}")


@router.post("/analysis/why-trees/new/preview", response_model=None)
@door(Action.READ)
def preview(work: UnitOfWork, form: Annotated[WhyForm, Form()]) -> Answer:
    """What the tree that is typed comes to. A POST, so that what is typed stands in no address."""
    found, problem = _tried(work, form, _incident(work, form.incident))
    return page(work, "analysis/_asked.html", {"found": found, "problem": problem})


@router.get("/analysis/why-trees/{reference}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    return tree_page(work, name)


def tree_page(work: UnitOfWork, name: str) -> Answer:
    """The page of a why-tree as it stands."""
    tree = analysis.whys.get(work, name)
    about = incidents.get(work, tree.incident_id)
    return _page(work, filled(tree, about.reference), tree, about)


@router.post("/analysis/why-trees/{reference}", response_model=None)
@door(Action.RESPOND, writes=True)
def change(work: UnitOfWork, name: Name, form: Annotated[WhyForm, Form()]) -> Answer:
    tree = analysis.whys.get(work, name)
    about = incidents.get(work, tree.incident_id)
    if form.do == LOOK:
        return _page(work, form, tree, about)
    try:
        with work.attempt():
            analysis.whys.change(work, tree, form.analysis(), form.version)
    except LostRace:
        tree = analysis.whys.get(work, name)
        typed = form.model_copy(update={"version": tree.version})
        return _page(work, typed, tree, about, _late(tree))
    except DomainError as error:
        return _page(work, form, tree, about, refused(error))
    return see(f"/analysis/{tree.reference}")


@router.post("/analysis/why-trees/{reference}/delete", response_model=None)
@door(Action.RESPOND, writes=True)
def delete(work: UnitOfWork, name: Name, form: Annotated[VersionForm, Form()]) -> Answer:
    tree = analysis.whys.get(work, name)
    try:
        with work.attempt():
            analysis.whys.delete(work, tree, form.version)
    except LostRace:
        tree = analysis.whys.get(work, name)
        about = incidents.get(work, tree.incident_id)
        return _page(work, filled(tree, about.reference), tree, about, _late(tree))
    return see("/analysis/why-trees")


@router.get("/analysis/why-trees/{reference}/export", response_model=None)
@door(Action.READ)
def export(work: UnitOfWork, name: Name, form: Searched = "markdown") -> Answer:
    file = analysis.whys.exported(work, analysis.whys.get(work, name), form)
    return download(file.name, file.media_type, file.content.encode(), is_shown=False)


def _late(tree: analysis.StoredWhys) -> Refused:
    return Refused(412, {}, str(analysis.whys.plain(tree)["text"]))


def _incident(work: UnitOfWork, name: str) -> Incident | None:
    """The incident of a name that somebody typed, if they see one."""
    try:
        return incidents.get(work, clean(name).strip()) if name.strip() else None
    except NotFound:
        return None


def _page(
    work: UnitOfWork, form: WhyForm, tree: analysis.StoredWhys | None, about: Incident | None,
    refusal: Refused | None = None,
) -> Answer:  # fmt: skip
    """The outline of a tree beside what it comes to; a refused one stands as it was typed."""
    found, problem = _tried(work, form, about)
    address = f"/analysis/why-trees/{tree.reference}" if tree else "/analysis/why-trees"
    context: dict[str, Any] = {
        "form": form,
        "tree": tree,
        "about": about,
        "address": address,
        "found": found,
        "problem": problem,
        "wrong": refusal.wrong if refusal else {},
        "theirs": refusal.theirs if refusal else "",
        "exports": [
            (word, f"{address}/export?form={kind}") for kind, word in EXPORTS.items()
        ] if tree else [],
        "may_write": work.viewer.may(Action.RESPOND),
        "evidence": evidence_offered(work, about),
        "panels": work.panels("why_tree", tree.id) if tree else [],
        **choices(),
    }  # fmt: skip
    return page(work, "analysis/why_tree.html", context, status=refusal.status if refusal else 200)


def _tried(work: UnitOfWork, form: WhyForm, about: Incident | None) -> tuple[FoundWhys | None, str]:
    """What the tree that is typed comes to; else what is wrong with it."""
    try:
        said = form.analysis()
        checked = analysis.whys.within_limits(said)
        return found_of(work, checked, about), ""
    except DomainError as error:
        return None, next(iter(refused(error).wrong.values()))
