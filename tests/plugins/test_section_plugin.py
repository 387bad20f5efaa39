"""A plugin from its own wheel adds, replaces, orders and removes sections; ours are not touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pluggy
import pytest

from kintsugi.core.postmortems.sections import SectionRegistry
from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS
from kintsugi.demo.records import demo_record
from kintsugi.plugins import hookspecs
from kintsugi.plugins.manager import PluginError, plugin_sections
from tests.cli.command import kintsugi

PROJECT = """\
[project]
name = "kintsugi-carbon"
version = "1.0"
[project.entry-points.kintsugi]
carbon = "kintsugi_carbon"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""
PLUGIN = '''\
"""A section about the energy an incident cost."""

from kintsugi.core.postmortems.sections import Section
from kintsugi.plugins.hookspecs import hookimpl


@hookimpl
def kintsugi_sections(registry):
    registry = registry.added(Section("carbon", "Carbon", lambda pm: "12 kWh"), after="impact")
    registry = registry.replaced("lessons", lambda pm: "Lessons by plugin.")
    return registry.without("root_cause").ordered("timeline")
'''


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the plugin's wheel is installed in."""
    source, wheels = tmp_path_factory.mktemp("plugin"), tmp_path_factory.mktemp("wheels")
    (source / "pyproject.toml").write_text(PROJECT)
    (source / "kintsugi_carbon.py").write_text(PLUGIN)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-build-isolation", "--no-deps", "-w", wheels, source], check=True
    )
    target = tmp_path_factory.mktemp("site")
    wheel = next(wheels.glob("kintsugi_carbon-*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True)
    return target


@pytest.mark.long
def test_a_plugin_from_its_own_wheel_changes_the_sections(installed: Path) -> None:
    words = ["postmortem", "generate", "--demo", "--template", "basic"]
    written = kintsugi(*words, path=str(installed)).out
    headings = [line.removeprefix("## ") for line in written.split("\n") if line.startswith("## ")]
    assert headings == ["Timeline", "Summary", "Impact", "Carbon", "Lessons", "Action Items"]
    assert "12 kWh" in written
    assert "Lessons by plugin." in written
    assert "Carbon" not in kintsugi(*words).out, "without the plugin all is as before"


def test_its_sections_are_in_the_generators_json_too(installed: Path) -> None:
    data = kintsugi(
        "postmortem", "generate", "--demo", "--format", "json", path=str(installed)
    ).data
    assert list(data["sections"]) == ["timeline", "summary", "impact", "carbon", "lessons"]


def test_what_it_adds_shows_in_templates_that_do_not_know_it(installed: Path) -> None:
    written = kintsugi("postmortem", "generate", "--demo", path=str(installed)).out
    assert written.endswith("## Carbon\n\n12 kWh\n")


def manager_of(plugin: object, name: str) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name=name)
    return manager


class Failing:
    @hookspecs.hookimpl
    def kintsugi_sections(self, registry: SectionRegistry) -> SectionRegistry:
        raise RuntimeError(f"no {len(registry)}")


class Wrong:
    @hookspecs.hookimpl
    def kintsugi_sections(self, registry: SectionRegistry) -> object:
        return list(registry)


@pytest.mark.parametrize(
    ("plugin", "said"), [(Failing(), "fails"), (Wrong(), "no SectionRegistry")]
)
def test_a_plugin_that_fails_is_named(plugin: object, said: str) -> None:
    with pytest.raises(PluginError, match=f"the plugin sad {said}|the plugin sad returns {said}"):
        plugin_sections(SEED_SECTIONS, manager_of(plugin, "sad"))


class Broken:
    @hookspecs.hookimpl
    def kintsugi_sections(self, registry: SectionRegistry) -> SectionRegistry:
        return registry.replaced("lessons", lambda _: str(1 / 0))


def test_a_section_that_fails_names_its_plugin() -> None:
    changed = plugin_sections(SEED_SECTIONS, manager_of(Broken(), "sad"))
    with pytest.raises(
        PluginError, match="the plugin sad fails in its section lessons: division by zero"
    ):
        [section.build(demo_record()) for section in changed]
