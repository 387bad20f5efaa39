"""What was said in a chat, over HTTP: shown message by message, and taken into the timeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from kintsugi.core.incidents.chat import MOST_MESSAGES, Choice, Offered
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import EntryBody, Name, written_entry

router = APIRouter()


class ChatBody(Body):
    text: Annotated[
        str, Field(description="A day of a Slack export (JSON), or lines such as `14:32 Mina: text`.")
    ]  # fmt: skip
    zone: Annotated[
        str, Field(max_length=60, description="Of times without one; yours by default.")
    ] = ""
    date: Annotated[
        str, Field(max_length=60, description="The day on which text without a date begins.")
    ] = ""


class ChosenMessage(Body):
    number: int
    kind: Annotated[str, Field(max_length=40)] = EventKind.NOTE.value
    important: bool = False


class ChatTakenBody(ChatBody):
    messages: Annotated[
        list[ChosenMessage] | None,
        Field(max_length=MOST_MESSAGES, description="By number; left out: all that are proposed."),
    ] = None


class ChatMessageBody(Body):
    number: int
    at: datetime
    author: str
    text: str
    line: int
    automatic: bool
    reply: bool
    edited: bool
    channel: Annotated[str, Field(description="Of an export that says it.")]
    in_timeline: bool
    proposed: bool
    problem: str


class ChatPreview(Body):
    items: list[ChatMessageBody]
    left_out: int
    notes: list[str]
    begins: Annotated[
        date | None, Field(description="The day it is taken to begin on, where no date is in the text.")
    ]  # fmt: skip


class ChatTaken(Body):
    items: list[EntryBody]


@router.post("/api/incidents/{id}/chat/preview", response_model=ChatPreview)
@door(Action.RESPOND)
def preview_chat(work: UnitOfWork, name: Name, body: ChatBody) -> ChatPreview:
    """What a text would bring: its messages, oldest first, and which of them are in the timeline already."""
    incident = incidents.get(work, name)
    log = incidents.read_chat_of(work, incident, body.text, body.zone, body.date)
    found = incidents.offered_chat(work, incident, log)
    return ChatPreview(
        items=[_written(one) for one in found], left_out=log.left_out, notes=list(log.notes),
        begins=log.begins,
    )  # fmt: skip


@router.post("/api/incidents/{id}/chat", status_code=201, response_model=ChatTaken)
@door(Action.RESPOND, writes=True)
def take_chat(work: UnitOfWork, name: Name, body: ChatTakenBody) -> Answer:
    """Take messages into the timeline, with their own times and who said them.

    Those that are in it already are passed over.
    """
    incident = incidents.get(work, name)
    log = incidents.read_chat_of(work, incident, body.text, body.zone, body.date)
    if body.messages is None:
        found = incidents.offered_chat(work, incident, log)
        choices = [Choice(one.number) for one in found if one.is_proposed]
    else:
        choices = [
            Choice(one.number, word_of(EventKind, one.kind, "kind"), one.important)
            for one in body.messages
        ]
    taken = incidents.take_chat(work, incident, log, choices)
    content = ChatTaken(items=[written_entry(one) for one in taken])
    answer = content.model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(answer, 201)


def _written(one: Offered) -> ChatMessageBody:
    said = one.message
    return ChatMessageBody(
        number=one.number, at=said.at, author=said.author, text=said.text, line=said.line,
        automatic=said.is_automatic, reply=said.is_reply, edited=said.is_edited, channel=said.channel,
        in_timeline=one.is_in, proposed=one.is_proposed, problem=one.problem,
    )  # fmt: skip
