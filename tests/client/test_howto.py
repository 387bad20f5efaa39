"""What docs/howto/use-the-api.md shows works on the real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kintsugi.client import Client
from tests.client.live import Live

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "use-the-api.md"


def test_the_example_declares_once_and_resolves(live: Live) -> None:
    code = PAGE.read_text("utf-8").split("```python\n")[1].split("```")[0]
    shown: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), shown)  # noqa: S102 - our own page
    with Client(live.url, live.tokens["bob"]) as client:
        first = shown["declare_from_alert"](client, "payments-api", "alert-1")
        assert shown["declare_from_alert"](client, "payments-api", "alert-1") == first
        assert client.incident(first).severity == "SEV-2"
        assert shown["resolve"](client, first, "rolled back") is True
        assert client.incident(first).status == "resolved"
