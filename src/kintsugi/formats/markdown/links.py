"""Addresses in tables: named by their host, so that a column of them stays narrow."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https?://(?P<host>[^/\s<>|\[\]()?#]+)[^\s<>|]*")


def source_link(evidence: str) -> str:
    """An address as a link named by its host, so that a table stays narrow; anything else as it is."""
    address = _ADDRESS.fullmatch(evidence)
    return f"[{address['host']}](<{evidence}>)" if address else evidence


def source_of(cell_text: str) -> str:
    """The evidence that `source_link` wrote."""
    if cell_text.endswith(">)") and cell_text.startswith("["):
        evidence = cell_text[cell_text.find("](<") + 3 : -2]
        if source_link(evidence) == cell_text:
            return evidence
    return cell_text
