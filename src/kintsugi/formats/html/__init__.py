"""A postmortem as one HTML file that needs nothing else: to read, to send, to print."""

from kintsugi.formats.html.document import write_html

__all__ = ["write_html"]
