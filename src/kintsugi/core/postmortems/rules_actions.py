"""Rules about the actions, each by itself and all together (20 and 21)."""

from __future__ import annotations

from collections.abc import Iterator

from kintsugi.core.actions.review import MAX_SCORE, planned, review_action, review_set
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.rules import (
    Answer,
    Asked,
    RuleLevel,
    Settings,
    failed,
    not_applicable,
    passed,
)
from kintsugi.core.shared.text import plural, shortened

_WARNING = RuleLevel.WARNING
_LUNNEY = "Lunney, Lueder and Beyer, Postmortem Action Items: Plan the Work and Work the Plan"
_WORKBOOK = "Google SRE Workbook, ch. 10"

_RCA2 = "VA National Center for Patient Safety, RCA2: the action hierarchy"


def _about(name: str, title: str, source: str) -> Asked:
    return Asked(name, title, _WARNING, "action_items", source)


_EACH = _about("20.each", "Actions ready to be worked on", _LUNNEY)
_SET = {
    "priorities": _about(
        "21.priorities", "Priorities that differ", f"{_WORKBOOK}: all the same is a bad sign"
    ),
    "prevention": _about(
        "21.prevention", "Something prevents or detects", f"{_WORKBOOK}: mostly mitigative is bad"
    ),
    "strength": _about("21.strength", "Not only weak actions", _RCA2),
    "count": _about("21.count", "No more actions than can be done", _LUNNEY),
}
_SHOWN = 5


def each_action(postmortem: Postmortem, _settings: Settings) -> Iterator[Answer]:
    """Rule 20: the mean score of the actions, as a share of six."""
    actions = planned(postmortem.action_items)
    if not actions:
        yield not_applicable(_EACH, "No action is planned.")
        return
    reviews = [(action, review_action(action)) for action in actions]
    short = [(action, review) for action, review in reviews if review.score < MAX_SCORE]
    if not short:
        yield passed(_EACH, f"{plural(len(actions), 'action')} with all of their parts.")
        return
    lines = [
        f"{shortened(action.id or action.description, 30)} has {review.score} of {MAX_SCORE}"
        f" (missing {', '.join(review.missing)})"
        for action, review in short[:_SHOWN]
    ]
    more = f"; and {len(short) - _SHOWN} more" if len(short) > _SHOWN else ""
    share = sum(review.score for _, review in reviews) / (MAX_SCORE * len(reviews))
    yield failed(_EACH, "; ".join(lines) + more + ".", share)


def all_actions(postmortem: Postmortem, settings: Settings) -> Iterator[Answer]:
    """Rule 21: priorities differ, something prevents or detects, not all are weak, not too many."""
    checks = {check.name: check for check in review_set(postmortem.action_items, settings.actions)}
    for name, asked in _SET.items():
        check = checks.get(name)
        if check is None:
            yield not_applicable(
                asked, "Too few actions are planned." if checks else "No action is planned."
            )
        elif check.holds:
            yield passed(asked, check.explanation)
        else:
            yield failed(asked, check.explanation)
