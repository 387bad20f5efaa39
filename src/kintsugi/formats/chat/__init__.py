"""What was said in a chat, read from a Slack export or from copied text."""

from kintsugi.formats.chat.export import MOST_BYTES_OF_ZIP, is_export, read_export
from kintsugi.formats.chat.reading import MOST_BYTES, read_chat
from kintsugi.formats.chat.slack import without_the_rest

__all__ = [
    "MOST_BYTES", "MOST_BYTES_OF_ZIP", "is_export", "read_chat", "read_export", "without_the_rest",
]  # fmt: skip
