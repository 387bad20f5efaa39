"""Taking a why-tree of the incident into its postmortem, and beginning one from what the postmortem says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kintsugi.core.analysis.five_whys import Why, walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.postmortems import taking_whys
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.postmortems.service import saving
from kintsugi.server.postmortems.stored import Stored

FIELDS = ("whys", "response", "contributing_factors", "action_items")


@dataclass(frozen=True, slots=True)
class Take:
    """What is taken: the tree as the whys; answers, by number from 0 and parents first, as factors and actions."""

    whys: bool = False
    factors: Collection[int] = ()
    actions: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Takeable:
    """An answer of a tree as a postmortem has it: whether it is a factor, and whether an action follows."""

    number: int
    why: Why
    is_factor: bool
    has_action: bool


def take(work: UnitOfWork, stored: Stored, tree: analysis.StoredWhys, what: Take) -> Stored:
    """The postmortem with what is taken. The text that is published keeps what it took: the tree may go on.

    Raises InvalidValue for a tree of another incident or an answer that is not there; Forbidden, Conflict as `write`.
    """
    if tree.incident_id != stored.incident_id:
        raise InvalidValue(
            f"{tree.reference} is about another incident", path=("tree",),
            expected="a why-tree of the postmortem's incident",
        )  # fmt: skip
    said = analysis.whys.in_words(work, tree)
    answers = [why for _, why in walk(said.whys)]
    for name, numbers in (("factors", what.factors), ("actions", what.actions)):
        for number in numbers:
            if not 0 <= number < len(answers) or not answers[number].answer:
                raise InvalidValue(
                    f"{number} is no answer of {tree.reference}", path=(name,),
                    expected=f"a number from 0 to {len(answers) - 1}",
                )  # fmt: skip
    document = stored.document
    if what.whys:
        document = taking_whys.with_whys(document, said)
    for number in what.factors:
        document = taking_whys.with_factor(document, answers[number])
    for number in what.actions:
        document = taking_whys.with_action(document, answers[number])
    changed = [name for name in FIELDS if getattr(document, name) != getattr(stored.document, name)]
    if not changed:
        return stored
    work.audit("postmortem.take-whys", stored.id, tree=tree.reference, version=tree.version)
    return saving.write(work, stored, document, changed, None, f"from {tree.reference}")


def takeable(
    work: UnitOfWork, stored: Stored, tree: analysis.StoredWhys
) -> tuple[bool, tuple[Takeable, ...]]:
    """Whether the postmortem's whys are the tree's, and each answer as the postmortem has it."""
    said = analysis.whys.in_words(work, tree)
    rows = tuple(
        Takeable(
            number, why, taking_whys.has_factor(stored.document, why),
            taking_whys.has_action(stored.document, why),
        )
        for number, (_, why) in enumerate(walk(said.whys))
        if why.answer
    )  # fmt: skip
    return taking_whys.has_whys(stored.document, said), rows


def begin(work: UnitOfWork, stored: Stored) -> analysis.StoredWhys:
    """A why-tree of the incident that begins with what the postmortem says. Raises InvalidValue."""
    document = stored.document
    said = WhyAnalysis(
        document.title[:300], document.whys, document.response.halve_detection,
        document.response.halve_mitigation,
    )  # fmt: skip
    return analysis.whys.add(work, stored.incident_id, said)


def trees_of(work: UnitOfWork, stored: Stored) -> tuple[analysis.StoredWhys, ...]:
    """The why-trees of the postmortem's incident, the newest first."""
    wanted = analysis.Wanted(incident_id=stored.incident_id)
    return tuple(analysis.whys.list_trees(work, wanted, 20).items)
