"""Tells the company's year to an empty database: every step through the services, as its person and at its moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from kintsugi.core.incidents.chat import Choice
from kintsugi.core.incidents.command import TaskStatus
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.links import LinkKind
from kintsugi.core.incidents.recovery import CriterionStatus
from kintsugi.core.incidents.severity import calculate_severity
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.triage_record import Answers
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.severity import parse_severity
from kintsugi.core.shared.text import joined
from kintsugi.demo.company import informing
from kintsugi.demo.company.alarming import Control
from kintsugi.demo.company.alarms import Alarm, Given, Judged, Ruled, Sent, Silenced, rung
from kintsugi.demo.company.concluding import conclude
from kintsugi.demo.company.modelling import ASKED, ask, model
from kintsugi.demo.company.moments import length, moment
from kintsugi.demo.company.papers import Paper, Turn
from kintsugi.demo.company.place import LOADED
from kintsugi.demo.company.story import TEMPLATE, Company, Deed, Step, Story
from kintsugi.demo.company.writing import Desk
from kintsugi.formats.impact import read_details
from kintsugi.formats.plain import load_yaml
from kintsugi.kernel.auth import SYSTEM, Viewer
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.catalog import service as catalog
from kintsugi.server.comms.service import endpoints
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

Told = tuple[datetime, Story | Paper | None, Step | Turn | Alarm | None]
"""A declaration, a step, a turn of a postmortem, or what a tool said or somebody did about it; and when."""
HOOK = "https://status.tidewell.example/hooks/kintsugi"
Watch = Callable[[list[Told]], Iterable[Told]]
"""Goes through all that is to be told, and may show how far it is."""


class NotEmpty(DomainError):
    """The database has people in it; the demo goes into an empty one."""

    def __init__(self) -> None:
        super().__init__("the database has people in it; the demo goes into an empty one")


def tell(works: Works, company: Company, now: datetime, password: str, watch: Watch = iter) -> int:
    """Fill an empty database, in one transaction; how many incidents it holds then.

    What would happen after `now` is left out. Given the same `now`, the same year. Raises NotEmpty.
    """
    now = now.astimezone(UTC)
    with works.writing(SYSTEM) as work:
        if accounts.list_users(work, limit=1).items:
            raise NotEmpty
        telling = _Telling(work, company, now)
        telling.found(password)
        for at, told, step in watch(_in_time(company, now)):
            match told, step:
                case Story(), None:
                    telling.declare(at, told)
                case Story(), Step():
                    telling.go_on(at, told, step)
                case Paper(), Turn():
                    telling.write(at, told, step)
                case None, (Sent() | Given() | Judged() | Silenced() | Ruled()):
                    telling.control.ring(at, step)
                case _:
                    raise AssertionError(f"{told} has a step of another kind")
        model(telling.as_of(now, telling.viewers[next(iter(company.people))]))
        conclude(telling.as_of, company, telling.viewers, telling.ids, now)
        if ASKED in telling.ids:
            ask(telling.as_of(now, telling.viewers["amara"]), telling.ids[ASKED])
        return len(telling.ids)


def _in_time(company: Company, now: datetime) -> list[Told]:
    """Every declaration (without a step), step and turn until now, the whole year in one row."""
    row: list[Told] = []
    declarations = {story.key: moment(story.at, now) for story in company.stories}
    for story in company.stories:
        declared = declarations[story.key]
        row.append((declared, story, None))
        row.extend((declared + step.after, story, step) for step in story.steps)
    for paper in company.papers:
        declared = declarations[paper.key]
        row.extend((declared + turn.after, paper, turn) for turn in paper.turns)
    row.extend((at, None, alarm) for at, alarm in rung(company.alarms, declarations, now))
    return sorted((one for one in row if one[0] <= now), key=lambda one: one[0])


@dataclass(slots=True)
class _Telling:
    """What has been told so far: the people as viewers, the incidents by the key of their story, the postmortems."""

    work: UnitOfWork
    company: Company
    now: datetime
    viewers: dict[str, Viewer] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    desk: Desk = field(init=False)
    control: Control = field(init=False)

    def __post_init__(self) -> None:
        declared_by = {story.key: story.by for story in self.company.stories}
        self.control = Control(self.as_of, self.company.alarms, self.viewers, self.ids, declared_by)
        self.desk = Desk(self.company.people, self.ids, self.now, self.company.zone)

    def as_of(self, at: datetime, viewer: Viewer) -> UnitOfWork:
        """The unit of work as somebody's at a moment."""
        return replace(self.work, viewer=viewer, now=at)

    def found(self, password: str) -> None:
        """The first day: people, teams, services, a template, sources of alerts, a webhook endpoint."""
        founded = moment(self.company.founded, self.now)
        started = self.as_of(founded, SYSTEM)
        started.audit(LOADED, self.company.name, until=self.now.isoformat(timespec="minutes"))
        for key, person in self.company.people.items():
            user = accounts.add_user(started, person.name, person.email, person.role, password)
            self.viewers[key] = user.viewer(self.company.zone)
            user = accounts.change_profile(self.as_of(founded, self.viewers[key]), zone=person.zone)
            self.viewers[key] = user.viewer(self.company.zone)
        admin = self.viewers[next(iter(self.company.people))]
        for number, (name, members) in enumerate(self.company.teams.items()):
            work = self.as_of(founded + timedelta(hours=1, minutes=3 * number), admin)
            team = accounts.teams.create(work, name)
            for key in members:
                accounts.teams.add_member(work, team.id, self.viewers[key].user_id)
        catalog.apply(self.as_of(founded + timedelta(hours=2), admin), self.company.services)
        later = self.as_of(founded + timedelta(hours=3), admin)
        postmortems.templates.save_template(later, TEMPLATE, self.company.template)
        self.control.found(founded + timedelta(hours=4), admin)
        last = self.as_of(founded + timedelta(hours=5), admin)
        endpoints.add_endpoint(last, "Customer status page", HOOK)
        informing.found(last, self.company.name)

    def declare(self, at: datetime, story: Story) -> None:
        """Declare it as the story begins."""
        found = calculate_severity(story.severity) if story.severity else None
        because = (
            joined([f"{one.category} {one.level}".replace("_", " ") for one in found.deciding])
            if found
            else ""
        )
        made = incidents.declare(
            self.as_of(at, self.viewers[story.by]),
            incidents.Declaration(
                title=story.title, severity=found.severity if found else None,
                summary=story.summary, impact=story.impact, services=story.services,
                tags=story.tags, external_id=story.external_id, is_private=story.is_private,
                is_drill=story.is_drill, detection=story.detection, reason=because,
                milestones={name: at + by for name, by in story.milestones.items()},
            ),
        )  # fmt: skip
        self.ids[story.key] = made.id

    def go_on(self, at: datetime, story: Story, step: Step) -> None:
        """One step of a story."""
        work = self.as_of(at, self.viewers[step.who])
        incident = incidents.get(work, self.ids[story.key])
        version, text = incident.version, step.text
        match step.deed:
            case Deed.NOTE:
                happened = at + length(step.about[0]) if step.about else at
                incidents.add_note(
                    work, incident, text, happened, kind=step.kind, important=step.is_important,
                    evidence=step.evidence,
                )  # fmt: skip
            case Deed.STATUS:
                incidents.change_status(
                    work, incident, IncidentStatus(step.about[0]), version, text
                )
            case Deed.SEVERITY:
                incidents.change_severity(
                    work, incident, parse_severity(step.about[0]), version, text
                )
            case Deed.MILESTONE:
                declared = moment(story.at, self.now)
                incidents.correct_milestone(
                    work, incident, step.about[0], declared + length(step.about[1]), text, version
                )
            case Deed.EDIT:
                incidents.edit(work, incident, _changes(step), version)
            case Deed.GRANT:
                guest = self.viewers[step.about[0]]
                incidents.grant_access(work, incident, guest.user_id, guest.name)
            case Deed.COMMANDER | Deed.GIVE | Deed.TASK | Deed.DONE | Deed.SEND:
                self._lead(work, incident, at, step)
            case Deed.TRIAGE | Deed.CRITERIA | Deed.MET | Deed.CHAT:
                _judge(work, incident, step)
            case Deed.LINK:
                other, kind = step.about
                incidents.link(work, incident, self.ids[other], LinkKind(kind), text)
            case Deed.MERGE:
                incidents.merge(work, incident, self.ids[step.about[0]], text, version)
            case Deed.FILE:
                incidents.attach(work, incident, step.about[0], "text/plain", text.encode())
            case _:
                assert_never(step.deed)

    def _lead(self, work: UnitOfWork, incident: Incident, at: datetime, step: Step) -> None:
        match step.deed:
            case Deed.COMMANDER:
                commander = self.viewers[step.about[0]].user_id
                incidents.set_commander(work, incident, commander, incident.version)
            case Deed.GIVE:
                person, role = step.about
                incidents.give_role(work, incident, role, self.viewers[person].user_id)
            case Deed.TASK:
                person, due = step.about
                who, by = self.viewers[person].user_id, at + length(due)
                incidents.add_task(work, incident, step.text, who, by)
            case Deed.SEND:
                informing.send(work, incident, step, self.company.zone)
            case Deed.DONE:
                task = incidents.task_of(work, incident, step.about[0])
                settled = incidents.TaskEdit(status=TaskStatus.DONE)
                incidents.change_task(work, incident, task, settled, None)
            case _:
                raise AssertionError(step.deed)

    def write(self, at: datetime, paper: Paper, turn: Turn) -> None:
        """One turn of a postmortem."""
        declared = moment(self._story(paper.key).at, self.now)
        self.desk.take(self.as_of(at, self.viewers[turn.who]), declared, paper, turn)

    def _story(self, key: str) -> Story:
        return next(story for story in self.company.stories if story.key == key)


def _take_chat(work: UnitOfWork, incident: Incident, text: str) -> None:
    """What was said in a chat; each line begins with how long ago it was."""
    said = [line.split(" ", 1) for line in text.splitlines()]
    lines = [f"{work.now + length(ago):%Y-%m-%d %H:%M:%S} {rest}" for ago, rest in said]
    log = incidents.read_chat_of(work, incident, "\n".join(lines), "UTC")
    found = incidents.offered_chat(work, incident, log)
    incidents.take_chat(work, incident, log, [Choice(one.number) for one in found])


def _judge(work: UnitOfWork, incident: Incident, step: Step) -> None:
    """Triage, what has to hold before it is over, and what was said meanwhile."""
    match step.deed:
        case Deed.CHAT:
            _take_chat(work, incident, step.text)
        case Deed.TRIAGE:
            said = load_yaml(step.text)
            measured = {name: float(value) for name, value in said["measured"].items()}
            incidents.triaging.answer(work, incident, Answers(said["questions"], measured), None)
        case Deed.CRITERIA:
            incidents.recovering.add_offered(work, incident)
        case Deed.MET:
            one = incidents.recovering.criterion_of(work, incident, step.about[0])
            met = incidents.recovering.CriterionEdit(
                status=CriterionStatus.MET, note=step.text, evidence=step.evidence
            )
            incidents.recovering.change(work, incident, one, met, None)
        case _:
            raise AssertionError(step.deed)


def _changes(step: Step) -> incidents.Changes:
    match step.about[0]:
        case "title":
            return incidents.Changes(title=step.text)
        case "impact":
            return incidents.Changes(impact=step.text)
        case "numbers":
            return incidents.Changes(impact_numbers=read_details(load_yaml(step.text)))
        case "tags":
            return incidents.Changes(tags=tuple(step.text.split(", ")))
        case _:
            return incidents.Changes(summary=step.text)
