"""The audit log as a file: CSV or JSON Lines. Pure: changes in, text out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from kintsugi.core.shared.times import written_moment
from kintsugi.server.accounts.service import audit_log

HEADS = ("at", "actorId", "actor", "action", "target", "targetName", "detail")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_lines(changes: Iterable[audit_log.Change], *, with_head: bool) -> str:
    """Rows of CSV. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written)
    if with_head:
        writer.writerow(HEADS)
    for change in changes:
        detail = json.dumps(dict(change.detail), ensure_ascii=False, sort_keys=True)
        writer.writerow(
            harmless(cell)
            for cell in (
                written_moment(change.at), change.actor_id, change.actor, change.action, change.target,
                change.target_name, detail,
            )
        )  # fmt: skip
    return written.getvalue()


def json_lines(changes: Iterable[audit_log.Change]) -> str:
    """One JSON object a line."""
    return "".join(
        json.dumps(
            {
                "at": written_moment(change.at), "actorId": change.actor_id, "actor": change.actor,
                "action": change.action, "target": change.target, "targetName": change.target_name,
                "detail": dict(change.detail),
            },
            ensure_ascii=False,
        ) + "\n"
        for change in changes
    )  # fmt: skip


def harmless(cell: str) -> str:
    """The cell, so that no spreadsheet runs it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
