"""Signed webhooks: the specification's own vector, changing secrets over, and what a receiver refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.standard_webhooks import is_signed, payload, secret_of, signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the specification's libraries
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
KEY = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_the_vector_of_the_specification() -> None:
    assert signed(KEY, AT, BODY, [SECRET]) == {
        "webhook-id": KEY,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_give_two_signatures_and_a_receiver_may_know_either() -> None:
    other = secret_of(b"n" * 32)
    headers = signed(KEY, AT, BODY, [other, SECRET])
    assert [one[:3] for one in headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]
    for known in (other, SECRET):
        assert is_signed({k.title(): v for k, v in headers.items()}, BODY, known, AT)
    assert not is_signed(headers, BODY, secret_of(b"x" * 24), AT)


@settings(max_examples=30)
@given(st.text(min_size=1), st.binary(), st.binary(min_size=24, max_size=64))
def test_what_was_signed_is_known_and_nothing_else(key: str, body: bytes, random: bytes) -> None:
    key = key.encode("utf-8", "ignore").decode() or "k"
    secret = secret_of(random)
    headers = signed(key, AT, body, [secret])
    assert is_signed(headers, body, secret, AT + timedelta(minutes=5))
    assert not is_signed(headers, body + b" ", secret, AT)
    assert not is_signed({**headers, "webhook-id": key + "2"}, body, secret, AT)
    assert not is_signed({**headers, "webhook-timestamp": "1614265331"}, body, secret, AT)


@pytest.mark.parametrize("by", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)])
def test_an_old_one_is_refused(by: timedelta) -> None:
    assert not is_signed(signed(KEY, AT, BODY, [SECRET]), BODY, SECRET, AT + by)


@pytest.mark.parametrize(
    "headers",
    [{}, {"webhook-id": KEY}, {"webhook-timestamp": "now"}, {"webhook-timestamp": "9" * 30}],
)  # fmt: skip
def test_without_its_headers_it_is_refused(headers: dict[str, str]) -> None:
    assert not is_signed(headers, BODY, SECRET, AT)
    made = {**signed(KEY, AT, BODY, [SECRET]), "webhook-signature": "v1a,abc v2, x"}
    assert not is_signed(made, BODY, SECRET, AT)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_short", "whsec_!!!!", "whsec_" + "A" * 200]
)
def test_what_is_no_secret_signs_nothing_and_is_not_repeated(secret: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        signed(KEY, AT, BODY, [secret])
    assert "AAAA" not in str(refused.value)
    with pytest.raises(InvalidValue):
        secret_of(b"short")


def test_a_payload_is_the_same_bytes_each_time() -> None:
    data = {"incident": "INC-1", "text": "Ä \U0001f600 </script>"}
    made = payload("incident.update", AT, data)
    assert made == payload("incident.update", AT.astimezone(), data)
    assert json.loads(made) == {
        "type": "incident.update", "timestamp": "2021-02-25T15:02:10.000Z", "data": data,
    }  # fmt: skip
