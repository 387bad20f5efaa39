"""Is an action ready to be worked on? Each is scored 0 to 6, and the set is looked at as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kintsugi.core.actions.item import ActionItem, ActionStatus, ActionType
from kintsugi.core.language.action_wording import no_verb_first, vague_opening, weak_action
from kintsugi.core.language.finding import Finding
from kintsugi.core.language.people import is_group, is_nobody, is_several
from kintsugi.core.language.prose import is_written
from kintsugi.core.shared.text import joined, plural, shortened

MAX_SCORE = 6


@dataclass(frozen=True, slots=True)
class ActionPoint:
    """One of the six points. `missing` names the parts it lacks and `advice` says what to do about them."""

    part: str
    missing: tuple[str, ...] = ()
    advice: str = ""

    @property
    def earned(self) -> bool:
        """Whether the point counts."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class ActionReview:
    """The six points of an action, and what there is to say about its wording."""

    points: tuple[ActionPoint, ...]
    findings: tuple[Finding, ...]
    is_weak: bool

    @property
    def score(self) -> int:
        """0 to 6."""
        return sum(point.earned for point in self.points)

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts that are missing, by name: verb, strength, owner, priority, type, due, tracker, done_when."""
        return tuple(name for point in self.points for name in point.missing)


def review_action(action: ActionItem) -> ActionReview:
    """Score one action by practice rule 20 (Lunney et al.: actionable, specific, bounded).

    The rule has eight parts; two pairs share a point, which makes six:

    1. wording: begins with a verb, and is neither vague (improve, investigate) nor weak (train, remind)
    2. owner: one person, not only a team
    3. urgency: a priority and a type
    4. due: a date, or a horizon
    5. tracker: a ticket, or an id to follow it by
    6. done_when: how one will see that it is done
    """
    weak = weak_action(action.description)
    readings = (no_verb_first(action.description), vague_opening(action.description), weak)
    points = (
        _wording(*readings),
        _owner(action),
        _urgency(action),
        _due(action),
        _tracker(action),
        _done_when(action),
    )
    return ActionReview(
        points, tuple(found for found in readings if found is not None), weak is not None
    )


def _wording(no_verb: Finding | None, vague: Finding | None, weak: Finding | None) -> ActionPoint:
    missing = (("verb",) if no_verb else ()) + (("strength",) if vague or weak else ())
    reading = no_verb or vague or weak
    return ActionPoint("wording", missing, reading.rewrite if reading else "")


def _owner(action: ActionItem) -> ActionPoint:
    advice = ""
    if is_nobody(action.owner):
        advice = "Name the one person who sees it through."
    elif is_several(action.owner):
        advice = (
            f"{shortened(action.owner, 40)} are several; name one, the others are collaborators."
        )
    elif is_group(action.owner):
        advice = (
            f"{shortened(action.owner, 40)} is a team; name the person in it who sees it through."
        )
    return ActionPoint("owner", ("owner",) if advice else (), advice)


def _urgency(action: ActionItem) -> ActionPoint:
    parts = (("priority", action.priority), ("type", action.type))
    missing = tuple(name for name, value in parts if value is None)
    return ActionPoint("urgency", missing, f"Set its {joined(missing)}." if missing else "")


def _due(action: ActionItem) -> ActionPoint:
    if action.due is not None or action.horizon is not None:
        return ActionPoint("due")
    return ActionPoint("due", ("due",), "Set a due date, or a horizon: immediate, short or long.")


def _tracker(action: ActionItem) -> ActionPoint:
    if action.ticket.strip() or action.id.strip():
        return ActionPoint("tracker")
    return ActionPoint("tracker", ("tracker",), "Link its ticket, or give it an id.")


def _done_when(action: ActionItem) -> ActionPoint:
    if is_written(action.done_when):
        return ActionPoint("done_when")
    return ActionPoint("done_when", ("done_when",), "Say how one will see that it is done.")


@dataclass(frozen=True, slots=True)
class SetLimits:
    """The numbers of practice rule 21."""

    same_priority_from: int = 3
    max_actions: int = 10


DEFAULT_LIMITS = SetLimits()


@dataclass(frozen=True, slots=True)
class SetCheck:
    """One question about all actions together: whether it holds, and in words what is wrong."""

    name: str
    holds: bool
    explanation: str


def planned(actions: Sequence[ActionItem]) -> tuple[ActionItem, ...]:
    """The actions that somebody will do or has done: not those decided against or accepted as a risk."""
    dropped = (ActionStatus.WONT_DO, ActionStatus.ACCEPTED_RISK)
    return tuple(action for action in actions if action.status not in dropped)


def review_set(
    actions: Sequence[ActionItem], limits: SetLimits = DEFAULT_LIMITS
) -> tuple[SetCheck, ...]:
    """Look at all actions together (practice rule 21); the checks that apply, in order. None for no action.

    priorities: not all the same (from three actions up); prevention: at least one that prevents or
    detects; strength: not all of them weak; count: no more than can be done.
    """
    kept = planned(actions)
    if not kept:
        return ()
    checks = [_prevention(kept), _strength(kept), _count(kept, limits)]
    if len(kept) >= limits.same_priority_from and any(action.priority for action in kept):
        checks.insert(0, _priorities(kept))
    return tuple(checks)


def _priorities(actions: Sequence[ActionItem]) -> SetCheck:
    first = actions[0].priority
    if len({action.priority for action in actions}) > 1:
        return SetCheck("priorities", True, "The actions differ in priority.")
    word = first.value if first else "unset"
    text = f"All {len(actions)} actions have the priority {word}; say which come first."
    return SetCheck("priorities", False, text)


def _prevention(actions: Sequence[ActionItem]) -> SetCheck:
    count = sum(action.type in (ActionType.PREVENT, ActionType.DETECT) for action in actions)
    if count:
        return SetCheck("prevention", True, f"{plural(count, 'action')} to prevent or detect it.")
    untyped = any(action.type is None for action in actions)
    hint = " Some have no type yet." if untyped else ""
    ask = "What would keep this from happening again, or show it sooner?"
    text = f"No action is of type PREVENT or DETECT. {ask}{hint}"
    return SetCheck("prevention", False, text)


def _strength(actions: Sequence[ActionItem]) -> SetCheck:
    if all(weak_action(action.description) for action in actions):
        text = "Every action is training, documentation or being careful; add one that changes the system itself."
        return SetCheck("strength", False, text)
    return SetCheck("strength", True, "At least one action changes the system itself.")


def _count(actions: Sequence[ActionItem], limits: SetLimits) -> SetCheck:
    if len(actions) > limits.max_actions:
        ask = "Which of them would you fund? Drop the rest."
        text = f"{len(actions)} actions are more than {limits.max_actions}. {ask}"
        return SetCheck("count", False, text)
    return SetCheck(
        "count", True, f"{plural(len(actions), 'action')}, no more than {limits.max_actions}."
    )
