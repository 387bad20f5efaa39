"""What can be asked of analytics. Each use case works in a unit of work that the caller opened."""

from kintsugi.server.analytics.service.classes import (
    Belonging,
    all_classes,
    belonging,
    change_class,
    class_named,
    decide,
    decision_of,
    forget,
    incident_named,
    make_class,
    retire,
)
from kintsugi.server.analytics.service.pattern import (
    ClassPage,
    FixShown,
    class_page,
    confirmed_pages,
)
from kintsugi.server.analytics.service.patterns import (
    ClassRow,
    Gap,
    Patterns,
    Waits,
    patterns,
)
from kintsugi.server.analytics.service.record import Case, Wanted, cases, those_wanted
from kintsugi.server.analytics.service.rolling import (
    fold,
    mark,
    marked_days,
    recounted,
    rollups_between,
)
from kintsugi.server.analytics.service.telling import says_of, told_patterns
from kintsugi.server.analytics.stored import Decided, KeptClass

__all__ = [
    "Belonging",
    "Case",
    "ClassPage",
    "ClassRow",
    "Decided",
    "FixShown",
    "Gap",
    "KeptClass",
    "Patterns",
    "Waits",
    "Wanted",
    "all_classes",
    "belonging",
    "cases",
    "change_class",
    "class_named",
    "class_page",
    "confirmed_pages",
    "decide",
    "decision_of",
    "fold",
    "forget",
    "incident_named",
    "make_class",
    "mark",
    "marked_days",
    "patterns",
    "recounted",
    "retire",
    "rollups_between",
    "says_of",
    "those_wanted",
    "told_patterns",
]
