"""Debian's Prometheus, Alertmanager and amtool against the real server: from a dead target to its postmortem."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.peers import (
    Target,
    alertmanager,
    amtool,
    living_target,
    prometheus,
    seen,
    tutorial,
)
from tests.journeys.server import Server
from tests.journeys.world import Program, program_of

ALICE = "alice@example.com"


def source(program: Program, format_name: str) -> dict[str, Any]:
    """A new source, with its key in its address."""
    return program.post("/api/alert-sources", {"name": format_name, "format": format_name})


def incidents(program: Program, status: str) -> list[dict[str, Any]]:
    return items(program, f"/api/incidents?status={status}")


def items(program: Program, path: str) -> list[dict[str, Any]]:
    answer = program.http.get(path)
    assert answer.is_success, (path, answer.text)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def told_from_outage_to_postmortem(program: Program, target: Target) -> None:
    """The whole story: the target dies, an incident opens, the target returns, all is over, a postmortem is drafted."""
    assert not items(program, "/api/alerts")
    target.die()
    incident = seen(lambda: incidents(program, "open"), "an incident is open")[0]
    assert (incident["severity"], incident["title"]) == ("SEV-1", "Booking does not answer")
    assert (incident["services"], incident["detection"]) == (["booking"], "monitoring")
    alert = items(program, f"/api/incidents/{incident['id']}/alerts")[0]
    assert (alert["state"], alert["rule"], alert["severity"]) == ("firing", "TargetDown", "SEV-1")
    target.live()
    seen(lambda: incidents(program, "resolved"), "the incident is resolved")
    ended = program.http.get(f"/api/alerts/{alert['id']}").json()
    assert (ended["state"], ended["resolvedHow"]) == ("resolved", "sender")
    assert ended["runbookUrl"] == "https://handbook.example/runbooks/booking"
    assert not items(program, "/api/alerts?state=open")
    assert len(items(program, "/api/alerts")) == 1
    timeline = items(program, f"/api/incidents/{incident['id']}/timeline")
    texts = [entry["text"] for entry in timeline]
    assert any(text.startswith("Alert: Booking does not answer (SEV-1, booking") for text in texts)
    assert "Alert ended: Booking does not answer" in texts
    drafted = program.post("/api/postmortems/draft", {"incidentId": incident["id"]})
    place = f"/api/postmortems/{drafted['reference']}"
    proposed = [
        one["key"] for one in items(program, f"{place}/proposals") if one["kind"] == "event"
    ]
    program.post(f"{place}/proposals", {"keep": proposed})
    written = [event["description"] for event in program.http.get(place).json()["timeline"]]
    assert any(text.startswith("Alert: Booking does not answer") for text in written)
    assert "Alert ended: Booking does not answer" in written


def test_a_dead_target_reaches_us_by_alertmanagers_webhook(server: Server, tmp_path: Path) -> None:
    with (
        program_of(server, ALICE) as program,
        living_target() as target,
        alertmanager(tmp_path, source(program, "alertmanager")["address"]) as manager,
        prometheus(tmp_path, target, manager),
    ):
        message = {"body": tutorial()["message.json"], "format": "alertmanager"}
        told = program.post("/api/alerts/explain", message)
        assert [event["does"] for event in told["events"]] == ["open"]
        told_from_outage_to_postmortem(program, target)


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_prometheus_takes_us_for_an_alertmanager(server: Server, tmp_path: Path) -> None:
    with (
        program_of(server, ALICE) as program,
        living_target() as target,
        prometheus(tmp_path, target, source(program, "alertmanager-api")["address"]),
    ):
        told_from_outage_to_postmortem(program, target)


def test_amtool_works_with_us(server: Server) -> None:
    with program_of(server, ALICE) as program:
        address = source(program, "alertmanager-api")["address"]
        silence = amtool(
            address, "silence", "add", "alertname=DiskFull", "env=~test|staging", "--duration=1h",
            "--author=alice", "--comment=the disks are moved",
        ).strip()  # fmt: skip
        assert "DiskFull" in amtool(address, "silence", "query")
        kept = items(program, "/api/silences?state=active")[0]
        assert (kept["comment"], kept["matchersText"]) == (
            "the disks are moved (alice)", 'alertname="DiskFull", env=~"test|staging"',
        )  # fmt: skip
        for env in ("test", "live"):
            amtool(
                address, "alert", "add", "alertname=DiskFull", f"env={env}", "severity=critical",
                "--annotation=summary=Disk full", f"--generator-url=http://graphs.example/{env}",
            )  # fmt: skip
        opened = seen(lambda: incidents(program, "open"), "the alert that is not silenced opens")
        seen(lambda: len(items(program, "/api/alerts?silenced=yes")) == 1, "the other is silenced")
        assert [one["title"] for one in opened] == ["Disk full"]
        inside = items(program, f"/api/incidents/{opened[0]['id']}/alerts")
        assert len(inside) == 1
        heard = program.http.get(f"/api/alerts/{inside[0]['id']}").json()
        assert heard["labels"]["env"] == "live"
        assert 'env="live"' in amtool(
            address, "-o", "extended", "alert", "query", "alertname=DiskFull"
        )
        assert 'env="test"' not in amtool(address, "-o", "extended", "alert", "query")
        assert 'env="test"' in amtool(address, "-o", "extended", "alert", "query", "--silenced")
        amtool(address, "silence", "expire", silence)
        assert "DiskFull" not in amtool(address, "silence", "query")
        seen(lambda: not items(program, "/api/alerts?silenced=yes"), "it is quiet no more")
        assert "kintsugi" in amtool(address, "config", "show").casefold()
        assert amtool(address, "cluster", "show")
