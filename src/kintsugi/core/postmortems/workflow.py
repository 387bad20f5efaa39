"""How a postmortem moves from draft to archive: who approves, what is locked, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import assert_never

from kintsugi.core.actions.item import Priority
from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.core.postmortems.blame import blaming
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined, plural

_NEXT: Mapping[PostmortemStatus, tuple[PostmortemStatus, ...]] = MappingProxyType(
    {
        PostmortemStatus.DRAFT: (PostmortemStatus.IN_REVIEW,),
        PostmortemStatus.IN_REVIEW: (PostmortemStatus.PUBLISHED, PostmortemStatus.DRAFT),
        PostmortemStatus.PUBLISHED: (PostmortemStatus.ARCHIVED, PostmortemStatus.IN_REVIEW),
        PostmortemStatus.ARCHIVED: (PostmortemStatus.PUBLISHED,),
    }
)
ESSENTIAL = ("title", "summary", "impact", "root_cause")
"""The Post-Mortems seed's essential sections: without them nobody can review."""
MOST_BUDGET = 20
"""Per cent of an error budget, above which there has to be an action of priority CRITICAL (practice rule 10)."""
LIVE_FIELDS = frozenset({"action_items"})
"""What stays editable once the text is locked: the state of its actions (the seed's exception)."""


class WorkflowRefused(DomainError):
    """A postmortem cannot go there as it stands; `blockers` says what stands in the way."""

    def __init__(self, blockers: Sequence[str]) -> None:
        self.blockers = tuple(blockers)
        super().__init__("; ".join(blockers))


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody approved the text as it was at a version."""

    user_id: str
    text_version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """How many must approve, and what a text must have before it is reviewed. A team can change both."""

    usual: int = 1
    by_severity: Mapping[Severity, int] = field(
        default_factory=lambda: MappingProxyType({Severity.SEV_1: 2})
    )
    required_to_submit: tuple[str, ...] = ESSENTIAL
    blocks_blame: bool = False
    """Whether words that make a person the cause, or judge one (lint rules L1), keep a text from being published."""

    def needed(self, severity: Severity | None) -> int:
        """How many approvals a postmortem of this severity needs."""
        return self.by_severity.get(severity, self.usual) if severity else self.usual


DEFAULT_RULES = ApprovalRules()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a postmortem stands, as the workflow needs it.

    `authors` are the ids of all who wrote in it, the creator among them; `text_version` counts the
    changes of its text. `declared` is the severity of its incident: whoever writes the text cannot
    ask for fewer approvals by writing a milder one.
    """

    postmortem: Postmortem
    created_by: str
    authors: frozenset[str]
    text_version: int
    approvals: tuple[Approval, ...] = ()
    declared: Severity | None = None

    @property
    def severities(self) -> tuple[Severity, ...]:
        """The severity that its text says and the one of its incident, as far as they are known."""
        return tuple(one for one in (self.postmortem.severity, self.declared) if one is not None)


def next_states(status: PostmortemStatus) -> tuple[PostmortemStatus, ...]:
    """The states that may follow this one, the way forward first."""
    return _NEXT[status]


def is_locked(status: PostmortemStatus) -> bool:
    """Whether the text may no longer change; its actions' states still may."""
    return status in (PostmortemStatus.PUBLISHED, PostmortemStatus.ARCHIVED)


def may_approve(standing: Standing, user_id: str) -> bool:
    """Whether an approval of theirs counts: not their own postmortem, and not one only they wrote in."""
    return user_id != standing.created_by and standing.authors != {user_id}


def counted(standing: Standing) -> tuple[Approval, ...]:
    """The approvals that count: of the text as it stands now, one a person, by people who may."""
    latest = {
        one.user_id: one
        for one in standing.approvals
        if one.text_version == standing.text_version and may_approve(standing, one.user_id)
    }
    return tuple(latest.values())


def approvals_needed(standing: Standing, rules: ApprovalRules = DEFAULT_RULES) -> int:
    """How many approvals it needs: by its severity or its incident's, whichever asks for more."""
    return max(rules.needed(severity) for severity in standing.severities or (None,))


def blockers(
    standing: Standing,
    to: PostmortemStatus,
    today: date,
    rules: ApprovalRules = DEFAULT_RULES,
) -> tuple[str, ...]:
    """What keeps a postmortem from going to a state, each in words; empty when nothing does.

    To IN_REVIEW from a draft: the essential sections are written. To PUBLISHED from review: enough
    approvals of this very text (practice rule 24), and for SEV-1 and SEV-2 an action of priority
    CRITICAL or HIGH, where it used over 20% of an error budget one of CRITICAL, or a reason why there is
    none (rule 10); where a team wants it, nobody is blamed (L1, and no other rule of the lint). To
    ARCHIVED: every action is settled.
    """
    now = standing.postmortem.status
    if to not in _NEXT[now]:
        allowed = " or ".join(one.value for one in _NEXT[now])
        return (f"it is {now.value}; from here it can go to {allowed}",)
    match to:
        case PostmortemStatus.DRAFT:
            return ()
        case PostmortemStatus.IN_REVIEW:
            return _unwritten(standing, rules) if now is PostmortemStatus.DRAFT else ()
        case PostmortemStatus.PUBLISHED:
            if now is PostmortemStatus.ARCHIVED:
                return ()
            return (
                *_unwritten(standing, rules),
                *_unapproved(standing, rules),
                *_no_urgent(standing),
                *(_blamed(standing) if rules.blocks_blame else ()),
            )
        case PostmortemStatus.ARCHIVED:
            return _unsettled(standing, today)
        case _ as never:
            assert_never(never)


def move(
    standing: Standing,
    to: PostmortemStatus,
    today: date,
    rules: ApprovalRules = DEFAULT_RULES,
) -> PostmortemStatus:
    """The state after the move. Raises WorkflowRefused with every blocker."""
    found = blockers(standing, to, today, rules)
    if found:
        raise WorkflowRefused(found)
    return to


def missing_to_submit(
    postmortem: Postmortem, rules: ApprovalRules = DEFAULT_RULES
) -> tuple[str, ...]:
    """The sections that are required before a review and are not written; a field name each.

    Contributing factors, or a why-tree, say why as well as a root cause does.
    """
    return tuple(name for name in rules.required_to_submit if not _written(postmortem, name))


def _written(postmortem: Postmortem, name: str) -> bool:
    if name == "impact":
        return postmortem.impact != type(postmortem.impact)()
    if name == "root_cause":
        said = (postmortem.root_cause.strip(), postmortem.contributing_factors, postmortem.whys)
        return any(said)
    if name == "action_items":
        return bool(postmortem.action_items or postmortem.no_action_because.strip())
    value = getattr(postmortem, name)
    return bool(value.strip() if isinstance(value, str) else value)


def _unwritten(standing: Standing, rules: ApprovalRules) -> tuple[str, ...]:
    missing = missing_to_submit(standing.postmortem, rules)
    words = joined(tuple(name.replace("_", " ") for name in missing))
    return (f"not written yet: {words}",) if missing else ()


def _unapproved(standing: Standing, rules: ApprovalRules) -> tuple[str, ...]:
    needed = approvals_needed(standing, rules) - len(counted(standing))
    if needed <= 0:
        return ()
    why = ""
    if standing.declared and standing.declared is not standing.postmortem.severity:
        why = f"; its incident is {standing.declared.label}"
    return (f"it needs {plural(needed, 'more approval')} of the text as it stands{why}",)


def _blamed(standing: Standing) -> tuple[str, ...]:
    found = blaming(standing.postmortem)
    places = joined(tuple(dict.fromkeys(field.replace("_", " ") for field, _ in found)))
    return (f"its words blame somebody: {places}",) if found else ()


def _no_urgent(standing: Standing) -> tuple[str, ...]:
    postmortem = standing.postmortem
    severe = [one.label for one in standing.severities if one.is_high]
    used = postmortem.error_budget_percent or 0
    urgent = {Priority.CRITICAL, Priority.HIGH}
    if used > MOST_BUDGET:
        urgent, why = {Priority.CRITICAL}, f"{used:g}% of an error budget used"
    elif severe:
        why = severe[0]
    else:
        return ()
    if postmortem.no_action_because.strip() or any(
        action.priority in urgent for action in postmortem.action_items
    ):
        return ()
    asked = " or ".join(one.value for one in Priority if one in urgent)
    return (f"{why} needs an action of priority {asked}, or a reason why there is none",)


def _unsettled(standing: Standing, today: date) -> tuple[str, ...]:
    left = [one for one in standing.postmortem.action_items if not is_settled(one, today)]
    if not left:
        return ()
    are = "is" if len(left) == 1 else "are"
    return (f"{plural(len(left), 'action')} {are} not settled yet",)
