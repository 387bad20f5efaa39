"""What a form would come to, worked out before anything is written: solving holds up nobody who writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.web.forms import SOLVE, HappenedForm, TreeForm, filled, refused


@dataclass(frozen=True, slots=True)
class Tried:
    """The answers about what is typed, else the problem with it; and what saving it comes to, else why it cannot be."""

    held: analysis.Held | None = None
    problem: str = ""
    ahead: analysis.Ahead | None = None
    error: DomainError | None = None

    def sound(self) -> analysis.Ahead:
        """What saving it comes to. Raises what saving it was refused with."""
        if self.ahead is None:
            raise self.error or Conflict("this was not looked at before it was saved")
        return self.ahead


def tried(work: UnitOfWork, form: TreeForm, tree: analysis.StoredTree | None) -> Tried:
    """The answers about what is typed, which nobody saves."""
    try:
        return Tried(analysis.answered(work, analysis.model(work, form.model(), tree)))
    except DomainError as error:
        return Tried(problem=next(iter(refused(error).wrong.values())))


def before_adding(work: UnitOfWork, form: TreeForm) -> Tried:
    """What adding a tree comes to."""
    return _tried(work, form, None, lambda: analysis.before_adding(work, form.draft()))


def before_changing(work: UnitOfWork, name: str, form: TreeForm) -> Tried:
    """What saving a tree comes to. Raises NotFound."""
    tree = analysis.get(work, name)
    return _tried(
        work,
        form,
        tree,
        lambda: analysis.before_changing(work, tree, form.changes(), form.version),
    )


def before_saying(work: UnitOfWork, name: str, form: HappenedForm) -> Tried:
    """What saying which cut set happened comes to. Raises NotFound."""
    tree = analysis.get(work, name)
    return _tried(
        work,
        filled(work, tree),
        tree,
        lambda: analysis.before_changing(work, tree, form.changes(), form.version),
    )


def _tried(
    work: UnitOfWork, form: TreeForm, tree: analysis.StoredTree | None,
    look_ahead: Callable[[], analysis.Ahead],
) -> Tried:  # fmt: skip
    if form.do == SOLVE:
        return tried(work, form, tree)
    try:
        ahead = look_ahead()
    except DomainError as error:
        found = tried(work, form, tree)
        return Tried(found.held, found.problem, error=error)
    return Tried(ahead.held, ahead=ahead)
