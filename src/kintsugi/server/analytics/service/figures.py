"""The figures of a page: worked out once, and kept for a minute while nothing that they are made of changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from kintsugi.core.analytics.facts import Period
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.classes import all_classes
from kintsugi.server.analytics.service.kept import Record, is_reading, record
from kintsugi.server.analytics.service.record import Wanted
from kintsugi.server.analytics.service.sheets import SHEETS, fatigue
from kintsugi.server.analytics.service.study import study
from kintsugi.server.analytics.service.targets import targets
from kintsugi.server.analytics.sheet import Sheet

KEPT_FOR = timedelta(minutes=1)
"""What is open grows older and the last days go on, so that no answer is good for long."""
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Figures:
    """The sheets of a page, with the period they are of and how many incidents began in it."""

    period: Period
    n: int
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """Figures, of which record (its name) and of which moment."""

    of: object
    at: datetime
    figures: Figures

    def is_good(self, of: Record, now: datetime) -> bool:
        """Whether they still say what is so: nothing changed, and hardly any time went by."""
        return self.of is of.name and timedelta(0) <= now - self.at < KEPT_FOR


@dataclass(slots=True)
class _Answers:
    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: OrderedDict[object, _Answer] = field(default_factory=OrderedDict)


_answers: WeakKeyDictionary[sa.Engine, _Answers] = WeakKeyDictionary()
_making = threading.Lock()


def figures(work: UnitOfWork, page: str, wanted: Wanted) -> Figures:
    """The figures of a page: the same for every viewer of a zone. Raises NotFound for a page that is none."""
    if page not in SHEETS:
        raise NotFound("there are overview, services, response and learning")
    every = record(work)
    found = _kept(work, page, wanted, every) if is_reading(work) else _made(work, page, wanted)
    if page == "services":
        # Alerts come by the thousand: what is said of them is never kept.
        worn = fatigue.sheet(work, found.period, wanted)
        return replace(found, sheets=(*found.sheets, worn))
    return found


def _kept(work: UnitOfWork, page: str, wanted: Wanted, every: Record) -> Figures:
    asked = replace(wanted, since=None) if wanted.days else wanted
    aims = tuple(sorted((key, repr(one)) for key, one in targets(work).items()))
    titles = tuple((one.key, one.cause.title) for one in all_classes(work, retired=True))
    key = (page, asked, work.viewer.zone, aims, titles)
    with _making:
        answers = _answers.setdefault(work.connection.engine, _Answers())
    with answers.lock:
        answer = answers.kept.get(key)
    if answer is not None and answer.is_good(every, work.now):
        return answer.figures
    made = _made(work, page, wanted)
    with answers.lock:
        answers.kept[key] = _Answer(every.name, work.now, made)
        answers.kept.move_to_end(key)
        while len(answers.kept) > MOST_KEPT:
            answers.kept.popitem(last=False)
    return made


def _made(work: UnitOfWork, page: str, wanted: Wanted) -> Figures:
    looked_at = study(work, wanted)
    return Figures(looked_at.period, looked_at.measures.n, SHEETS[page](work, looked_at))
