"""The layout that the options of a command ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kintsugi.cli.inputs import read_text
from kintsugi.cli.limits import time_limit
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.kinds import Audience, Format, Keys
from kintsugi.formats.markdown.templating import (
    SHIPPED,
    Template,
    parse_template,
    shipped_template,
)

if TYPE_CHECKING:
    from kintsugi.plugins.layout import Layout

__all__ = ["Audience", "Format", "Keys", "choose_template", "layout_of"]


def layout_of(
    form: Format, template: Template, audience: Audience = Audience.INTERNAL, *,
    front_matter: bool | None = None, scenario: str = "", keys: Keys = Keys.OWN,
    public_hosts: Sequence[str] = (),
) -> Layout:  # fmt: skip
    """The layout of a command's output; a template that takes too long is given up on."""
    from kintsugi.plugins.layout import Layout

    return Layout(
        form, template, audience, front_matter, scenario, keys, tuple(public_hosts), time_limit
    )


def choose_template(named: str, audience: Audience) -> Template:
    """The template a person named: one of ours, or a file. Raises InvalidValue or InputError for neither."""
    if not named:
        return shipped_template("external" if audience is Audience.EXTERNAL else "standard")
    if named in SHIPPED and audience is Audience.EXTERNAL and named != "external":
        raise InvalidValue(
            f"the template {named} is not written for customers",
            path=("--template",),
            expected="external, or a file of your own",
        )
    if named in SHIPPED:
        return shipped_template(named)
    if "/" in named or "\\" in named or named.endswith(".md"):
        return parse_template(read_text(named), file=named)
    raise InvalidValue(
        f"there is no template named {named[:60]!r}",
        expected=", ".join(SHIPPED) + ", or a file's path",
    )
