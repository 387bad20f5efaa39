"""`python -m tests.soak.fuzz_alerts FORMAT [CORPUS] [-max_total_time=60]`: coverage-led fuzzing of one alert decoder.

The first byte of an input chooses the headers, the rest is the body. What is checked is
`tests.formats.alerts.hostile.survives`; a crash leaves its input behind, as libFuzzer does.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["kintsugi.formats.alerts"]):
    from kintsugi.formats.alerts import FORMATS
from tests.formats.alerts.hostile import survives

HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"content-type": "application/x-www-form-urlencoded"},
    {":path": "/v2/change/enqueue"},
    {":path": "/v2/alerts/a%2Fb/close?identifierType=alias"},
    {
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "/s",
        "ce-type": "t.failed",
        "content-type": "application/json",
    },
)


def main() -> None:
    """Fuzz until libFuzzer's limits are reached; its exit code tells of a crash."""
    name = sys.argv[1]
    if name not in FORMATS:
        sys.exit(f"{name} is none of {', '.join(FORMATS)}")

    def one_input(content: bytes) -> None:
        headers = HEADERS[content[0] % len(HEADERS)] if content else {}
        survives(name, content[1:], headers)

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
