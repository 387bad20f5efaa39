"""The knowledge base as one archive."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.formats.folder.archive import base_files, zipped
from kintsugi.formats.folder.base import NewPostmortem
from kintsugi.formats.front_matter import split_front_matter, with_front_matter
from kintsugi.formats.kinds import Format
from kintsugi.kernel.pages import MOST
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.knowledge.events import PatternsAsked
from kintsugi.server.postmortems import service as postmortems

SHARED = (PostmortemStatus.PUBLISHED, PostmortemStatus.ARCHIVED)
"""A folder is read by more people than a draft."""
TEMPLATE = "standard"
VERSION = "version"
"""The key of the front matter that `kintsugi postmortem pull` and `kb sync` go by."""


def archive(work: UnitOfWork) -> bytes:
    """Every published postmortem that everybody sees, in the layout of a knowledge base, as a ZIP archive.

    Those of private incidents are not in it, whoever asks: a folder goes on to others.
    """
    asked = postmortems.Asked(Format.MD, template=TEMPLATE, front_matter=True)
    wanted, found, cursor = postmortems.Wanted(statuses=SHARED), [], None
    while True:
        page = postmortems.list_postmortems(work, wanted, MOST, cursor)
        open_to_all = _open_to_all(work, [one.incident_id for one in page.items])
        for one in page.items:
            if one.incident_id in open_to_all:
                stored = postmortems.get(work, one.id)
                text = postmortems.export(work, stored, asked).content.decode()
                named = replace(stored.document, id=stored.reference)
                found.append(NewPostmortem(named, _versioned(text, stored.version)))
        cursor = page.next_cursor
        if cursor is None:
            break
    today = work.now.astimezone(ZoneInfo(work.viewer.zone)).date()
    asked_above = PatternsAsked()
    work.publish(asked_above)
    return zipped(base_files(found, today, asked_above.told))


def _versioned(text: str, version: int) -> str:
    """The document with the version it is of, so that `kintsugi kb sync` goes on from here."""
    split = split_front_matter(text)
    return with_front_matter(dict(split.data) | {VERSION: version}, split.body)


def _open_to_all(work: UnitOfWork, incident_ids: list[str]) -> set[str]:
    return {one.id for one in incidents.get_all(work, incident_ids).values() if not one.is_private}
