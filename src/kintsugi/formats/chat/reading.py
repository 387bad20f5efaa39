"""A chat's text to messages: which of the two forms it has, and its limits."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo

from kintsugi.core.incidents.chat import MOST_MESSAGES, ChatLog
from kintsugi.core.shared.text import plural
from kintsugi.formats.chat.copied import read_copied
from kintsugi.formats.chat.slack import read_slack
from kintsugi.formats.errors import InputError

MOST_BYTES = 1_000_000
MOST_BYTES_OF_JSON = 5_000_000
"""An export says everything twice, and who wrote each message."""
_JSON = re.compile(r"\s*(?:\{|\[\s*(?:\{|\]))")


def read_chat(
    text: str,
    latest: datetime,
    *,
    day: date | None = None,
    zone: tzinfo = UTC,
    file: str = "",
    since: datetime | None = None,
) -> ChatLog:
    """The messages of a Slack export's day (JSON), or of text copied from a chat, oldest first.

    Copied text has times in `zone`. Without a date it begins on `day`; without that, on the first day on which it
    begins after `since`, or little before; without that as well, and where it would end after `latest`, so that its
    last message is the last such one before that. Raises InputError, with the line, for what is neither, and for too
    much.
    """
    text = text.removeprefix("\ufeff")
    is_json = _JSON.match(text) is not None
    most = MOST_BYTES_OF_JSON if is_json else MOST_BYTES
    if len(text) * 4 > most and len(text.encode("utf-8", "replace")) > most:
        raise InputError(
            f"the text has more than {most:,} bytes", file=file, expected="a part of it at a time"
        )
    log = read_slack(text, file) if is_json else read_copied(text, latest, day, zone, file, since)
    if len(log.messages) > MOST_MESSAGES:
        raise InputError(
            f"the text has {plural(len(log.messages), 'message')}", file=file,
            line=log.messages[MOST_MESSAGES].line, expected=f"{MOST_MESSAGES:,} at most",
        )  # fmt: skip
    return log
