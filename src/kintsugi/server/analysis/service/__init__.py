"""What can be done with fault trees. Each use case works in a unit of work that the caller opened."""

from kintsugi.server.analysis.service.changing import Changes, Draft, add, change, delete
from kintsugi.server.analysis.service.reading import (
    Exported,
    exported,
    get,
    incident_of,
    list_trees,
)
from kintsugi.server.analysis.service.solving import Solved, answered, parsed, solved
from kintsugi.server.analysis.stored import StoredTree, Wanted

__all__ = [
    "Changes",
    "Draft",
    "Exported",
    "Solved",
    "StoredTree",
    "Wanted",
    "add",
    "answered",
    "change",
    "delete",
    "exported",
    "get",
    "incident_of",
    "list_trees",
    "parsed",
    "solved",
]
