"""The settings page: what is one's own, and for an admin how the installation is set and stands."""

from __future__ import annotations

from dataclasses import fields
from importlib.metadata import version

from fastapi import APIRouter, Request

from kintsugi.kernel import migrate
from kintsugi.kernel.auth import Action
from kintsugi.kernel.config import Settings, described
from kintsugi.kernel.http import Answer, door, kernel_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page
from kintsugi.server.accounts.service import audit_log

router = APIRouter()


@router.get("/settings", response_model=None)
@door(Action.READ)
def show_settings(work: UnitOfWork, request: Request) -> Answer:
    """Context: settings (variable, value, what it says), facts (the installation); panels, rows (of higher rooms)."""
    context: dict[str, object] = {"settings": [], "facts": [], "panels": [], "rows": []}
    if work.viewer.may(Action.ADMINISTER):
        context = {
            "settings": _values(kernel_of(request).settings),
            "facts": _facts(work, request),
            "panels": work.panels("settings"),
            "rows": work.panels("settings_rows"),
        }
    return page(work, "accounts/settings.html", context)


def _values(settings: Settings) -> list[tuple[str, str, str]]:
    """Each setting with its value; of a secret one only whether it was set."""
    found = []
    for entry, (variable, default, says) in zip(fields(settings), described(), strict=True):
        value = str(getattr(settings, entry.name))
        if entry.metadata["secret"]:
            value = "not shown"
        found.append((variable, value or ("not set" if not default else "empty"), says))
    return found


def _facts(work: UnitOfWork, request: Request) -> list[tuple[str, str]]:
    kernel = kernel_of(request)
    database = "SQLite" if kernel.works.database.is_sqlite else "PostgreSQL"
    is_unbroken = audit_log.is_unbroken(work)
    return [
        ("Version", version("kintsugi")),
        ("Schema", migrate.current(kernel.works.database) or "none"),
        ("Database", database),
        ("Audit log", "Chain unbroken" if is_unbroken else "Chain broken: run kintsugi db check"),
    ]
