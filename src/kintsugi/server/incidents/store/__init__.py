"""Every query of incidents. What reads takes the viewer: a private incident is not there for a stranger."""

from kintsugi.server.incidents.store.access import Grant, grant, grants, withdraw
from kintsugi.server.incidents.store.attachments import (
    add_attachment,
    attachment_of,
    attachments_of,
    count_attachments,
    withdraw_attachment,
)
from kintsugi.server.incidents.store.command import (
    add_task,
    change_task,
    drop_holding,
    holdings,
    keep_holding,
    tasks,
)
from kintsugi.server.incidents.store.hiding import (
    hidden_ids,
    open_ones,
    open_with_service,
    unfinished,
)
from kintsugi.server.incidents.store.history import began_since, first_began
from kintsugi.server.incidents.store.incident import (
    add,
    change,
    find,
    find_any,
    lock,
    next_sequence,
    of_ids,
    with_external_id,
)
from kintsugi.server.incidents.store.links import KeptLink, add_link, links_of, remove_link
from kintsugi.server.incidents.store.listing import Place, Wanted, counts, listing, places
from kintsugi.server.incidents.store.recovery import (
    add_criterion,
    add_settling,
    change_criterion,
    criteria,
    last_number,
)
from kintsugi.server.incidents.store.rows import counted, kept_numbers, listed, visible
from kintsugi.server.incidents.store.settings import Settled, settle, settled
from kintsugi.server.incidents.store.timeline import (
    Correction,
    actors,
    add_correction,
    append,
    corrections,
    entries,
    entries_since,
    entry_at,
    moments_of,
    with_kind,
)
from kintsugi.server.incidents.store.triage import add_triage_answers, triage_answers

__all__ = [
    "Correction",
    "Grant",
    "KeptLink",
    "Place",
    "Settled",
    "Wanted",
    "actors",
    "add",
    "add_attachment",
    "add_correction",
    "add_criterion",
    "add_link",
    "add_settling",
    "add_task",
    "add_triage_answers",
    "append",
    "attachment_of",
    "attachments_of",
    "began_since",
    "change",
    "change_criterion",
    "change_task",
    "corrections",
    "count_attachments",
    "counted",
    "counts",
    "criteria",
    "drop_holding",
    "entries",
    "entries_since",
    "entry_at",
    "find",
    "find_any",
    "first_began",
    "grant",
    "grants",
    "hidden_ids",
    "holdings",
    "keep_holding",
    "kept_numbers",
    "last_number",
    "links_of",
    "listed",
    "listing",
    "lock",
    "moments_of",
    "next_sequence",
    "of_ids",
    "open_ones",
    "open_with_service",
    "places",
    "remove_link",
    "settle",
    "settled",
    "tasks",
    "triage_answers",
    "unfinished",
    "visible",
    "with_external_id",
    "with_kind",
    "withdraw",
    "withdraw_attachment",
]
