"""Reading what Prometheus posts costs about as much as parsing its JSON; the figures are in `bench/`."""

import json
import time
import timeit
from collections.abc import Callable

from kintsugi.formats.alerts import FORMATS

ALERT = {
    "labels": {
        "alertname": "InstanceDown",
        "cluster": "lab",
        "instance": "127.0.0.1:18090",
        "job": "web",
        "severity": "critical",
    },
    "annotations": {"runbook_url": "http://rb/x", "summary": "Instance 127.0.0.1:18090 down"},
    "startsAt": "2026-11-21T05:59:55.882Z",
    "endsAt": "2026-11-21T06:03:55.882Z",
    "generatorURL": "http://vm:18091/graph?g0.expr=up%7Bjob%3D%22web%22%7D+%3D%3D+0&g0.tab=1",
}
TIMES = 100


def seconds(does: Callable[[], object]) -> float:
    """Processor time of the quickest of many short runs, so that others on this machine do not count."""
    return min(timeit.repeat(does, timer=time.process_time, number=TIMES, repeat=60))


def test_an_alert_of_prometheus_is_read_in_less_than_five_times_its_json() -> None:
    body = json.dumps([ALERT]).encode()
    decode = FORMATS["alertmanager-api"].decode
    ours = seconds(lambda: decode(body, {}))
    plain = seconds(lambda: json.loads(body))
    assert ours < 5 * plain, f"{1e6 * ours / TIMES:.1f} us, and {1e6 * plain / TIMES:.1f} us"
