"""The demo's data: whole, believable, and worded as we ask others to word theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kintsugi.core.incidents.severity import calculate_severity
from kintsugi.core.language.wording import blamed_people, disguised_fixes
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.demo.company.moments import last_change, length, moment
from kintsugi.demo.company.story import Company, Deed, Story, company

COMPANY = company()
NOWS = [
    datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
    datetime(2026, 3, 30, 0, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 3, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
]


def stories() -> list[Story]:
    return list(COMPANY.stories)


def by_key(story: Story) -> str:
    return story.key


def test_there_are_12_services_6_people_and_40_incidents() -> None:
    assert len(COMPANY.services) == 12
    assert len(COMPANY.people) == 6
    assert len({story.key for story in stories()}) == len(stories()) == 40
    assert len({story.title for story in stories()}) == 40
    ids = [story.external_id for story in stories() if story.external_id]
    assert len(set(ids)) == len(ids) > 10


def test_every_role_is_there_and_only_one_admin() -> None:
    roles = [person.role.value for person in COMPANY.people.values()]
    assert sorted(roles) == ["admin", "editor", "responder", "responder", "responder", "viewer"]


def test_services_name_teams_and_services_that_are_there() -> None:
    names = {service.name for service in COMPANY.services}
    for service in COMPANY.services:
        assert service.owner_team in COMPANY.teams
        assert set(service.depends_on) <= names
        assert service.tier
        assert service.links
    for members in COMPANY.teams.values():
        assert set(members) <= set(COMPANY.people)


@pytest.mark.parametrize("story", stories(), ids=by_key)
def test_a_story_names_people_services_and_incidents_that_are_there(story: Story) -> None:
    may_act = {key for key, one in COMPANY.people.items() if one.role.value != "viewer"}
    assert story.by in may_act
    assert set(story.services) <= {service.name for service in COMPANY.services}
    known = {one.key for one in stories()}
    for step in story.steps:
        assert step.who in may_act
        if step.deed in (Deed.LINK, Deed.MERGE):
            assert step.about[0] in known
        if step.deed not in (
            Deed.GRANT,
            Deed.COMMANDER,
            Deed.LINK,
            Deed.GIVE,
            Deed.DONE,
            Deed.CRITERIA,
        ):
            assert step.text


@pytest.mark.parametrize("story", stories(), ids=by_key)
def test_a_story_has_a_beginning_and_its_steps_in_order(story: Story) -> None:
    assert len(story.steps) >= 2
    lengths = [step.after for step in story.steps]
    assert lengths == sorted(lengths)
    assert lengths[0] > timedelta(0)
    assert all(at <= timedelta(0) for at in story.milestones.values())


@pytest.mark.parametrize("story", stories(), ids=by_key)
def test_every_severity_in_a_story_is_another_one(story: Story) -> None:
    severity = calculate_severity(story.severity).severity if story.severity else None
    for step in story.steps:
        if step.deed is Deed.SEVERITY:
            after: Severity = parse_severity(step.about[0])
            assert after is not severity, step
            severity = after


def test_all_sorts_of_incidents_are_there() -> None:
    assert sum(story.is_private for story in stories()) == 1
    assert sum(story.is_drill for story in stories()) == 2
    assert sum(not story.severity for story in stories()) >= 3
    deeds = [step.deed for story in stories() for step in story.steps]
    for deed in Deed:
        assert deed in deeds, deed
    assert sum(step.is_important for story in stories() for step in story.steps) > 40
    assert len({step.kind for story in stories() for step in story.steps}) >= 8


def texts(invented: Company) -> Iterator[tuple[str, str]]:
    for story in invented.stories:
        yield story.key, story.title
        yield story.key, story.summary
        yield story.key, story.impact
        for step in story.steps:
            if step.deed is not Deed.FILE:
                yield story.key, step.text


def test_no_text_blames_anybody_or_tells_a_fix_as_a_fact() -> None:
    names = [person.name for person in COMPANY.people.values()]
    found = [
        (key, finding.rule, finding.quote)
        for key, text in texts(COMPANY)
        for finding in (
            *blamed_people(text, people=names),
            *blamed_people(text, people=names, is_cause=True),
            *disguised_fixes(text),
        )
    ]
    assert found == []


def test_no_text_shouts() -> None:
    assert [text for _, text in texts(COMPANY) if "!" in text] == []


@pytest.mark.parametrize("now", NOWS, ids=lambda now: f"{now:%Y-%m-%d}")
def test_the_year_ends_now_whenever_that_is(now: datetime) -> None:
    founded = moment(COMPANY.founded, now)
    late = []
    for story in stories():
        declared = moment(story.at, now)
        assert founded < declared < now
        assert now - declared < timedelta(days=380)
        late += [story.key for step in story.steps if declared + step.after > now]
    assert set(late) <= {"spring-forward", "fall-back"}


def test_a_change_of_the_clocks_is_found() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert last_change(berlin, now, is_back=True) == datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert last_change(berlin, now, is_back=False) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    with pytest.raises(InvalidValue):
        last_change(ZoneInfo("Asia/Tokyo"), now, is_back=True)


@pytest.mark.parametrize("written", ["yesterday", "-3d", "-3d 9:00", "now+3m", "clocks-back here"])
def test_a_moment_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue):
        moment(written, datetime(2026, 11, 21, tzinfo=UTC))


def test_a_length_has_a_sign() -> None:
    assert length("-1h40m") == timedelta(hours=-1, minutes=-40)
    with pytest.raises(InvalidValue):
        length("3m")
