"""Alertmanager's API v2 beside taking alerts: what amtool asks and changes, with the key of one source and for it.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from urllib.parse import parse_qs

from kintsugi import __version__
from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.matchers import Matcher, matches, parse_matchers
from kintsugi.core.alerts.rule_values import written_matchers
from kintsugi.core.alerts.silences import SilenceState
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.alerts import Undecodable
from kintsugi.formats.alerts import alertmanager_json as said
from kintsugi.kernel.auth import NotFound, Role, Viewer
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.intake.answers import Answer, Refusal
from kintsugi.server.alerts.source import Source

ROOT = "/api/v2"
FOREVER = timedelta(minutes=5)
"""An alert without an end is told with one so far ahead, as Alertmanager does it."""
MOST_TOLD = 10_000
_NOT_SO = Refusal(404, "Not found", "there is nothing at this address", "unknown")

Query = Mapping[str, Sequence[str]]


class AlertmanagerApi:
    """Answers for one database: a source sees its own alerts, as far as everybody does, and silences no others."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._started_at = works.clock.now()

    def answer(self, source: Source, method: str, rest: str, query: bytes, body: bytes) -> Answer:
        """What is said to a request of a source; it asks the database. `rest` begins with /api/v2."""
        try:
            asked = parse_qs(query.decode("ascii", "replace"), keep_blank_values=True)
            return Answer(200, self._answered(source, method, rest.rstrip("/"), asked, body))
        except Refusal as refusal:
            return Answer(refusal.status, said.problem_json(refusal.detail))
        except NotFound as error:
            return Answer(404, said.problem_json(str(error)))
        except (Undecodable, InvalidValue, Conflict) as error:
            return Answer(400, said.problem_json(str(error)))

    def _answered(self, source: Source, method: str, rest: str, asked: Query, body: bytes) -> bytes:
        name = rest.removeprefix(ROOT)
        silence_id = name.removeprefix("/silence/")
        match (method, name):
            case ("GET", "/status"):
                return said.status_json(__version__, self._started_at)
            case ("GET", "/receivers"):
                return said.receivers_json()
            case ("GET", "/alerts"):
                return self._read(source, lambda work: _alerts(work, source, asked))
            case ("GET", "/alerts/groups"):
                return self._read(source, lambda work: _groups(work, source, asked))
            case ("GET", "/silences"):
                return self._read(source, lambda work: _silences(work, source, asked))
            case ("POST", "/silences"):
                return self._write(source, lambda work: _keep(work, source, body))
            case ("GET", _) if silence_id != name:
                return self._read(source, lambda work: _silence(work, source, silence_id))
            case ("DELETE", _) if silence_id != name:
                return self._write(source, lambda work: _expire(work, source, silence_id))
            case _:
                raise _NOT_SO

    def _read(self, source: Source, do: Callable[[UnitOfWork], bytes]) -> bytes:
        with self._works.reading(_viewer(source)) as work:
            return do(work)

    def _write(self, source: Source, do: Callable[[UnitOfWork], bytes]) -> bytes:
        with self._works.writing(_viewer(source)) as work:
            return do(work)


def _viewer(source: Source) -> Viewer:
    """A source as whoever asks: nobody's private incident is shown to it."""
    return Viewer(source.id, source.name, "", Role.VIEWER)


def _alerts(work: UnitOfWork, source: Source, asked: Query) -> bytes:
    return said.alerts_json(_told(work, one) for one in _wanted(work, source, asked))


def _groups(work: UnitOfWork, source: Source, asked: Query) -> bytes:
    found = sorted(_wanted(work, source, asked), key=lambda one: one.rule)
    return said.groups_json(
        ({"alertname": rule}, [_told(work, one) for one in several])
        for rule, several in groupby(found, key=lambda one: one.rule)
    )


def _wanted(work: UnitOfWork, source: Source, asked: Query) -> list[Alert]:
    """The open alerts of a source, narrowed as Alertmanager narrows them."""
    open_ones = tuple(state for state in AlertState if state.is_open)
    wanted = alerts.Wanted(states=open_ones, source_id=source.id)
    found = alerts.list_alerts(work, wanted, MOST_TOLD).items
    matchers = _filter(asked)
    return [
        one
        for one in found
        if _is_on(asked, "silenced" if one.silence_id else "active")
        and matches(matchers, one.labels, alerts.find)
    ]


def _told(work: UnitOfWork, alert: Alert) -> said.ApiAlert:
    return said.ApiAlert(
        fingerprint=alert.fingerprint[:16], labels=alert.labels, annotations=alert.annotations,
        starts_at=alert.began_at, ends_at=alert.ends_at or work.now + FOREVER,
        updated_at=alert.seen_at, generator_url=alert.links[0].url if alert.links else "",
        silenced_by=(alert.silence_id,) if alert.silence_id else (),
    )  # fmt: skip


def _silences(work: UnitOfWork, source: Source, asked: Query) -> bytes:
    matchers = _filter(asked)
    found = [one for state in SilenceState for one in alerts.list_silences(work, state, 500).items]
    return said.silences_json(
        _as_told(work, source, one)
        for one in found
        if one.silence.source_id in ("", source.id) and _concerns(one, matchers)
    )


def _concerns(kept: alerts.KeptSilence, matchers: Iterable[Matcher]) -> bool:
    """Whether a silence is for what a filter names: its own matchers stand for labels, as in Alertmanager."""
    named = {one.name: one.value for one in kept.silence.matchers}
    return matches(matchers, named, alerts.find)


def _silence(work: UnitOfWork, source: Source, silence_id: str) -> bytes:
    return said.silence_json(_as_told(work, source, _found(work, source, silence_id)))


def _as_told(work: UnitOfWork, source: Source, kept: alerts.KeptSilence) -> said.ApiSilence:
    one = kept.silence
    by = source.name if one.created_by == source.id else "Kintsugi"
    return said.ApiSilence(
        one.id, one.matchers, one.starts_at, one.ends_at, kept.updated_at, by, one.comment,
        one.state(work.now).value,
    )  # fmt: skip


def _keep(work: UnitOfWork, source: Source, body: bytes) -> bytes:
    """A silence for the alerts of this source; with the id of one of its own that is not over, that one is changed."""
    posted = said.read_silence(body)
    matchers = written_matchers(posted.matchers)
    by = f" ({posted.created_by})" if posted.created_by else ""
    comment = posted.comment if posted.comment.endswith(by) else posted.comment + by
    if posted.id:
        kept = _found(work, source, posted.id)
        if kept.silence.source_id != source.id:
            raise Conflict("it was made in Kintsugi, and is changed there")
        if kept.silence.state(work.now) is not SilenceState.EXPIRED:
            made = alerts.change_silence(
                work, kept, kept.version, matchers=matchers, starts_at=posted.starts_at,
                ends_at=posted.ends_at, comment=comment,
            )  # fmt: skip
            return said.silence_posted(made.kept.silence.id)
    made = alerts.create_silence(
        work, matchers, posted.ends_at, starts_at=posted.starts_at, comment=comment,
        source=source.id,
    )  # fmt: skip
    return said.silence_posted(made.kept.silence.id)


def _expire(work: UnitOfWork, source: Source, silence_id: str) -> bytes:
    kept = _found(work, source, silence_id)
    if kept.silence.source_id != source.id:
        raise Conflict("it was made in Kintsugi, and ends there")
    alerts.expire_silence(work, kept)
    return b""


def _found(work: UnitOfWork, source: Source, silence_id: str) -> alerts.KeptSilence:
    kept = alerts.get_silence(work, silence_id)
    if kept.silence.source_id not in ("", source.id):
        raise NotFound("there is no such silence")
    return kept


def _filter(asked: Query) -> tuple[Matcher, ...]:
    found = [one for text in asked.get("filter", ()) for one in parse_matchers(text)]
    for one in found:
        if one.is_regex:
            alerts.find(one.value, "")  # what is no pattern is refused even when there is no alert
    return tuple(found)


def _is_on(asked: Query, name: str) -> bool:
    return asked.get(name, ["true"])[-1].casefold() != "false"
