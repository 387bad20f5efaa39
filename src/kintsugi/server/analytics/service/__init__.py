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
from kintsugi.server.analytics.service.kept import (
    AT_A_TIME,
    Record,
    record,
    recounted_facts,
    write_facts,
)
from kintsugi.server.analytics.service.noting import note, note_actions
from kintsugi.server.analytics.service.packing import Item
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
from kintsugi.server.analytics.service.sheets import SHEETS
from kintsugi.server.analytics.service.study import Study, study
from kintsugi.server.analytics.service.targets import FIGURES, set_target, targets
from kintsugi.server.analytics.service.telling import says_of, told_patterns
from kintsugi.server.analytics.stored import Decided, KeptClass

__all__ = [
    "AT_A_TIME",
    "FIGURES",
    "SHEETS",
    "Belonging",
    "Case",
    "ClassPage",
    "ClassRow",
    "Decided",
    "FixShown",
    "Gap",
    "Item",
    "KeptClass",
    "Patterns",
    "Record",
    "Reported",
    "Study",
    "Waits",
    "Wanted",
    "alike",
    "all_classes",
    "belonging",
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
    "newest",
    "note",
    "note_actions",
    "patterns",
    "record",
    "recounted",
    "recounted_facts",
    "retire",
    "rollups_between",
    "says_of",
    "set_target",
    "study",
    "targets",
    "told_patterns",
    "write_facts",
    "written_report",
]
