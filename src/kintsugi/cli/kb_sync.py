"""`kintsugi kb sync`: a knowledge base and a server, brought to say the same, both ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from kintsugi.cli.postmortem_remote import read_versioned, with_version
from kintsugi.core.shared.errors import DomainError
from kintsugi.formats.folder.base import README, KnowledgeBase, NewPostmortem
from kintsugi.formats.folder.entries import DOCUMENT, Entry, read_entries
from kintsugi.formats.plain import decode_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kintsugi.client import Connection
    from kintsugi.client.postmortems import Remote
    from kintsugi.core.postmortems.document import Postmortem

SHARED = frozenset({"PUBLISHED", "ARCHIVED"})
"""What a base gets by itself; a draft comes only when it is asked for, or is there already."""
_ASIDE = frozenset({"id", "reference", "version", "status"})


@dataclass(slots=True)
class Synced:
    """What became of each postmortem, in lines to print; whether anything is in conflict, or cannot be read."""

    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    has_conflicts: bool = False
    has_problems: bool = False


@dataclass(frozen=True, slots=True)
class _Local:
    """A postmortem as the base has it: its text, its value, and the version it was taken from the server at."""

    entry: Entry
    text: str
    postmortem: Postmortem
    version: int | None


def sync(
    base: KnowledgeBase, connection: Connection, today: date, *, drafts: bool, template: str
) -> Synced:
    """Bring both to say the same.

    1. What the server has and the base has not is added. 2. Sections that were changed here go there, and
    those changed there come here. 3. A section that both changed is named and left as it is on both sides:
    nothing is lost, and the next sync goes on. 4. What only the base has becomes a draft, if it names its
    incident.
    """
    from kintsugi.client import postmortems

    done = Synced()
    local = _locals(base, done)
    for remote, is_private in postmortems.read_all(connection):
        reference = remote.reference
        known = local.pop(reference, None)
        if known is None and not drafts and remote.status not in SHARED:
            continue
        if known is None and (
            _is_private(connection, remote.data["incident"]) if is_private is None else is_private
        ):
            done.notes.append(
                f"{reference}: its incident is private, so it is not put into a folder"
            )
            continue
        if known is None:
            text = with_version(postmortems.markdown(connection, remote.id, template), remote)
            [made] = base.add([NewPostmortem(remote.postmortem, text)], today)
            done.lines.append(f"{reference}  added as {made.folder}")
        elif known.version is None:
            done.notes.append(
                f"{known.entry.folder}: is {reference} there, but of which version is not said; left as it is"
            )
            done.has_conflicts = True
        else:
            _bring_together(base, connection, known, remote, template, today, done)
    for one in local.values():
        _begin(base, connection, one, done)
    base.index()
    _tell_patterns(base, connection, done)
    return done


def _tell_patterns(base: KnowledgeBase, connection: Connection, done: Synced) -> None:
    """What the server knows of patterns, into their files; a server of before there were any tells nothing."""
    from kintsugi.client import ClientError, patterns

    try:
        told = patterns.told(connection)
    except ClientError as error:
        if error.status != 404:
            raise
        return
    done.lines.extend(f"{name}  written" for name in base.tell_patterns(told) if name != README)


def _is_private(connection: Connection, incident_id: str) -> bool:
    """Whether an incident is private: a folder is read by more people than see it."""
    path = f"/api/incidents/{quote(incident_id, safe='')}"
    return bool(connection.get(path).data["private"])


def _locals(base: KnowledgeBase, done: Synced) -> dict[str, _Local]:
    """Every readable postmortem of the base, by its reference or, while it has none, its folder."""
    found: dict[str, _Local] = {}
    for entry in read_entries(base.disk):
        if entry.problem is not None:
            done.notes.append(str(entry.problem))
            done.has_problems = True
            continue
        file = f"{entry.folder}/{DOCUMENT}"
        text = decode_text(base.disk.read(entry.year, entry.name, DOCUMENT), file=file)
        try:
            postmortem, version = read_versioned(text, file)
        except DomainError as error:
            done.notes.append(f"{file}: {error}")
            done.has_problems = True
            continue
        key = postmortem.id or entry.folder
        if key in found:
            done.notes.append(f"{entry.folder}: {key} is in {found[key].entry.folder} already")
            done.has_problems = True
            continue
        found[key] = _Local(entry, text, postmortem, version)
    return found


def _bring_together(
    base: KnowledgeBase, connection: Connection, known: _Local, remote: Remote, template: str,
    today: date, done: Synced,
) -> None:  # fmt: skip
    from kintsugi.client import ClientError, postmortems

    version = known.version or 0
    sections = postmortems.changed_since(connection, remote, known.postmortem, version)
    sent = remote
    if sections:
        try:
            sent = postmortems.send(connection, remote, known.postmortem, sections, version)
        except ClientError as error:
            _tell_refusal(known, remote, error, done)
            return
    if sent.version == version:
        return
    text = with_version(postmortems.markdown(connection, sent.id, template), sent)
    base.add([NewPostmortem(sent.postmortem, text)], today, replace=True)
    what = []
    if sections:
        what.append(f"sent {', '.join(name.replace('_', ' ') for name in sections)}")
    if remote.version != version:
        what.append(f"brought to version {sent.version}")
    done.lines.append(f"{remote.reference}  {'; '.join(what)} ({known.entry.folder})")


def _tell_refusal(known: _Local, remote: Remote, error: Exception, done: Synced) -> None:
    current: Mapping[str, object] = getattr(error, "current", None) or {}
    both = ", ".join(key for key in current if key not in _ASIDE)
    if getattr(error, "status", 0) == 412 and both:
        done.lines.append(f"{remote.reference}  conflict in {both} ({known.entry.folder})")
        done.notes.append(
            f"{known.entry.folder}: both changed {both}; nothing of it was sent or overwritten."
            f" See theirs with: kintsugi postmortem pull {remote.reference} -o theirs.md"
        )
    else:
        done.lines.append(f"{remote.reference}  not sent ({known.entry.folder})")
        done.notes.append(f"{known.entry.folder}: {error}")
    done.has_conflicts = True


def _begin(base: KnowledgeBase, connection: Connection, one: _Local, done: Synced) -> None:
    """A draft on the server of what only the base has; without an incident there it stays as it is."""
    from kintsugi.client import ClientError, postmortems

    if one.version is not None:
        done.notes.append(
            f"{one.entry.folder}: the server has no {one.postmortem.id} that you can see; left as it is"
        )
        return
    if not one.postmortem.incident_id:
        done.notes.append(f"{one.entry.folder}: names no incident_id, so it is no draft there")
        return
    try:
        made = postmortems.create(connection, one.postmortem)
    except ClientError as error:
        done.notes.append(f"{one.entry.folder}: {error}")
        done.has_conflicts = True
        return
    text = with_version(one.text, made, one.postmortem)
    base.disk.write(text.encode(), one.entry.year, one.entry.name, DOCUMENT)
    done.lines.append(f"{made.reference}  begun there ({one.entry.folder})")
