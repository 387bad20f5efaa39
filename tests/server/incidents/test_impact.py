"""Impact in numbers: over the API, on the pages, in the timeline, and in a draft."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import sqlalchemy as sa

from kintsugi.kernel import migrate
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.database import metadata
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.knowledge.search import keeping
from tests.server.cast import Cast

ADDRESS = "/api/incidents"
BROWSER = {"accept": "text/html"}
NUMBERS: dict[str, Any] = {
    "affectedUsers": 12_400, "affectedPercent": 8.5, "durationMinutes": 44,
    "revenue": {"amount": "15000.50", "currency": "EUR"}, "revenueUsdRate": "1.08",
    "availabilityPercent": 97.25, "supportCases": 31, "dataLoss": False, "dataCorruption": True,
    "dataIntegrity": "Two tables differ", "errorTypes": ["503", "timeout"],
    "sloViolations": ["checkout 99.9 %"],
    "degradations": [{"metric": "p99", "before": "200 ms", "during": "4 s"}],
    "userExperience": "A blank page", "business": "Orders came later", "reputation": "A few posts",
    "customerCommunications": "A message to all who paid", "estimated": ["affectedUsers"],
}  # fmt: skip

OF_BEFORE = {
    "audit_entries", "counters", "incidents", "setup_links", "sign_in_attempts", "users",
    "incident_events", "incident_grants", "milestone_corrections", "sessions", "tokens",
    "services", "service_links", "service_dependencies", "teams", "team_members",
    "password_links", "blobs", "attachments", "incident_links", "jobs", "workers", "leases",
    "live_topics", "idempotency_keys", "actions", "action_changes", "action_reminders",
    "postmortem_settings", "postmortem_templates", "postmortems", "postmortem_approvals",
    "postmortem_comments", "postmortem_edits", "postmortem_people", "postmortem_revisions",
    "postmortem_shares", "alert_bodies", "alert_groups", "alert_rollups", "alert_sources",
    "alerts", "changes", "routing_rules", "silences", "alert_events", "alert_source_keys",
    "alert_marks", "waiting_bodies", "alembic_version",
}  # fmt: skip
"""The tables that there were at revision 0010."""


def declared(client: Cast, **said: object) -> dict[str, Any]:
    answer = client.bob.post(ADDRESS, json={"title": "Checkout fails", **said})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def texts(client: Cast, reference: str = "INC-1") -> list[str]:
    items = client.bob.get(f"{ADDRESS}/{reference}/timeline").json()["items"]
    return [str(one["text"]) for one in items]


def test_an_impact_is_a_text_as_it_always_was(client: Cast) -> None:
    body = declared(client, impact="Orders fail")
    assert (body["impact"], body["impactDetails"]) == ("Orders fail", {})
    match = {"If-Match": '"1"'}
    body = client.bob.patch(f"{ADDRESS}/INC-1", json={"impact": "All fail"}, headers=match).json()
    assert (body["impact"], body["impactDetails"]) == ("All fail", {})


def test_an_impact_is_an_object_with_a_text_and_numbers(client: Cast) -> None:
    body = declared(client, impact={"text": "Orders fail", **NUMBERS})
    assert (body["impact"], body["impactDetails"]) == ("Orders fail", NUMBERS)
    assert client.charlie.get(f"{ADDRESS}/INC-1").json() == body
    (listed,) = client.charlie.get(ADDRESS).json()["items"]
    assert listed["impactDetails"] == NUMBERS
    (text,) = texts(client)
    assert text.startswith("Declared. Impact in numbers: Users affected: about 12,400; Share of")
    assert "What got worse: p99 200 ms before, 4 s during" in text


def test_of_an_object_what_is_sent_changes_and_null_takes_back(client: Cast) -> None:
    declared(client, impact={"text": "Orders fail", **NUMBERS})
    place = f"{ADDRESS}/INC-1"
    said: dict[str, Any] = {"impact": {"affectedUsers": 9_000, "revenue": None, "estimated": []}}
    answer = client.bob.patch(place, json=said, headers={"If-Match": '"1"'})
    left = {name: value for name, value in NUMBERS.items() if name not in ("revenue", "estimated")}
    assert answer.json()["impactDetails"] == left | {"affectedUsers": 9_000}
    assert answer.json()["impact"] == "Orders fail"
    assert texts(client)[-1] == "Impact in numbers: Users affected: 9,000; Revenue: not known"
    said = {"impact": "Cards fail"}
    answer = client.bob.patch(place, json=said, headers={"If-Match": '"2"'})
    assert answer.json()["impactDetails"]["affectedUsers"] == 9_000
    said = {"impact": {"text": "Orders fail", "supportCases": 40}}
    client.bob.patch(place, json=said, headers={"If-Match": '"3"'})
    assert texts(client)[-1] == "Changed: impact. Impact in numbers: Support cases: 40"
    same = client.bob.patch(place, json=said, headers={"If-Match": '"4"'})
    assert same.json()["version"] == 4


@pytest.mark.both_databases
def test_of_two_changes_from_one_version_the_first_wins(client: Cast) -> None:
    declared(client, impact={"affectedUsers": 5})
    place, match = f"{ADDRESS}/INC-1", {"If-Match": '"1"'}
    client.bob.patch(place, json={"impact": {"affectedUsers": 6}}, headers=match)
    lost = client.bob.patch(place, json={"impact": {"affectedUsers": 7}}, headers=match)
    assert lost.status_code == 412
    assert lost.json()["current"]["impactDetails"] == {"affectedUsers": 6}
    assert client.bob.patch(place, json={"impact": {"affectedUsers": 7}}).status_code == 428


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"affectedUsers": -1}, "impact.affectedUsers"),
        ({"affectedUsers": "many"}, "impact.affectedUsers"),
        ({"affectedUsers": 10**12}, "impact.affectedUsers"),
        ({"affectedPercent": 101}, "impact.affectedPercent"),
        ({"durationMinutes": -5}, "impact.durationMinutes"),
        ({"revenue": {"amount": "-1"}}, "impact.revenue.amount"),
        ({"revenue": {"amount": "1e400"}}, "impact.revenue.amount"),
        ({"revenue": {"amount": "5", "currency": "euro"}}, "impact.revenue.currency"),
        ({"revenue": 5}, "impact.revenue"),
        ({"revenueUsdRate": "0"}, "impact.revenueUsdRate"),
        ({"dataLoss": "a bit"}, "impact.dataLoss"),
        ({"estimated": ["dataLoss"]}, "impact.estimated.0"),
        ({"errorTypes": ["x" * 201]}, "impact.errorTypes.0"),
        ({"degradations": [{"before": "1"}]}, "impact.degradations.0.metric"),
        ({"degradations": [{"metric": " "}]}, "impact.degradations"),
        ({"affectedServices": ["api"]}, "impact.affectedServices"),
        ({"text": "x" * 20_001}, "impact"),
        (5, "impact"),
        (None, "impact"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(client: Cast, said: object, field: str) -> None:
    refused = client.bob.post(ADDRESS, json={"title": "x", "impact": said})
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field
    assert client.bob.get(ADDRESS).json()["items"] == []


def test_openapi_says_that_it_is_either(client: Cast) -> None:
    schemas = client.bob.get("/api/openapi.json").json()["components"]["schemas"]
    text, whole = schemas["ImpactSaid"]["anyOf"]
    assert (text["type"], whole["type"]) == ("string", "object")
    details = schemas["ImpactDetails"]["properties"]
    assert set(details) == set(NUMBERS)
    assert set(whole["properties"]) == {*NUMBERS, "text"}
    assert schemas["IncidentBody"]["properties"]["impactDetails"]["$ref"].endswith("/ImpactDetails")


def test_the_audit_log_names_the_field_and_no_number(client: Cast, works: Works) -> None:
    declared(client, impact={"affectedUsers": 987_654}, private=True)
    said = {"impact": {"affectedUsers": 987_653}}
    client.bob.patch(f"{ADDRESS}/INC-1", json=said, headers={"If-Match": '"1"'})
    with works.reading(SYSTEM) as work:
        rows = work.connection.exec_driver_sql("SELECT * FROM audit_entries").all()
    assert "impact_numbers" in str(rows)
    assert "98765" not in str(rows)
    for place in ("/incidents/INC-1", f"{ADDRESS}/INC-1", f"{ADDRESS}/INC-1/timeline"):
        assert client.alice.get(place).status_code == 404
    said_again = {"version": "2", "impact_affected_users": "1"}
    assert client.alice.post("/incidents/INC-1/impact", data=said_again).status_code == 404


FORM = {
    "impact_affected_users": "12,400", "impact_affected_percent": "8.5 %", "impact_duration": "1 h 5 min",
    "impact_revenue": "1500 eur", "impact_data_loss": "no", "impact_error_types": "503\ntimeout\n",
    "impact_degradations": "p99 | 200 ms | 4 s\n", "impact_estimated": "affected_users",
}  # fmt: skip


def test_the_numbers_are_typed_into_a_form_of_the_page(client: Cast) -> None:
    declared(client, impact="Orders fail")
    page = client.bob.get("/incidents/INC-1", headers=BROWSER).text
    assert "<summary>Impact in numbers</summary>" in page
    assert 'action="/incidents/INC-1/impact"' in page
    taken = client.bob.post("/incidents/INC-1/impact", data={"version": "1", **FORM})
    assert taken.status_code == 303, taken.text
    body = client.bob.get(f"{ADDRESS}/INC-1").json()
    assert body["impact"] == "Orders fail"
    assert body["impactDetails"] == {
        "affectedUsers": 12_400, "affectedPercent": 8.5, "durationMinutes": 65,
        "revenue": {"amount": "1500", "currency": "EUR"}, "dataLoss": False,
        "errorTypes": ["503", "timeout"], "estimated": ["affectedUsers"],
        "degradations": [{"metric": "p99", "before": "200 ms", "during": "4 s"}],
    }  # fmt: skip
    page = client.charlie.get("/incidents/INC-1", headers=BROWSER).text
    for told in (
        "<dt>Users affected</dt><dd>about 12,400</dd>", "<dt>Share of users</dt><dd>8.5%</dd>",
        "<dt>Revenue</dt><dd>1,500.00 EUR</dd>", "<dt>Data lost</dt><dd>no</dd>",
    ):  # fmt: skip
        assert told in page
    assert "Save numbers" not in page
    assert client.charlie.post("/incidents/INC-1/impact", data={"version": "2"}).status_code == 403


def filled(page: str) -> dict[str, str]:
    """What the fields of the numbers hold."""
    found = dict(re.findall(r'name="(impact_\w+)"[^>]*? value="([^"]*)"', page))
    areas = re.findall(r'<textarea [^>]*?name="(impact_\w+)"[^>]*>\n([^<]*)</textarea>', page)
    return {name: html.unescape(text) for name, text in (*found.items(), *areas)}


def test_the_form_is_filled_with_what_is_known_and_sent_unchanged_changes_nothing(
    client: Cast,
) -> None:
    declared(client, impact=NUMBERS)
    page = client.bob.get("/incidents/INC-1", headers=BROWSER).text
    form = filled(page)
    assert form["impact_revenue"] == "15000.50 EUR"
    assert form["impact_degradations"] == "p99 | 200 ms | 4 s"
    form |= {
        "impact_data_loss": "no", "impact_data_corruption": "yes", "impact_estimated": "affected_users"
    }  # fmt: skip
    taken = client.bob.post("/incidents/INC-1/impact", data={"version": "1", **form})
    assert taken.status_code == 303, taken.text
    body = client.bob.get(f"{ADDRESS}/INC-1").json()
    assert (body["impactDetails"], body["version"]) == (NUMBERS, 1)


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("impact_affected_users", "many", "Users affected"),
        ("impact_affected_percent", "130", "Share of users"),
        ("impact_revenue", "a lot", "Revenue"),
        ("impact_revenue", "-5 EUR", "Revenue"),
        ("impact_revenue_usd_rate", "1.23456789", "Dollars per unit"),
        ("impact_duration", "soon", "Duration"),
        ("impact_degradations", "a | b | c | d", "What got worse"),
        ("impact_user_experience", "x" * 2_001, "What users saw"),
        ("impact_estimated", "luck", "Only estimated"),
    ],
)
def test_a_refused_form_is_shown_again_as_it_was_typed(
    client: Cast, name: str, typed: str, told: str
) -> None:
    declared(client)
    said = {"impact_support_cases": "17", name: typed}
    refused = client.bob.post("/incidents/INC-1/impact", data={"version": "1", **said})
    assert refused.status_code == 422
    page = html.unescape(refused.text)
    assert re.search(rf'class="wrong"[^>]*>.*?{told}', page, re.DOTALL), page[-3000:]
    assert 'value="17"' in page
    again = client.bob.post("/incidents/declare", data={"title": "Kept", **said})
    assert again.status_code == 422
    assert 'value="17"' in again.text
    assert len(client.bob.get(ADDRESS).json()["items"]) == 1


def test_the_loser_of_a_race_sees_theirs_and_keeps_yours(client: Cast) -> None:
    declared(client, impact={"affectedUsers": 5})
    first = {"version": "1", "impact_affected_users": "6"}
    assert client.bob.post("/incidents/INC-1/impact", data=first).status_code == 303
    second = {"version": "1", "impact_affected_users": "7", "impact_estimated": "affected_users"}
    lost = client.alice.post("/incidents/INC-1/impact", data=second)
    assert lost.status_code == 412
    assert 'name="impact_affected_users" value="7"' in re.sub(r' (aria|type)[^ ]*"', "", lost.text)
    assert '<th scope="row">Users affected</th><td data-label="Theirs">6</td>' in lost.text


def test_an_incident_is_declared_with_numbers_from_the_page(client: Cast) -> None:
    answer = client.bob.post("/incidents/declare", data={"title": "Checkout fails", **FORM})
    assert answer.status_code == 303, answer.text
    body = client.bob.get(f"{ADDRESS}/INC-1").json()
    assert body["impactDetails"]["affectedUsers"] == 12_400
    assert body["severity"] is None


def test_the_numbers_propose_what_is_not_answered(client: Cast) -> None:
    said = {
        "title": "Checkout fails", "do": "calculate", "impact_affected_percent": "60",
        "impact_data_loss": "yes", "data_integrity": "no_impact",
    }  # fmt: skip
    page = client.bob.post("/incidents/declare", data=said).text
    assert "SEV-2" in page
    assert "<dt>User impact: majority</dt><dd>Share of users 60.0 is at least 50</dd>" in page
    assert '<option value="majority" selected>' in page
    assert "data was lost" not in page
    declared(client, severity="SEV-4", impact={"affectedPercent": 60})
    page = client.bob.get("/incidents/INC-1", headers=BROWSER).text
    assert "The impact in numbers gives" in page
    assert "Share of users 60.0 is at least 50" in page


def test_a_draft_takes_the_numbers_as_the_record_has_them(client: Cast) -> None:
    incident = declared(client, impact={"text": "Orders fail", **NUMBERS}, services=["api"])
    answer = client.bob.post("/postmortems/new", data={"incident": incident["id"]})
    assert answer.status_code == 303, answer.text
    reference = answer.headers["location"].split("/")[2]
    body = client.bob.get(f"/api/postmortems/{reference}").json()
    assert body["impact"] == "Orders fail"
    details = body["impactDetails"]
    assert details.pop("affectedServices") == ["api"]
    assert details.pop("estimated") == ["affected_users"]
    assert details == {name: value for name, value in NUMBERS.items() if name != "estimated"}


@pytest.mark.both_databases
def test_a_filled_database_of_before_keeps_its_rows(client: Cast, works: Works) -> None:
    declared(client, impact="Orders fail", externalId="x-1")
    declared(client, title="Kept to a few", private=True)
    declared(client, title="The same again")
    client.bob.post(f"{ADDRESS}/INC-1/links", json={"incident": "INC-3", "kind": "related"})
    counts = {
        name: sa.select(sa.func.count()).select_from(table)
        for name, table in metadata.tables.items()
    }

    def rows() -> dict[str, int]:
        with works.reading(SYSTEM) as work:
            return {name: work.connection.scalar(one) or 0 for name, one in counts.items()}

    while keeping.catch_up(works):
        pass
    before, body = rows(), client.bob.get(f"{ADDRESS}/INC-1").json()
    assert (before["incidents"], before["incident_links"]) == (3, 1)
    with works.writing(SYSTEM) as work:
        tables = sa.inspect(work.connection).get_sorted_table_and_fkc_names()
        for table, _ in reversed(tables):
            goes_with_another = str(table).startswith("search_index_")
            if table is not None and table not in OF_BEFORE and not goes_with_another:
                work.connection.exec_driver_sql(f"DROP TABLE {table}")
                if not works.database.is_sqlite:
                    work.connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {table}_refuse")
        work.connection.exec_driver_sql("DROP INDEX ix_actions_worth")
        work.connection.exec_driver_sql("ALTER TABLE actions DROP COLUMN worth")
        work.connection.exec_driver_sql("ALTER TABLE actions DROP COLUMN because")
        work.connection.exec_driver_sql("ALTER TABLE incidents DROP COLUMN impact_numbers")
        work.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '20261121_0010'")
    assert migrate.upgrade(works.database) is True
    assert migrate.check(works.database) == []
    while keeping.catch_up(works):
        pass
    assert rows() == before
    assert client.bob.get(f"{ADDRESS}/INC-1").json() == body
    said = {"impact": {"affectedUsers": 5}}
    changed = client.bob.patch(f"{ADDRESS}/INC-1", json=said, headers={"If-Match": '"1"'})
    assert changed.json()["impactDetails"] == {"affectedUsers": 5}
