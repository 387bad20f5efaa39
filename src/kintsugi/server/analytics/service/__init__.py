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
from kintsugi.server.analytics.service.reporting import Reported, guide_report, written_report
from kintsugi.server.analytics.service.rolling import (
    fold,
    mark,
    marked_days,
    recounted,
    rollups_between,
)
from kintsugi.server.analytics.service.sheets import SHEETS
from kintsugi.server.analytics.service.study import Study, behind, study
from kintsugi.server.analytics.service.targets import FIGURES, set_target, targets
from kintsugi.server.analytics.service.telling import says_of, told_patterns
from kintsugi.server.analytics.stored import Decided, KeptClass

__all__ = [
    "FIGURES",
    "SHEETS",
    "Belonging",
    "Case",
    "ClassPage",
    "ClassRow",
    "Decided",
    "FixShown",
    "Gap",
    "KeptClass",
    "Patterns",
    "Reported",
    "Study",
    "Waits",
    "Wanted",
    "all_classes",
    "behind",
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
    "guide_report",
    "incident_named",
    "make_class",
    "mark",
    "marked_days",
    "patterns",
    "recounted",
    "retire",
    "rollups_between",
    "says_of",
    "set_target",
    "study",
    "targets",
    "those_wanted",
    "told_patterns",
    "written_report",
]
