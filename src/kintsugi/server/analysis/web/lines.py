"""What a tree is held against as lines of text: `db = service database`, `ACT-42: db 50%`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kintsugi.core.analysis.what_if import Left
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis import service as analysis

_LINK = re.compile(r"(?P<event>.+?)\s*=\s*(?P<kind>service|factor)\s+(?P<name>.+)", re.IGNORECASE)
_MEASURE = re.compile(
    r"(?P<action>[^:\s]+)\s*:\s*(?P<event>.+?)\s+(?P<left>[0-9.]+(?:e-?[0-9]+)?)\s*(?P<share>%?)",
    re.IGNORECASE,
)


def read_links(written: str) -> tuple[analysis.Link, ...]:
    """Links, one a line. Raises InvalidValue."""
    made = []
    for place, line in enumerate(_lines(written)):
        found = _LINK.fullmatch(line)
        if found is None:
            raise InvalidValue(
                f"{line[:80]!r} is no link", path=("links", place),
                expected="such as: db = service database, or: release = factor recent_deployment",
            )  # fmt: skip
        kind = analysis.Kind(found["kind"].lower())
        made.append(analysis.Link(found["event"], kind, found["name"]))
    return tuple(made)


def read_measures(written: str) -> tuple[analysis.Measure, ...]:
    """What actions leave, one a line. Raises InvalidValue."""
    made = []
    for place, line in enumerate(_lines(written)):
        found = _MEASURE.fullmatch(line)
        if found is None:
            raise InvalidValue(
                f"{line[:80]!r} is not what an action leaves", path=("measures", place),
                expected="such as: ACT-42: db 0.001, or: ACT-42: db 50%",
            )  # fmt: skip
        made.append(analysis.Measure(found["event"], found["action"], _left(found, place)))
    return tuple(made)


def _left(found: re.Match[str], place: int) -> Left:
    try:
        value = float(found["left"])
        return Left(share=value / 100) if found["share"] else Left(probability=value)
    except (ValueError, InvalidValue) as error:
        raise InvalidValue(
            f"{found['left']}{found['share']} is left", path=("measures", place),
            expected="a probability from 0 to 1, or a share from 0% to 100%",
        ) from error  # fmt: skip


def write_links(links: Sequence[analysis.Link]) -> str:
    """Links as they are read."""
    return "\n".join(f"{one.event} = {one.kind.value} {one.name}" for one in links)


def write_measures(measures: Sequence[analysis.Measure], seen: Mapping[str, actions.Action]) -> str:
    """What those actions leave that the viewer sees, as it is read."""
    return "\n".join(
        f"{seen[one.action_id].reference}: {one.event} {_written(one.left)}"
        for one in measures
        if one.action_id in seen
    )


def _written(left: Left) -> str:
    return f"{left.share * 100:.12g}%" if left.share is not None else f"{left.probability!r}"


def _lines(written: str) -> list[str]:
    return [line.strip() for line in written.splitlines() if line.strip()]
