"""What can be done with fault trees, and under `whys` with why-trees, each in a unit of work that somebody opened."""

from kintsugi.server.analysis.service import whys
from kintsugi.server.analysis.service.changing import (
    Ahead,
    Changes,
    Draft,
    Without,
    add,
    before_adding,
    before_changing,
    before_deleting,
    change,
    delete,
)
from kintsugi.server.analysis.service.checking import MOST_HAPPENED, model
from kintsugi.server.analysis.service.holding import (
    Bought,
    Estimate,
    Held,
    answered,
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
from kintsugi.server.analysis.service.solving import SEED, Solved, parsed, solved
from kintsugi.server.analysis.service.worth import recount_all
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
    "MOST_HAPPENED",
    "SEED",
    "USUAL_EXPOSURE",
    "Ahead",
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
    "Without",
    "add",
    "answered",
    "before_adding",
    "before_changing",
    "before_deleting",
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
