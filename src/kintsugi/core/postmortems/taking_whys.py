"""A why-tree taken into a postmortem: its whys, and of an answer a contributing factor or an action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from kintsugi.core.actions.item import ActionItem, ActionType
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.text import one_line, shortened

LONGEST = 200
"""Characters of an answer that an action's description repeats; `because` has it whole."""
_BEGUN: Mapping[str, tuple[str, ActionType]] = MappingProxyType(
    {
        "inadequate_monitoring": ("Alert on this", ActionType.DETECT),
        "missing_safety_mechanism": ("Guard against this", ActionType.PREVENT),
        "poor_error_handling": ("Handle this failure", ActionType.MITIGATE),
        "insufficient_documentation": ("Write this down", ActionType.DOCUMENT),
        "process_gap": ("Agree on how this is done", ActionType.PROCESS),
        "dependency_failure": ("Limit what this takes down", ActionType.MITIGATE),
        "traffic_spike": ("Limit what this takes down", ActionType.MITIGATE),
    }
)
"""How an action about an answer of a kind begins, and its type; people say the rest."""
_ELSE = ("Remove this cause", ActionType.PREVENT)


def with_whys(postmortem: Postmortem, analysis: WhyAnalysis) -> Postmortem:
    """The postmortem with the tree as its whys, and with what would halve the times where the tree says it."""
    response = postmortem.response
    response = replace(
        response,
        halve_detection=analysis.halve_detection or response.halve_detection,
        halve_mitigation=analysis.halve_mitigation or response.halve_mitigation,
    )
    return replace(postmortem, whys=analysis.whys, response=response)


def has_whys(postmortem: Postmortem, analysis: WhyAnalysis) -> bool:
    """Whether the postmortem says what the tree says."""
    return with_whys(postmortem, analysis) == postmortem


def with_factor(postmortem: Postmortem, why: Why) -> Postmortem:
    """The postmortem with the answer among its contributing factors; unchanged where it is one."""
    if not why.answer or has_factor(postmortem, why):
        return postmortem
    factor = ContributingFactor(one_line(why.answer), why.category)
    return replace(postmortem, contributing_factors=(*postmortem.contributing_factors, factor))


def has_factor(postmortem: Postmortem, why: Why) -> bool:
    """Whether the answer is one of its contributing factors."""
    return any(_same(one.text, why.answer) for one in postmortem.contributing_factors)


def with_action(postmortem: Postmortem, why: Why) -> Postmortem:
    """The postmortem with an action about the answer, which says so in `because`; unchanged where there is one."""
    if not why.answer or has_action(postmortem, why):
        return postmortem
    begin, kind = _BEGUN.get(why.category, _ELSE)
    answer = one_line(why.answer)
    item = ActionItem(f"{begin}: {shortened(answer, LONGEST)}", type=kind, because=answer)
    return replace(postmortem, action_items=(*postmortem.action_items, item))


def has_action(postmortem: Postmortem, why: Why) -> bool:
    """Whether one of its actions follows from the answer."""
    return any(_same(one.because, why.answer) for one in postmortem.action_items)


def question_of(postmortem: Postmortem, factor: ContributingFactor) -> str:
    """The question that a contributing factor answers in the postmortem's whys; empty for none."""
    from_whys = _questions(postmortem.whys)
    return from_whys.get(one_line(factor.text).casefold(), "")


def _questions(whys: tuple[Why, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting = list(whys)
    for why in waiting:
        found.setdefault(one_line(why.answer).casefold(), one_line(why.question))
        waiting += why.whys
    return found


def _same(text: str, answer: str) -> bool:
    return bool(answer) and one_line(text).casefold() == one_line(answer).casefold()
