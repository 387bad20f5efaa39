"""An invented record with something in every section, to show what a template makes of one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kintsugi.core.actions.item import ActionItem, ActionType, Horizon, Priority
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.severity import Severity


def _at(minutes: int) -> datetime:
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(minutes=minutes)


SAMPLE = Postmortem(
    title="Card payments failed at checkout",
    severity=Severity.SEV_2,
    date=date(2026, 3, 2),
    zone="UTC",
    summary="For 45 minutes, 58% of card payments failed. A release shortened a timeout; rolling it back ended it.",
    impact=Impact("7,300 payments failed.", 6900, 58.0, ("checkout", "payments"), timedelta(minutes=45)),
    lead_up="A release went out at 08:50.",
    trigger="The idle timeout of the connection pool became 5 s.",
    root_cause="No check compares pool settings between releases.",
    resolution="The release was rolled back.",
    milestones=Milestones(_at(0), _at(3), _at(4), _at(5), _at(35), _at(45), _at(60)),
    timeline=(
        TimelineEvent(_at(0), "Payments begin to fail", "payments", important=True),
        TimelineEvent(_at(3), "The error rate alert fires", "alerting", kind=EventKind.DETECTION),
        TimelineEvent(_at(35), "The release is rolled back", "Mina Okafor", kind=EventKind.ROLLBACK),
    ),
    contributing_factors=(
        ContributingFactor("The load test runs at a fifth of the traffic.", "inadequate_monitoring"),
    ),
    whys=(Why("Why did payments fail?", "The pool ran dry.", is_actionable=True),),
    what_went_well=("The alert fired within three minutes.",),
    what_went_poorly=("Pool use is on no dashboard.",),
    where_we_got_lucky=("It was night in the EU.",),
    lessons=("Settings are part of a release.",),
    action_items=(
        ActionItem(
            "Alert when pool use is over 80%", owner="mina@example.com", priority=Priority.HIGH,
            type=ActionType.DETECT, horizon=Horizon.SHORT, done_when="The alert fires in the load test.",
        ),
    ),
    owner="mina@example.com",
    contributors=("jonas@example.com",),
)  # fmt: skip
