"""Lists of alerts with the guide's fields, in four ways to write them; and what is wrong with a bad one."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.alert_list import read_alert_list
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import dump_yaml

ROW = {
    "id": "a-1", "title": "Payments fail", "description": "The share of failed payments is high", "severity": 2,
    "service": "checkout", "timestamp": "2025-01-15T09:00:00+00:00", "metrics": {"error_rate": 0.12, "rps": 40},
    "runbook_url": "https://runbooks.example/payments",
}  # fmt: skip
ALERT = ListedAlert(
    "a-1", "Payments fail", "The share of failed payments is high", Severity.SEV_2, "checkout",
    datetime(2025, 1, 15, 9, tzinfo=UTC), {"error_rate": 0.12, "rps": 40}, "https://runbooks.example/payments",
)  # fmt: skip
CSV = """id,title,description,severity,service,timestamp,metrics,runbook_url
a-1,Payments fail,The share of failed payments is high,2,checkout,2025-01-15T09:00:00Z,"{""error_rate"": 0.12, ""rps"": 40}",https://runbooks.example/payments
"""


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ROW]), json.dumps({"alerts": [ROW]}), json.dumps(ROW), json.dumps([ROW], indent=2),
        dump_yaml([ROW]), dump_yaml({"alerts": [ROW]}), dump_yaml(ROW), CSV, "\ufeff" + CSV,
        CSV.replace("\n", "\r\n"),
    ],
)  # fmt: skip
def test_one_alert_reads_the_same_however_it_is_written(text: str) -> None:
    assert read_alert_list(text.encode()).alerts == (ALERT,)
    assert read_alert_list(text.encode()).notes == ()


def test_json_lines_are_one_alert_a_line_and_empty_lines_are_passed_over() -> None:
    text = f"{json.dumps(ROW)}\n\n{json.dumps(ROW | {'id': 'a-2'})}\n"
    assert [alert.id for alert in read_alert_list(text).alerts] == ["a-1", "a-2"]


def test_our_camel_case_is_read_too() -> None:
    text = json.dumps([{"Title": "T", "runbookUrl": "https://r.example"}])
    found = read_alert_list(text)
    assert (found.alerts[0].title, found.alerts[0].runbook_url) == ("T", "https://r.example")
    assert found.notes == ()


def test_what_is_left_out_is_empty_and_an_alert_without_an_id_has_its_number() -> None:
    found = read_alert_list(
        '[{"title": "T"}, {"description": null, "metrics": null, "severity": null}]'
    )
    assert found.alerts == (ListedAlert("1", "T"), ListedAlert("2"))


@pytest.mark.parametrize("nothing", ["[]", '{"alerts": []}', "alerts: []"])
def test_a_list_may_be_empty(nothing: str) -> None:
    assert read_alert_list(nothing).alerts == ()


@pytest.mark.parametrize(
    ("written", "severity"),
    [(1, "SEV-1"), ("2", "SEV-2"), ("sev3", "SEV-3"), ("critical", "SEV-1"), ("warning", "SEV-3"), ("P4", "SEV-4")],
)  # fmt: skip
def test_a_severity_is_read_as_people_and_tools_write_it(written: str | int, severity: str) -> None:
    found = read_alert_list(json.dumps([{"severity": written}])).alerts[0].severity
    assert found is not None
    assert found.label == severity


def test_times_without_a_zone_are_utc_or_the_zone_given_and_are_pointed_out_once() -> None:
    text = json.dumps([{"timestamp": "2025-01-15T09:00:00"}, {"timestamp": "2025-01-15 10:00"}])
    found = read_alert_list(text)
    assert found.alerts[0].timestamp == datetime(2025, 1, 15, 9, tzinfo=UTC)
    assert found.notes == ("2 times without a zone are taken as UTC",)
    berlin = read_alert_list(text, zone="Europe/Berlin")
    assert berlin.alerts[0].timestamp == datetime(2025, 1, 15, 8, tzinfo=UTC)
    assert berlin.notes == ("2 times without a zone are taken as Europe/Berlin",)


def test_a_field_that_is_none_of_the_guides_is_named_once_with_a_guess() -> None:
    rows = [{"title": "T", "runbook": "https://r.example", "team": "payments"}] * 3
    assert read_alert_list(json.dumps(rows)).notes == (
        "the field 'runbook' is not read (did you mean runbook_url?)",
        "the field 'team' is not read",
    )


# --- CSV -----------------------------------------------------------------------------------------


def test_metrics_in_a_cell_are_json_or_pairs_and_columns_may_hold_one_each() -> None:
    text = 'title;metrics;metrics.p99_ms\nT;"rps=40; errors=2";840\nU;;\n'
    first, second = read_alert_list(text).alerts
    assert first.metrics == {"rps": "40", "errors": "2", "p99_ms": "840"}
    assert second.metrics == {}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_cell_may_hold_the_separator_and_several_lines(delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["title", "description"], [f"a{delimiter}b", 'two\nlines "quoted"']])
    found = read_alert_list(out.getvalue()).alerts
    assert (found[0].title, found[0].description) == (f"a{delimiter}b", 'two\nlines "quoted"')


# --- what is wrong, and where --------------------------------------------------------------------


def refused(text: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_alert_list(text, file="alerts")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[\n{"title": "T"},\n{"timestamp": "soon"}\n]', "alerts:3: alerts[1].timestamp: 'soon' is not a time"),
        ('{"alerts": [\n{"severity": "awful"}]}', "alerts:2: alerts[0].severity: 'awful' is not a severity; expected"),
        ("- title: T\n- title: U\n  runbookUrl: [1]\n", "alerts:3: alerts[1].runbookUrl: a list is not text"),
        ('{"title": "T"}\n{"metrics": 3}', "alerts:2: metrics: 3 is not a mapping; expected measurements by name"),
        ('{"title": "T"}\n{"title": ', "alerts:2: the JSON ends before it is complete"),
        ('{"title": "T"}\n[1]', "alerts:2: a list is not an alert; expected an object"),
        ("title,severity\n\"two\nlines\",2\nT,9\n", "alerts:4: severity: '9' is not a severity; expected SEV-1"),
        ("title,severity\nT,2,3\n", "alerts:2: the row has 3 cells; expected 2, as the header"),
        ('title,severity\n"T,2\n', "alerts:2: this is not CSV: unexpected end of data"),
        ("title,title,id\nT,U,1\n", "alerts:1: title: stands twice in the header; expected one column each"),
        ("title,metrics\nT,p99\n", "alerts:2: metrics: 'p99' is no measurement; expected name=value"),
        ("title,metrics\nT,\"{\"\"a\"\": \"\n", "alerts:2: metrics: the JSON ends before it is complete"),
        ('[{"runbook_url": "a", "runbookUrl": "b"}]', "alerts:1: alerts[0].runbookUrl: is given in two spellings"),
        ('[{"timestamp": "14:35"}]', "alerts:1: alerts[0].timestamp: '14:35' has no date; expected an ISO time"),
        ('[{"timestamp": 1736931600}]', "alerts:1: alerts[0].timestamp: 1736931600 is not a time"),
        ('[{"severity": true}]', "alerts:1: alerts[0].severity: True is not a severity"),
        ("[1]", "alerts:1: alerts[0]: 1 is not an alert"),
        ('{"alerts": {"title": "T"}}', "alerts: the file holds no list of alerts; expected a list of alerts in JSON"),
        ('{"colour": "red"}', "alerts: the file holds no list of alerts"),
        ("plain words", "alerts: the file holds no list of alerts"),
        ("", "alerts: the file is empty; expected a list of alerts"),
        (b"\xff\xfa", "alerts:1: byte 0 is not UTF-8 text"),
        ("- title: [", "alerts:2: this is not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_file_row_field_and_what_would_be_right(
    text: str | bytes, said: str
) -> None:
    assert refused(text).startswith(said)


def problem_of(text: bytes | str) -> InputError | None:
    try:
        read_alert_list(text)
    except InputError as error:
        return error
    return None


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    problem = problem_of(text.encode("utf-8", "replace"))
    assert problem is None or problem.problem


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from([*ROW, "runbookUrl", "x"]), values, max_size=5)))
def test_any_data_is_read_or_refused_by_its_row(rows: list[dict[str, object]]) -> None:
    problem = problem_of(json.dumps(rows))
    if problem is not None:
        assert problem.line in (0, 1)  # 0 where YAML cannot hold a character of the JSON
        assert problem.field.startswith("alerts[")
