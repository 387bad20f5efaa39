"""Templates of messages: the guide's four, and the organisation's own, of which every version is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kintsugi.core.comms.message import (
    TEMPLATES,
    Audience,
    MessageTemplate,
    checked_template,
    template_named,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.core.shared.written import line
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.message import OwnTemplate
from kintsugi.server.comms.store import templates as store

LONGEST_SUBJECT = 200
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A template one may choose; version 0 is a shipped one."""

    template: MessageTemplate
    version: int

    @property
    def is_own(self) -> bool:
        """Whether the organisation wrote it."""
        return self.version > 0


def every(work: UnitOfWork) -> dict[str, Chosen]:
    """Every template one may choose by its name, the shipped ones first."""
    found = {name: Chosen(one, 0) for name, one in TEMPLATES.items()}
    return found | {one.name: Chosen(one.template, one.version) for one in own(work)}


def own(work: UnitOfWork) -> list[OwnTemplate]:
    """The organisation's templates, each in its newest version, without those that were retired."""
    return [one for one in store.newest(work.connection) if not one.is_retired]


def chosen(work: UnitOfWork, name: str) -> Chosen:
    """The template of a name. Raises InvalidValue, naming those there are."""
    found = every(work)
    try:
        template = template_named(name, {each: one.template for each, one in found.items()})
    except InvalidValue as error:
        raise error.under("template") from error
    return found[template.name]


def save(work: UnitOfWork, name: str, audience: Audience, subject: str, text: str) -> OwnTemplate:
    """A new template, or a new version of one; messages that were sent keep theirs.

    Raises InvalidValue for a name that cannot be one, and for a text that cannot be filled.
    """
    made = MessageTemplate(
        one_line(clean(name)).casefold().replace("-", "_"), audience,
        clean(text).replace("\r\n", "\n").strip() + "\n", line(subject, "subject", LONGEST_SUBJECT),
    )  # fmt: skip
    if not _NAME.fullmatch(made.name) or made.name in TEMPLATES:
        raise InvalidValue(
            f"{made.name[:60]!r} cannot be its name", path=("name",),
            expected="lower-case letters, digits and underscores, and none of the shipped names",
        )  # fmt: skip
    checked_template(made)
    before = {one.name: one.version for one in store.newest(work.connection)}
    version = before.get(made.name, 0) + 1
    kept = OwnTemplate(
        made.name, version, audience, made.subject, made.text, work.viewer.user_id, work.now,
        is_retired=False,
    )  # fmt: skip
    store.add(work.connection, kept)
    work.audit("comms.template", made.name, version=version)
    return kept


def retire(work: UnitOfWork, name: str) -> None:
    """Offer a template no more; messages made from it stay. Raises NotFound."""
    for before in own(work):
        if before.name == name:
            store.add(
                work.connection,
                OwnTemplate(
                    name, before.version + 1, before.audience, before.subject, before.text,
                    work.viewer.user_id, work.now, is_retired=True,
                ),
            )  # fmt: skip
            work.audit("comms.template", name, retired=True)
            return
    raise NotFound("there is no such template of your own")
