"""A thread that sets long postmortems ahead and keeps them, once nobody has changed them for a moment.

Nobody who saves waits for it, and no transaction is longer by it: a document is set between two, and what was made is
then written in one of its own. A process that is killed before leaves nothing to mend; whoever opens the postmortem
next has it set, and that keeps it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from threading import Lock

from kintsugi.formats.errors import InputError
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.steady import Steady
from kintsugi.kernel.unit_of_work import Handler, UnitOfWork, Works
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.events import PageWanted, PostmortemChanged
from kintsugi.server.postmortems.web.set_pages import (
    FINDINGS,
    PAGE,
    findings_written,
    typeset_written,
)
from kintsugi.server.postmortems.web.typeset import is_ours, typeset
from kintsugi.server.postmortems.web.workbench import read_through

RESTED = 3.0
"""Seconds without a change: who types is saved every two."""


class Waiting:
    """The postmortems that are to be set, and since when nobody has changed them."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._lock = Lock()

    def add(self, postmortem_id: str) -> None:
        """From now on, or anew."""
        with self._lock:
            self._since[postmortem_id] = time.monotonic()

    def take(self, rested: float) -> str | None:
        """One that has rested for so many seconds."""
        with self._lock:
            until = time.monotonic() - rested
            found = next((one for one, since in self._since.items() if since <= until), None)
            if found is not None:
                del self._since[found]
            return found


def handlers(waiting: Waiting) -> Mapping[type, Sequence[Handler]]:
    """What makes a postmortem wait: a change that is committed, and whoever did not find it set."""

    def changed(work: UnitOfWork, event: PostmortemChanged) -> None:
        work.after_commit.append(partial(waiting.add, event.postmortem_id))

    def wanted(_work: UnitOfWork, event: PageWanted) -> None:
        waiting.add(event.postmortem_id)

    return {PostmortemChanged: (changed,), PageWanted: (wanted,)}


def keeper(works: Works, waiting: Waiting, rested: float = RESTED) -> Steady:
    """The thread."""

    def turn() -> bool:
        postmortem_id = waiting.take(rested)
        if postmortem_id is not None:
            keep(works, postmortem_id)
        return postmortem_id is not None

    return Steady("pages", turn, every=1.0)


def keep(works: Works, postmortem_id: str) -> None:
    """Set a long postmortem as it stands and keep what was made; what is kept already is not made again."""
    with works.reading(SYSTEM) as work:
        stored = postmortems.pages.to_set(work, postmortem_id)
        if stored is None:
            return
        made = [*_page(work, postmortems.with_cut_sets(work, stored)), *_findings(work, stored)]
    if made:
        with works.writing(SYSTEM) as work:
            postmortems.pages.keep(work, postmortem_id, made)


def _page(work: UnitOfWork, stored: postmortems.Stored) -> list[postmortems.SetPage]:
    try:
        template = postmortems.templates.template_for(work, stored.template, stored.template_text)
    except InputError:  # it is shown in another, and says so
        return []
    if not is_ours(template):
        return []
    text = typeset(work, stored)
    return _made(work, stored, PAGE, (template.source,), lambda: typeset_written(text))


def _findings(work: UnitOfWork, stored: postmortems.Stored) -> list[postmortems.SetPage]:
    return _made(
        work, stored, FINDINGS, (), lambda: findings_written(read_through(stored.document))
    )


def _made(
    work: UnitOfWork, stored: postmortems.Stored, what: str, more: tuple[str, ...],
    written: Callable[[], str],
) -> list[postmortems.SetPage]:  # fmt: skip
    if postmortems.pages.find(work, stored, what, *more) is not None:
        return []
    release, digest = postmortems.pages.release(), postmortems.pages.digest_of(stored, *more)
    return [postmortems.SetPage(what, stored.version, release, digest, written())]
