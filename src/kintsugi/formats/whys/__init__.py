"""A why-tree as a file: read from a Markdown outline, YAML or JSON; written as Markdown and Mermaid."""

from kintsugi.formats.whys.reading import read_whys
from kintsugi.formats.whys.writing import whys_markdown, whys_mermaid

__all__ = ["read_whys", "whys_markdown", "whys_mermaid"]
