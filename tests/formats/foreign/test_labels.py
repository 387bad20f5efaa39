"""The labels hold what is promised of them: 30 files, 20 for tuning and 10 kept apart, and no sentence of anybody's."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

LABELS = Path(__file__).with_name("labels.tsv")
LONGEST = 40


def test_the_labels_are_of_thirty_files_and_hold_times_alone() -> None:
    head, *rows = [line.split("\t") for line in LABELS.read_text("utf-8").splitlines()]
    assert head == ["set", "sha256", "line", "kind", "value", "means"]
    files: dict[str, set[str]] = defaultdict(set)
    for part, file, line, kind, value, means in rows:
        files[part].add(file)
        assert re.fullmatch(r"[0-9a-f]{64}", file)
        assert kind in ("event", "action", "nothing")
        assert (int(line) == 0) == (kind == "nothing")
        assert len(value) < LONGEST
        assert re.fullmatch(r"(?:\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?|\?)?", means)
    assert {part: len(found) for part, found in files.items()} == {"tune": 20, "apart": 10}
    assert not files["tune"] & files["apart"]
