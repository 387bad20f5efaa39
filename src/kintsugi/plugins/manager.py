"""Finds plugins by the entry-point group `kintsugi` and asks them, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

import pluggy

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.sections import Section, SectionBuilder, SectionRegistry
from kintsugi.core.shared.errors import DomainError
from kintsugi.plugins import hookspecs

_log = logging.getLogger(__name__)


class PluginError(DomainError):
    """A plugin cannot be loaded, or fails; names the plugin."""


@cache
def installed_plugins() -> pluggy.PluginManager:
    """The manager with every installed plugin. Raises PluginError naming one that cannot be loaded."""
    return plugins_after({})


def plugins_after(built_in: Mapping[str, object]) -> pluggy.PluginManager:
    """A manager with our own plugins, by name, and after them every installed one. Raises PluginError."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for name, plugin in built_in.items():
        manager.register(plugin, name=name)
    for entry in entry_points(group=hookspecs.PROJECT):
        try:
            manager.register(entry.load(), name=entry.name)
        except (Exception, SystemExit) as error:  # a plugin may raise anything while it is imported
            raise PluginError(
                f"the plugin {entry.name} ({entry.value}) cannot be loaded: {error}"
            ) from error
    return manager


def plugin_sections(
    registry: SectionRegistry, manager: pluggy.PluginManager | None = None
) -> SectionRegistry:
    """The registry as the plugins leave it. Raises PluginError naming one that fails."""
    plugins = manager or installed_plugins()
    for name, plugin in plugins.list_name_plugin():
        change = getattr(plugin, "kintsugi_sections", None)
        if change is None:
            continue
        try:
            changed = change(registry=registry)
        except (Exception, SystemExit) as error:  # a plugin may raise anything
            raise PluginError(f"the plugin {name} fails in kintsugi_sections: {error}") from error
        if changed is not None and not isinstance(changed, SectionRegistry):
            raise PluginError(
                f"the plugin {name} returns no SectionRegistry from kintsugi_sections"
            )
        if changed is not None:
            registry = _guarded(name, registry, changed)
        _log.debug("plugin %s has %d sections", name, len(registry))
    return registry


def _guarded(plugin: str, before: SectionRegistry, after: SectionRegistry) -> SectionRegistry:
    """The changed registry, each builder that is the plugin's wrapped so that its failure names the plugin."""
    for section in after:
        old = before.get(section.name)
        if old is None or old.build is not section.build:
            after = after.replaced(section.name, _named(plugin, section))
    return after


def _named(plugin: str, section: Section) -> SectionBuilder:
    def build(postmortem: Postmortem) -> str:
        try:
            text = section.build(postmortem)
        except (Exception, SystemExit) as error:  # a plugin may raise anything
            raise PluginError(
                f"the plugin {plugin} fails in its section {section.name}: {error}"
            ) from error
        if not isinstance(text, str):
            raise PluginError(
                f"the plugin {plugin} returns no text from its section {section.name}"
            )
        return text

    return build
