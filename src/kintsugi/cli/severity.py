"""`kintsugi severity`: the severity of an impact, what it asks for, and whether the declared one was right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import typer

from kintsugi.cli import options
from kintsugi.cli.output import fail, print_json, table
from kintsugi.core.incidents.calibration import (
    DEFAULT_TABLE,
    Calibration,
    DerivationTable,
    calibrate,
)
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.severity import DEFAULT_CRITERIA, CalculatedSeverity, SeverityCriteria
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.times import minutes, written_duration

HELP = """Calculate a severity from impact, with what it asks for.

The worst category decides; with nothing known it is SEV-5. --from FILE derives the levels from a
record's measured impact and holds the declared severity against the result.
"""


@dataclass(frozen=True, slots=True)
class _Case:
    declared: Severity | None
    impact: Impact


def calculate(
    user_impact: options.UserImpact = "",
    revenue_impact: options.RevenueImpact = "",
    data_integrity: options.DataIntegrity = "",
    security: options.Security = "",
    level: options.Level = None,
    record: options.FromRecord = "",
    declared: options.Declared = "",
    criteria: options.CriteriaFile = "",
    show_criteria: options.ShowCriteria = False,
    as_json: options.Json = False,
) -> None:
    """Calculate a severity from impact."""
    rules, derivation = _criteria(criteria)
    if show_criteria:
        from kintsugi.formats.criteria import criteria_data
        from kintsugi.formats.plain import dump_yaml

        typer.echo(dump_yaml(criteria_data(rules, derivation)), nl=False)
        return
    stated = {
        category: chosen
        for category, chosen in (
            ("user_impact", user_impact), ("revenue_impact", revenue_impact),
            ("data_integrity", data_integrity), ("security", security),
        )
        if chosen
    }  # fmt: skip
    for category, chosen in (_pair(written) for written in level or []):
        if stated.setdefault(category, chosen) != chosen:
            fail(f"{category} is given twice: {stated[category]} and {chosen}")
    case = _case(record)
    known = _declared(declared) if declared else case.declared
    found = calibrate(known, case.impact, stated=stated, criteria=rules, table=derivation)
    if as_json:
        print_json(_as_data(found))
    else:
        typer.echo(_as_text(found))


def _criteria(file: str) -> tuple[SeverityCriteria, DerivationTable]:
    if not file:
        return DEFAULT_CRITERIA, DEFAULT_TABLE
    from kintsugi.cli.inputs import read_text
    from kintsugi.formats.criteria import read_criteria
    from kintsugi.formats.errors import InputError
    from kintsugi.formats.plain import line_of, load_yaml

    text = read_text(file)
    try:
        return read_criteria(load_yaml(text, file=file))
    except InvalidValue as error:
        raise InputError.from_value(error, file=file, line=line_of(text, error.path)) from error


def _pair(written: str) -> tuple[str, str]:
    category, found, level = written.partition("=")
    if not found or not level:
        fail(f"--level {written}: expected CATEGORY=LEVEL, such as security=active_breach")
    return category.strip(), level.strip()


def _declared(written: str) -> Severity:
    try:
        return parse_severity(written)
    except InvalidValue as error:
        raise error.under("--declared") from error


def _case(file: str) -> _Case:
    if not file:
        return _Case(None, Impact())
    from kintsugi.cli.inputs import read_bytes, shown
    from kintsugi.formats.files import read_record

    postmortem = read_record(read_bytes(file), file=shown(file)).postmortem
    return _Case(postmortem.severity, postmortem.impact)


def _as_data(found: Calibration) -> dict[str, Any]:
    needs = found.measured.requirements
    time = needs.response_time
    data: dict[str, Any] = {
        "severity": found.measured.severity.label,
        "responseRequirements": {
            "responseTimeMinutes": minutes(time) if time is not None else None,
            "notification": list(needs.notification),
            "incidentCommander": needs.incident_commander,
            "statusPage": needs.status_page,
            "customerComms": needs.customer_comms,
        },
    }
    if found.measured.note:
        data["note"] = found.measured.note
    if found.derived:
        data["derived"] = [
            {"category": row.category, "level": row.level, "because": row.because}
            for row in found.derived
        ]
    if found.declared is not None:
        data["declared"] = found.declared.label
        data["calibration"] = {"verdict": found.verdict.value, "steps": found.steps}
    return data


def _as_text(found: Calibration) -> str:
    measured = found.measured
    note = f" ({measured.note})" if measured.note else ""
    lines = [f"{measured.severity.label}{note}", *_requirements(measured)]
    if measured.levels:
        because = {row.category: f"derived: {row.because}" for row in found.derived}
        rows = [
            (
                f"  {level.category}",
                level.level,
                level.severity.label,
                because.get(level.category, "stated"),
            )
            for level in measured.levels
        ]
        lines += ["", table(rows)]
    if found.declared is not None:
        apart = f" by {found.steps}" if found.steps else ""
        lines += [
            "",
            f"Declared {found.declared.label}, measured {measured.severity.label}: {found.verdict.value}{apart}",
        ]
    return "\n".join(lines)


def _requirements(measured: CalculatedSeverity) -> list[str]:
    needs = measured.requirements
    time = (
        f"within {written_duration(needs.response_time)}"
        if needs.response_time is not None
        else "best effort"
    )
    wanted = {
        "incident commander": needs.incident_commander,
        "status page": needs.status_page,
        "customer communications": needs.customer_comms,
    }
    asked = [name for name, is_needed in wanted.items() if is_needed]
    return [
        f"  Acknowledge {time}",
        f"  Notify: {', '.join(word.replace('_', ' ') for word in needs.notification)}",
        f"  Needs: {', '.join(asked) if asked else 'no special role or page'}",
    ]
