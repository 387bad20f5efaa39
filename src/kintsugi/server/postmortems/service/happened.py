"""What a postmortem says of the fault trees about its incident: which cut set happened."""

from __future__ import annotations

from dataclasses import replace

from kintsugi.core.postmortems.document import ExtraSection
from kintsugi.core.shared.text import joined
from kintsugi.formats.markdown.escape import line
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.postmortems.stored import Stored

HEADING = "What failed together"


def with_cut_sets(work: UnitOfWork, stored: Stored) -> Stored:
    """The postmortem with a section that says which cut set happened, unless it has that section or no tree says.

    Shown and exported so from the draft on, and written into the text when it is sent to review or published:
    what reviewers approve is what they saw, and a tree that changes later changes no published text.
    """
    sections = stored.document.sections
    if any(one.heading.strip().casefold() == HEADING.casefold() for one in sections):
        return stored
    told = [_told(one) for one in analysis.happened_in(work, stored.incident_id)]
    if not told:
        return stored
    section = ExtraSection(HEADING, "\n".join(f"- {one}" for one in told))
    document = replace(stored.document, sections=(*sections, section))
    return replace(stored, document=document)


def _told(found: analysis.Happened) -> str:
    events = joined([line(one) for one in found.events])
    needed = "this is enough" if len(found.events) == 1 else "these are enough together"
    return f"{line(found.top)}: {events}; {needed} ({found.reference}, {line(found.title)})."
