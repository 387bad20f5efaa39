"""A knowledge base as one archive: the layout of `kb init` with every postmortem in its place, made in memory."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from kintsugi.core.knowledge.index import IndexedPostmortem
from kintsugi.core.shared.text import slug
from kintsugi.formats.folder.base import README, NewPostmortem, layout
from kintsugi.formats.folder.entries import Place, files_of
from kintsugi.formats.folder.readme import HEAD, index_markdown, with_index

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file: an archive of the same postmortems is the same, byte for byte."""


def base_files(postmortems: Iterable[NewPostmortem], today: date) -> Mapping[str, bytes]:
    """Every file of the base by its path. Numbers follow the days; one without a day stands in the year of `today`."""
    files = {"/".join(names): content for names, content in layout()}
    numbers: defaultdict[str, int] = defaultdict(int)
    indexed = []
    for one in sorted(postmortems, key=lambda each: each.postmortem.date or today):
        year = f"{(one.postmortem.date or today).year:04d}"
        numbers[year] += 1
        place = Place(year, numbers[year], slug(one.postmortem.title, 50))
        for name, content in files_of(one.postmortem, one.document, one.original).items():
            files[f"{place.folder}/{name}"] = content
        indexed.append(IndexedPostmortem(place.folder, one.postmortem))
    return files | {README: with_index(HEAD, index_markdown(indexed, ())).encode()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP archive, in the order of their paths."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()
