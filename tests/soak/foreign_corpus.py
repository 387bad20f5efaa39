"""`python -m tests.soak.foreign_corpus FOLDER`: what the import makes of a collection of other people's postmortems.

Prints a line a file, then how much of what was labelled by hand (tests/formats/foreign/labels.tsv) was found, on the
files for tuning and on those kept apart.
Exits 1 when a file fails, loses a word, does not read back, or a figure is too low.
"""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kintsugi.formats.files import read_record
from kintsugi.formats.foreign.read import Imported, read_foreign
from tests.formats.foreign.generated import exported, lost

LABELS = Path(__file__).parents[1] / "formats/foreign/labels.tsv"
RECALL, PRECISION = 0.90, 0.95
OTHER_ENDINGS = frozenset({".json", ".png", ".jpg", ".svg", ".pdf", ".tsv"})
"""Not postmortems; some that are have no ending."""


@dataclass
class Labels:
    """What a person found in one file: its set, and the lines of events (with what they mean) and of actions."""

    part: str
    events: dict[int, str] = field(default_factory=dict)
    actions: set[int] = field(default_factory=set)


@dataclass
class Score:
    """Of one kind in one set: how many were found, how many were there to find, how many were right."""

    found: int = 0
    there: int = 0
    right: int = 0

    def add(self, found: list[int], there: Iterable[int]) -> None:
        """Count one file."""
        wanted = set(there)
        self.found += len(found)
        self.there += len(wanted)
        self.right += len(wanted & set(found))

    @property
    def passes(self) -> bool:
        """Whether it is as good as it has to be."""
        return self.right >= RECALL * self.there and self.right >= PRECISION * self.found

    def __str__(self) -> str:
        recall = self.right / self.there if self.there else 1
        precision = self.right / self.found if self.found else 1
        return (
            f"recall {recall:.1%} ({self.right} of {self.there}), "
            f"precision {precision:.1%} ({self.right} of {self.found})"
        )


def read_labels(text: str) -> dict[str, Labels]:
    """The labels by the file's SHA-256."""
    found: dict[str, Labels] = {}
    for row in text.splitlines()[1:]:
        part, file, line, kind, _value, means = row.split("\t")
        labels = found.setdefault(file, Labels(part))
        if kind == "event":
            labels.events[int(line)] = means
        elif kind == "action":
            labels.actions.add(int(line))
    return found


def meanings(imported: Imported) -> Iterator[tuple[int, str]]:
    """The line of each event and its local time as the labels write it."""
    for event in imported.events:
        day = event.moment.day.isoformat() if event.moment.day else ""
        clock = f"T{event.moment.at:%H:%M}" if event.moment.at else ""
        yield event.line, f"{day}{clock}" or "?"


def told(imported: Imported, text: str) -> tuple[bool, str]:
    """Whether all went well with a file, and the line to print."""
    postmortem = imported.postmortem
    missing = lost(text, postmortem)
    reads_back = read_record(exported(postmortem)).postmortem == postmortem
    said = f"{len(imported.events)} events, {len(imported.actions)} actions, {postmortem.title!r}"
    if missing:
        said += f"; LOST {dict(missing)}"
    return not missing and reads_back, said + ("" if reads_back else "; DOES NOT READ BACK")


def main() -> int:
    """Print a line a file and the figures."""
    folder = Path(sys.argv[1])
    labels = read_labels(LABELS.read_text("utf-8"))
    scores: dict[str, Score] = defaultdict(Score)
    good = True
    count = 0
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.suffix in OTHER_ENDINGS:
            continue
        content = file.read_bytes()
        imported = read_foreign(content.decode("utf-8"), file=file.name)
        is_well, said = told(imported, content.decode("utf-8"))
        good, count = good and is_well, count + 1
        print(f"{file.relative_to(folder)}: {said}")  # noqa: T201 - a script
        known = labels.get(hashlib.sha256(content).hexdigest())
        if known is None:
            continue
        times = dict(meanings(imported))
        scores[f"{known.part}: events"].add([event.line for event in imported.events], known.events)
        scores[f"{known.part}: action items"].add(
            [one.line + 1 for one in imported.actions], known.actions
        )
        right = [line for line, means in known.events.items() if times.get(line) == means]
        scores[f"{known.part}: times of events"].add(right, known.events)
    for what, score in sorted(scores.items()):
        print(f"{what}: {score}")  # noqa: T201 - a script
    print(f"{count} files")  # noqa: T201 - a script
    return 0 if good and count and all(score.passes for score in scores.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
