"""What can be done with fault trees, and under `whys` with why-trees, each in a unit of work that somebody opened."""

from kintsugi.server.analysis.service import whys
from kintsugi.server.analysis.service.changing import Changes, Draft, add, change, delete
from kintsugi.server.analysis.service.checking import model
from kintsugi.server.analysis.service.holding import (
    Bought,
    Estimate,
    Held,
    answered,
    recount_all,
)
from kintsugi.server.analysis.service.reading import (
    Exported,
    Happened,
    exported,
    get,
    happened_in,
    incident_of,
    list_trees,
    with_action,
)
from kintsugi.server.analysis.service.solving import Solved, parsed, solved
from kintsugi.server.analysis.stored import (
    USUAL_EXPOSURE,
    Kind,
    Link,
    Measure,
    Model,
    StoredTree,
    StoredWhys,
    Wanted,
)

__all__ = [
    "USUAL_EXPOSURE",
    "Bought",
    "Changes",
    "Draft",
    "Estimate",
    "Exported",
    "Happened",
    "Held",
    "Kind",
    "Link",
    "Measure",
    "Model",
    "Solved",
    "StoredTree",
    "StoredWhys",
    "Wanted",
    "add",
    "answered",
    "change",
    "delete",
    "exported",
    "get",
    "happened_in",
    "incident_of",
    "list_trees",
    "model",
    "parsed",
    "recount_all",
    "solved",
    "whys",
    "with_action",
]
