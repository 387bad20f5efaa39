"""What can be asked of analytics. Each use case works in a unit of work that the caller opened."""

from kintsugi.server.analytics.service.classes import (
    Belonging,
    alike,
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
from kintsugi.server.analytics.service.figures import Figures, figures
from kintsugi.server.analytics.service.kept import (
    AT_A_TIME,
    Record,
    record,
    recounted_facts,
    write_facts,
)
from kintsugi.server.analytics.service.listing import Listed, answers, gaps, recurrences, waits
from kintsugi.server.analytics.service.noting import note, note_actions
from kintsugi.server.analytics.service.packing import Item
from kintsugi.server.analytics.service.pattern import (
    ClassPage,
    FixShown,
    class_page,
    confirmed_pages,
)
from kintsugi.server.analytics.service.patterns import (
    SHOWN,
    ClassRow,
    Gap,
    Patterns,
    Waits,
    newest,
    patterns,
)
from kintsugi.server.analytics.service.record import Case, Wanted
from kintsugi.server.analytics.service.reporting import Reported, guide_report, written_report
from kintsugi.server.analytics.service.rolling import (
    fold,
    mark,
    marked_days,
    recounted,
    rollups_between,
)
from kintsugi.server.analytics.service.study import behind
from kintsugi.server.analytics.service.targets import FIGURES, set_target, targets
from kintsugi.server.analytics.service.telling import says_of, told_patterns
from kintsugi.server.analytics.stored import Decided, KeptClass

__all__ = [
    "AT_A_TIME",
    "FIGURES",
    "SHOWN",
    "Belonging",
    "Case",
    "ClassPage",
    "ClassRow",
    "Decided",
    "Figures",
    "FixShown",
    "Gap",
    "Item",
    "KeptClass",
    "Listed",
    "Patterns",
    "Record",
    "Reported",
    "Waits",
    "Wanted",
    "alike",
    "all_classes",
    "answers",
    "behind",
    "belonging",
    "change_class",
    "class_named",
    "class_page",
    "confirmed_pages",
    "decide",
    "decision_of",
    "figures",
    "fold",
    "forget",
    "gaps",
    "guide_report",
    "incident_named",
    "make_class",
    "mark",
    "marked_days",
    "newest",
    "note",
    "note_actions",
    "patterns",
    "record",
    "recounted",
    "recounted_facts",
    "recurrences",
    "retire",
    "rollups_between",
    "says_of",
    "set_target",
    "targets",
    "told_patterns",
    "waits",
    "write_facts",
    "written_report",
]
