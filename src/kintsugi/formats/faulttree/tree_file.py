"""A fault tree as it was read: the tree, the form it was in, and the line of each of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kintsugi.core.analysis.faulttree.model import FaultTree, Gate, GateKind
from kintsugi.core.analysis.faulttree.validation import Finding, findings_of
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.errors import InputError

Path = tuple[str | int, ...]
MOST_TOLD = 100


def no_line(_path: Path) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class TreeFile:
    """`line_of` tells the line of a path such as gates, down; 0 where it cannot be told."""

    tree: FaultTree
    form: str
    file: str = ""
    notes: tuple[str, ...] = ()
    line_of: Callable[[Path], int] = no_line

    def findings(self) -> list[tuple[Finding, str]]:
        """What is wrong or suspicious, each with the line that tells it; of very many, the first."""
        every = findings_of(self.tree)
        told = [(each, str(self.error(each))) for each in every[:MOST_TOLD]]
        if len(every) > MOST_TOLD:
            more = Finding(
                (), f"and {len(every) - MOST_TOLD:,} more", is_warning=every[-1].is_warning
            )
            told.append((more, more.problem))
        return told

    def error(self, finding: Finding) -> InputError:
        """A finding with its place in the file."""
        told = InvalidValue(finding.problem, path=finding.path, expected=finding.expected)
        return InputError.from_value(told, file=self.file, line=self.line_of(finding.path))

    def sound(self) -> FaultTree:
        """The tree. Raises InputError for the first thing that is wrong with it."""
        for finding in findings_of(self.tree):
            if not finding.is_warning:
                raise self.error(finding)
        return self.tree


@dataclass(slots=True)
class Nested:
    """Gives the gates of a nested formula names of their own: `down-1`, `down-2`."""

    taken: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    gates: list[Gate] = field(default_factory=list)

    def add(self, parent: str, kind: GateKind, inputs: Sequence[str], least: int = 0) -> str:
        """The name of a new gate below this one."""
        count = self.counts.get(parent, 0) + 1
        while f"{parent}-{count}" in self.taken:
            count += 1
        self.counts[parent] = count
        name = f"{parent}-{count}"
        self.taken.add(name)
        self.gates.append(Gate(name, kind, tuple(inputs), least))
        return name
