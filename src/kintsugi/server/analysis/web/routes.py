"""The routes of the pages of fault trees. A change is a POST that says from which version it was made."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse

from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import clean, sentence, spoken
from kintsugi.formats.faulttree.shipped import EXAMPLES, example_text
from kintsugi.kernel.asked import Cursor
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.download import download
from kintsugi.kernel.http import Answer, LostRace, door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.web.forms import (
    SOLVE,
    HappenedForm,
    Refused,
    TreeForm,
    VersionForm,
    filled,
    refused,
)
from kintsugi.server.analysis.web.showing import Found, found_of
from kintsugi.server.analysis.web.trying import (
    Tried,
    before_adding,
    before_changing,
    before_saying,
    tried,
)
from kintsugi.server.analysis.web.why_routes import tree_page
from kintsugi.server.incidents import service as incidents

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Name = Annotated[str, Path(alias="reference", max_length=80)]
Searched = Annotated[str, Query(max_length=200)]
START = "down = or(db, net)\ndb = 0.01\nnet = 0.02\n"
"""What stands in the field of a new tree: enough to see what the form is."""


@router.get("/analysis", response_model=None)
@door(Action.READ)
def show_list(work: UnitOfWork, q: Searched = "", cursor: Cursor = None) -> Answer:
    words = clean(q).strip()
    found = analysis.list_trees(work, analysis.Wanted(text=words), USUAL, cursor)
    about = incidents.get_all(work, [one.incident_id for one in found.items if one.incident_id])

    def address(**other: str) -> str:
        said = {name: value for name, value in {"q": words, **other}.items() if value}
        return "/analysis" + (f"?{urlencode(said)}" if said else "")

    context = {
        "rows": [(one.title, one, about.get(one.incident_id or "")) for one in found.items],
        "words": words,
        "examples": _examples(),
        "next_href": address(cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": address() if cursor else "",
        "may_write": work.viewer.may(Action.RESPOND),
    }
    return page(work, "analysis/list.html", context)


@router.get("/analysis/new", response_model=None)
@door(Action.RESPOND)
def show_new(work: UnitOfWork, incident: Searched = "", example: Searched = "") -> Answer:
    text = example_text(example) if example in EXAMPLES else START
    title = spoken(example.replace("-", "_")) if example in EXAMPLES else ""
    form = TreeForm(title=title, text=text, incident=clean(incident))
    return _page(work, form, None, tried(work, form, None))


@router.post("/analysis", response_model=None)
@door(Action.RESPOND, writes=True, first=before_adding)
def add(work: UnitOfWork, first: Tried, form: Annotated[TreeForm, Form()]) -> Answer:
    if form.do == SOLVE:
        return _page(work, form, None, first)
    try:
        with work.attempt():
            tree = analysis.add(work, form.draft(), first.sound())
    except NotFound as error:
        refusal = Refused(422, {"incident": sentence(str(error))})
        return _page(work, form, None, first, refusal)
    except DomainError as error:
        return _page(work, form, None, first, refused(error))
    return see(f"/analysis/{tree.reference}")


@router.post("/analysis/new/preview", response_model=None)
@door(Action.READ)
def preview(work: UnitOfWork, form: Annotated[TreeForm, Form()]) -> Answer:
    """The answers about what is typed. A POST, so that what is typed stands in no address."""
    first = tried(work, form, None)
    context = {
        "found": _shown(work, first),
        "problem": first.problem,
        "happened": (),
        "tells": False,
    }
    return page(work, "analysis/_found.html", context)


@router.get("/analysis/{reference}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """A fault tree; a name such as WT-1 is that of a why-tree."""
    if name.upper().startswith(("WT-", "WT_")):
        return tree_page(work, name)
    tree = analysis.get(work, name)
    form = filled(work, tree)
    return _page(work, form, tree, tried(work, form, tree))


@router.post("/analysis/{reference}", response_model=None)
@door(Action.RESPOND, writes=True, first=before_changing)
def change(work: UnitOfWork, first: Tried, name: Name, form: Annotated[TreeForm, Form()]) -> Answer:
    tree = analysis.get(work, name)
    if form.do == SOLVE:
        return _page(work, form, tree, first)
    try:
        with work.attempt():
            analysis.change(work, tree, form.changes(), form.version, first.sound())
    except LostRace:
        tree = analysis.get(work, name)
        typed = form.model_copy(update={"version": tree.version})
        return _page(work, typed, tree, first, Refused(412, {}, filled(work, tree).told()))
    except DomainError as error:
        return _page(work, form, tree, first, refused(error))
    return see(f"/analysis/{tree.reference}")


@router.post("/analysis/{reference}/happened", response_model=None)
@door(Action.RESPOND, writes=True, first=before_saying)
def say_happened(
    work: UnitOfWork, first: Tried, name: Name, form: Annotated[HappenedForm, Form()]
) -> Answer:
    """Say which cut set happened; without an event, that it is not known."""
    tree = analysis.get(work, name)
    try:
        with work.attempt():
            analysis.change(work, tree, form.changes(), form.version, first.sound())
    except LostRace:
        return _late(work, name)
    except DomainError as error:
        return _page(work, filled(work, tree), tree, first, refused(error))
    return see(f"/analysis/{tree.reference}#cut-sets")


def _before_deleting(work: UnitOfWork, name: str, form: VersionForm) -> analysis.Without | LostRace:
    try:
        return analysis.before_deleting(work, analysis.get(work, name), form.version)
    except LostRace as late:
        return late


@router.post("/analysis/{reference}/delete", response_model=None)
@door(Action.RESPOND, writes=True, first=_before_deleting)
def delete(
    work: UnitOfWork, first: analysis.Without | LostRace, name: Name,
    form: Annotated[VersionForm, Form()],
) -> Answer:  # fmt: skip
    try:
        with work.attempt():
            if isinstance(first, LostRace):
                raise first
            analysis.delete(work, analysis.get(work, name), form.version, first)
    except LostRace:
        return _late(work, name)
    return see("/analysis")


def _late(work: UnitOfWork, name: str) -> Answer:
    """The tree as somebody else has left it. Its answers are not worked out here, where others wait to write."""
    tree = analysis.get(work, name)
    told = "Somebody changed this tree since you opened it. This is how it stands now; your change was not made."
    return _page(work, filled(work, tree), tree, Tried(), Refused(412, {"": told}))


@router.get("/analysis/{reference}/export", response_model=None)
@door(Action.READ)
def export(work: UnitOfWork, name: Name, form: Searched = "text") -> Answer:
    file = analysis.exported(analysis.get(work, name), form)
    return download(file.name, file.media_type, file.content.encode(), is_shown=False)


def _page(
    work: UnitOfWork, form: TreeForm, tree: analysis.StoredTree | None, first: Tried,
    refusal: Refused | None = None,
) -> Answer:  # fmt: skip
    """The form of a tree beside its answers; a refused one stands as it was typed."""
    about = analysis.incident_of(work, tree) if tree else None
    context: dict[str, Any] = {
        "form": form,
        "tree": tree,
        "about": about,
        "found": _shown(work, first),
        "problem": first.problem,
        "wrong": refusal.wrong if refusal else {},
        "theirs": refusal.theirs if refusal else "",
        "examples": _examples(),
        "exports": [
            (word, f"/analysis/{tree.reference}/export?form={kind}") for kind, word in EXPORTS.items()
        ] if tree else [],
        "may_write": work.viewer.may(Action.RESPOND),
        "happened": tree.happened if tree else (),
        "most_happened": analysis.MOST_HAPPENED,
        "tells": tree is not None and about is not None and form.text == tree.text
        and work.viewer.may(Action.RESPOND),
    }  # fmt: skip
    return page(work, "analysis/tree.html", context, status=refusal.status if refusal else 200)


EXPORTS = {
    "text": "Text", "yaml": "YAML", "json": "JSON", "mef": "Open-PSA MEF", "mermaid": "Mermaid",
    "svg": "Drawing (SVG)",
}  # fmt: skip


def _shown(work: UnitOfWork, first: Tried) -> Found | None:
    return found_of(work, first.held) if first.held else None


def _examples() -> list[tuple[str, str]]:
    return [(spoken(one.replace("-", "_")), f"/analysis/new?example={one}") for one in EXAMPLES]
