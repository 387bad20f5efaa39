"""Our own plugins, through the hook and the kit that anybody's plugin is tested with."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from kintsugi.core.comms.recipient import Way
from kintsugi.formats.standard_webhooks import is_signed, secret_of
from kintsugi.integrations import BUILT_IN
from kintsugi.plugins.hookspecs import hookimpl
from kintsugi.plugins.outbound import Answer, Outbound, SendFailed
from kintsugi.plugins.sending import Outgoing, Sent, send_by_plugins
from kintsugi.plugins.testing import NOW, RecordingOutbound, manager_of, outgoing


def sent(message: Outgoing, outbound: RecordingOutbound, **others: object) -> Sent:
    return send_by_plugins(message, outbound, NOW, manager_of(**BUILT_IN, **others))


def test_a_webhook_is_signed_and_tells_what_there_is() -> None:
    out, new = RecordingOutbound(), secret_of(b"n" * 32)
    message = outgoing(secrets=(new, *outgoing().secrets))
    assert sent(message, out).says == "answered 204"
    (posted,) = out.posted
    assert posted.url == "https://hooks.example.com/in"
    assert json.loads(posted.body) == {
        "type": "incident.update",
        "timestamp": "2026-03-02T09:00:00.000Z",
        "data": {
            "incident": "INC-1", "severity": "SEV-2", "subject": "INC-1: Checkout is slow",
            "text": "Checkout is slow. Next update at 09:20 UTC.",
        },
    }  # fmt: skip
    assert posted.headers["webhook-id"] == "dlv_1"
    assert posted.headers["Content-Type"] == "application/json"
    for secret in message.secrets:
        assert is_signed(posted.headers, posted.body, secret, NOW)


def test_at_each_attempt_key_and_body_are_the_same_and_the_time_is_new() -> None:
    out, manager = RecordingOutbound(), manager_of(**BUILT_IN)
    for hours in (0, 5):
        send_by_plugins(outgoing(), out, NOW + timedelta(hours=hours), manager)
    first, second = out.posted
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


@pytest.mark.parametrize(
    "status", [100, 301, 302, 307, 400, 401, 403, 404, 409, 429, 500, 502, 503]
)
def test_any_other_answer_is_tried_again(status: int) -> None:
    with pytest.raises(SendFailed, match=f"answered {status}") as failed:
        sent(outgoing(), RecordingOutbound([Answer(status)]))
    assert not failed.value.permanent


def test_410_says_never_again() -> None:
    with pytest.raises(SendFailed) as failed:
        sent(outgoing(), RecordingOutbound([Answer(410)]))
    assert failed.value.gone
    assert failed.value.permanent


@pytest.mark.parametrize(
    ("said", "seconds"), [("120", 120), ("", 0), ("-1", 0), ("soon", 0), ("9" * 9, 0), ("²", 0)]
)
def test_a_receiver_may_ask_to_be_left_alone(said: str, seconds: int) -> None:
    with pytest.raises(SendFailed) as failed:
        sent(outgoing(), RecordingOutbound([Answer(429, {"retry-after": said})]))
    assert failed.value.wait == timedelta(seconds=seconds)


def test_e_mail_goes_as_a_letter_with_the_key() -> None:
    out = RecordingOutbound()
    sent(outgoing(Way.EMAIL), out)
    (letter,) = out.letters
    assert (letter.key, letter.to) == ("dlv_1", "support@example.com")
    assert letter.text == "Checkout is slow. Next update at 09:20 UTC."
    assert out.posted == []
    with pytest.raises(SendFailed, match="full"):
        sent(outgoing(Way.EMAIL), RecordingOutbound([SendFailed("full")]))


class Chat:
    """Somebody's plugin: what goes to a chat is written as the chat wants it."""

    @hookimpl
    def kintsugi_send(self, outgoing: Outgoing, outbound: Outbound, now: datetime) -> Sent | None:
        if "hooks.chat.example" not in outgoing.address:
            return None
        outbound.post(
            outgoing.address, json.dumps({"text": outgoing.text, "at": f"{now}"}).encode()
        )
        return Sent("in the chat")


def test_a_plugin_that_is_installed_is_asked_before_ours() -> None:
    out = RecordingOutbound()
    message = outgoing(address="https://hooks.chat.example/in")
    assert sent(message, out, chat=Chat()).says == "in the chat"
    assert "webhook-id" not in out.posted[0].headers
    assert sent(outgoing(), out, chat=Chat()).says == "answered 204"


class Failing:
    @hookimpl
    def kintsugi_send(self, outgoing: Outgoing, outbound: Outbound, now: datetime) -> Sent | None:  # noqa: ARG002
        raise RuntimeError(outgoing.secrets)


class Wrong:
    @hookimpl
    def kintsugi_send(self, outgoing: Outgoing, outbound: Outbound, now: datetime) -> object:  # noqa: ARG002
        return True


def test_a_plugin_that_fails_is_named_and_its_words_are_not_kept() -> None:
    with pytest.raises(SendFailed, match="the plugin sad fails: RuntimeError") as failed:
        sent(outgoing(), RecordingOutbound(), sad=Failing())
    assert "whsec" not in str(failed.value)
    with pytest.raises(SendFailed, match="the plugin sad returns no Sent"):
        sent(outgoing(), RecordingOutbound(), sad=Wrong())


def test_what_nobody_sends_fails_for_good() -> None:
    with pytest.raises(SendFailed, match="no plugin sends by webhook") as failed:
        send_by_plugins(outgoing(), RecordingOutbound(), NOW, manager_of())
    assert failed.value.permanent


def test_neither_address_nor_secret_stands_in_what_a_log_would_show() -> None:
    assert "hooks.example.com" not in repr(outgoing())
    assert "whsec" not in repr(outgoing())
