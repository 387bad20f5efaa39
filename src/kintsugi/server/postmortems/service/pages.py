"""Long documents as they were set: kept beside them, so that a process that starts need not set them anew.

A row is found by the digest of all that it was made of, and of what made it: it is what setting would give now, or it
is not found. Whoever asks has the document already, so the rows need no rights of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version

from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import document
from kintsugi.server.postmortems.events import PageWanted
from kintsugi.server.postmortems.service import loading
from kintsugi.server.postmortems.store import documents, pages
from kintsugi.server.postmortems.store.pages import SetPage
from kintsugi.server.postmortems.stored import Stored

LONG = 50_000
"""Characters of a document as it is kept: a shorter one is set in a few milliseconds."""
FORM = 1
"""Goes up when the same document is set otherwise within one release."""
MADE_BY = ("kintsugi", "markdown-it-py", "nh3", "Jinja2")


@cache
def release() -> str:
    """What sets documents now: our release and those of what reads, cleans and lays out Markdown."""
    told = [f"{name} {version(name)}" for name in MADE_BY]
    return hashlib.sha256(f"{FORM} {told}".encode()).hexdigest()


def digest_of(stored: Stored, *more: str) -> str:
    """The digest of a document with everything that is shown of it, and of `more`, by this release."""
    rest = document.whole(replace(stored.document, timeline=()))
    made = hashlib.sha256(release().encode())
    for part in (stored.reference, stored.text, rest, *more):
        made.update(f"{len(part)} ".encode())
        made.update(part.encode())
    return made.hexdigest()


def is_kept(stored: Stored) -> bool:
    """Whether a document is so long that it is kept as it was set."""
    return len(stored.text) >= LONG


def find(work: UnitOfWork, stored: Stored, what: str, *more: str) -> str | None:
    """What was made of this very document; when there is none, it is made and kept soon."""
    if not is_kept(stored):
        return None
    found = pages.found(work.connection, stored.id, what, stored.version)
    if found is None or found.digest != digest_of(stored, *more):
        work.publish(PageWanted(stored.id))
        return None
    return found.text


def to_set(work: UnitOfWork, postmortem_id: str) -> Stored | None:
    """A document that is to be set, whoever may read it; None for one that is gone or short."""
    stored = documents.find(work.connection, documents.not_deleted(), postmortem_id)
    return loading.whole(work, stored) if stored is not None and is_kept(stored) else None


def keep(work: UnitOfWork, postmortem_id: str, made: Sequence[SetPage]) -> None:
    """Keep what was made of a document, in place of what was made of it before."""
    for page in made:
        pages.put(work.connection, postmortem_id, page)


def tidy(work: UnitOfWork) -> None:
    """Forget what nobody will find again."""
    rows = pages.forget_unused(work.connection, release(), LONG)
    log.info("set pages tidied", forgotten=rows)
