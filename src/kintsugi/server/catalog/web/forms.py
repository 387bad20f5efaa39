"""What the form of a service sends, and the values it is filled with again."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field

from kintsugi.core.catalog.service import ServiceLink, ServiceSpec, at, parse_link_kind
from kintsugi.core.catalog.tier import Tier, parse_tier
from kintsugi.core.shared.errors import InvalidValue

_LINK = re.compile(r"(?P<kind>[^:]*?)[\s:]+(?P<url>[a-z]+:\S+)(?:\s+(?P<label>.*))?", re.IGNORECASE)

LABELS = {
    "name": "Name",
    "title": "Title",
    "description": "Description",
    "ownerTeam": "Owner team",
    "tier": "Tier",
    "links": "Links",
    "tags": "Tags",
    "dependsOn": "Depends on",
}
"""Each field of the form by its name, which is the API's."""


class ServiceForm(BaseModel):
    name: str = ""
    title: str = ""
    description: str = ""
    ownerTeam: str = ""  # noqa: N815 - a form's fields have the API's names
    tier: str = ""
    links: str = ""
    tags: str = ""
    dependsOn: str = ""  # noqa: N815
    version: int = Field(default=0, ge=0, le=1_000_000_000)

    def spec(self) -> ServiceSpec:
        """What the form says. Raises InvalidValue for a tier or a link that is none."""
        return ServiceSpec(
            name=self.name, title=self.title, description=self.description,
            owner_team=self.ownerTeam, tier=self._tier(), links=_links(self.links),
            tags=_words(self.tags), depends_on=_words(self.dependsOn),
        )  # fmt: skip

    def _tier(self) -> Tier | None:
        with at("tier"):
            return parse_tier(self.tier) if self.tier else None


class VersionForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)


def filled(spec: ServiceSpec, version: int) -> ServiceForm:
    """The form as it is shown for a service as it is."""
    lines = [f"{link.kind.value} {link.url} {link.label}".strip() for link in spec.links]
    return ServiceForm(
        name=spec.name, title=spec.title, description=spec.description, ownerTeam=spec.owner_team,
        tier=str(spec.tier.value) if spec.tier else "", links="\n".join(lines),
        tags=", ".join(spec.tags), dependsOn=", ".join(spec.depends_on), version=version,
    )  # fmt: skip


def _words(written: str) -> tuple[str, ...]:
    """Words with commas or lines between them."""
    return tuple(word.strip() for word in re.split(r"[,\n]", written) if word.strip())


def _links(written: str) -> tuple[ServiceLink, ...]:
    """Links, one a line: the kind, the address, and a label if wanted."""
    found: list[ServiceLink] = []
    for line in filter(None, map(str.strip, written.splitlines())):
        with at("links", len(found)):
            parts = _LINK.fullmatch(line)
            if parts is None:
                raise InvalidValue(
                    f"{line[:80]!r} is not a link", expected="a kind and an address, such as "
                    "runbook https://wiki.example.com/checkout",
                )  # fmt: skip
            kind = parse_link_kind(parts["kind"])
            found.append(ServiceLink(kind, parts["url"], parts["label"] or ""))
    return tuple(found)
