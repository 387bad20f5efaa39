"""Any JSON by a mapping: the language of paths, the words of states, and what a mapping may not be."""

import pytest

from kintsugi.core.alerts.event import Happening
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.alerts import Undecodable, check_mapping
from kintsugi.formats.alerts.path import LONGEST, Scope, parse, plain_text, value
from tests.formats.alerts.samples import decode

DATA = {
    "a": {"b": [{"c": "deep"}, {"c": "second"}], "dotted.key": 1, "n": None, "empty": ""},
    "tags": [{"name": "x"}, {"name": "y"}, {}],
    "inner": '{"alarm": {"name": "from a text"}}',
    "place": "$ALERT_ID",
    "yes": True,
    "half": 0.5,
    "host": "db1.example.com",
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b[0].c", "deep"),
        ("a.b[-1].c", "second"),
        ("a.b[7].c", ""),
        ("a.b.c", ""),
        ('a."dotted.key"', "1"),
        ("a.n || a.empty || place || 'constant'", "constant"),
        ("place", ""),
        ("yes", "true"),
        ("half", "0.5"),
        ("tags[*].name", "x, y"),
        ("inner.alarm.name", "from a text"),
        ("host.alarm.name", ""),
        ("a.b[0].c + ' on ' + host", "deep on db1.example.com"),
        ("a.missing + ' on ' + host || host", "db1.example.com"),
        ("host before '.'", "db1"),
        ("host after '.' before '.'", "example"),
        ("host after '#'", "db1.example.com"),
        ("$.a.b[0].c", "deep"),
        ("@.host", "db1.example.com"),
        ("a", ""),
        ("'only'", "only"),
        ("missing", ""),
    ],
)
def test_paths_find_what_is_there_and_nothing_else(path: str, found: str) -> None:
    assert plain_text(parse(path), Scope(DATA, DATA)) == found


def test_a_path_to_more_than_text_gives_it_whole() -> None:
    assert value(parse("a.b[0]"), Scope(DATA, DATA)) == {"c": "deep"}
    assert value(parse("@"), Scope(DATA, DATA)) == DATA
    assert value(parse("$.tags[*].name"), Scope({}, DATA)) == ["x", "y"]


@pytest.mark.parametrize(
    "path",
    ["", "a.", "a..b", ".a", "a b", "a ||", "|| a", "a + ", "a[", "a[x]", "'open", '"', "a.b]", "a|b",
     "a after", "a after b",
     "a" + ".b" * 30, "x" * (LONGEST + 1), "a[99999999]"],
)  # fmt: skip
def test_what_is_no_path_is_refused_when_it_is_written(path: str) -> None:
    with pytest.raises(InvalidValue):
        parse(path)


def test_a_mapping_says_where_things_stand() -> None:
    body = {
        "checks": [
            {
                "id": 1,
                "what": "CPU",
                "where": "web-1",
                "state": "FAIL",
                "prio": 1,
                "at": 1795252500,
            },
            {
                "id": 2,
                "what": "Disk",
                "where": "db1",
                "state": "PASS",
                "prio": 9,
                "at": 1795252500000,
            },
        ],
        "region": "eu",
    }
    found = decode(
        "generic",
        body,
        events="checks",
        key="id",
        title="what + ' on ' + where",
        state="state",
        states={"trigger": ["FAIL"], "resolve": ["pass"]},
        severity={"from": "prio", "words": {1: "critical"}, "otherwise": "low"},
        labels=[{"host": "where"}, {"region": "$.region"}],
        starts_at="at",
        ends_at="at",
    )
    cpu, disk = found.events
    assert (cpu.key, cpu.title, cpu.severity_word) == ("1", "CPU on web-1", "critical")
    assert cpu.labels == {"host": "web-1", "region": "eu"}
    assert (disk.happening, disk.severity_word) == (Happening.RESOLVE, "low")
    assert disk.ends_at == cpu.starts_at


def test_a_sources_mapping_replaces_the_shipped_one_field_by_field() -> None:
    found = decode("datadog", {"id": "x", "title": "T", "cycle_key": "c"}, key="id")
    assert (found.events[0].key, found.events[0].title) == ("x", "T")


@pytest.mark.parametrize(
    ("word", "happening"),
    [
        ("Firing", Happening.TRIGGER),
        ("alert.resolved", Happening.RESOLVE),
        ("ALERT_RECOVERY", Happening.RESOLVE),
        ("ACKED", Happening.ACKNOWLEDGE),
        ("", Happening.TRIGGER),
        ("{{ status }}", Happening.TRIGGER),
        (True, Happening.TRIGGER),
    ],
)
def test_common_words_say_what_happened(word: object, happening: Happening) -> None:
    assert decode("generic", {"title": "T", "state": word}).events[0].happening is happening


def test_a_word_that_nobody_knows_is_a_trigger_and_said_or_what_the_mapping_says() -> None:
    body = {"title": "T", "state": "blue"}
    assert decode("generic", body).notes == ("the state 'blue' is not known, so: trigger",)
    assert decode("generic", body, otherwise="ignore").events == ()
    with pytest.raises(Undecodable, match="blue"):
        decode("generic", body, otherwise="refuse")


def test_a_later_alternative_tells_the_state_when_its_word_is_known() -> None:
    body = {"title": "T", "state": "17", "status": "closed"}
    assert decode("generic", body).events[0].happening is Happening.RESOLVE


@pytest.mark.parametrize(
    "body", [{}, {"x": 1}, [{}], {"title": {"a": 1}}, {"title": "$TITLE", "id": ""}]
)
def test_what_has_neither_title_nor_key_is_refused(body: object) -> None:
    with pytest.raises(Undecodable, match="neither a title nor a key"):
        decode("generic", body)


@pytest.mark.parametrize("body", [b"7", b'"x"', b"null", b"true", b"[1]"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Undecodable, match="expected"):
        decode("generic", body)


def test_an_empty_list_holds_nothing_and_is_no_mistake() -> None:
    assert decode("generic", b"[]").events == ()


def test_without_a_key_title_and_service_are_it() -> None:
    one, two = ({"title": "T", "service": "s", "value": n} for n in (1, 2))
    assert decode("generic", one).events[0].key == decode("generic", two).events[0].key


def test_a_long_key_is_cut_and_still_tells_alerts_apart() -> None:
    one, two = (
        decode("generic", {"title": "T", "key": "k" * 600 + end}).events[0].key for end in "ab"
    )
    assert len(one) == len(two) == 512
    assert one != two


def test_forms_and_addresses_are_read_as_bodies() -> None:
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert decode("generic", b"title=Two+words&state=ok", form).events[0].title == "Two words"
    assert decode("generic", b'{"title": "curl forgot"}', form).events[0].title == "curl forgot"
    asked = {":path": "/?monitorID=7&monitorFriendlyName=Shop&alertType=2", ":method": "GET"}
    assert decode("uptimerobot", b"", asked).events[0].happening is Happening.RESOLVE
    with pytest.raises(Undecodable, match="fields"):
        decode("generic", b"&".join(b"a=1" for _ in range(2000)), form)


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"titel": "x"}, "titel"),
        ({"title": "a..b"}, "title"),
        ({"title": 7}, "title"),
        ({"title": {"to": "x"}}, "title"),
        ({"severity": {"from": "x", "words": ["a"]}}, "severity"),
        ({"states": {"exploded": ["x"]}}, "states.exploded"),
        ({"states": {"trigger": [{}]}}, "states.trigger"),
        ({"states": "x"}, "states"),
        ({"otherwise": "shrug"}, "otherwise"),
        ({"labels": {"a": "b["}}, "labels.a"),
        ({"labels": [{"a": "b"}, {"c": ""}]}, "labels[1].c"),
        ({"key": ["a", "b||"]}, "key[1]"),
        ({"change": {"who": "x"}}, "change.who"),
        ({"change": "x"}, "change"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_by_its_field(
    mapping: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        check_mapping(mapping)
    assert caught.value.field == field


def test_a_mapping_may_leave_fields_empty() -> None:
    check_mapping({"title": "name", "severity": None, "labels": "", "service": "''"})


def test_cloudevents_say_what_they_miss() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}
    for name in event:
        with pytest.raises(Undecodable) as caught:
            decode("cloudevents", event | {name: ""})
        assert caught.value.path == (0, name)
    with pytest.raises(Undecodable, match=r"1\.x"):
        decode("cloudevents", event | {"specversion": "0.3"})
    with pytest.raises(Undecodable, match="base64"):
        decode("cloudevents", event | {"data_base64": "!"})


def test_a_cloudevent_in_headers_is_the_same_as_one_in_the_body() -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "4b5c",
        "ce-source": "/backup",
        "ce-type": "com.example.backup.failed",
        "ce-subject": "caf%C3%A9",
        "content-type": "application/json",
    }
    binary = decode("cloudevents", b'{"title": "Failed", "service": "billing"}', headers)
    assert (binary.events[0].key, binary.events[0].service) == (
        "/backup café com.example.backup",
        "billing",
    )
    text = decode("cloudevents", b"all is lost", headers | {"content-type": "text/plain"})
    assert text.events[0].description == "all is lost"


def test_a_cloudevent_without_a_subject_is_known_by_its_id() -> None:
    event = {"specversion": "1.0", "source": "/s", "type": "t"}
    one, two = (
        decode("cloudevents", event | {"id": number}).events[0].key for number in ("1", "2")
    )
    assert one != two


def test_a_report_is_known_by_its_ticket_or_its_own_words() -> None:
    one, two = (
        decode("form", {"summary": "Slow", "reporter": name}).events[0].key for name in "ab"
    )
    assert one != two
    assert decode("form", {"summary": "A", "ticket": 7}).events[0].key == "7"
    refused: tuple[object, ...] = ({}, {"description": "x"}, {"state": "resolved"}, [])
    for body in refused:
        with pytest.raises(Undecodable):
            decode("form", body)
