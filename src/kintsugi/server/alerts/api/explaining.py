"""What would become of a message, over HTTP; nothing is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.api.bodies import QualityBody, StepBody, written_quality

router = APIRouter()
LARGEST = 512 * 1024


class ExplainBody(Body):
    body: Annotated[str, Field(max_length=LARGEST, description="The message, as it would be sent.")]
    format: str = ""
    source: Annotated[str, Field(description="The id or name of a source; else `format`.")] = ""
    headers: dict[str, str] = Field(default_factory=dict)
    mapping: Annotated[
        dict[str, object] | None, Field(description="Tried instead of the source's own.")
    ] = None


class ExplainedBody(Body):
    title: str
    key: str
    fingerprint: str
    step: str
    service: str
    severity: str | None
    does: Annotated[str | None, Field(description="null: nothing is decided anew.")]
    rule: str | None
    group: str | None
    incident_title: str | None
    quality: QualityBody
    steps: list[StepBody]


class ExplainedChange(Body):
    summary: str
    services: list[str]


class ExplanationBody(Body):
    format: str
    source: str
    problem: Annotated[str, Field(description="Why it cannot be decoded; empty when it can.")]
    notes: list[str]
    events: list[ExplainedBody]
    changes: list[ExplainedChange]
    left: Annotated[int, Field(description="Events that are not explained: there are so many.")]


@router.post("/api/alerts/explain", response_model=ExplanationBody)
@door(Action.READ)
def explain(work: UnitOfWork, body: ExplainBody) -> ExplanationBody:
    """Step by step what would happen to this message now, and why, by what really decides."""
    found = alerts.explain(
        work, body.body.encode("utf-8", "surrogatepass"), format_name=body.format,
        source_name=body.source, headers=body.headers, mapping=body.mapping,
    )  # fmt: skip
    return ExplanationBody(
        format=found.format, source=found.source, problem=found.problem, notes=list(found.notes),
        events=[_written(one) for one in found.events],
        changes=[
            ExplainedChange(summary=one.summary, services=list(one.services))
            for one in found.changes
        ],
        left=found.left,
    )  # fmt: skip


def _written(one: alerts.ExplainedEvent) -> ExplainedBody:
    decision, event = one.decision, one.event
    severity = decision.subject.severity if decision is not None else None
    opens = decision is not None and decision.does.value == "open"
    return ExplainedBody(
        title=event.title, key=event.key, fingerprint=one.fingerprint, step=one.step.value,
        service=decision.subject.service if decision is not None else event.service,
        severity=severity.label if severity else None,
        does=decision.does.value if decision is not None else None,
        rule=decision.rule.name if decision is not None and decision.rule else None,
        group=decision.group_key if decision is not None else None,
        incident_title=decision.title if decision is not None and opens else None,
        quality=written_quality(one.quality),
        steps=[StepBody(name=step.name, said=step.said, decided=step.decided) for step in one.steps],
    )  # fmt: skip
