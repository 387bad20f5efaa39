"""What postmortems do when something happens in a room below: an action that moves on is a change of its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kintsugi.kernel.unit_of_work import Handler, UnitOfWork
from kintsugi.server.actions.events import ActionChanged
from kintsugi.server.postmortems import service as postmortems


def note_action(work: UnitOfWork, event: ActionChanged) -> None:
    """The postmortem's version goes up, so that nobody writes an old list of actions over it unawares."""
    postmortems.note_action(work, event.source_id, event.before, event.after)


HANDLERS: Mapping[type, Sequence[Handler]] = {ActionChanged: (note_action,)}
