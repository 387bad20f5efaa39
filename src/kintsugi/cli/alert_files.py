"""`kintsugi alert check` and `kintsugi alert fatigue`: the alerts of a file, with no server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from kintsugi.cli.inputs import moment_named, read_bytes, shown
from kintsugi.cli.options import Json, Zone
from kintsugi.cli.output import BAD_INPUT, FINDINGS, note, print_json, table, with_progress
from kintsugi.core.alerts.fatigue import Fatigue, FatigueLevel, alert_fatigue
from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.quality import GRADES, AlertQuality, evaluate_alert
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import one_line, plural, shortened
from kintsugi.core.shared.times import written_moment
from kintsugi.formats.alert_list import read_alert_list
from kintsugi.formats.errors import InputError

Lists = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...", help="Alerts in JSON, JSON Lines, YAML or CSV; - is standard input."
    ),
]
OneList = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="Alerts in JSON, JSON Lines, YAML or CSV; - is standard input."
    ),
]
LeastScore = Annotated[
    int | None,
    typer.Option("--min-score", min=0, max=100, help="Exit 1 when an alert scores below this."),
]
WindowHours = Annotated[
    float,
    typer.Option("--window-hours", min=0.01, max=87_840, help="How far back to look."),
]
Now = Annotated[
    str,
    typer.Option(
        "--now", metavar="TIME", help="The end of the window, in ISO 8601.", show_default="this moment"
    ),
]  # fmt: skip
_LEVELS = tuple(FatigueLevel)


def check(
    files: Lists, min_score: LeastScore = None, zone: Zone = "", as_json: Json = False
) -> None:
    """Score alerts: what each tells whoever it wakes, and what is missing.

    Exits 0 unless --min-score is given and an alert is below it (1), or a file cannot be read (2).
    """
    results: list[dict[str, Any]] = []
    failed = short = False
    for file in with_progress(files, "Reading"):
        try:
            alerts = _alerts(file, zone)
        except DomainError as error:
            note(f"kintsugi: {error}")
            failed = True
            continue
        scored = [(alert, evaluate_alert(alert)) for alert in alerts]
        short |= min_score is not None and any(one.quality_score < min_score for _, one in scored)
        if as_json:
            results += [_as_data(file, alert, quality) for alert, quality in scored]
        else:
            typer.echo(_as_text(file, scored))
    if as_json:
        print_json(results)
    if failed:
        raise typer.Exit(BAD_INPUT)
    if short:
        raise typer.Exit(FINDINGS)


def fatigue(
    file: OneList,
    window_hours: WindowHours = 24,
    now: Now = "",
    zone: Zone = "",
    as_json: Json = False,
) -> None:
    """Count alerts and noise for each service in a window of time."""
    until = moment_named(now, zone, "--now") if now else datetime.now(UTC)
    window = timedelta(hours=window_hours)
    alerts = _alerts(file, zone)
    try:
        found = alert_fatigue(alerts, now=until, window=window)
    except InvalidValue as error:
        raise InputError.from_value(error.under("alerts"), file=shown(file)) from error
    ordered = sorted(found.values(), key=_worst_first)
    outside = len(alerts) - sum(one.total_alerts for one in ordered)
    if alerts and not ordered:
        newest = written_moment(max(alert.timestamp for alert in alerts if alert.timestamp))
        note(f"No alert is in the window; the newest is of {newest}. --now sets where it ends.")
    if as_json:
        print_json(
            {
                "now": written_moment(until), "windowHours": _plain(window_hours), "outside": outside,
                "services": [_fatigue_data(one) for one in ordered],
            }
        )  # fmt: skip
    else:
        typer.echo(_fatigue_text(ordered, until, window_hours, outside))


def _alerts(file: str, zone: str) -> Sequence[ListedAlert]:
    found = read_alert_list(read_bytes(file), file=shown(file), zone=zone)
    for text in found.notes:
        note(f"{shown(file)}: note: {text}")
    return found.alerts


def _as_data(file: str, alert: ListedAlert, quality: AlertQuality) -> dict[str, Any]:
    return {
        "file": file, "id": alert.id, "title": alert.title, "service": alert.service,
        "qualityScore": quality.quality_score, "grade": quality.grade,
        "issues": list(quality.issues), "actionable": quality.actionable,
    }  # fmt: skip


def _as_text(file: str, scored: Sequence[tuple[ListedAlert, AlertQuality]]) -> str:
    rows = [
        (
            f"  {_cell(alert.id, 20)}", str(quality.quality_score), quality.grade,
            "yes" if quality.actionable else "no", _cell(alert.service, 20) or "none",
            _cell(alert.title, 40) or "none", ", ".join(quality.issues),
        )
        for alert, quality in scored
    ]  # fmt: skip
    heads = ("  Alert", "Score", "Grade", "Actionable", "Service", "Title", "Issues")
    grades = Counter(quality.grade for _, quality in scored)
    told = ", ".join(f"{grade} {grades[grade]:,}" for _, grade in GRADES if grades[grade])
    actionable = sum(quality.actionable for _, quality in scored)
    summary = f"{shown(file)}: {plural(len(scored), 'alert')}, {actionable:,} actionable"
    return "\n".join([f"{summary}; {told}", table([heads, *rows])] if rows else [summary])


def _worst_first(one: Fatigue) -> tuple[int, float, str]:
    return -_LEVELS.index(one.fatigue_level), -one.alerts_per_hour, one.service


def _fatigue_data(one: Fatigue) -> dict[str, Any]:
    return {
        "service": one.service, "totalAlerts": one.total_alerts,
        "alertsPerHour": one.alerts_per_hour, "noiseRatio": one.noise_ratio,
        "fatigueLevel": one.fatigue_level.value, "noisyAlerts": one.noisy_alerts,
        "alertsPerHourInterval": _interval_data(one.rate_interval),
        "noiseRatioInterval": _interval_data(one.noise_interval),
    }  # fmt: skip


def _interval_data(found: Interval | None) -> dict[str, float] | None:
    if found is None:
        return None
    return {"low": round(found.low, 4), "high": round(found.high, 4), "level": found.level}


def _fatigue_text(
    ordered: Sequence[Fatigue], until: datetime, window_hours: float, outside: int
) -> str:
    count = plural(sum(one.total_alerts for one in ordered), "alert")
    beyond = f"; {outside:,} outside the window" if outside else ""
    summary = f"{_plain(window_hours)} h to {written_moment(until)}: {count}{beyond}"
    if not ordered:
        return summary
    heads = ("  Service", "Level", "Alerts", "An hour", "95%", "Noise", "95%")
    rows = [
        (
            f"  {_cell(one.service, 30) or 'none'}", one.fatigue_level.value, f"{one.total_alerts:,}",
            f"{one.alerts_per_hour:.2f}", _span(one.rate_interval, 2), f"{one.noise_ratio:.0f}%",
            _span(one.noise_interval, 0),
        )
        for one in ordered
    ]  # fmt: skip
    return f"{summary}\n{table([heads, *rows])}"


def _span(found: Interval | None, digits: int) -> str:
    return f"{found.low:.{digits}f} to {found.high:.{digits}f}" if found is not None else ""


def _cell(text: str, limit: int) -> str:
    return shortened(one_line(text), limit)


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
