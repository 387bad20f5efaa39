"""The hooks a plugin may implement; mark yours with `hookimpl`."""

from __future__ import annotations

from typing import Any

import pluggy

from kintsugi.core.postmortems.sections import SectionRegistry

PROJECT = "kintsugi"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl: Any = pluggy.HookimplMarker(PROJECT)


@hookspec
def kintsugi_sections(registry: SectionRegistry) -> SectionRegistry | None:
    """Change the sections documents are put together from: return a registry with sections added,
    replaced, ordered or removed, or None to leave it. Called once for each set of sections that a
    template uses, one plugin after the other.
    """
