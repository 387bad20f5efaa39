"""What a person pastes into a tool: it holds the address or the key, and its body is one that we read."""

import json
import re

import pytest

from kintsugi.core.alerts.event import Happening
from kintsugi.formats.alerts import FORMATS
from kintsugi.formats.plain import load_yaml

ADDRESS = "https://kintsugi.example.com:8443/ingest/{}/K3y"


def snippet(name: str) -> str:
    return FORMATS[name].snippet(ADDRESS.format(name), "K3y")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_how_to_set_up_its_tool(name: str) -> None:
    text = snippet(name)
    assert "K3y" in text
    assert len(text.splitlines()) > 4
    assert not re.search(r"%(ADDRESS|KEY|SERVER|SCHEME|HOST|PATH)%", text)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_title_and_one_sentence_of_help(name: str) -> None:
    one = FORMATS[name]
    assert one.title
    assert one.help.endswith(".")
    assert ". " not in one.help
    assert "!" not in one.help


def test_prometheus_is_told_the_parts_of_the_address() -> None:
    (manager,) = load_yaml(snippet("alertmanager-api"))["alerting"]["alertmanagers"]
    assert manager["scheme"] == "https"
    assert manager["path_prefix"] == "/ingest/alertmanager-api/K3y"
    assert manager["static_configs"] == [{"targets": ["kintsugi.example.com:8443"]}]


def test_alertmanagers_receiver_is_yaml_with_the_address() -> None:
    receiver = load_yaml(snippet("alertmanager"))["receivers"][0]
    assert receiver["webhook_configs"][0]["url"] == ADDRESS.format("alertmanager")
    assert receiver["webhook_configs"][0]["send_resolved"] is True


def test_pagerduty_and_opsgenie_are_told_the_server_and_the_key() -> None:
    assert "https://kintsugi.example.com:8443/v2/enqueue" in snippet("pagerduty")
    assert "https://kintsugi.example.com:8443/v2/alerts" in snippet("opsgenie")


@pytest.mark.parametrize(
    ("name", "filled", "happening"),
    [
        (
            "datadog",
            {
                "$ALERT_CYCLE_KEY": "c",
                "$EVENT_TITLE": "[Recovered] T",
                "$ALERT_TRANSITION": "Recovered",
            },
            "resolve",
        ),
        (
            "checkly",
            {"{{CHECK_ID}}": "c", "{{ALERT_TITLE}}": "T", "{{ALERT_TYPE}}": "ALERT_DEGRADED"},
            "trigger",
        ),
        (
            "uptimerobot",
            {"*monitorID*": "c", "*monitorFriendlyName*": "T", "*alertType*": "2"},
            "resolve",
        ),
    ],
)
def test_the_body_to_paste_is_read_and_what_stays_unfilled_is_absent(
    name: str, filled: dict[str, str], happening: str
) -> None:
    text = snippet(name)
    body = text[text.index("\n{\n") : text.rindex("}") + 1]
    json.loads(body)
    for place, value in filled.items():
        assert place in body
        body = body.replace(place, value)
    event = FORMATS[name].decode(body.encode(), {}).events[0]
    assert (event.key, event.happening) == ("c", Happening(happening))
    shown = repr(event)
    assert not re.search(r"\$[A-Z]{3}|\{\{|\*[a-z]+\*", shown)


def test_the_examples_for_curl_are_read() -> None:
    for name in ("generic", "form", "cloudevents"):
        text = snippet(name)
        body = text[text.index("-d '") + 4 : text.index("}'") + 1]
        assert FORMATS[name].decode(body.encode(), {}).events[0].service == "billing"
