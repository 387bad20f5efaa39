"""A knowledge base as one archive: the layout of `kb init` with every postmortem in its place, made in memory."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kintsugi.core.knowledge.index import IndexedPostmortem
from kintsugi.core.knowledge.told import PatternTold
from kintsugi.core.shared.text import one_line, slug
from kintsugi.formats.folder.base import PATTERNS, README, NewPostmortem, layout
from kintsugi.formats.folder.entries import Place, files_of
from kintsugi.formats.folder.patterns import file_name, written
from kintsugi.formats.folder.readme import HEAD, index_markdown, with_index

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file: an archive of the same postmortems is the same, byte for byte."""


def base_files(
    postmortems: Iterable[NewPostmortem], today: date, patterns: Sequence[PatternTold] = ()
) -> Mapping[str, bytes]:
    """Every file of the base by its path. Numbers follow the days; one without a day stands in the year of `today`.

    `patterns` name postmortems by their reference, the id of each in its document.
    """
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
    folders = {one.postmortem.id: one.folder for one in indexed if one.postmortem.id}
    listed = []
    for told in sorted(patterns, key=file_name):
        made = written(None, told, folders, from_server=True)
        if made is not None:
            files[f"{PATTERNS}/{file_name(told)}"] = made
            listed.append((file_name(told), one_line(told.title)))
    return files | {README: with_index(HEAD, index_markdown(indexed, listed)).encode()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP archive, in the order of their paths."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()
