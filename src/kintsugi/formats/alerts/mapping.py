"""From data to alerts by a mapping: which path holds the title, the key, the state, and what its words mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from kintsugi.core.alerts.event import AlertEvent, ChangeEvent, Happening
from kintsugi.core.alerts.fingerprint import label_key
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import one_line, shortened
from kintsugi.formats.alerts.bodies import objects, text_of, texts
from kintsugi.formats.alerts.details import pairs_of, tags_of
from kintsugi.formats.alerts.format import Decoded, Undecodable, decoded, few_enough
from kintsugi.formats.alerts.limits import (
    MAX_DESCRIPTION,
    MAX_LABELS,
    MAX_RULE,
    MAX_SERVICE,
    MAX_TITLE,
    MAX_WORD,
    Notes,
    bounded,
    key_of,
    line,
    links_of,
    tidied,
    web_address,
)
from kintsugi.formats.alerts.moments import moment
from kintsugi.formats.alerts.path import Scope, inside, parse, plain_text, plain_texts, value

TEXTS = ("key", "title", "description", "severity", "service", "rule", "state", "runbook")
TIMES = ("starts_at", "ends_at")
MAPS = ("labels", "annotations", "values", "links")
STATES = ("trigger", "acknowledge", "resolve", "ignore")
CHANGE = ("when", "summary", "at", "source", "services", "links", "details")
OTHERWISE = ("trigger", "ignore", "refuse")
FIELDS = frozenset({*TEXTS, *TIMES, *MAPS, "events", "states", "otherwise", "change"})
MOST_WORDS = 500

_NAMELESS = "Alert without a name"
_HAPPENINGS = {
    "trigger": Happening.TRIGGER,
    "acknowledge": Happening.ACKNOWLEDGE,
    "resolve": Happening.RESOLVE,
}
Given = Mapping[str, object]


def check_mapping(mapping: Given) -> None:
    """Refuse a mapping that cannot be used, naming the field. Raises InvalidValue."""
    for name, written in mapping.items():
        if name not in FIELDS:
            known = ", ".join(sorted(FIELDS))
            raise InvalidValue("is no field of a mapping", path=(name[:60],), expected=known)
        try:
            _check_field(name, written)
        except InvalidValue as error:
            raise error.under(name) from error


def _check_field(name: str, written: object) -> None:
    if written in (None, ""):
        return
    match name:
        case "states":
            _check_words(written, STATES)
        case "otherwise":
            if written not in OTHERWISE:
                raise InvalidValue("is not known", expected=", ".join(OTHERWISE))
        case "change":
            if not isinstance(written, Mapping):
                raise InvalidValue("is no map", expected=", ".join(CHANGE))
            for key, inner in written.items():
                if key not in CHANGE:
                    raise InvalidValue("is no field of a change", path=(str(key)[:60],))
                _check_value(inner, is_map=key in ("links", "details"))
        case _:
            _check_value(written, is_map=name in MAPS)


def _check_value(written: object, *, is_map: bool) -> None:
    match written:
        case str():
            parse(written)
        case list() if len(written) <= MAX_LABELS:
            for at, part in enumerate(written):
                try:
                    _check_value(part, is_map=is_map)
                except InvalidValue as error:
                    raise error.under(at) from error
        case {"from": str(source), **rest} if set(rest) <= {"words", "otherwise"}:
            parse(source)
            _check_words(rest.get("words", {}), None)
        case Mapping() if is_map and len(written) <= MAX_LABELS:
            for key, inner in written.items():
                try:
                    _check_value(inner, is_map=False)
                except InvalidValue as error:
                    raise error.under(str(key)[:60]) from error
        case _:
            raise InvalidValue(
                "is no path", expected="a path, a list of them, or {from: path, words: {...}}"
            )


def _check_words(written: object, names: tuple[str, ...] | None) -> None:
    if not isinstance(written, Mapping) or len(written) > MOST_WORDS:
        raise InvalidValue("is no map of words")
    for key, inner in written.items():
        if names is not None and key not in names:
            raise InvalidValue("is not known", path=(str(key)[:60],), expected=", ".join(names))
        words = inner if isinstance(inner, list) else [inner]
        if len(words) > MOST_WORDS or not all(
            isinstance(word, str | int | float) for word in words
        ):
            raise InvalidValue("is no list of words", path=(str(key)[:60],))


def apply(mapping: Given, data: Any, notes: Notes) -> Decoded:
    """The alerts and changes in the data, as the mapping says.

    Raises Undecodable when one has neither a title nor a key, or a state that the mapping refuses.
    """
    where = mapping.get("events")
    scope = Scope(data, data)
    found = data
    if isinstance(where, str) and where:
        found = value(parse(where), scope)
        if found is None:
            raise Undecodable("the list of alerts is missing", (where[:60],))
    events: list[AlertEvent] = []
    changes: list[ChangeEvent] = []
    items = objects(found)
    few_enough(len(items))
    for item in items:
        inner = Scope(item, data, scope.inside)
        change = mapping.get("change")
        if isinstance(change, Mapping) and _text(change.get("when"), inner):
            changes.append(_change(change, inner, notes))
        elif (event := _event(mapping, inner, notes)) is not None:
            events.append(event)
    return decoded(events, notes.told, tuple(changes))


def _event(mapping: Given, scope: Scope, notes: Notes) -> AlertEvent | None:
    happening = _happening(mapping, scope, notes)
    if happening is None:
        return None
    rule = line(_text(mapping.get("rule"), scope), MAX_RULE, "the rule", notes)
    title = line(_text(mapping.get("title"), scope), MAX_TITLE, "the title", notes) or rule
    key = key_of(_text(mapping.get("key"), scope))
    if not title and not key:
        raise Undecodable(f"neither a title nor a key is there; the title is {_shown(mapping)}")
    service = line(_text(mapping.get("service"), scope), MAX_SERVICE, "the service", notes)
    labels = tidied(_map(mapping.get("labels"), scope), notes)
    annotations = _map(mapping.get("annotations"), scope)
    values = _map(mapping.get("values"), scope)
    starts_at, ends_at = _times(mapping, scope, is_over=happening is Happening.RESOLVE)
    return AlertEvent(
        happening=happening,
        key=key or label_key({"title": title, "service": service}),
        title=title or _NAMELESS,
        description=bounded(
            _any_text(mapping.get("description"), scope), MAX_DESCRIPTION, "the description", notes
        ),
        severity_word=line(_text(mapping.get("severity"), scope), MAX_WORD, "the severity", notes),
        service=service,
        rule=rule,
        labels=labels,
        annotations=tidied(annotations, notes, limit=MAX_DESCRIPTION, what="annotation"),
        values=tidied(values, notes, what="value"),
        links=links_of(_links(mapping.get("links"), scope), notes),
        runbook_url=web_address(_text(mapping.get("runbook"), scope)),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _times(
    mapping: Given, scope: Scope, *, is_over: bool
) -> tuple[datetime | None, datetime | None]:
    """Start and end. Tools with one time for both tell the end by it, and then no start."""
    starts_at = moment(_raw(mapping.get("starts_at"), scope))
    if not is_over:
        return starts_at, None
    ends_at = moment(_raw(mapping.get("ends_at"), scope))
    return (None if starts_at == ends_at else starts_at), ends_at


def _shown(mapping: Given) -> str:
    written = mapping.get("title")
    return shortened(one_line(written), 80) if isinstance(written, str) else "mapped otherwise"


def _happening(mapping: Given, scope: Scope, notes: Notes) -> Happening | None:
    """What the state says; None for what is passed over. No state at all is a trigger."""
    states = mapping.get("states")
    word = ""
    for found in _state_words(mapping.get("state"), scope):
        meaning = _meaning(states, found) if isinstance(states, Mapping) else None
        word = found if meaning else word or found
        if meaning:
            break
    else:
        if not word:
            return Happening.TRIGGER
        meaning = str(mapping.get("otherwise") or "trigger")
        notes.say(f"the state {word!r} is not known, so: {meaning}")
    if meaning == "ignore":
        notes.say(f"the state {word!r} does not change whether an alert is open")
    if meaning == "refuse":
        raise Undecodable(f"the state {word!r} is not known", ("state",))
    return _HAPPENINGS.get(meaning)


def _state_words(written: object, scope: Scope) -> Iterator[str]:
    """What each alternative of the state says: the first whose word is known tells the state."""
    found = (
        plain_texts(parse(written), scope)
        if isinstance(written, str) and written
        else iter([_text(written, scope)])
    )
    return (one_line(word)[:MAX_WORD] for word in found if word)


def _meaning(states: Mapping[str, object], word: str) -> str | None:
    """The state whose list holds the word, else its last part: `alert.resolved`, `ALERT_RECOVERY`."""
    plain = word.casefold()
    parts = plain.replace("_", ".").replace("-", ".").replace(":", ".").split(".")
    for one in (plain, parts[-1].strip()):
        for name, words in states.items():
            listed = words if isinstance(words, list) else [words]
            if any(str(written).casefold() == one for written in listed):
                return name
    return None


def _text(written: object, scope: Scope) -> str:
    """The text of one value of a mapping: a path, words for what it says, or several joined by spaces."""
    match written:
        case str() if written:
            return plain_text(parse(written), scope)
        case {"from": str(source)} if isinstance(written, Mapping):
            return _worded(written, plain_text(parse(source), scope))
        case list():
            return " ".join(filter(None, (_text(part, scope) for part in written)))
        case _:
            return ""


def _worded(written: Given, found: str) -> str:
    words = written.get("words")
    plain = found.casefold()
    if isinstance(words, Mapping):
        for word, meaning in words.items():
            if str(word).casefold() == plain:
                return text_of(meaning)
    return text_of(written["otherwise"]) if "otherwise" in written else found


def _any_text(written: object, scope: Scope) -> str:
    """As `_text`, but what holds more than text is shown as JSON."""
    return (
        text_of(value(parse(written), scope))
        if isinstance(written, str) and written
        else _text(written, scope)
    )


def _raw(written: object, scope: Scope) -> object:
    return (
        value(parse(written), scope)
        if isinstance(written, str) and written
        else _text(written, scope)
    )


def _map(written: object, scope: Scope) -> dict[str, str]:
    """Names and texts: of a path to a map, to pairs or tags; of named paths; of several of these."""
    match written:
        case str() if written:
            found = value(parse(written), scope)
            return _map_of(inside(found, scope) or found if isinstance(found, str) else found)
        case list():
            merged: dict[str, str] = {}
            for part in written:
                merged |= _map(part, scope)
            return merged
        case Mapping():
            found = {str(name): _text(part, scope) for name, part in written.items()}
            return {name: text for name, text in found.items() if text}
        case _:
            return {}


def _map_of(found: object) -> dict[str, str]:
    if isinstance(found, dict):
        return {name: text for name, text in texts(found).items() if text}
    if isinstance(found, list) and (pairs := pairs_of(found)):
        return {name: text_of(one) for name, one in pairs.items()}
    plain, tagged = tags_of(found)
    return tagged | ({"tags": plain} if plain else {})


def _links(written: object, scope: Scope) -> Iterator[tuple[str, str]]:
    if isinstance(written, Mapping):
        for text, part in written.items():
            yield _text(part, scope), str(text)


def _change(change: Mapping[str, object], scope: Scope, notes: Notes) -> ChangeEvent:
    summary = line(_text(change.get("summary"), scope), MAX_TITLE, "the summary", notes)
    if not summary:
        raise Undecodable("the change has no summary", ("change", "summary"))
    named = _text(change.get("services"), scope).split(",")[:MAX_LABELS]
    services = [line(one, MAX_SERVICE, "the service", notes) for one in named]
    details = _map(change.get("details"), scope)
    return ChangeEvent(
        summary=summary,
        at=moment(_raw(change.get("at"), scope)),
        source=line(_text(change.get("source"), scope), MAX_RULE, "the source", notes),
        services=tuple(dict.fromkeys(one for one in services if one)),
        links=links_of(_links(change.get("links"), scope), notes),
        details=tidied(details, notes, limit=MAX_DESCRIPTION, what="detail"),
    )
