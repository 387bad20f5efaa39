"""Silences and maintenance windows: made, changed, ended; and the open alerts that grow quiet, or are heard again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.labels import facts
from kintsugi.core.alerts.matchers import Matcher, matches
from kintsugi.core.alerts.rule_values import parse_matchers
from kintsugi.core.alerts.silences import (
    MATCHERS,
    Silence,
    SilenceKind,
    SilenceState,
    checked,
    for_services,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.pages import Page, key_of, moment_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import store
from kintsugi.server.alerts.service import following, source_editing
from kintsugi.server.alerts.service.patterns import find
from kintsugi.server.alerts.store import KeptSilence, quieting

SILENCES = "alert_silences"
"""Touched by every change of a silence."""
MOST_SERVICES = 50
BEGUN_WITHIN = timedelta(hours=1)
"""A sweep looks for silences that began so lately; one that nobody swept for longer is told by new alerts alone."""


@dataclass(frozen=True, slots=True)
class Quieted:
    """A silence, and how many open alerts that the viewer sees have grown quiet by it."""

    kept: KeptSilence
    alerts: int


def list_silences(
    work: UnitOfWork, state: SilenceState | None, limit: int, cursor: str | None = None
) -> Page[KeptSilence]:
    """Silences in a state (None: in any), the one that ends last first. Raises InvalidValue for a cursor not ours."""
    after: tuple[datetime, str] | None = None
    if cursor:
        at, silence_id = key_of(cursor, 2)
        after = moment_of(at), silence_id
    found = store.silences_in(work.connection, find, work.now, state, limit + 1, after)
    return page_of(found, limit, lambda one: (one.silence.ends_at.isoformat(), one.silence.id))


def get_silence(work: UnitOfWork, silence_id: str) -> KeptSilence:
    """The silence of an id. Raises NotFound."""
    found = store.silence(work.connection, clean(silence_id), find)
    if found is None:
        raise NotFound("there is no such silence")
    return found


def create_silence(
    work: UnitOfWork,
    matchers: object,
    ends_at: datetime,
    *,
    starts_at: datetime | None = None,
    comment: str = "",
    source: str = "",
) -> Quieted:
    """Silence what these matchers, in the data of the API, are for; from now on unless it says when.

    Open alerts that it is for grow quiet at once. Raises InvalidValue.
    """
    return _create(
        work, SilenceKind.SILENCE, _matchers(matchers), starts_at, ends_at, comment, source
    )  # fmt: skip


def create_maintenance(
    work: UnitOfWork,
    services: Sequence[str],
    ends_at: datetime,
    *,
    starts_at: datetime | None = None,
    comment: str = "",
) -> Quieted:
    """Plan work on services: their alerts, whatever tool tells of them, open nothing. Raises InvalidValue."""
    names = list(dict.fromkeys(name for name in (clean(one).strip() for one in services) if name))
    if not 1 <= len(names) <= MOST_SERVICES:
        raise InvalidValue(
            f"names {len(names)} services", path=("services",), expected=f"1 to {MOST_SERVICES}"
        )
    return _create(
        work, SilenceKind.MAINTENANCE, for_services(names), starts_at, ends_at, comment, ""
    )


def proposed(alert: Alert) -> tuple[Matcher, ...]:
    """The matchers of a silence for this alert and its like: its labels, else its title and source."""
    labels = [Matcher(name, value) for name, value in sorted(alert.labels.items())][:MATCHERS]
    if labels:
        return tuple(labels)
    own = (("alert.title", alert.title), ("alert.source", alert.source))
    return tuple(Matcher(name, value) for name, value in own if value)


def change_silence(
    work: UnitOfWork,
    kept: KeptSilence,
    expected: int,
    *,
    matchers: object = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    comment: str | None = None,
) -> Quieted:
    """Change what is said; alerts that it is for no longer are heard again.

    Raises InvalidValue, LostRace, and Conflict for one that is over.
    """
    _at_version(kept, expected)
    before = kept.silence
    if before.state(work.now) is SilenceState.EXPIRED:
        raise Conflict("it is over; make another one")
    changed = replace(
        before,
        matchers=before.matchers if matchers is None else _matchers(matchers),
        starts_at=before.starts_at if starts_at is None else starts_at,
        ends_at=before.ends_at if ends_at is None else ends_at,
        comment=before.comment if comment is None else clean(comment).strip(),
    )
    if changed == before:
        return Quieted(kept, 0)
    made = _keep(work, kept, checked(changed, work.now, find), expected)
    _hear(work, made.silence)
    work.audit("silence.change", before.id)
    return Quieted(made, _quieten(work, made.silence))


def expire_silence(work: UnitOfWork, kept: KeptSilence, expected: int | None = None) -> KeptSilence:
    """End it now; what it kept quiet and still fires is decided on again.

    Raises LostRace, and Conflict for one that is over.
    """
    if expected is not None:
        _at_version(kept, expected)
    before = kept.silence
    if before.state(work.now) is SilenceState.EXPIRED:
        raise Conflict("it is over already")
    ended = replace(before, starts_at=min(before.starts_at, work.now), ends_at=work.now)
    made = _keep(work, kept, ended, kept.version)
    _hear(work, ended)
    work.audit("silence.expire", before.id)
    return made


def begin_silences(work: UnitOfWork) -> int:
    """Have the open alerts grow quiet that silences are for which began lately; how many did."""
    begun = store.begun_since(work.connection, find, work.now - BEGUN_WITHIN, work.now)
    return sum(_quieten(work, kept.silence) for kept in begun)


def _create(
    work: UnitOfWork,
    kind: SilenceKind,
    matchers: tuple[Matcher, ...],
    starts_at: datetime | None,
    ends_at: datetime,
    comment: str,
    source: str,
) -> Quieted:
    silence = checked(
        Silence(
            work.new_id("sil"), kind, matchers, starts_at or work.now, ends_at,
            source_editing.get_source(work, source).id if source else "",
            clean(comment).strip(), work.viewer.user_id,
        ),
        work.now,
        find,
    )  # fmt: skip
    kept = KeptSilence(silence, work.now, work.now, 1)
    store.add_silence(work.connection, kept)
    work.audit("silence.create", silence.id, kind=kind.value, ends_at=silence.ends_at)
    work.touch(SILENCES)
    return Quieted(kept, _quieten(work, silence))


def _quieten(work: UnitOfWork, silence: Silence) -> int:
    """Mark the open alerts that it is for; how many of them the viewer sees."""
    if silence.state(work.now) is not SilenceState.ACTIVE:
        return 0
    found = [
        one
        for one in quieting.heard(work.connection, silence)
        if matches(silence.matchers, _facts(one), find)
    ]
    if not found:
        return 0
    ids = [one.alert_id for one in found]
    quieting.silence(work.connection, ids, silence.id)
    following.tell(work, ids)
    return quieting.count_seen(work.connection, work.viewer, work.incidents_hidden, ids)


def _hear(work: UnitOfWork, silence: Silence) -> None:
    """Have the dispatcher look again at the alerts that were kept quiet by it."""
    ids = quieting.silenced_by(work.connection, silence.id)
    for alert_id in ids:
        store.add_event(
            work.connection, work.new_id("aev"), alert_id, "heard", work.now,
            actor=work.viewer.name, is_waiting=True,
        )  # fmt: skip
    quieting.silence(work.connection, ids, None)
    following.tell(work, ids)


def _facts(one: quieting.Quiet) -> dict[str, str]:
    return facts(
        one.labels, title=one.title, rule=one.rule, service=one.service, severity=one.severity,
        source=one.source, kind=one.kind,
    )  # fmt: skip


def _matchers(written: object) -> tuple[Matcher, ...]:
    try:
        return parse_matchers(written, find)
    except InvalidValue as error:
        raise error.under("matchers") from error


def _keep(work: UnitOfWork, kept: KeptSilence, changed: Silence, expected: int) -> KeptSilence:
    made = replace(kept, silence=changed, updated_at=work.now, version=expected + 1)
    if not store.change_silence(work.connection, made, expected):
        _lost(get_silence(work, changed.id))
    work.touch(SILENCES)
    return made


def _at_version(kept: KeptSilence, expected: int) -> None:
    if kept.version != expected:
        _lost(kept)


def _lost(current: KeptSilence) -> None:
    raise LostRace({"id": current.silence.id, "version": current.version})
