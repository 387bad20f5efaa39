"""What amtool asks and is answered: silences in, alerts, groups, silences, receivers and status out."""

import json
from datetime import UTC, datetime

import pytest

from kintsugi.core.alerts.matchers import Matcher
from kintsugi.formats.alerts import Undecodable
from kintsugi.formats.alerts.alertmanager_json import (
    ApiAlert,
    ApiSilence,
    alerts_json,
    groups_json,
    problem_json,
    read_silence,
    receivers_json,
    silence_json,
    silence_posted,
    silences_json,
    status_json,
)

START = datetime(2026, 11, 21, 9, tzinfo=UTC)
END = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
POSTED: dict[str, object] = {
    "matchers": [
        {"name": "alertname", "value": "Disk.*", "isRegex": True, "isEqual": True},
        {"name": "env", "value": "prod", "isRegex": False, "isEqual": False},
        {"name": "host", "value": "db1", "isRegex": False},
    ],
    "startsAt": "2026-11-21T09:00:00.000Z",
    "endsAt": "2026-11-21T10:00:00.123456789Z",
    "createdBy": "alice",
    "comment": "moving disks",
}
MATCHERS = (
    Matcher("alertname", "Disk.*", is_regex=True),
    Matcher("env", "prod", is_equal=False),
    Matcher("host", "db1"),
)


def silence() -> ApiSilence:
    return ApiSilence("sil_1", MATCHERS, START, END, START, "alice", "moving disks", "active")


def test_a_posted_silence_is_read() -> None:
    found = read_silence(json.dumps(POSTED).encode())
    assert (found.matchers, found.starts_at, found.ends_at) == (MATCHERS, START, END)
    assert (found.id, found.created_by, found.comment) == ("", "alice", "moving disks")
    assert read_silence(json.dumps(POSTED | {"id": "sil_1"}).encode()).id == "sil_1"


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"startsAt": None}, ("startsAt",)),
        ({"endsAt": "0001-01-01T00:00:00Z"}, ("endsAt",)),
        ({"endsAt": "2026-11-21T09:00:00Z"}, ("endsAt",)),
        ({"matchers": []}, ("matchers",)),
        ({"matchers": None}, ("matchers",)),
        ({"matchers": [{"name": "a", "value": ""}]}, ("matchers",)),
        ({"matchers": [{"name": "a", "value": "b"}] * 51}, ("matchers",)),
        ({"matchers": ["a=b"]}, ("matchers", 0)),
        ({"matchers": [{"value": "b"}]}, ("matchers", 0)),
        ({"matchers": [{"name": "a", "value": "b\u0000"}]}, ("matchers", 0)),
    ],
)
def test_a_silence_that_says_too_little_is_refused_by_its_field(
    changed: dict[str, object], path: tuple[str | int, ...]
) -> None:
    with pytest.raises(Undecodable) as caught:
        read_silence(json.dumps(POSTED | changed).encode())
    assert caught.value.path == path


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"[" * 100_000])
def test_what_is_no_silence_is_refused(body: bytes) -> None:
    with pytest.raises(Undecodable):
        read_silence(body)


def test_a_silence_is_told_as_it_was_posted() -> None:
    told = json.loads(silence_json(silence()))
    assert told["status"] == {"state": "active"}
    assert told["endsAt"] == "2026-11-21T10:00:00.123Z"
    assert read_silence(silence_json(silence())).matchers == MATCHERS
    assert json.loads(silences_json([silence()])) == [told]
    assert json.loads(silence_posted("sil_1")) == {"silenceID": "sil_1"}


def test_alerts_and_groups_have_every_field_that_the_api_requires() -> None:
    quiet = ApiAlert("f1", {"alertname": "X"}, {}, START, END, START, "http://p", ("sil_1",))
    loud = ApiAlert("f2", {"alertname": "Y"}, {"summary": "s"}, START, END, START)
    first, second = json.loads(alerts_json([quiet, loud]))
    assert set(first) == {
        "annotations", "endsAt", "fingerprint", "generatorURL", "labels",
        "receivers", "startsAt", "status", "updatedAt",
    }  # fmt: skip
    assert (first["status"]["state"], first["status"]["silencedBy"]) == ("suppressed", ["sil_1"])
    assert second["status"]["state"] == "active"
    (group,) = json.loads(groups_json([({"alertname": "X"}, [quiet])]))
    assert group == {
        "labels": {"alertname": "X"},
        "receiver": {"name": "kintsugi"},
        "alerts": [first],
    }


def test_receivers_status_and_refusals() -> None:
    assert json.loads(receivers_json()) == [{"name": "kintsugi"}]
    status = json.loads(status_json("1.2", START))
    assert status["versionInfo"]["version"] == "1.2"
    assert status["cluster"]["status"] == "disabled"
    assert "kintsugi" in status["config"]["original"]
    assert json.loads(problem_json("no")) == "no"
