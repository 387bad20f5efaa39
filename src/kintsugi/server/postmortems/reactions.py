"""What postmortems do when something happens in a room below: an action that moves on, a question about factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kintsugi.kernel.unit_of_work import Handler, UnitOfWork
from kintsugi.server.actions.events import ActionChanged
from kintsugi.server.analysis.events import FactorAsked
from kintsugi.server.postmortems import service as postmortems


def note_action(work: UnitOfWork, event: ActionChanged) -> None:
    """The postmortem's version goes up, so that nobody writes an old list of actions over it unawares."""
    postmortems.note_action(work, event.source_id, event.before, event.after)


def tell_factor(work: UnitOfWork, event: FactorAsked) -> None:
    """Which incidents had a contributing factor of a category, as their published postmortems say."""
    event.incident_ids.update(postmortems.incidents_with_factor(work, event.category))


HANDLERS: Mapping[type, Sequence[Handler]] = {
    ActionChanged: (note_action,),
    FactorAsked: (tell_factor,),
}
