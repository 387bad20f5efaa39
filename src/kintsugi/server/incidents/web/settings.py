"""What an organisation settles for incidents, on a page: files that are pasted or uploaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, UploadFile
from fastapi.responses import HTMLResponse

from kintsugi.core.shared.errors import DomainError
from kintsugi.formats.plain import decode_text
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, LostRace, door, status_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
SettingName = Annotated[str, Path(alias="name", max_length=80)]
LOST = "Somebody changed this meanwhile. Yours stands in the form; save it again to put it over theirs."
WORDS = {
    "triage_checklist": (
        "Triage checklist",
        "What to ask, what to measure, and the roles each severity needs.",
        "checklist.yaml",
    ),
    "recovery_checks": (
        "Recovery checks",
        (
            "What has to hold before an incident is over, offered by severity. needed_to_resolve lists the severities"
            " that are not resolved without any."
        ),
        "recovery.yaml",
    ),
}
"""Each setting: its title, what it says, and what its file is called where it was pasted."""


@router.get("/incidents/settings", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork) -> Answer:
    return _page(work)


@router.post("/incidents/settings/{name}", response_model=None)
@door(Action.ADMINISTER, writes=True)
def change(
    work: UnitOfWork,
    name: SettingName,
    version: Annotated[int, Form(ge=0, le=1_000_000_000)] = 0,
    text: Annotated[str, Form()] = "",
    do: Annotated[str, Form(max_length=20)] = "save",
    file: Annotated[UploadFile | None, File()] = None,
) -> Answer:
    """Another file from now on: the one that is uploaded, else the text; `do=default` goes back to ours."""
    if name not in WORDS:
        raise NotFound("there is no such setting")
    called = WORDS[name][2]
    try:
        if file is not None and file.filename:
            called = file.filename[:100]
            text = decode_text(file.file.read(incidents.settings.LONGEST * 4 + 1), file=called)
        with work.attempt():
            incidents.settings.settle(work, name, "" if do == "default" else text, called, version)
    except DomainError as error:
        said = LOST if isinstance(error, LostRace) else f"{error}."
        return _page(work, name, text, said, status_of(error)[0])
    return see(f"/incidents/settings#{name}")


def _page(
    work: UnitOfWork, refused: str = "", text: str = "", wrong: str = "", status: int = 200
) -> Answer:
    found = {name: incidents.settings.setting(work, name) for name in WORDS}
    context = {
        "settings": [(name, *WORDS[name][:2], one) for name, one in found.items()],
        "names": accounts.names_of(work, [one.changed_by for one in found.values() if one.changed_by]),
        "refused": refused, "typed": text, "wrong": wrong,
        "may_administer": work.viewer.may(Action.ADMINISTER),
    }  # fmt: skip
    return page(work, "incidents/settings.html", context, status=status)
