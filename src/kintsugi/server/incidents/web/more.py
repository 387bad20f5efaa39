"""Three parts of an incident's page: its files, the incidents it belongs with, and its people.

What they show; and how their forms are answered: a refused one is shown again by itself, as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, Field

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.links import BY_HAND, LinkKind
from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, status_of
from kintsugi.kernel.pages import MOST
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.command_shown import command_context
from kintsugi.server.incidents.web.recovery_shown import recovery_context

ENTRIES_OF_A_DUPLICATE = 50
LABELS = {"userId": "Who", "into": "The other", "incident": "The other"}
"""What the forms call a field, where it is not its name."""


class SometimesVersioned(BaseModel):
    """A form that may say from which version of the incident it was made."""

    version: int | None = Field(None, ge=0, le=1_000_000_000)


class FlagForm(SometimesVersioned):
    """Something that is so or not, and why."""

    on: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RefusedMore:
    """A form of these parts that was not taken: which part and form, what was typed, and why not."""

    part: str
    form: str
    values: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    field: str = ""


NOTHING_REFUSED = RefusedMore("", "")


def more_context(
    work: UnitOfWork, incident: Incident, refused: RefusedMore = NOTHING_REFUSED
) -> dict[str, Any]:
    """What these parts, command and recovery are told, under the keys `more`, `command` and `recovery`."""
    files = incidents.attachments(work, incident, MOST).items
    links = incidents.links(work, incident)
    readers = incidents.readers(work, incident) if incident.is_private else []
    may_respond = work.viewer.may(Action.RESPOND)
    people = accounts.active_users(work) if may_respond else []
    may_hold = _may_hold(incident, people, readers)
    people_ids = [one.added_by for one in files] + [one.made_by for one in links]
    return {
        "more": {
            "incident": incident,
            "address": f"/incidents/{incident.reference}",
            "may_respond": may_respond,
            "files": files,
            "file_count": sum(one.withdrawn_at is None for one in files),
            "names": accounts.names_of(work, people_ids),
            "links": [one for one in links if one.kind is not LinkKind.HAS_DUPLICATE],
            "duplicates": _duplicates(work, links),
            "is_merged": incident.merged_into_id is not None,
            "may_unmerge": incidents.may_unmerge(work, incident),
            "kinds": [(kind.value, kind.words.capitalize()) for kind in BY_HAND],
            "commander": incidents.commander_name(work, incident),
            "commander_options": [("", "Nobody"), *may_hold],
            "is_commander": incident.commander_id == work.viewer.user_id,
            "readers": readers,
            "access_options": [
                (one.id, one.name) for one in people if one.id not in {each.user_id for each in readers}
            ],
            "refused": refused,
        },
        **command_context(work, incident),
        **recovery_context(work, incident),
    }  # fmt: skip


def _duplicates(work: UnitOfWork, links: list[incidents.Link]) -> list[dict[str, Any]]:
    """The duplicates merged into this, each with its own record, which stays its own."""
    return [
        {
            "link": one,
            "entries": incidents.timeline_page(
                work, one.other, ENTRIES_OF_A_DUPLICATE, is_backwards=True
            ).items,
        }
        for one in links
        if one.kind is LinkKind.HAS_DUPLICATE
    ]


def holders(work: UnitOfWork, incident: Incident) -> list[tuple[str, str]]:
    """Who may hold a role or task, as a form offers them: of a private incident, who sees it."""
    readers = incidents.readers(work, incident) if incident.is_private else []
    return _may_hold(incident, accounts.active_users(work), readers)


def _may_hold(
    incident: Incident, people: Sequence[accounts.User], readers: list[incidents.Reader]
) -> list[tuple[str, str]]:
    seeing = {one.user_id for one in readers}
    return [(one.id, one.name) for one in people if not incident.is_private or one.id in seeing]


def answered_beside(
    work: UnitOfWork,
    name: str,
    form: RefusedMore,
    do: Callable[[Incident], object],
    then: str = "",
) -> Answer:
    """Back to the incident when the form is taken; else its part of the page by itself, as it was typed."""
    incident = incidents.get(work, name)
    try:
        with work.attempt():
            do(incident)
    except NotFound:
        raise
    except DomainError as error:
        refused = replace(form, told=told(error, LABELS), field=field_of(error))
        incident = incidents.get(work, name)
        context = {"incident": incident, **more_context(work, incident, refused)}
        return page(work, "incidents/more.html", context, status=status_of(error)[0])
    return see(then or f"/incidents/{incident.reference}#{form.part}")


def typed(part: str, name: str, form: BaseModel) -> RefusedMore:
    """A form with what was typed into it, for the page that shows it again."""
    hidden = {"version", "back"}
    values = {key: str(value) for key, value in form.model_dump(exclude=hidden).items()}
    return RefusedMore(part, name, values)
