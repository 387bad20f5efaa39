"""The jobs on the settings page: an admin reads how they stand and has a parked one done again."""

from __future__ import annotations

from kintsugi.kernel import outbox
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from tests.server.cast import Cast

BROWSER = {"Accept": "text/html"}


def parked(works: Works) -> str:
    """A job that was given up, and its id."""
    with works.writing(SYSTEM) as work:
        work.later("letter", {}, key="letter-1")
        change = {"state": outbox.State.PARKED.value, "error": "StepFailed: the address is gone"}
        work.connection.execute(outbox.jobs.update().values(change))
        return str(work.connection.execute(outbox.jobs.select()).mappings().one()["id"])


def test_an_admin_reads_how_the_jobs_stand(client: Cast, works: Works) -> None:
    page = client.alice.get("/settings", headers=BROWSER).text
    assert "No worker lives" in page
    assert "Do again" not in page
    parked(works)
    page = client.alice.get("/settings", headers=BROWSER).text
    assert "StepFailed: the address is gone" in page
    assert "Do again" in page
    assert "StepFailed" not in client.bob.get("/settings", headers=BROWSER).text


def test_an_admin_has_a_parked_job_done_again(client: Cast, works: Works) -> None:
    job = parked(works)
    again = f"/settings/jobs/{job}/again"
    assert client.bob.post(again, headers=BROWSER).status_code == 403
    answer = client.alice.post(again, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings#jobs")
    assert "StepFailed" not in client.alice.get("/settings", headers=BROWSER).text
    assert client.alice.post(again, headers=BROWSER).status_code == 404


def test_how_long_a_stream_of_news_lasts_is_no_answer_time(client: Cast, works: Works) -> None:
    works.live.close()  # so that the stream ends at once

    def counted() -> float:
        told = client.stranger.get("/metrics").text
        return float(told.split('kintsugi_request_seconds_count{method="GET"} ')[1].split()[0])

    client.bob.get("/healthz")
    before = counted()
    streamed = client.bob.get("/incidents/live?since=0")
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert counted() == before + 1  # the reading of /metrics itself
