"""Slack's export: the day file of a channel, a list of messages as JSON; also `conversations.history`'s answer.

Its form: https://slack.com/help/articles/220556107 and https://api.slack.com/reference/surfaces/formatting.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from kintsugi.core.incidents.chat import ChatLog, ChatMessage
from kintsugi.core.shared.text import clean, one_line, shortened
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import Lines, load_json

LONGEST_NAME = 100
HOUSEKEEPING = frozenset(
    {
        "channel_join", "channel_leave", "channel_archive", "channel_unarchive", "channel_name",
        "channel_convert_to_private", "channel_posting_permissions", "group_join", "group_leave",
        "group_archive", "group_unarchive", "group_name", "bot_add", "bot_remove", "bot_enable",
        "bot_disable", "pinned_item", "unpinned_item", "reminder_add", "message_deleted", "tombstone",
        "sh_room_created", "huddle_thread", "ekm_access_denied",
    }
)  # fmt: skip
"""Subtypes that say who came and went: nothing for a timeline."""
AUTOMATIC = frozenset({"bot_message", "channel_topic", "channel_purpose", "group_topic", "group_purpose"})  # fmt: skip
"""Subtypes that no person wrote in these words."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_READ = frozenset(
    {
        "type", "subtype", "hidden", "ts", "thread_ts", "user", "user_profile", "display_name", "real_name", "name",
        "username", "bot_id", "bot_profile", "text", "edited", "attachments", "fallback", "title", "files", "channel",
    }
)  # fmt: skip
_TS = re.compile(r"(?P<seconds>[0-9]{1,10})(?:\.(?P<micros>[0-9]{1,6})[0-9]*)?")
_PAIRED = re.compile(r"\\u[dD][89A-Fa-f][0-9A-Fa-f]{2}")
"""Half of an emoji as JSON may escape it, which stops the reader that knows the lines."""
_MARKED = re.compile(r"<(?P<target>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")


def read_slack(text: str, file: str = "") -> ChatLog:
    """The messages of an export, oldest first. Raises InputError, with the line, for what Slack never wrote."""
    data = load_json(text, file=file)
    lines = Lines(_PAIRED.sub(" ", text))
    root: tuple[str | int, ...] = ()
    if isinstance(data, Mapping):
        data, root = data.get("messages"), ("messages",)
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise InputError(
            "this JSON is no Slack export", file=file, line=1, expected="a list of messages"
        )
    for index, one in enumerate(data):
        if not isinstance(one, Mapping):
            raise _wrong("is no message", (*root, index), lines, file, "an object with ts and text")
    names = _names(data)
    found, left_out = [], 0
    for index, one in enumerate(data):
        place = (*root, index)
        message = None if is_housekeeping(one) else _message(one, place, names, lines, file)
        if message is None or not message.text:
            left_out += 1
        else:
            found.append(message)
    return ChatLog(tuple(sorted(found, key=lambda one: one.at)), left_out)


def without_the_rest(text: str) -> str:
    """An export that was read, with no more than what is read of it; any other text as it is."""
    try:
        data = load_json(text.removeprefix("\ufeff"))
    except InputError:
        return text
    found = data.get("messages") if isinstance(data, Mapping) else data
    if not isinstance(found, list):
        return text
    return json.dumps([_kept(one) for one in found], separators=(",", ":"))


def kept(one: Mapping[str, object]) -> Mapping[str, object]:
    """A message with no more than what is read of it."""
    return {key: _kept(value) for key, value in one.items() if key in _READ}


def _kept(one: object) -> object:
    if isinstance(one, Mapping):
        return kept(one)
    return [_kept(each) for each in one] if isinstance(one, list) else one


def is_housekeeping(one: Mapping[str, object]) -> bool:
    """Whether a message only says who came and went."""
    kind = _text(one, "type") or "message"
    return kind != "message" or _text(one, "subtype") in HOUSEKEEPING or one.get("hidden") is True


def _message(
    one: Mapping[str, object], place: tuple[str | int, ...], names: Mapping[str, str], lines: Lines, file: str
) -> ChatMessage | None:  # fmt: skip
    ts, user = _text(one, "ts"), _text(one, "user")
    found = _TS.fullmatch(ts)
    if found is None:
        problem = f"{ts[:40]!r} is no time" if ts else "is missing"
        raise _wrong(problem, (*place, "ts"), lines, file, "such as 1700000000.000100")
    at = EPOCH + timedelta(
        seconds=int(found["seconds"]), microseconds=int((found["micros"] or "0").ljust(6, "0"))
    )
    thread = _text(one, "thread_ts")
    is_automatic = (
        _text(one, "subtype") in AUTOMATIC or bool(_text(one, "bot_id")) or user == "USLACKBOT"
    )
    said = [_plain(_text(one, "text"), names).strip() or _attached(one, names), *_files(one)]
    return ChatMessage(
        at, _author(one, user, names), clean("\n".join(part for part in said if part)).strip(),
        0, f"slack:{ts}:{user}"[:80], is_automatic, thread not in ("", ts), bool(one.get("edited")),
        shortened(one_line(clean(_text(one, "channel"))), LONGEST_NAME),
    )  # fmt: skip


def _author(one: Mapping[str, object], user: str, names: Mapping[str, str]) -> str:
    """Who wrote it, by the name people know: of a person, else of an integration, else their id."""
    bot = one.get("bot_profile")
    name = names.get(user) or _text(one, "username")
    if not name and isinstance(bot, Mapping):
        name = _text(bot, "name")
    return shortened(one_line(clean(name or user or _text(one, "bot_id"))), LONGEST_NAME)


def _names(data: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Names of people by id, as the messages' own profiles say; an export has no other in this file."""
    found: dict[str, str] = {}
    for one in data:
        profile = one.get("user_profile")
        if isinstance(profile, Mapping) and (user := _text(one, "user")):
            for key in ("display_name", "real_name", "name"):
                if name := one_line(_text(profile, key)):
                    found[user] = name
                    break
    return found


def _plain(text: str, names: Mapping[str, str]) -> str:
    """Slack's marks as a reader sees them: `<@U1>` as a name, `<https://x|word>` as both."""

    def shown(found: re.Match[str]) -> str:
        target, label = found["target"], found["label"] or ""
        sign, rest = target[:1], target[1:]
        if sign == "@":
            return f"@{label or names.get(rest, rest)}"
        if sign == "#":
            return f"#{label or rest}"
        if sign == "!":
            return label or f"@{rest.partition('^')[0]}"
        address = target.removeprefix("mailto:")
        return f"{label} ({target})" if label and label not in (target, address) else address

    marked = _MARKED.sub(shown, text)
    return marked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _attached(one: Mapping[str, object], names: Mapping[str, str]) -> str:
    """What an integration says beside its empty text."""
    parts = [
        _plain(
            _text(each, "fallback") or _text(each, "text") or _text(each, "title"), names
        ).strip()
        for each in _listed(one, "attachments")
    ]
    return "\n".join(part for part in parts if part)


def _files(one: Mapping[str, object]) -> list[str]:
    """The names of files; their contents are not in an export."""
    names = [
        one_line(_text(each, "title") or _text(each, "name")) for each in _listed(one, "files")
    ]
    return [f"(file: {name})" for name in names if name]


def _listed(one: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = one.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(one: Mapping[str, object], key: str) -> str:
    value = one.get(key)
    return value if isinstance(value, str) else ""


def _wrong(
    problem: str, place: tuple[str | int, ...], lines: Lines, file: str, expected: str
) -> InputError:
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return InputError(
        problem, file=file, line=lines.of(place), field=field.lstrip("."), expected=expected
    )
