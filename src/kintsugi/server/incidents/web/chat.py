"""The page on which what was said in a chat is pasted, chosen message by message, and taken into the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.incidents.chat import ChatLog, Choice, Offered
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import plural, spoken
from kintsugi.core.shared.words import word_of
from kintsugi.formats.chat import MOST_BYTES, MOST_BYTES_OF_ZIP, is_export, without_the_rest
from kintsugi.formats.chat.reading import MOST_BYTES_OF_JSON
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import decode_text
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.showing import BY_HAND

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SHOWN = 300
"""Messages a page: each has three controls, and a form a thousand at most."""
ALL, NONE = "all", "none"
Typed = Annotated[str, Form()]


class ChatForm(BaseModel):
    """What was pasted, and what is chosen of it: the numbers of messages, and `number:kind` of each that is shown."""

    text: str = ""
    zone: Annotated[str, Field(max_length=60)] = ""
    date: Annotated[str, Field(max_length=60)] = ""
    channels: Annotated[str, Field(max_length=500)] = ""
    start: Annotated[int, Field(ge=0, le=100_000)] = 0
    take: list[int] = Field(default_factory=list)
    important: list[int] = Field(default_factory=list)
    kind: list[str] = Field(default_factory=list)

    def choices(self) -> list[Choice]:
        """What is to enter. Raises InvalidValue for a kind that is none."""
        kinds = dict(one.partition(":")[::2] for one in self.kind)
        return [
            Choice(
                number, word_of(EventKind, kinds.get(str(number), EventKind.NOTE.value), "kind"),
                number in self.important,
            )
            for number in self.take
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """A message as the page shows it: with what is chosen for it."""

    one: Offered
    is_chosen: bool
    is_important: bool
    kind: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """The page's list: its rows, and where it stands within all messages."""

    log: ChatLog
    rows: list[_Row]
    count: int
    in_count: int
    start: int
    wrong: dict[str, str] = field(default_factory=dict)


@router.get("/incidents/{reference}/chat", response_model=None)
@door(Action.RESPOND)
def show_chat(work: UnitOfWork, name: Name) -> Answer:
    incident = incidents.get(work, name)
    begins, _ = incidents.days_of(work, incident)
    return _page(work, incident, ChatForm(zone=work.viewer.zone, date=begins.isoformat()))


@router.post("/incidents/{reference}/chat/read", response_model=None)
@door(Action.RESPOND)
def read_chat(  # noqa: PLR0913, PLR0917 - the fields of a form with a file
    work: UnitOfWork, name: Name, text: Typed = "", zone: Typed = "", date: Typed = "",
    start: Annotated[int, Form(ge=0, le=100_000)] = 0, do: Typed = "", usual: Typed = "", channels: Typed = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Answer:  # fmt: skip
    """The messages of what was pasted or uploaded, to choose among. It changes nothing.

    `usual` is the date that stood in the form before anybody typed one: left as it is, it was not said.
    """
    incident = incidents.get(work, name)
    form = ChatForm(text=text, zone=zone[:60], date=date[:60], start=start, channels=channels[:500])
    try:
        form = form.model_copy(update={"text": _read(work, incident, form, file)})
        is_said = form.date != usual
        asked = form if is_said else form.model_copy(update={"date": ""})
        shown = _offered(work, incident, asked, do)
        # From here on the day stays the one that is shown, also past midnight.
        begins = shown.log.begins.isoformat() if shown.log.begins else asked.date
        return _page(work, incident, asked.model_copy(update={"date": begins}), shown)
    except (InputError, InvalidValue) as error:
        return _page(work, incident, form, wrong=error)


@router.post("/incidents/{reference}/chat", response_model=None)
@door(Action.RESPOND, writes=True)
def take_chat(work: UnitOfWork, name: Name, form: Annotated[ChatForm, Form()]) -> Answer:
    """Have the chosen messages enter the timeline, and go on with the next page of them."""
    incident = incidents.get(work, name)
    try:
        with work.attempt():
            log = incidents.read_chat_of(work, incident, form.text, form.zone, form.date)
            taken = incidents.take_chat(work, incident, log, form.choices())
    except (InputError, InvalidValue) as error:
        shown = None
        if not isinstance(error, InputError) and field_of(error) not in ("zone", "date"):
            shown = _offered(work, incident, form, "", form)
        return _page(work, incident, form, shown, wrong=error)
    if form.start + SHOWN < len(log.messages):
        form = form.model_copy(update={"start": form.start + SHOWN})
        notice = f"{plural(len(taken), 'message')} entered the timeline. These are the next."
        return _page(work, incident, form, _offered(work, incident, form), notice=notice)
    return see(f"/incidents/{incident.reference}#timeline")


def _read(work: UnitOfWork, incident: Incident, form: ChatForm, file: UploadFile | None) -> str:
    """What was uploaded; else what was pasted. Raises InvalidValue when both are missing."""
    text = form.text
    if file is not None and file.filename:
        content = file.file.read(MOST_BYTES_OF_ZIP + 1)
        if is_export(content):
            channels = [one for one in form.channels.split(",") if one.strip()]
            text = incidents.unpacked_chat(work, incident, content, channels, "the archive")
        elif len(content) > MOST_BYTES_OF_JSON:
            raise InvalidValue("is too large", path=("file",), expected="a day of an export")
        else:
            text = decode_text(content)
    if not text.strip():
        raise InvalidValue(
            "is missing", path=("text",), expected="what was said, pasted or as a file"
        )
    text = without_the_rest(text)
    if len(text.encode("utf-8", "replace")) + text.count("\n") > MOST_BYTES:
        raise InvalidValue("is too long", path=("text",), expected="a part of it at a time")
    return text


def _offered(
    work: UnitOfWork, incident: Incident, form: ChatForm, do: str = "", typed: ChatForm | None = None
) -> _Shown:  # fmt: skip
    """The messages of one page; as they were chosen, or as they are proposed, or all, or none."""
    log = incidents.read_chat_of(work, incident, form.text, form.zone, form.date)
    found = incidents.offered_chat(work, incident, log)
    kinds = dict(one.partition(":")[::2] for one in typed.kind) if typed else {}
    rows = [
        _Row(
            one,
            one.number in typed.take if typed else _is_chosen(one, do),
            typed is not None and one.number in typed.important,
            kinds.get(str(one.number), EventKind.NOTE.value),
        )
        for one in found[form.start : form.start + SHOWN]
    ]
    return _Shown(log, rows, len(found), sum(one.is_in for one in found), form.start)


def _is_chosen(one: Offered, do: str) -> bool:
    if do in (ALL, NONE):
        return do == ALL and one.may_enter
    return one.is_proposed


def _page(
    work: UnitOfWork,
    incident: Incident,
    form: ChatForm,
    shown: _Shown | None = None,
    *,
    wrong: DomainError | None = None,
    notice: str = "",
) -> Answer:
    context: dict[str, Any] = {
        "incident": incident,
        "address": f"/incidents/{incident.reference}",
        "form": form,
        "shown": shown,
        "kinds": [(kind.value, spoken(kind.value)) for kind in BY_HAND],
        "wrong": {_field(wrong): told(wrong, {"text": "The text"})} if wrong else {},
        "notice": notice,
        "days": incidents.days_of(work, incident),
        "usual": incidents.days_of(work, incident)[0].isoformat(),
        "ends": min(form.start + SHOWN, shown.count) if shown else 0,
    }
    status = status_of(wrong)[0] if wrong else 200
    return page(work, "incidents/chat.html", context, status=status)


def _field(wrong: DomainError) -> str:
    """The field of the page that a refusal stands at; empty for the list."""
    if isinstance(wrong, InputError):
        return "file" if wrong.file else "text"
    return (
        field_of(wrong) if field_of(wrong) in ("text", "file", "zone", "date", "channels") else ""
    )
