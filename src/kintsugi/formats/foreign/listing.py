"""What an import found, as plain data: title, severity, times, timeline, action items, sections."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.times import written_when
from kintsugi.formats.foreign.read import Imported


def listed(imported: Imported, file: str) -> dict[str, object]:
    """One file's entry of `postmortem import --json`; times are ISO in UTC, clock times or days, as far as known."""
    postmortem = imported.postmortem
    return {
        "file": file,
        "title": postmortem.title,
        "severity": postmortem.severity.label if postmortem.severity else None,
        "startedAt": (imported.started.written() or None) if imported.started else None,
        "endedAt": (imported.ended.written() or None) if imported.ended else None,
        "timeline": [
            {"at": event.moment.written() or None, "text": _told(event.text, event.action_taken)}
            for event in imported.events
        ],
        "actionItems": _actions([found.action for found in imported.actions]),
        "sections": [{"heading": one.heading, "kind": one.kind.value} for one in imported.headings],
    }


def listed_own(postmortem: Postmortem, file: str) -> dict[str, object]:
    """The same of a file that Kintsugi wrote."""
    times = [event.time for event in postmortem.events if event.time is not None]
    began, ended = postmortem.milestones.impact_start, postmortem.milestones.resolved
    first = began or (times[0] if times else None)
    last = ended or (times[-1] if times else None)
    return {
        "file": file,
        "title": postmortem.title,
        "severity": postmortem.severity.label if postmortem.severity else None,
        "startedAt": written_when(first) if first else None,
        "endedAt": written_when(last) if last else None,
        "timeline": [
            {
                "at": written_when(event.time) if event.time else None,
                "text": _told(event.description, event.action_taken),
            }
            for event in postmortem.events
        ],
        "actionItems": _actions(postmortem.action_items),
        "sections": [{"heading": one.heading, "kind": "other"} for one in postmortem.sections],
    }


def _told(text: str, action_taken: str) -> str:
    return f"{text}\n{action_taken}".strip() if action_taken else text


def _actions(actions: Sequence[ActionItem]) -> list[dict[str, object]]:
    """The action items; measures that were taken are listed where there is nothing else."""
    items = [action for action in actions if not action.is_measure]
    return [
        {"text": one.description, "owner": one.owner or None, "done": one.status.is_done}
        for one in items or actions
    ]
