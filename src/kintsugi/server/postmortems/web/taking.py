"""Why-trees on the pages of postmortems: taken over whole or answer by answer, and begun from what is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import LostRace, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import see
from kintsugi.server.analysis import service as analysis
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.service.taking import Take
from kintsugi.server.postmortems.web.answers import Answer, Name

router = APIRouter()


class TakeForm(BaseModel):
    tree: Annotated[str, Field(max_length=80)] = ""
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    do: Annotated[str, Field(max_length=40)] = "whys"
    back: Annotated[str, Field(max_length=10)] = "tree"

    def taken(self) -> Take:
        """What the pressed button takes. Raises InvalidValue."""
        what, _, number = self.do.partition(":")
        if self.do == "whys":
            return Take(whys=True)
        if what in ("factor", "action") and number.isdecimal() and len(number) < 6:
            one = (int(number),)
            return Take(factors=one) if what == "factor" else Take(actions=one)
        raise InvalidValue(
            f"is {self.do[:40]!r}", path=("do",), expected="whys, factor:0 or action:0"
        )


@router.post("/postmortems/{reference}/whys", response_model=None)
@door(Action.RESPOND, writes=True)
def take(work: UnitOfWork, name: Name, form: Annotated[TakeForm, Form()]) -> Answer:
    """Take a why-tree over, or of an answer a factor or an action; the tree is the one that was looked at."""
    stored, tree = postmortems.get(work, name), analysis.whys.get(work, form.tree)
    if form.version and form.version != tree.version:
        raise LostRace(analysis.whys.plain(tree))
    postmortems.taking.take(work, stored, tree, form.taken())
    if form.back == "edit":
        return see(f"/postmortems/{stored.reference}/edit#whys")
    return see(f"/analysis/{tree.reference}#take-{stored.reference}")


@router.post("/postmortems/{reference}/whys/begin", response_model=None)
@door(Action.RESPOND, writes=True)
def begin(work: UnitOfWork, name: Name) -> Answer:
    """A why-tree of the incident from what the postmortem says, to go on with on its own page."""
    tree = postmortems.taking.begin(work, postmortems.get(work, name))
    return see(f"/analysis/{tree.reference}")
