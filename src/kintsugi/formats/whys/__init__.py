"""A why-tree as a file: read from a Markdown outline, YAML or JSON; written as Markdown, YAML, JSON and Mermaid."""

from kintsugi.formats.whys.reading import read_whys
from kintsugi.formats.whys.writing import whys_json, whys_markdown, whys_mermaid, whys_yaml

__all__ = ["read_whys", "whys_json", "whys_markdown", "whys_mermaid", "whys_yaml"]
