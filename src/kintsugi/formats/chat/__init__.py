"""What was said in a chat, read from a Slack export or from copied text."""

from kintsugi.formats.chat.reading import MOST_BYTES, read_chat
from kintsugi.formats.chat.slack import without_the_rest

__all__ = ["MOST_BYTES", "read_chat", "without_the_rest"]
