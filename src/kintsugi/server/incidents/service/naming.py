"""Entries under the names people have now: rows are only ever added, and an erased person's name leaves them here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kintsugi.core.incidents.incident import Entry
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts

SOMEBODY = "Somebody"


def named(work: UnitOfWork, entries: Iterable[Entry]) -> list[Entry]:
    """The entries as they are read: who wrote them, and whom a change names, by the name of today."""
    listed = list(entries)
    names = accounts.names_of(work, {one for entry in listed for one in _people(entry)})
    return [_under(entry, names) for entry in listed]


def command_text(names: Mapping[str, str], before: str, after: str, actor_id: str) -> str:
    """Who has command now, and who had it; ids, empty for nobody."""
    was = names.get(before, SOMEBODY) if before else ""
    if not after:
        return f"{was} no longer has command"
    who = names.get(after, SOMEBODY)
    took = f"{who} takes command" if after == actor_id else f"Command given to {who}"
    return f"{took}, after {was}" if was else took


def role_text(
    names: Mapping[str, str], how: str, role: str, ends: tuple[str, str], actor_id: str
) -> str:
    """What became of a role: held by another, offered, or declined; ids of users, empty for nobody."""
    before, after = ends
    was, who = (names.get(one, SOMEBODY) if one else "" for one in ends)
    if how == "offered":
        return f"{was} offers {who} the role {role}"
    if how == "declined":
        return f"{who} leaves the role {role} with {was}"
    if not after:
        return f"{was} is no longer {role}"
    said = f"{who} is {role}" if after == actor_id else f"{who} is made {role}"
    return f"{said}, after {was}" if before else said


def access_text(name: str, *, is_given: bool) -> str:
    """Whom a private incident is shown to from now on, or no longer."""
    return f"Access given to {name}" if is_given else f"Access of {name} withdrawn"


def _people(entry: Entry) -> Iterable[str]:
    yield entry.actor_id
    if entry.detail.get("role") or entry.detail.get("task"):
        yield from (entry.detail.get("from", ""), entry.detail.get("to", ""))
    if "access" in entry.detail:
        yield entry.detail.get("user", "")


def _under(entry: Entry, names: Mapping[str, str]) -> Entry:
    actor = entry.detail.get("saidBy") or names.get(entry.actor_id, entry.actor)
    text, detail = entry.text, entry.detail
    user = detail.get("user", "")
    if detail.get("role") == "commander":
        text = command_text(names, detail.get("from", ""), detail.get("to", ""), entry.actor_id)
    elif detail.get("how") and detail.get("role"):
        ends = detail.get("from", ""), detail.get("to", "")
        text = role_text(names, detail["how"], detail["role"], ends, entry.actor_id)
    elif detail.get("task") and detail.get("to"):
        text = f"{entry.text}, for {names.get(detail['to'], SOMEBODY)}"
    elif "access" in detail and user in names:
        if detail["access"] == "glass":
            text = actor + text.removeprefix(entry.actor)
        else:
            text = access_text(names[user], is_given=detail["access"] == "given")
    return replace(entry, actor=actor, text=text)
