"""`kintsugi analyze`: what many incidents say, from files or from a server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.inputs import files_meant, moment_named, read_bytes, shown
from kintsugi.cli.options import Json, Zone
from kintsugi.cli.output import BAD_INPUT, fail, note, print_json, with_progress, write_result
from kintsugi.core.analytics.analysis import analyse, days_before, period_of
from kintsugi.core.analytics.facts import IncidentFact, Period
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import zone_named
from kintsugi.formats.analysis import (
    Input,
    analysis_data,
    analysis_text,
    sections_of,
    write_analysis_html,
    write_analysis_pdf,
)
from kintsugi.formats.incidents.listing import IncidentList, facts_of_api, read_incidents
from kintsugi.formats.incidents.row import is_row

if TYPE_CHECKING:
    from kintsugi.core.analytics.analysis import Analysis

MOST_PROBLEMS = 20
_FOLDERS_OF_THE_BASE = ("templates", "patterns")
_PAGES_OF_THE_BASE = frozenset({"readme.md", "index.md", "actions.md"})

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE...",
        help="Incidents in JSON, JSON Lines or CSV, postmortems, or folders; - is standard input.",
    ),
]
FromServer = Annotated[
    bool, typer.Option("--server", help="Read the incidents of the server at KINTSUGI_URL.")
]
PeriodDays = Annotated[
    int | None,
    typer.Option(
        "--period-days", min=1, max=36_600, metavar="N",
        help="Only the last N days up to --now.", show_default="from the first incident to the last",
    ),
]  # fmt: skip
Now = Annotated[
    str,
    typer.Option(
        "--now", metavar="ISO", help="The end of the period, in ISO 8601.", show_default="this moment"
    ),
]  # fmt: skip
AsHtml = Annotated[bool, typer.Option("--html", help="Write one self-contained HTML file.")]
AsPdf = Annotated[bool, typer.Option("--pdf", help="Write a PDF; it needs the extra pdf.")]
Target = Annotated[
    Path | None, typer.Option("--output", "-o", help="A file. Default: standard output.")
]


def analyze(
    files: Files = None,
    server: FromServer = False,
    period_days: PeriodDays = None,
    now: Now = "",
    zone: Zone = "",
    as_json: Json = False,
    as_html: AsHtml = False,
    as_pdf: AsPdf = False,
    output: Target = None,
) -> None:
    """Say what many incidents have in common, and how sure that is.

    What cannot be read is named with file, line and field; a row counts without it. Exits 2 when a file
    cannot be read at all.
    """
    if as_json + as_html + as_pdf > 1:
        fail("--json, --html and --pdf are three forms; keep one")
    if bool(files) == server:
        fail("name files or folders, or --server" if not server else "keep the files or --server")
    hours = zone_named(zone) if zone else UTC
    until = moment_named(now, zone, "--now") if now else datetime.now(UTC)
    gathered = _Gathered()
    if server:
        _from_server(gathered)
    else:
        _from_files(gathered, files or [], zone)
    found = analyse(
        gathered.facts, now=until, zone=hours,
        period=_period(gathered.facts, until, period_days, has_end=bool(now)),
    )  # fmt: skip
    if gathered.facts and not found.measures.n:
        _say_how_old(gathered.facts)
    _write(found, gathered.input(), output, (as_json, as_html, as_pdf))
    if gathered.failed:
        raise typer.Exit(BAD_INPUT)


def _period(
    facts: list[IncidentFact], now: datetime, days: int | None, *, has_end: bool
) -> Period | None:
    """The period asked for: so many days, or from the first incident to a given end; None where nothing was asked."""
    if days is not None:
        return days_before(now, days)
    whole = period_of(facts)
    if not has_end or whole is None or now <= whole.since:
        return None
    return Period(whole.since, now)


class _Gathered:
    """The incidents of all inputs, and what could not be read of them."""

    def __init__(self) -> None:
        self.facts: list[IncidentFact] = []
        self.sources: list[str] = []
        self.rows = self.lost = self.maintenance = self.problems = self.repeated = 0
        self._first: dict[str, IncidentFact] = {}
        self._others: dict[str, list[IncidentFact]] = {}
        self.failed = False

    def add(self, source: str, found: IncidentList) -> None:
        """The incidents of one source; what there is to say about it goes to standard error."""
        self.sources.append(source)
        for fact in found.facts:
            self._take(fact)
        self.rows += found.rows
        self.lost += found.lost
        self.maintenance += found.maintenance
        for problem in found.problems:
            self.problems += 1
            if self.problems <= MOST_PROBLEMS:
                note(f"kintsugi: {problem}")
        for text in found.notes:
            note(f"{source}: note: {text}")

    def _take(self, fact: IncidentFact) -> None:
        """Count an incident, and one that stands there twice with all it has once: exports overlap."""
        first = self._first.setdefault(fact.id, fact)
        if first is not fact:
            others = self._others.setdefault(fact.id, [])
            if fact == first or fact in others:
                self.repeated += 1
                return
            others.append(fact)
        self.facts.append(fact)

    def _say_what_is_double(self) -> None:
        if self.repeated:
            note(
                f"{plural(self.repeated, 'incident')} given again, the same in all fields: counted once"
            )
        shared = [name for name, others in self._others.items() if others and not is_row(name)]
        for name in shared[:MOST_PROBLEMS]:
            many = len(self._others[name]) + 1
            note(f"the id {name} stands for {many} incidents that differ; each counts")
        if len(shared) > MOST_PROBLEMS:
            note(f"{len(shared) - MOST_PROBLEMS:,} more ids stand for several incidents")

    def input(self) -> Input:
        """What all inputs were."""
        self._say_what_is_double()
        if self.problems > MOST_PROBLEMS:
            note(f"kintsugi: {self.problems - MOST_PROBLEMS:,} more could not be read")
        names = self.sources
        if len(names) > 5:
            names = [*names[:5], f"and {len(names) - 5:,} more"]
        return Input(
            tuple(names), self.rows, self.lost, self.problems, self.maintenance, self.repeated
        )


def _from_files(gathered: _Gathered, named: Iterable[str], zone: str) -> None:
    files = files_meant(named, without=_PAGES_OF_THE_BASE, folders_without=_FOLDERS_OF_THE_BASE)
    for file in with_progress(list(files), "Reading"):
        try:
            found = read_incidents(read_bytes(file), file=shown(file), zone=zone)
            gathered.add(shown(file), found)
            gathered.failed |= 0 < found.rows == found.lost
        except DomainError as error:
            note(f"kintsugi: {error}")
            gathered.failed = True


def _from_server(gathered: _Gathered) -> None:
    from kintsugi.cli.remote import server

    with server() as client:
        gathered.add(client.connection.url, facts_of_api(one.data for one in client.incidents()))


def _say_how_old(facts: list[IncidentFact]) -> None:
    whole = period_of(facts)
    if whole is not None:
        note(
            f"No incident is in the period; the newest of {plural(len(facts), 'incident')} is of "
            f"{whole.until:%Y-%m-%d}. --now sets where the period ends."
        )


def _write(
    found: Analysis, given: Input, output: Path | None, forms: tuple[bool, bool, bool]
) -> None:
    as_json, as_html, as_pdf = forms
    if as_html:
        write_result(write_analysis_html(found, given), output)
    elif as_pdf:
        write_result(write_analysis_pdf(found, given), output)
    elif as_json and output is None:
        print_json(analysis_data(found, given))
    elif as_json:
        import json

        write_result(
            json.dumps(analysis_data(found, given), indent=2, ensure_ascii=False) + "\n", output
        )
    else:
        write_result(analysis_text(sections_of(found, given)), output)
