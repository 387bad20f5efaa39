"""What the forms of a tree send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.http import status_of
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.web.lines import (
    read_links,
    read_measures,
    write_links,
    write_measures,
)

LABELS = {
    "title": "Title", "text": "Tree", "incident": "Incident", "exposureDays": "Days",
    "links": "From the history", "measures": "What actions leave",
}  # fmt: skip
LONGEST_SENT = 1 << 20
"""More than a tree may have, so that one that is too long comes back as it was typed; the framework takes no more."""
SOLVE = "solve"
"""What the button does that solves without saving, for browsers without a script."""


class TreeForm(BaseModel):
    title: Annotated[str, Field(max_length=2_000)] = ""
    text: Annotated[str, Field(max_length=LONGEST_SENT)] = ""
    incident: Annotated[str, Field(max_length=200)] = ""
    exposure: Annotated[int, Field(ge=0, le=1_000_000)] = analysis.USUAL_EXPOSURE
    links: Annotated[str, Field(max_length=50_000)] = ""
    measures: Annotated[str, Field(max_length=50_000)] = ""
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    do: Annotated[str, Field(max_length=20)] = "save"

    def model(self) -> analysis.Model:
        """What the form says, as it was typed. Raises InvalidValue for a line that cannot be read."""
        return analysis.Model(
            self.text, self.exposure, read_links(self.links), read_measures(self.measures)
        )

    def draft(self) -> analysis.Draft:
        """The new tree that the form says. Raises InvalidValue."""
        said = self.model()
        return analysis.Draft(
            self.title,
            said.text,
            self.incident.strip(),
            said.exposure_days,
            said.links,
            said.measures,
        )

    def changes(self) -> analysis.Changes:
        """What the form makes of a tree. Raises InvalidValue."""
        said = self.model()
        return analysis.Changes(
            self.title, said.text, said.exposure_days, said.links, said.measures
        )

    def told(self) -> str:
        """All of it as one text, for who typed something else."""
        days = f"{self.exposure} days" if self.links else ""
        parts = (self.title, self.text, days, self.links, self.measures)
        return "\n\n".join(part.strip() for part in parts if part)


class VersionForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)


class HappenedForm(VersionForm):
    event: Annotated[list[str], Field(max_length=200)] = []

    def changes(self) -> analysis.Changes:
        return analysis.Changes(happened=tuple(self.event))


def filled(work: UnitOfWork, tree: analysis.StoredTree) -> TreeForm:
    """The form of a tree as it stands."""
    seen = actions.of_ids(work, (one.action_id for one in tree.measures))
    return TreeForm(
        title=tree.title, text=tree.text, version=tree.version, exposure=tree.exposure_days,
        links=write_links(tree.links), measures=write_measures(tree.measures, seen),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken: its answer's status, and what is wrong in which field."""

    status: int
    wrong: Mapping[str, str]
    theirs: str = ""
    """The text that stands now, after a lost race."""


def refused(error: DomainError) -> Refused:
    """Why a form was not taken."""
    field = field_of(error).partition("[")[0]
    return Refused(status_of(error)[0], {field if field in LABELS else "": told(error, LABELS)})
