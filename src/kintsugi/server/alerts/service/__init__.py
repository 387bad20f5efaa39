"""What can be done with alerts. A use case works in a unit of work of the caller's, but for `dispatch` and `purge`."""

from kintsugi.server.alerts.service.changes import (
    add_change,
    changes_for,
    list_changes,
)
from kintsugi.server.alerts.service.dead_letters import (
    STATES as LETTER_STATES,
)
from kintsugi.server.alerts.service.dead_letters import (
    Shown,
    as_text,
    count_letters,
    dismiss,
    get_letter,
    list_letters,
    replay,
    shown,
    try_again,
)
from kintsugi.server.alerts.service.dispatching import (
    dispatch,
    dispatch_within,
)
from kintsugi.server.alerts.service.explaining import (
    ExplainedEvent,
    Explanation,
    explain,
    explain_alert,
    why,
)
from kintsugi.server.alerts.service.following import TOPIC, own_inbox_of
from kintsugi.server.alerts.service.grouping import (
    incident_ended,
    incident_reopened,
    lead_to,
)
from kintsugi.server.alerts.service.hiding import (
    hidden_by,
)
from kintsugi.server.alerts.service.inbox import (
    COUNTED,
    Body,
    body,
    count,
    counts,
    episodes,
    get,
    history,
    list_alerts,
    of_incident,
    search_alerts,
)
from kintsugi.server.alerts.service.indexing import (
    existing,
    ids_after,
    to_index,
    visible_ids,
)
from kintsugi.server.alerts.service.patterns import (
    find,
)
from kintsugi.server.alerts.service.policy import (
    policy_now,
)
from kintsugi.server.alerts.service.purging import (
    purge,
)
from kintsugi.server.alerts.service.quality import (
    LONGEST_WINDOW,
    Precisions,
    Worst,
    fatigue,
    fatigue_by_alerts,
    precision,
    quality_of,
    recount,
    recount_alerts,
    worst,
)
from kintsugi.server.alerts.service.responding import (
    acknowledge,
    chosen,
    end,
    give,
    judge,
    take_back,
)
from kintsugi.server.alerts.service.ruling import (
    RULES,
    change_rule,
    create_rule,
    get_rule,
    list_rules,
    move_rule,
    order_rules,
    remove_rule,
)
from kintsugi.server.alerts.service.silencing import (
    SILENCES,
    Quieted,
    change_silence,
    create_maintenance,
    create_silence,
    expire_silence,
    get_silence,
    list_silences,
    proposed,
)
from kintsugi.server.alerts.service.source_editing import (
    OVERLAP,
    SourceChanges,
    address,
    change_source,
    get_source,
    keys_of,
    retire_source,
    rotate_key,
    snippet,
    withdraw_key,
)
from kintsugi.server.alerts.service.sources import (
    SourceNameIsTaken,
    list_sources,
    make_source,
)
from kintsugi.server.alerts.service.sweeping import (
    sweep,
)
from kintsugi.server.alerts.service.taking import (
    take,
)
from kintsugi.server.alerts.store import KeptRule, KeptSilence
from kintsugi.server.alerts.store.changes import KeptChange, WantedChanges
from kintsugi.server.alerts.store.dead import DeadLetter
from kintsugi.server.alerts.store.inbox import HistoryLine, Wanted

__all__ = [
    "COUNTED",
    "LETTER_STATES",
    "LONGEST_WINDOW",
    "OVERLAP",
    "RULES",
    "SILENCES",
    "TOPIC",
    "Body",
    "DeadLetter",
    "ExplainedEvent",
    "Explanation",
    "HistoryLine",
    "KeptChange",
    "KeptRule",
    "KeptSilence",
    "Precisions",
    "Quieted",
    "Shown",
    "SourceChanges",
    "SourceNameIsTaken",
    "Wanted",
    "WantedChanges",
    "Worst",
    "acknowledge",
    "add_change",
    "address",
    "as_text",
    "body",
    "change_rule",
    "change_silence",
    "change_source",
    "changes_for",
    "chosen",
    "count",
    "count_letters",
    "counts",
    "create_maintenance",
    "create_rule",
    "create_silence",
    "dismiss",
    "dispatch",
    "dispatch_within",
    "end",
    "episodes",
    "existing",
    "expire_silence",
    "explain",
    "explain_alert",
    "fatigue",
    "fatigue_by_alerts",
    "find",
    "get",
    "get_letter",
    "get_rule",
    "get_silence",
    "get_source",
    "give",
    "hidden_by",
    "history",
    "ids_after",
    "incident_ended",
    "incident_reopened",
    "judge",
    "keys_of",
    "lead_to",
    "list_alerts",
    "list_changes",
    "list_letters",
    "list_rules",
    "list_silences",
    "list_sources",
    "make_source",
    "move_rule",
    "of_incident",
    "order_rules",
    "own_inbox_of",
    "policy_now",
    "precision",
    "proposed",
    "purge",
    "quality_of",
    "recount",
    "recount_alerts",
    "remove_rule",
    "replay",
    "retire_source",
    "rotate_key",
    "search_alerts",
    "shown",
    "snippet",
    "sweep",
    "take",
    "take_back",
    "to_index",
    "try_again",
    "visible_ids",
    "why",
    "withdraw_key",
    "worst",
]
