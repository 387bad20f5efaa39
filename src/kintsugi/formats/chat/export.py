"""A Slack export as it comes: a ZIP archive with a folder for each channel and a file in it for each day."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from kintsugi.core.incidents.chat import MOST_MESSAGES
from kintsugi.core.shared.text import clean, one_line, plural, shortened
from kintsugi.formats.chat.slack import is_housekeeping, kept
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import decode_text, load_json

MOST_BYTES_OF_ZIP = 10_000_000
MOST_FILES = 20_000
MOST_UNPACKED = 20_000_000
"""Bytes that are unpacked in all, whatever the archive says of itself; a bomb ends there."""
MOST_OF_A_FILE = 5_000_000
NAMED = 8
"""So many channels are named where somebody has to choose."""
_BEGINS = b"PK\x03\x04"
_LISTED = b"PK\x01\x02"
_DAY_FILE = re.compile(
    r"(?:.*/)?(?P<channel>[^/]{1,200})/(?P<day>\d{4}-\d{2}-\d{2})\.json", re.DOTALL
)
_PEOPLE = re.compile(r"(?:[^/]+/)?users\.json")
_MENTION = re.compile(r"<@(?P<id>[A-Z0-9]{1,20})>")
_EXPECTED = "the ZIP file of a Slack export"


def is_export(content: bytes) -> bool:
    """Whether these bytes begin as a ZIP archive does."""
    return content.startswith(_BEGINS)


def read_export(
    content: bytes,
    first: date | None = None,
    last: date | None = None,
    channels: Collection[str] = (),
    file: str = "",
) -> str:
    """The messages of an archive's days from `first` to `last` as one export, for `read_chat`.

    `channels` narrow it to those of the names, or to one day of one (`incidents/2026-11-21`). Each message says its
    channel, and people are named as the archive's list of them does. Raises InputError for what is no such archive, for
    what unpacks to too much, for a channel that is not there, and for too many messages, naming where they are.
    """
    if len(content) > MOST_BYTES_OF_ZIP or content.count(_LISTED) > MOST_FILES:
        raise InputError("the archive is too large", file=file, expected=_limits())
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive, first, last, channels, file)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError
    ) as error:  # fmt: skip
        raise InputError(
            "the archive cannot be read, or is locked", file=file, expected=_EXPECTED
        ) from error


def _read(
    archive: zipfile.ZipFile,
    first: date | None,
    last: date | None,
    channels: Collection[str],
    file: str,
) -> str:
    unpacking = _Unpacking(archive, file)
    days = {}
    people: zipfile.ZipInfo | None = None
    for one in archive.infolist():
        found = _DAY_FILE.fullmatch(one.filename)
        if found is not None:
            days[found["channel"], found["day"]] = one
        elif _PEOPLE.fullmatch(one.filename):
            people = one
    if not days:
        raise InputError("no day of a channel is in the archive", file=file, expected=_EXPECTED)
    wanted = {
        place: one
        for place, one in sorted(days.items())
        if _is_within(place[1], first, last) and _is_asked_for(place, channels)
    }
    _check_asked(days, channels, file)
    if not wanted:
        raise InputError(
            f"nothing was said there from {first} to {last}", file=file,
            expected=f"days of {_some(Counter(channel for channel, _ in days))}",
        )  # fmt: skip
    names = _names(unpacking.list_of(people)) if people is not None else {}
    messages: list[Mapping[str, object]] = []
    counts: Counter[str] = Counter()
    for (channel, _), one in wanted.items():
        said = [
            _named(each, channel, names)
            for each in unpacking.list_of(one)
            if not is_housekeeping(each)
        ]
        counts[channel] += len(said)
        if sum(counts.values()) <= MOST_MESSAGES:
            messages += said
    if sum(counts.values()) > MOST_MESSAGES:
        one_day = "/".join(next(iter(wanted)))
        raise InputError(
            f"there are {plural(sum(counts.values()), 'message')}: {_some(counts, is_counted=True)}",
            file=file,
            expected=f"{MOST_MESSAGES:,} at most; name channels, or one day as {one_day}",
        )
    return json.dumps(messages, separators=(",", ":"), ensure_ascii=False)


class _Unpacking:
    """Unpacks file after file, until it was too much."""

    def __init__(self, archive: zipfile.ZipFile, file: str) -> None:
        self._archive, self._file, self._left = archive, file, MOST_UNPACKED

    def list_of(self, one: zipfile.ZipInfo) -> Sequence[Mapping[str, object]]:
        """What a file of the archive lists. Raises InputError."""
        name = f"{self._file}: {one.filename}" if self._file else one.filename
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError("it is packed in an unusual way", file=name, expected=_EXPECTED)
        most = min(MOST_OF_A_FILE, self._left)
        with self._archive.open(one) as opened:
            content = opened.read(most + 1)
        if len(content) > most:
            raise InputError("it unpacks to too much", file=name, expected=_limits())
        self._left -= len(content)
        data = load_json(decode_text(content, file=name), file=name)
        if not isinstance(data, list) or not all(isinstance(each, Mapping) for each in data):
            raise InputError("it is no list", file=name, line=1, expected="a list of messages")
        return data


def _is_within(day: str, first: date | None, last: date | None) -> bool:
    return (first is None or day >= first.isoformat()) and (last is None or day <= last.isoformat())


def _is_asked_for(place: tuple[str, str], channels: Collection[str]) -> bool:
    return not channels or any(one in _spelled(place) for one in map(_bare, channels))


def _spelled(place: tuple[str, str]) -> tuple[str, str]:
    channel, day = place
    return (channel.casefold(), f"{channel.casefold()}/{day}")


def _bare(channel: str) -> str:
    return channel.strip().removeprefix("#").casefold()


def _check_asked(days: Collection[tuple[str, str]], channels: Collection[str], file: str) -> None:
    known = {spelled for place in days for spelled in _spelled(place)}
    for one in channels:
        if _bare(one) not in known:
            raise InputError(
                f"there is no channel {shortened(one_line(clean(one)), 60)!r}", file=file,
                expected=_some(Counter(channel for channel, _ in days)),
            )  # fmt: skip


def _some(counts: Counter[str], *, is_counted: bool = False) -> str:
    """The channels with the most, such as `incidents (120), general (80) and 12 more`."""
    shown = [
        shortened(one_line(clean(name)), 60) + (f" ({count:,})" if is_counted else "")
        for name, count in counts.most_common(NAMED)
    ]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _names(people: Sequence[Mapping[str, object]]) -> dict[str, str]:
    return {
        str(one["id"]): name
        for one in people
        if "id" in one and (name := next(iter(_called(one)), ""))
    }


def _called(one: Mapping[str, object]) -> Iterator[str]:
    """The names of somebody, the one that people see first."""
    profile = one.get("profile")
    for holder, keys in ((profile, ("display_name", "real_name")), (one, ("real_name", "name"))):
        if isinstance(holder, Mapping):
            for key in keys:
                value = holder.get(key)
                if isinstance(value, str) and one_line(value):
                    yield one_line(value)


def _named(
    one: Mapping[str, object], channel: str, names: Mapping[str, str]
) -> Mapping[str, object]:
    """A message with its channel, and with the names of who wrote it and of whom it mentions."""
    made = dict(kept(one)) | {"channel": channel}
    name = names.get(str(one.get("user", "")))
    if name and not isinstance(made.get("user_profile"), Mapping):
        made["user_profile"] = {"real_name": name}
    text = made.get("text")
    if isinstance(text, str):
        made["text"] = _MENTION.sub(
            lambda found: f"<@{found['id']}|{names[found['id']]}>" if found["id"] in names else found[0],
            text,
        )  # fmt: skip
    return made


def _limits() -> str:
    return (
        f"{MOST_BYTES_OF_ZIP // 1_000_000} MB at most, that unpack to {MOST_UNPACKED // 1_000_000} MB"
        f" and to {MOST_OF_A_FILE // 1_000_000} MB a day of a channel"
    )
