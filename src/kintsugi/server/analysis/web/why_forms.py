"""What the forms of a why-tree send: the tree as an outline, in our marks or in any form of its files."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, Field

from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.formats.whys.outline import whys_read, whys_written
from kintsugi.kernel.http import status_of
from kintsugi.kernel.refusals import field_of, told
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.web.forms import LONGEST_SENT, Refused

LABELS = {
    "problem": "What happened", "whys": "Whys", "text": "Whys", "incidentId": "Incident",
    "halveDetection": "Detection", "halveMitigation": "Mitigation",
}  # fmt: skip
PLACES = {"text": "whys", "incidentId": "incident"}
LOOK = "look"
"""What the button does that looks without saving, for browsers without a script."""
START = "? Why did it happen?"
_FILE = re.compile(r"\s*(?:[-*+] |\d{1,3}[.)] |#+ |[{\[]|Problem:)")
"""How a Markdown outline, JSON or a titled file begins; our own outline begins with a question."""


class WhyForm(BaseModel):
    problem: Annotated[str, Field(max_length=2_000)] = ""
    incident: Annotated[str, Field(max_length=200)] = ""
    whys: Annotated[str, Field(max_length=LONGEST_SENT)] = START
    halve_detection: Annotated[str, Field(max_length=50_000)] = ""
    halve_mitigation: Annotated[str, Field(max_length=50_000)] = ""
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    do: Annotated[str, Field(max_length=20)] = "save"

    def analysis(self) -> WhyAnalysis:
        """What the form says. A heading of a pasted file is the problem where none is typed. Raises InvalidValue."""
        text = clean(self.whys.replace("\r\n", "\n"))
        read = WhyAnalysis("")
        if _FILE.match(text):
            read = analysis.whys.read(text)
        else:
            try:
                read = WhyAnalysis("", whys_read(text))
            except InvalidValue as error:
                raise error.under("whys") from None
        return WhyAnalysis(
            self.problem.strip() or read.problem, read.whys,
            self.halve_detection.strip() or read.halve_detection,
            self.halve_mitigation.strip() or read.halve_mitigation,
        )  # fmt: skip


def filled(tree: analysis.StoredWhys, incident: str) -> WhyForm:
    """The form of a tree as it stands."""
    said = tree.analysis
    return WhyForm(
        problem=said.problem, incident=incident, whys=whys_written(said.whys),
        halve_detection=said.halve_detection, halve_mitigation=said.halve_mitigation,
        version=tree.version,
    )  # fmt: skip


def refused(error: DomainError) -> Refused:
    """Why a form was not taken."""
    field = field_of(error).partition("[")[0].partition(".")[0]
    place = PLACES.get(field, field) if field in LABELS else ""
    return Refused(status_of(error)[0], {place: told(error, LABELS)})
