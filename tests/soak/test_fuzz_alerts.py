"""The alert decoders under coverage-led fuzzing, each from its own fixtures on; in `make soak`, where atheris is."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kintsugi.formats.alerts import FORMATS
from tests.formats.alerts.samples import samples

ROOT = Path(__file__).parents[2]
SECONDS = int(os.environ.get("FUZZ_SECONDS", "20"))


@pytest.mark.soak
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no wheel here")
@pytest.mark.parametrize("name", FORMATS)
def test_no_input_makes_a_decoder_raise_or_break_its_limits(name: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for at, one in enumerate(each for each in samples() if each.format == name):
        kind = b"\x01" if one.name.endswith(".form") else b"\x00"
        (corpus / str(at)).write_bytes(kind + one.body)
    command = [sys.executable, "-m", "tests.soak.fuzz_alerts", name, str(corpus)]
    limits = [f"-max_total_time={SECONDS}", "-max_len=16384", "-rss_limit_mb=1024", "-timeout=10"]
    done = subprocess.run(
        [*command, *limits, f"-artifact_prefix={tmp_path}/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS + 120,
    )
    assert done.returncode == 0, done.stderr[-4000:]
