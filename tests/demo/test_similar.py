"""Similar incidents of the demo's year: those that were labelled before there was a search, among the first five."""

from __future__ import annotations

import json

import sqlalchemy as sa

from bench.similar import LABELS, recall, related
from kintsugi.core.knowledge.similar import Described
from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.incidents.tables import incidents
from kintsugi.server.knowledge.search import keeping, nearest, similar
from tests.demo.told import Told


def test_what_is_of_one_failure_is_found_from_the_record_of_an_incident(told: Told) -> None:
    while keeping.catch_up(told.works):
        pass
    similar.count_words(told.works)
    groups = [one["incidents"] for one in json.loads(LABELS.read_text("utf-8"))["demo"]]
    titles = {story.key: story.title for story in told.company.stories}
    with told.works.reading(SYSTEM) as work:
        rows = work.connection.execute(sa.select(incidents.c.title, incidents.c.id))
        ids = {row.title: row.id for row in rows}
        named = [[ids[titles[key]] for key in group] for group in groups]
        texts = {}
        for one in related(named):
            row = nearest.of_id(work.connection, one, sa.true())
            assert row is not None
            texts[one] = Described(row.title, row.text, row.services)
        found = recall(work, texts, related(named))
    assert found.texts == 18
    assert found.recall >= 0.8
