"""The report form for customers and support: a few fields, from a page or as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from kintsugi.core.alerts.event import AlertEvent, Happening
from kintsugi.formats.alerts.bodies import load_any, text_of
from kintsugi.formats.alerts.format import (
    Decoded,
    Format,
    Headers,
    SourceKind,
    Undecodable,
    decoded,
)
from kintsugi.formats.alerts.limits import (
    MAX_DESCRIPTION,
    MAX_LABEL_VALUE,
    MAX_SERVICE,
    MAX_TITLE,
    MAX_WORD,
    Notes,
    bounded,
    digest,
    key_of,
    line,
    links_of,
)

FIELDS = ("summary", "description", "service", "severity", "reporter", "ticket", "link", "state")
_RESOLVED = ("resolved", "closed", "solved")
_RULE = "Report"


def decode(body: bytes, headers: Headers, _mapping: Mapping[str, object] | None) -> Decoded:
    """One report. It is known by its ticket, else by its own words: the same sent twice is one.

    Refused: a report without a summary, unless it only says that a ticket is resolved.
    """
    data = load_any(body, headers)
    if not isinstance(data, dict):
        raise Undecodable("a form has fields")
    given = {name: text_of(data.get(name)) for name in FIELDS}
    notes = Notes()
    title = line(given["summary"], MAX_TITLE, "the summary", notes)
    ticket = key_of(given["ticket"])
    is_over = given["state"].strip().casefold() in _RESOLVED
    if not title and not (is_over and ticket):
        raise Undecodable("say in one sentence what is wrong", ("summary",))
    description = bounded(given["description"], MAX_DESCRIPTION, "the description", notes)
    service = line(given["service"], MAX_SERVICE, "the service", notes)
    reporter = line(given["reporter"], MAX_LABEL_VALUE, "the reporter", notes)
    told = "\n".join((title, description, service, reporter))
    event = AlertEvent(
        happening=Happening.RESOLVE if is_over else Happening.TRIGGER,
        key=ticket or digest(told.encode("utf-8", "replace")),
        title=title or line(f"Report {ticket}", MAX_TITLE, "the title", notes),
        description=description,
        severity_word=line(given["severity"], MAX_WORD, "the severity", notes),
        service=service,
        rule=_RULE,
        labels={"ticket": ticket[:MAX_LABEL_VALUE]} if ticket else {},
        annotations={"reporter": reporter} if reporter else {},
        links=links_of([(given["link"], "Report")], notes),
    )
    return decoded([event], notes.told)


FORMAT = Format(
    name="form",
    title="Report form",
    help="A form by which customers and support report what they see.",
    kind=SourceKind.CUSTOMER,
    reads=decode,
)
