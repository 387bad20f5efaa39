"""How a change gets into a postmortem: sections merge, and of two people in one section the first gets in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.actions.matching import Known, matched
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import assess_basic
from kintsugi.core.postmortems.revisions import SECTIONS, overtaken
from kintsugi.core.postmortems.workflow import LIVE_FIELDS, is_locked
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, joined, one_line
from kintsugi.formats.api_json import api_data, api_key
from kintsugi.formats.scenarios import scenario_prompts
from kintsugi.kernel.auth import Forbidden
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import service as actions
from kintsugi.server.postmortems import document
from kintsugi.server.postmortems.events import PostmortemChanged
from kintsugi.server.postmortems.service import loading, noting
from kintsugi.server.postmortems.store import documents
from kintsugi.server.postmortems.stored import Edit, Part, Stored

LARGEST = 2_000_000
"""Characters of one postmortem: more is no text that people read."""
TITLE = 300
WORDING = ("description", "done_when", "type", "priority", "is_measure", "because")
"""The fields of an action that are text; its state, people and dates stay open when the text is locked."""


def write(
    work: UnitOfWork,
    stored: Stored,
    said: Postmortem,
    fields: Collection[str],
    read_at: int | None,
    what: str = "edit",
    *,
    is_typing: bool = False,
) -> Stored:
    """The postmortem with other sections, which were read at a version (None: whatever stands now).

    1. It is read again while nobody else may change it. 2. Once it is locked, only the state of its
    actions may change. 3. A section that somebody changed meanwhile refuses all of this change, with
    what stands there now. 4. What differs is written, kept in the history, and told; what is saved
    while somebody `is_typing` becomes one change of it in the end. Raises Forbidden, Conflict,
    LostRace, InvalidValue.
    """
    documents.lock(work.connection, stored.id)
    fresh = loading.get(work, stored.id)
    fields = [name for name in SECTIONS if name in fields] + (
        ["extra"] if "extra" in fields else []
    )
    said = checked(said, fields)
    if "extra" in fields:
        said = replace(said, extra=merged_extra(fresh.document.extra, said.extra))
    changed = [name for name in fields if getattr(said, name) != getattr(fresh.document, name)]
    if "action_items" in changed:
        items = matched_items(fresh.document.action_items, said.action_items)
        said = replace(said, action_items=items)
        if items == fresh.document.action_items:
            changed.remove("action_items")
    if not changed:
        return fresh
    _refuse_unless_allowed(work, fresh, said, changed)
    if read_at is not None:
        late = overtaken(fresh.section_versions, changed, read_at)
        if late:
            raise LostRace(current(fresh, late))
    return store_change(work, fresh, said, changed, what, is_typing=is_typing)


def store_change(
    work: UnitOfWork, fresh: Stored, said: Postmortem, changed: Sequence[str], what: str,
    *, is_typing: bool = False,
) -> Stored:  # fmt: skip
    """Put changed sections in their place, without asking whether this may be."""
    after = replace(fresh.document, **{name: getattr(said, name) for name in changed})
    refuse_too_long(after)
    version = fresh.version + 1
    text_changed = set(changed) != {"action_items"} or _wording(after) != _wording(fresh.document)
    saved = replace(
        fresh, document=after, version=version, updated_at=work.now,
        text_version=fresh.text_version + text_changed,
        section_versions={**fresh.section_versions, **dict.fromkeys(changed, version)},
    )  # fmt: skip
    if {"action_items", "severity"} & set(
        changed
    ):  # when they are due may follow from the severity
        source = actions.Source(fresh.id, fresh.reference, fresh.incident_id)
        actions.replace_all(work, source, after.action_items, after.severity)
    put(work, saved, fresh.version)
    if {"contributors", "owner"} & set(changed):
        set_people(work, saved)
    if saved.text_version != fresh.text_version:
        documents.add_author(work.connection, fresh.id, work.viewer.user_id)
    before, now = (
        document.sections_of(fresh.document, changed),
        document.sections_of(after, changed),
    )
    note = Edit(version, work.now, work.viewer.user_id, work.viewer.name, what, before, now)
    (noting.note_typing if is_typing else noting.note)(work, fresh, note)
    work.audit(f"postmortem.{what}", fresh.id, sections=list(changed))
    work.publish(PostmortemChanged(fresh.id, tuple(changed), version, work.now))
    return loading.get(work, fresh.id)


def refuse_too_long(postmortem: Postmortem) -> None:
    """Raises InvalidValue for a postmortem that is longer than anybody reads."""
    if len(document.whole(postmortem)) > LARGEST:
        raise InvalidValue("the postmortem is too long", expected=f"at most {LARGEST:,} characters")


def put(work: UnitOfWork, stored: Stored, expected: int) -> None:
    """Write the row. Raises LostRace when somebody was quicker."""
    score = assess_basic(stored.document).value
    if not documents.save(work.connection, stored, expected, score):
        raise LostRace(current(loading.get(work, stored.id), ()))
    work.touch("postmortems", f"postmortem:{stored.id}")


def put_deleted(work: UnitOfWork, stored: Stored, expected: int) -> None:
    """Write the row of one that is taken away or brought back. Raises LostRace."""
    score = assess_basic(stored.document).value
    if not documents.save(work.connection, stored, expected, score):
        raise LostRace({"id": stored.id, "reference": stored.reference})
    work.touch("postmortems", f"postmortem:{stored.id}")


def set_people(work: UnitOfWork, stored: Stored) -> None:
    """Owner and contributors, by user id where an address or name is a user's, so that they get in."""
    for part, people in (
        (Part.CONTRIBUTOR, stored.document.contributors),
        (Part.OWNER, [stored.document.owner] if stored.document.owner else []),
    ):
        named = [person.strip().casefold() for person in people if "@" in person]
        users = [accounts.user_of_email(work, person) for person in named]
        ids = [user.id for user in users if user is not None]
        documents.set_people(work.connection, stored.id, part, [*named, *ids])


def current(stored: Stored, sections: Collection[str]) -> dict[str, object]:
    """What the loser of a race is shown: the version, and the sections that were taken from them."""
    data = api_data(stored.document)
    told = {key: data.get(key) for key in (api_key(name) for name in sections)}
    if "impact" in told and "impactDetails" in data:
        told["impactDetails"] = data["impactDetails"]
    return {"id": stored.id, "reference": stored.reference, "version": stored.version} | told


def checked(said: Postmortem, fields: Collection[str]) -> Postmortem:
    """The texts cleaned of what no text holds. Raises InvalidValue for a title or scenario that is none."""
    values: dict[str, object] = {}
    for name in fields:
        value = getattr(said, name)
        if isinstance(value, str):
            values[name] = clean(value)
        elif isinstance(value, tuple) and value and all(isinstance(one, str) for one in value):
            values[name] = tuple(cleaned for one in value if (cleaned := clean(one).strip()))
    if said.scenario:
        scenario_prompts(said.scenario)
    if "title" in values:
        title = one_line(str(values["title"])).strip()
        if not title or len(title) > TITLE:
            told = f"has {len(title)} characters" if title else "is missing"
            raise InvalidValue(told, path=("title",), expected=f"1 to {TITLE} characters")
        values["title"] = title
    # The types of the fields are those they were read with.
    return replace(said, **values)  # type: ignore[arg-type]


def merged_extra(
    before: Sequence[tuple[str, str]], said: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Keys that are none of ours after a change: those sent have their new value, null takes one away, others stay."""
    merged = {**dict(before), **dict(said)}
    return tuple((key, value) for key, value in merged.items() if value != "null")


def matched_items(
    before: Sequence[ActionItem], said: Sequence[ActionItem]
) -> tuple[ActionItem, ...]:
    """The items said, each with the id of the one it continues, so that nothing is made twice."""
    pairs = matched([Known((one.id,), one.description) for one in before], said)
    return tuple(
        item if pair is None else replace(item, id=before[pair].id)
        for item, pair in zip(said, pairs, strict=True)
    )


def reworded(now: Sequence[ActionItem], kept: Sequence[ActionItem]) -> tuple[ActionItem, ...]:
    """Actions as they were kept, each with the state, people and dates that it has now."""
    known = {one.id: one for one in now}
    return tuple(
        replace(known[item.id], **{name: getattr(item, name) for name in WORDING})
        if item.id in known
        else item
        for item in kept
    )


def _refuse_unless_allowed(
    work: UnitOfWork, fresh: Stored, said: Postmortem, changed: Sequence[str]
) -> None:
    allowed = loading.rights(work, fresh)
    if not is_locked(fresh.status):
        if not allowed.may_write:
            raise Forbidden("only its authors and contributors write in it")
        return
    text = [name for name in changed if name not in LIVE_FIELDS]
    same_words = _wording(said) == _wording(fresh.document)
    if text or ("action_items" in changed and not same_words):
        words = joined(tuple(api_key(name) for name in text) or ("the wording of actions",))
        raise Conflict(
            f"it is {fresh.status.value} and its text is locked ({words}); begin a new revision to change it"
        )


def _wording(postmortem: Postmortem) -> tuple[Mapping[str, object], ...]:
    """The text of the actions, which is locked with the rest."""
    return tuple({name: getattr(one, name) for name in WORDING} for one in postmortem.action_items)
