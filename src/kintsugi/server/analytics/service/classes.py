"""Classes of cause: what they are, which a record suggests, and what a person says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.knowledge.classes import SHIPPED, Decision, Suggestion, class_of, suggested
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.events import ClassDecided
from kintsugi.server.analytics.service import noting
from kintsugi.server.analytics.store import classes as store
from kintsugi.server.analytics.stored import Decided, KeptClass
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

MOST_CLASSES = 200
MOST_ALIKE = 2_000


@dataclass(frozen=True, slots=True)
class Belonging:
    """The classes of one incident: what people said, by class, and what its record suggests beside that."""

    decided: Mapping[str, Decided]
    suggested: tuple[Suggestion, ...]

    @property
    def confirmed(self) -> tuple[Decided, ...]:
        """The classes that a person confirmed, in the order in which they did."""
        return tuple(one for one in self.decided.values() if one.decision is Decision.CONFIRMED)


def all_classes(work: UnitOfWork, *, retired: bool = False) -> tuple[KeptClass, ...]:
    """The shipped classes as the team has them, then its own by title; the retired ones only when asked for."""
    kept = store.kept(work.connection)
    shipped = [kept.pop(one.key, KeptClass(one)) for one in SHIPPED]
    own = sorted(kept.values(), key=lambda one: (one.cause.title.casefold(), one.key))
    return tuple(one for one in (*shipped, *own) if retired or not one.is_retired)


def class_named(work: UnitOfWork, key: str) -> KeptClass:
    """The class of a key, retired or not. Raises NotFound."""
    said = clean(key).strip().casefold().replace("-", "_")
    found = next((one for one in all_classes(work, retired=True) if one.key == said), None)
    if found is None:
        raise NotFound("there is no such class of cause")
    return found


def make_class(
    work: UnitOfWork, title: str, terms: Iterable[str], description: str = ""
) -> KeptClass:
    """A class of the team's own. Raises InvalidValue; Conflict where there is one of this title."""
    if len(all_classes(work, retired=True)) >= MOST_CLASSES:
        raise Conflict(f"there are {MOST_CLASSES} classes, which is as many as there can be")
    made = KeptClass(class_of(title, terms, description), 1)
    is_known = any(one.key == made.key for one in all_classes(work, retired=True))
    if is_known or not store.put(work.connection, made, 0, work.viewer.user_id, work.now):
        raise Conflict(f"there is a class {made.key} already")
    work.audit("class.make", made.key)
    return made


def change_class(
    work: UnitOfWork,
    key: str,
    *,
    title: str | None = None,
    terms: Iterable[str] | None = None,
    description: str | None = None,
    expected: int,
) -> KeptClass:
    """What is given of a class, in other words from now on; its key stays. Raises InvalidValue, LostRace, NotFound."""
    before = class_named(work, key)
    cause = class_of(
        before.cause.title if title is None else title,
        before.cause.terms if terms is None else terms,
        before.cause.description if description is None else description,
        before.key,
    )
    return _saved(work, before, KeptClass(cause, expected + 1, before.is_retired), expected)


def retire(work: UnitOfWork, key: str, expected: int, *, is_retired: bool = True) -> KeptClass:
    """Suggest a class no more, and list it nowhere; what was confirmed is kept. Raises LostRace, NotFound."""
    before = class_named(work, key)
    return _saved(work, before, KeptClass(before.cause, expected + 1, is_retired), expected)


def _saved(work: UnitOfWork, before: KeptClass, after: KeptClass, expected: int) -> KeptClass:
    by, now = work.viewer.user_id, work.now
    if before.version != expected or not store.put(work.connection, after, expected, by, now):
        now_is = class_named(work, before.key)
        raise LostRace({"title": now_is.cause.title, "terms": list(now_is.cause.terms)})
    work.audit("class.change", after.key, retired=after.is_retired)
    return after


def belonging(work: UnitOfWork, incident: Incident) -> Belonging:
    """What was said of an incident that the viewer sees, and what its record suggests of the rest."""
    decided = {one.class_key: one for one in store.decisions(work.connection, [incident.id])}
    lessons = [
        stored.document
        for one in postmortems.of_incident(work, incident.id)
        for stored in (postmortems.get(work, one.id),)
    ]
    texts = {"title": incident.title, "summary": incident.summary, "impact": incident.impact}
    for document in lessons:
        texts |= {
            "root cause": document.root_cause, "trigger": document.trigger,
            "contributing factors": "\n".join(one.text for one in document.contributing_factors),
        }  # fmt: skip
    categories = {one.category for each in lessons for one in each.contributing_factors}
    causes = [one.cause for one in all_classes(work)]
    found = suggested(texts, categories, causes)
    return Belonging(decided, tuple(one for one in found if one.key not in decided))


def alike(work: UnitOfWork, incident_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """The confirmed classes of these incidents and of others like them, title by key, by the id of an incident.

    Others are the newest 2,000, whoever sees them: whoever asks leaves out what the viewer does not see.
    """
    titles = {one.key: one.cause.title for one in all_classes(work)}
    found: dict[str, dict[str, str]] = {}
    for incident_id, key in store.alike(work.connection, incident_ids, MOST_ALIKE):
        if key in titles:
            found.setdefault(incident_id, {})[key] = titles[key]
    return found


def decide(work: UnitOfWork, incident: Incident, key: str, decision: Decision) -> Decided:
    """Say that an incident is of a class, or is not. Raises NotFound, and Conflict for a retired class."""
    found = class_named(work, key)
    if found.is_retired:
        raise Conflict("this class is retired")
    viewer = work.viewer
    said = Decided(incident.id, found.key, decision, viewer.user_id, viewer.name, work.now)
    store.decide(work.connection, said)
    _told(work, incident, found.key, decision.value)
    return said


def forget(work: UnitOfWork, incident: Incident, key: str) -> None:
    """Take back what was said of an incident and a class. Raises NotFound where nothing was."""
    found = class_named(work, key)
    if not store.take_back(work.connection, incident.id, found.key):
        raise NotFound("nothing was said of this class")
    _told(work, incident, found.key, "")


def _told(work: UnitOfWork, incident: Incident, key: str, decision: str) -> None:
    work.audit("class.decide", incident.id, cause=key, decision=decision)
    work.touch(f"incident:{incident.id}")
    noting.note(work, incident.id)
    work.publish(ClassDecided(incident.id, key, decision, work.now))


def decision_of(written: str) -> Decision:
    """A decision as it is written. Raises InvalidValue."""
    try:
        return Decision(written)
    except ValueError as error:
        raise InvalidValue(
            f"{written[:40]!r} is no decision", path=("decision",),
            expected=" or ".join(one.value for one in Decision),
        ) from error  # fmt: skip


def incident_named(work: UnitOfWork, name: str) -> Incident:
    """The incident of an id, reference or external id. Raises NotFound when the viewer sees none."""
    return incidents.get(work, name)
