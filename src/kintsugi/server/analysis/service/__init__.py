"""What can be done with fault trees. Each use case works in a unit of work that the caller opened."""

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
    "with_action",
]
