"""`kintsugi postmortem check`: whether everything is there that a postmortem should say."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any

import typer

from kintsugi.cli import options
from kintsugi.cli.inputs import Batch, shown
from kintsugi.cli.output import BAD_INPUT, FINDINGS, print_json
from kintsugi.core.incidents.severity_score import severity_score
from kintsugi.core.postmortems.completeness import FullAssessment, assess_full
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import FLAG_BELOW, Completeness, assess_basic
from kintsugi.core.postmortems.rules import Outcome


class Profile(Enum):
    """Which rules to check by: the generator's eight, or the practices' as well."""

    BASIC = "basic"
    FULL = "full"


def check(
    files: options.CheckedFiles,
    profile: Annotated[
        Profile,
        typer.Option(
            "--profile", help="basic: the generator's points; full: the practices' rules too."
        ),
    ] = Profile.FULL,
    min_score: options.MinScore = None,
    require: options.Require = False,
    zone: options.Zone = "",
    as_json: options.Json = False,
) -> None:
    """Score completeness and name what is missing.

    Completeness says what is written, not how good it is. Exits 0 unless --min-score or --require
    is given and not met (1), or a file cannot be read (2).
    """
    batch = Batch(files, zone)
    results: list[dict[str, Any]] = []
    short = False
    for file, postmortem in batch.records():
        assessed = assess_basic(postmortem) if profile is Profile.BASIC else assess_full(postmortem)
        short |= min_score is not None and assessed.value < min_score
        short |= require and bool(assessed.missing)
        if as_json:
            results.append(_as_data(file, postmortem, assessed))
        else:
            typer.echo(_as_text(shown(file), postmortem, assessed))
    if as_json:
        print_json(results)
    if batch.failed:
        raise typer.Exit(BAD_INPUT)
    if short:
        raise typer.Exit(FINDINGS)


def _as_data(
    file: str, postmortem: Postmortem, assessed: Completeness | FullAssessment
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "file": file,
        "incidentId": postmortem.incident_id,
        "severityScore": severity_score(postmortem.impact).value,
        "qualityScore": assessed.value,
        "missing": list(assessed.missing),
    }
    if isinstance(assessed, FullAssessment):
        data["rules"] = [
            {
                "id": rule.id, "title": rule.title, "level": rule.level.value, "outcome": rule.outcome.value,
                "points": round(rule.points, 4), "maximum": round(rule.maximum, 4), "explanation": rule.explanation,
                "field": rule.field, "source": rule.source,
            }
            for rule in assessed.results
        ]  # fmt: skip
    return data


def _as_text(file: str, postmortem: Postmortem, assessed: Completeness | FullAssessment) -> str:
    score = severity_score(postmortem.impact)
    flag = f", below {FLAG_BELOW}" if assessed.value < FLAG_BELOW else ""
    name = (
        f"{postmortem.incident_id}: {postmortem.title}"
        if postmortem.incident_id
        else postmortem.title
    )
    lines = [
        f"{file}: {name}",
        f"  Completeness {assessed.value:g} of 100{flag}",
        *_explained(assessed),
        f"  Severity score {score.value:g} of 100",
        *(
            f"    {part.points:>3} of {part.maximum:<3} {part.rule}: {part.reason}"
            for part in score.points
        ),
    ]
    if assessed.missing:
        lines.append(f"  Missing: {', '.join(assessed.missing)}")
    return "\n".join(lines)


def _explained(assessed: Completeness | FullAssessment) -> Sequence[str]:
    if isinstance(assessed, Completeness):
        return [
            f"    {part.points:>3} of {part.maximum:<3} {part.part}: {part.reason}"
            for part in assessed.points
        ]
    failed = [rule for rule in assessed.results if rule.outcome is Outcome.FAIL]
    passed = sum(rule.outcome is Outcome.PASS for rule in assessed.results)
    lines = [f"    {rule.level.value.lower():8} {rule.id}: {rule.explanation}" for rule in failed]
    return [*lines, f"    {passed} rules are met, {len(failed)} are not"]
