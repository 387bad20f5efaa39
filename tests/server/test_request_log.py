"""What a line of the log says of a request: enough to find it again, and nothing that somebody typed."""

from __future__ import annotations

import pytest
import structlog

from tests.server.cast import Cast

ID = "inc_" + "0" * 32
LOGGED = [
    ("/incidents/INC-42?cursor=secret", "/incidents/INC-42"),
    (f"/api/incidents/{ID}/timeline", f"/api/incidents/{ID}/timeline"),
    ("/api/incidents/leaked-key-of-acme/timeline", "/api/incidents/.../timeline"),
    ("/services/checkout", "/services/..."),
    ("/people/Mina%20K/erase", "/people/.../erase"),
    ("/incidents/INC-42/parts/head", "/incidents/INC-42/parts/..."),
    ("/setup/s3cret", "/setup/..."),
    ("/setup/s3cret/and/more", "/setup/..."),
    ("/api/incidents/PD/77", "/api/incidents/..."),
    ("/incidents/leaked/key", "/incidents/..."),
    ("/password/s3cret", "/password/..."),
    ("/share/s3cret", "/share/..."),
    ("/healthz", "/healthz"),
    ("/static/kintsugi.css", "/static/kintsugi.css"),
]


@pytest.mark.parametrize(("asked", "said"), LOGGED)
def test_a_path_is_logged_without_what_somebody_typed(client: Cast, asked: str, said: str) -> None:
    with structlog.testing.capture_logs() as entries:
        client.alice.get(asked)
    (entry,) = [entry for entry in entries if entry["event"] == "request"]
    assert entry["path"] == said
