"""Figure 15: the pages of analytics over 100,000 incidents of five years, in CPU milliseconds, beside a bare route."""

from __future__ import annotations

import json
import math
import os
import random
import secrets
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice

from bench.asking import BARE, on_both, print_table
from bench.incident_list import incident_row
from bench.search import settle
from kintsugi.app import open_works
from kintsugi.core.knowledge.classes import SHIPPED
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.ids import new_id
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions.tables import actions
from kintsugi.server.analytics import reactions
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.tables import class_decisions
from kintsugi.server.catalog.tables import services
from kintsugi.server.incidents.tables import incidents
from kintsugi.server.postmortems.tables import postmortems

COUNT = int(os.environ.get("KINTSUGI_BENCH_INCIDENTS", "100000"))
YEARS = 5
SERVICES, TEAMS = 60, 12
WITH_POSTMORTEM, WITH_CLASS = 10, 4
"""One in so many has a published postmortem with two actions, and a class that somebody confirmed."""
AT_ONCE = 5_000
ROUNDS = 3
PAGES = ("overview", "services", "response", "learning")
PERIODS = (("90 days", "days=90"), ("a year", "days=365"), ("all of it", "days=3650"))

Row = dict[str, object]


def asked() -> list[tuple[str, str, int]]:
    """What is asked, where, and how often in a round: each page, as JSON and for a browser, over three periods."""
    found = [(BARE, "/healthz", 200)]
    for name, query in PERIODS:
        for page in PAGES:
            path = "/analytics" if page == "overview" else f"/analytics/{page}"
            found.append((f"{page}, {name}, JSON", f"/api/analytics/{page}?{query}", 3))
            found.append((f"{page}, {name}, for a browser", f"{path}?{query}", 3))
        found.append((f"patterns, {name}, JSON", f"/api/patterns?{query}", 2))
        found.append((f"patterns, {name}, for a browser", f"/patterns?{query}", 2))
    key = SHIPPED[0].key
    return [
        *found,
        ("overview of one service, 90 days", "/analytics?days=90&service=svc-07", 3),
        ("incidents behind a number, 90 days", "/analytics/incidents?days=90&service=svc-07", 3),
        ("one class of cause", f"/patterns/{key}", 2),
        ("the guide's report, 30 days", "/api/analytics/report?periodDays=30", 3),
        ("the report as HTML, 90 days", "/analytics/report?days=90", 2),
        ("the report as PDF, 90 days", "/analytics/report?days=90&format=pdf", 1),
    ]


def fill(url: str) -> str:
    """A database with the incidents of five years, one in twenty private; a token that reads."""
    works = open_works(Settings(database_url=url))
    chance, now = random.Random(11), datetime.now(UTC)
    step = timedelta(days=365 * YEARS) / COUNT
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Bob", f"{secrets.token_hex(4)}@example.com", Role.RESPONDER)
        token = accounts.create_token(work, user.id, "bench", (Scope.READ,)).secret
        work.connection.execute(services.insert(), [_service(one, now) for one in range(SERVICES)])
    made = (
        _incident(number, now - step * (COUNT - number), now, chance)
        for number in range(1, COUNT + 1)
    )
    papers = follow_ups = 0
    while some := list(islice(made, AT_ONCE)):
        closed = [one for one in some if one["status"] == "closed"]
        told = [
            _paper(papers + place, one, chance)
            for place, one in enumerate(closed[::WITH_POSTMORTEM], 1)
        ]
        done = [_action(follow_ups + 1 + place * 2 + which, one, which, now)
                for place, one in enumerate(told) for which in (0, 1)]  # fmt: skip
        papers, follow_ups = papers + len(told), follow_ups + len(done)
        with works.writing(SYSTEM) as work:
            work.connection.execute(incidents.insert(), some)
            work.connection.execute(postmortems.insert(), told)
            work.connection.execute(actions.insert(), done)
            work.connection.execute(
                class_decisions.insert(), [_decided(one, chance) for one in closed[::WITH_CLASS]]
            )
            for one in some:
                analytics.note(work, str(one["id"]))
            analytics.note_actions(work)
    reactions.fold(works)
    works.database.close()
    settle(url)
    return token


def _service(number: int, now: datetime) -> Row:
    return {
        "id": new_id("svc", now), "name": f"svc-{number:02}", "title": f"Service {number}",
        "description": "", "owner_team": f"team-{number % TEAMS:02}", "tier": number % 4 + 1,
        "tags": "[]", "version": 1, "created_by": "usr_somebody", "created_at": now,
        "updated_at": now, "retired_at": None,
    }  # fmt: skip


def _incident(number: int, at: datetime, now: datetime, chance: random.Random) -> Row:
    """Lengths as they are in life: most short, some very long; what began within the last days may be open."""
    lasted = timedelta(minutes=math.exp(chance.gauss(4, 1.2)))
    noticed = timedelta(minutes=math.exp(chance.gauss(1.5, 1)))
    detected = at + noticed
    ended = detected + lasted
    is_over = ended < now and chance.random() < 0.999
    names = sorted(
        {f"svc-{int(SERVICES * chance.random() ** 2):02}" for _ in range(chance.choice((1, 1, 2)))}
    )
    return incident_row(number, at, "usr_somebody") | {
        "status": "closed" if is_over else "investigating", "severity": chance.choice((1, 2, 3, 3, 4, 4, 5)),
        "title": f"Checkout fails in region {number % 97}: {chance.choice(WORDS)} {chance.choice(WORDS)}",
        "services": json.dumps(names), "tags": json.dumps([f"tag-{number % 30}"]),
        "detection_how": chance.choice(("monitoring", "monitoring", "monitoring", "customer", "internal", None)),
        "created_at": detected, "updated_at": detected, "impact_start": at, "detected": detected,
        "acknowledged": detected + timedelta(minutes=3), "declared": detected + timedelta(minutes=5),
        "mitigated": detected + lasted * 0.7 if is_over else None,
        "recovered": detected + lasted * 0.9 if is_over and number % 2 else None,
        "resolved": ended if is_over else None,
    }  # fmt: skip


WORDS = (
    "database", "certificate", "deploy", "config", "queue", "cache", "disk", "timeout", "dns",
    "payment", "latency", "failover", "memory", "quota", "replica", "index", "login", "webhook",
)  # fmt: skip


def _text(chance: random.Random, length: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(length))


def _paper(number: int, incident: Row, chance: random.Random) -> Row:
    at = incident["resolved"]
    assert isinstance(at, datetime)
    document = {
        "title": incident["title"], "summary": _text(chance, 40), "trigger": _text(chance, 20),
        "root_cause": _text(chance, 60), "lead_up": _text(chance, 30), "resolution": _text(chance, 30),
        "contributing_factors": [
            {"text": _text(chance, 15), "category": chance.choice(SHIPPED).key} for _ in range(2)
        ],
        "detection": {"gap": _text(chance, 12), "target_minutes": 10},
        "response": {"halve_detection": _text(chance, 12), "communication": _text(chance, 8)},
        "what_went_poorly": [_text(chance, 10)],
    }  # fmt: skip
    texts = dict.fromkeys(("words", "template", "template_text", "scenario", "owner"), "")
    return texts | {
        "id": new_id("pm", at), "number": number, "reference": f"PM-{number}",
        "incident_id": incident["id"], "status": "PUBLISHED", "title": incident["title"],
        "severity": incident["severity"], "day": at.date(), "services": incident["services"],
        "completeness": 0.8, "document": json.dumps(document), "proposals": "[]",
        "section_versions": "{}", "version": 1, "text_version": 1, "revision": 1,
        "created_by": "usr_somebody", "created_at": at, "updated_at": at, "submitted_at": at,
        "published_at": at + timedelta(days=number % 9), "archived_at": None, "deleted_at": None,
    }  # fmt: skip


def _action(number: int, paper: Row, which: int, now: datetime) -> Row:
    at = paper["published_at"]
    assert isinstance(at, datetime)
    closed = at + timedelta(days=number % 60)
    is_closed = closed < now and number % 5 > 0
    texts = dict.fromkeys(
        ("local_id", "owner", "done_when", "ticket", "evidence", "reason", "approver", "because"), ""
    )  # fmt: skip
    return texts | {
        "id": new_id("act", at), "number": number, "reference": f"ACT-{number}",
        "source_id": paper["id"], "source_reference": paper["reference"],
        "incident_id": paper["incident_id"], "position": which, "description": "Add a limit to the pool",
        "owner_id": None, "collaborators": "[]", "priority": ("HIGH", "MEDIUM", "LOW")[number % 3],
        "status": ("VERIFIED" if number % 2 else "DONE") if is_closed else "TODO",
        "type": ("PREVENT", "DETECT")[which], "horizon": None, "due": None,
        "due_on": (at + timedelta(days=30)).date(), "expires": None,
        "is_measure": False, "created_by": "usr_somebody", "created_at": at, "updated_at": at,
        "settled_at": closed if is_closed else None, "withdrawn_at": None, "worth": None, "version": 1,
    }  # fmt: skip


def _decided(incident: Row, chance: random.Random) -> Row:
    return {
        "incident_id": incident["id"], "class_key": chance.choice(SHIPPED).key,
        "decision": "confirmed", "by": "usr_somebody", "by_name": "Somebody",
        "at": incident["resolved"],
    }  # fmt: skip


def figure_15() -> None:
    """On SQLite; and on PostgreSQL: KINTSUGI_BENCH_POSTGRES has an empty database's address and the server's pid."""
    print(f"\n15. Analytics over {COUNT:,} incidents, CPU ms a request (pass: 90 days in 50x)")
    for name, found in on_both(fill, asked(), ROUNDS):
        print_table(name, found)
        sys.stdout.flush()


if __name__ == "__main__":
    figure_15()
