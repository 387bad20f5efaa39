"""The API's JSON of a postmortem reads back to the same value, and keeps what was posted."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.formats.api_json import api_data, merged_impact, read_api
from tests.strategies import postmortems


@given(postmortems())
def test_what_the_api_answers_reads_back_to_the_same_value(postmortem: Postmortem) -> None:
    text = json.dumps(api_data(postmortem))
    assert read_api(json.loads(text)).postmortem == postmortem


def test_only_the_fields_that_are_sent_are_named() -> None:
    posted = read_api({"rootCause": "x", "impactDetails": {"affectedUsers": 3}, "ownKey": [1]})
    assert posted.fields == {"root_cause", "impact", "extra"}
    assert posted.postmortem.extra == (("ownKey", "[1]"),)


def test_an_impact_text_leaves_its_numbers_and_the_numbers_leave_the_text() -> None:
    before = Impact(text="all", affected_users=5)
    text, details = {"impact": "half"}, {"impactDetails": {"affectedUsers": 3}}
    assert merged_impact(before, read_api(text).postmortem.impact, text) == replace(
        before, text="half"
    )
    assert merged_impact(before, read_api(details).postmortem.impact, details) == Impact(
        text="all", affected_users=3
    )


def test_the_seeds_keys_are_always_there() -> None:
    data = api_data(Postmortem("x"))
    assert data["status"] == PostmortemStatus.DRAFT.value
    assert {"title", "summary", "impact", "rootCause", "timeline", "actionItems"} <= set(data)
