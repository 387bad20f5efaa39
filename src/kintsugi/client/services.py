"""Services on a Kintsugi server, as plain calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kintsugi.client.http import Connection, understood
from kintsugi.core.catalog.service import ServiceSpec
from kintsugi.formats.services_file import service_data

SERVICES = "/api/services"


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did: names by what happened to them, the changed ones with their fields; `data` is the answer."""

    created: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    unchanged: tuple[str, ...]
    retired: tuple[str, ...]
    data: Mapping[str, Any]


def apply_services(
    connection: Connection,
    specs: Sequence[ServiceSpec],
    *,
    prune: bool = False,
    dry_run: bool = False,
) -> Applied:
    """Make the server's catalog say what the specs say of the services they name, all or nothing.

    With `prune` services that no spec names are retired; with `dry_run` nothing is written. Raises
    ClientError, whose `errors` name the fields as `services[n].field`.
    """
    body = {
        "services": [service_data(spec) for spec in specs], "prune": prune, "dryRun": dry_run,
    }  # fmt: skip
    answer = connection.post(f"{SERVICES}/apply", body)
    return understood(_applied, answer.data)


def _applied(data: Mapping[str, Any]) -> Applied:
    changed = tuple((one["name"], tuple(one["fields"])) for one in data["changed"])
    created, unchanged, retired = (
        tuple(data[name]) for name in ("created", "unchanged", "retired")
    )
    return Applied(created, changed, unchanged, retired, data)
