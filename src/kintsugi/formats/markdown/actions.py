"""Actions as a Markdown table, a checklist, or under their horizons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from kintsugi.core.actions.item import (
    ActionItem,
    ActionStatus,
    Horizon,
    due_date,
    horizon_of,
)
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.markdown.escape import cell, line
from kintsugi.formats.markdown.links import source_link

_WORDS = {
    ActionStatus.TODO: "To do", ActionStatus.IN_PROGRESS: "In progress", ActionStatus.DONE: "Done",
    ActionStatus.VERIFIED: "Verified", ActionStatus.WONT_DO: "Won't do", ActionStatus.ACCEPTED_RISK: "Accepted risk",
}  # fmt: skip

DETAILS: tuple[tuple[str, Callable[[ActionItem], str]], ...] = (
    ("Done when", lambda action: action.done_when),
    ("Because", lambda action: action.because),
    ("Type", lambda action: action.type.value.capitalize() if action.type else ""),
    ("Horizon", lambda action: action.horizon.value.capitalize() if action.horizon else ""),
    ("Ticket", lambda action: source_link(action.ticket)),
    ("Evidence", lambda action: source_link(action.evidence)),
    ("With", lambda action: ", ".join(action.collaborators)),
    ("Reason", lambda action: action.reason),
    ("Approved by", lambda action: action.approver),
    ("Until", lambda action: action.expires.isoformat() if action.expires else ""),
    ("Measure", lambda action: "yes" if action.is_measure else ""),
)
"""What stands under an action's description, each only if there is something to say."""
OWN_LINE = ("Done when", "Because", "Reason")
BETWEEN = " · "
"""Between the short details, which share a line."""
HORIZON_TITLES = {
    Horizon.IMMEDIATE: "Immediate (within 1 week)",
    Horizon.SHORT: "Short-term (within 1 month)",
    Horizon.LONG: "Long-term (within 1 quarter)",
}


def actions_table(
    actions: Sequence[ActionItem], *, severity: Severity | None = None, since: date | None = None
) -> str:
    """`| Action | Owner | Priority | Due Date |`, with how one will see it is done under each action.

    A due date nobody typed follows from the horizon or the severity, counted from `since`, and
    stands in brackets. Ids and states have a column when some action has one worth saying.
    """
    if not actions:
        return ""
    ids = any(action.id for action in actions)
    states = any(action.status is not ActionStatus.TODO for action in actions)
    heads = [
        *(["ID"] if ids else []),
        "Action",
        "Owner",
        "Priority",
        "Due Date",
        *(["Status"] if states else []),
    ]
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join('---' for _ in heads)}|"]
    for action in actions:
        cells = [action.id] if ids else []
        cells += [described(action), action.owner, action.priority.code if action.priority else ""]
        cells.append(_due(action, severity, since))
        if states:
            cells.append(_WORDS[action.status])
        lines.append(f"| {' | '.join(cell(text) for text in cells)} |")
    is_derived = since is not None and any(
        action.due is None and not action.status.is_closed for action in actions
    )
    return "\n".join([*lines, "", DERIVED_DATES] if is_derived else lines)


def _due(action: ActionItem, severity: Severity | None, since: date | None) -> str:
    if action.due is not None:
        return action.due.isoformat()
    if since is None or action.status.is_closed:
        return ""
    return f"({due_date(action, severity, since).isoformat()})"


DERIVED_DATES = "_Dates in brackets follow from the horizon or the severity._"


def described(action: ActionItem) -> str:
    """The description, and the details below it."""
    said = {name: text for name, pick in DETAILS if (text := pick(action))}
    lines = [f"{name}: {said.pop(name)}" for name in OWN_LINE if name in said]
    short = BETWEEN.join(f"{name}: {text}" for name, text in said.items())
    return "\n".join([action.description, *lines, *([short] if short else [])])


def box(action: ActionItem) -> str:
    """`[x]` for what is done or verified, else `[ ]`."""
    return "[x]" if action.status.is_done else "[ ]"


def checklist(actions: Sequence[ActionItem], *, with_ids: bool = False) -> str:
    """`- [ ] what (HIGH)`, the Post-Mortems seed's form, with the owner after it and the id before, if wanted."""
    lines = []
    for action in actions:
        name = f"{line(action.id)}: " if with_ids and action.id else ""
        priority = f" ({action.priority.value})" if action.priority else ""
        lines.append(f"- {box(action)} {name}{line(action.description)}{priority}{_owner(action)}")
    return "\n".join(lines)


def owned_checklist(actions: Sequence[ActionItem]) -> str:
    """`- [ ] [Owner] what`, the practices' form."""
    lines = []
    for action in actions:
        owner = f"[{line(action.owner)}] " if action.owner else ""
        due = f", due {action.due.isoformat()}" if action.due else ""
        lines.append(f"- {box(action)} {owner}{line(action.description)}{due}")
    return "\n".join(lines)


def priority_list(actions: Sequence[ActionItem]) -> str:
    """`- [P1] what`, the guide's form."""
    lines = []
    for action in actions:
        priority = f"[{action.priority.code}] " if action.priority else ""
        lines.append(f"- {priority}{line(action.description)}{_owner(action)}")
    return "\n".join(lines)


def _owner(action: ActionItem) -> str:
    return f" - {line(action.owner)}" if action.owner else ""


def by_horizon(postmortem: Postmortem) -> str:
    """The actions under the practices' three horizons, empty horizons left out."""
    since = _since(postmortem)
    parts = []
    for horizon, title in HORIZON_TITLES.items():
        actions = [
            action
            for action in postmortem.action_items
            if horizon_of(action, postmortem.severity, since) is horizon
        ]
        if actions:
            parts.append(f"### {title}\n\n{owned_checklist(actions)}")
    return "\n\n".join(parts)


def _since(postmortem: Postmortem) -> date:
    """The day due dates count from: the incident's, or any day when none is known (only lengths matter then)."""
    if postmortem.date is not None:
        return postmortem.date
    dues = [action.due for action in postmortem.action_items if action.due]
    return min(dues, default=datetime(2000, 1, 1, tzinfo=UTC).date())
