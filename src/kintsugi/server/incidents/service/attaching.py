"""Files of an incident: added, read, and withdrawn."""

from __future__ import annotations

from kintsugi.core.incidents.attachment import Attachment, file_name, media_type
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.text import clean
from kintsugi.kernel import blobs
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict, TooLarge
from kintsugi.kernel.pages import Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import AttachmentAdded, AttachmentWithdrawn
from kintsugi.server.incidents.service import recording

MOST_FILES = 100
"""How many files an incident holds."""


def attach(
    work: UnitOfWork, incident: Incident, name: str, claimed_type: str, content: bytes
) -> Attachment:
    """Add a file, empty or not. Its name is made safe; what it is, is read from its first bytes if it is an image.

    Raises TooLarge, and Conflict when the incident has as many as it may.
    """
    if len(content) > blobs.MAX_FILE:
        raise TooLarge("the file is larger than 10 MB")
    sequence = store.next_sequence(work.connection, incident.id)  # who adds beside us waits here
    if store.count_attachments(work.connection, incident) >= MOST_FILES:
        raise Conflict(f"it has {MOST_FILES} files, which is as many as it may")
    blob = blobs.keep(work.connection, work.new_id("att"), content)
    made = Attachment(
        id=blob.id, incident_id=incident.id, name=file_name(name),
        media_type=media_type(claimed_type, content), size=blob.size, sha256=blob.sha256,
        added_by=work.viewer.user_id, added_at=work.now,
    )  # fmt: skip
    store.add_attachment(work.connection, made)
    entry = {"text": f"File added: {made.name}", "attachment": made.id}
    recording.write_down(work, incident, sequence, entry, kind=EventKind.NOTE)
    work.audit(
        "incident.attach", incident.id, attachment=made.id, size=made.size, sha256=made.sha256
    )
    work.publish(AttachmentAdded(incident.id, made.id, work.now))
    return made


def attachments(
    work: UnitOfWork, incident: Incident, limit: int, cursor: str | None = None
) -> Page[Attachment]:
    """The files, oldest first; those withdrawn are still named. Raises InvalidValue for a cursor not ours."""
    after = key_of(cursor, 1)[0] if cursor else None
    found = store.attachments_of(work.connection, incident, limit + 1, after)
    return page_of(found, limit, lambda one: (one.id,))


def attachment_count(work: UnitOfWork, incident: Incident) -> int:
    """How many files there are that are not withdrawn."""
    return store.count_attachments(work.connection, incident)


def read_attachment(
    work: UnitOfWork, incident: Incident, attachment_id: str
) -> tuple[Attachment, bytes]:
    """A file of this incident and its content. Raises NotFound for another's, and for one withdrawn."""
    found = _found(work, incident, attachment_id)
    content = blobs.content_of(work.connection, found.id)
    if found.withdrawn_at is not None or content is None:
        raise NotFound("the file was withdrawn")
    return found, content


def withdraw_attachment(work: UnitOfWork, incident: Incident, attachment_id: str) -> Attachment:
    """Take a file's content away for ever; that it was there stays known. Raises NotFound, Conflict."""
    found = _found(work, incident, attachment_id)
    if not store.withdraw_attachment(work.connection, found.id, work.viewer.user_id, work.now):
        raise Conflict("it is withdrawn already")
    blobs.forget(work.connection, found.id)
    sequence = store.next_sequence(work.connection, incident.id)
    entry = {"text": f"File withdrawn: {found.name}", "attachment": found.id}
    recording.write_down(work, incident, sequence, entry, kind=EventKind.NOTE)
    work.audit("incident.detach", incident.id, attachment=found.id, sha256=found.sha256)
    work.publish(AttachmentWithdrawn(incident.id, found.id, work.now))
    return _found(work, incident, found.id)


def _found(work: UnitOfWork, incident: Incident, attachment_id: str) -> Attachment:
    found = store.attachment_of(work.connection, incident, clean(attachment_id))
    if found is None:
        raise NotFound("this incident has no such file")
    return found
