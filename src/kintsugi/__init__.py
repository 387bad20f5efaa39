"""Kintsugi: incident response and blameless postmortems.

The library's front door. Everything here is a pure function or a frozen value; names load on first
use, so that importing the package costs nothing and never loads server code.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kintsugi.core.actions.item import ActionItem, ActionStatus, ActionType, Horizon, Priority
    from kintsugi.core.alerts.fatigue import AlertLog, alert_fatigue
    from kintsugi.core.alerts.listed import ListedAlert
    from kintsugi.core.alerts.quality import evaluate_alert
    from kintsugi.core.analysis.factors import ContributingFactor
    from kintsugi.core.analysis.faulttree.budget import Budget
    from kintsugi.core.analysis.faulttree.model import (
        BasicEvent,
        CommonCause,
        FaultTree,
        Gate,
        GateKind,
        HouseEvent,
    )
    from kintsugi.core.analysis.faulttree.solution import Solution
    from kintsugi.core.analysis.faulttree.solve import Question
    from kintsugi.core.analysis.faulttree.solve import solve as solve_fault_tree
    from kintsugi.core.analysis.five_whys import Confidence, Why
    from kintsugi.core.analysis.why_analysis import WhyAnalysis
    from kintsugi.core.analysis.why_analysis import as_guide as five_whys_report
    from kintsugi.core.analysis.why_analysis import factors as why_factors
    from kintsugi.core.analysis.why_analysis import hints as why_hints
    from kintsugi.core.analytics.analysis import analyse
    from kintsugi.core.analytics.facts import IncidentFact, Period
    from kintsugi.core.analytics.guide_rows import guide_report
    from kintsugi.core.analytics.report import incident_report
    from kintsugi.core.analytics.statistics import summary
    from kintsugi.core.incidents.calibration import calibrate
    from kintsugi.core.incidents.detection import Detection
    from kintsugi.core.incidents.impact import Degradation, Impact
    from kintsugi.core.incidents.milestones import Milestones
    from kintsugi.core.incidents.severity import (
        SeverityCriteria,
        calculate_severity,
        response_requirements,
    )
    from kintsugi.core.incidents.severity_score import severity_score
    from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
    from kintsugi.core.postmortems.completeness import assess_full
    from kintsugi.core.postmortems.document import Postmortem
    from kintsugi.core.postmortems.external import external_view
    from kintsugi.core.postmortems.generate import generate
    from kintsugi.core.postmortems.quality import assess_basic, missing_fields
    from kintsugi.core.postmortems.sections import Section, SectionRegistry
    from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS
    from kintsugi.core.postmortems.status import PostmortemStatus
    from kintsugi.core.shared.errors import DomainError, InvalidValue
    from kintsugi.core.shared.money import Money
    from kintsugi.core.shared.severity import Severity, parse_severity
    from kintsugi.core.shared.times import ClockTime

_HOMES = {
    "core.actions.item": ("ActionItem", "ActionStatus", "ActionType", "Horizon", "Priority"),
    "core.alerts.fatigue": ("AlertLog", "alert_fatigue"),
    "core.alerts.listed": ("ListedAlert",),
    "core.alerts.quality": ("evaluate_alert",),
    "core.analysis.factors": ("ContributingFactor",),
    "core.analysis.faulttree.budget": ("Budget",),
    "core.analysis.faulttree.model": (
        "BasicEvent",
        "CommonCause",
        "FaultTree",
        "Gate",
        "GateKind",
        "HouseEvent",
    ),
    "core.analysis.faulttree.solution": ("Solution",),
    "core.analysis.faulttree.solve": ("Question", "solve_fault_tree"),
    "core.analysis.five_whys": ("Confidence", "Why"),
    "core.analysis.why_analysis": ("WhyAnalysis", "five_whys_report", "why_factors", "why_hints"),
    "core.analytics.analysis": ("analyse",),
    "core.analytics.facts": ("IncidentFact", "Period"),
    "core.analytics.guide_rows": ("guide_report",),
    "core.analytics.report": ("incident_report",),
    "core.analytics.statistics": ("summary",),
    "core.incidents.calibration": ("calibrate",),
    "core.incidents.detection": ("Detection",),
    "core.incidents.impact": ("Degradation", "Impact"),
    "core.incidents.milestones": ("Milestones",),
    "core.incidents.severity": ("SeverityCriteria", "calculate_severity", "response_requirements"),
    "core.incidents.severity_score": ("severity_score",),
    "core.incidents.timeline": ("EventKind", "TimelineEvent"),
    "core.postmortems.completeness": ("assess_full",),
    "core.postmortems.document": ("Postmortem",),
    "core.postmortems.external": ("external_view",),
    "core.postmortems.generate": ("generate",),
    "core.postmortems.quality": ("assess_basic", "missing_fields"),
    "core.postmortems.sections": ("Section", "SectionRegistry"),
    "core.postmortems.seed_sections": ("SEED_SECTIONS",),
    "core.postmortems.status": ("PostmortemStatus",),
    "core.shared.errors": ("DomainError", "InvalidValue"),
    "core.shared.money": ("Money",),
    "core.shared.severity": ("Severity", "parse_severity"),
    "core.shared.times": ("ClockTime",),
}
_AT_HOME = {
    "solve_fault_tree": "solve", "five_whys_report": "as_guide", "why_factors": "factors", "why_hints": "hints",
}  # fmt: skip
"""What is called otherwise where it lives, among its own."""
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "SEED_SECTIONS",
    "ActionItem",
    "ActionStatus",
    "ActionType",
    "AlertLog",
    "BasicEvent",
    "Budget",
    "ClockTime",
    "CommonCause",
    "Confidence",
    "ContributingFactor",
    "Degradation",
    "Detection",
    "DomainError",
    "EventKind",
    "FaultTree",
    "Gate",
    "GateKind",
    "Horizon",
    "HouseEvent",
    "Impact",
    "IncidentFact",
    "InvalidValue",
    "ListedAlert",
    "Milestones",
    "Money",
    "Period",
    "Postmortem",
    "PostmortemStatus",
    "Priority",
    "Question",
    "Section",
    "SectionRegistry",
    "Severity",
    "SeverityCriteria",
    "Solution",
    "TimelineEvent",
    "Why",
    "WhyAnalysis",
    "__version__",
    "alert_fatigue",
    "analyse",
    "assess_basic",
    "assess_full",
    "calculate_severity",
    "calibrate",
    "evaluate_alert",
    "external_view",
    "five_whys_report",
    "generate",
    "guide_report",
    "incident_report",
    "missing_fields",
    "parse_severity",
    "response_requirements",
    "severity_score",
    "solve_fault_tree",
    "summary",
    "why_factors",
    "why_hints",
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'kintsugi' has no attribute {name!r}")
    value: object = getattr(import_module(f"kintsugi.{home}"), _AT_HOME.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
