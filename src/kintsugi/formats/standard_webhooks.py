"""Signed webhooks by Standard Webhooks 1.0.0: what is signed, how, and how a receiver looks at it.

The specification: https://github.com/standard-webhooks/standard-webhooks
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kintsugi.core.shared.errors import InvalidValue

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
TOLERANCE = timedelta(minutes=5)
"""How far the time of a webhook may be from the receiver's clock: older ones may be somebody's recording."""
_VERSION = "v1"


def secret_of(random: bytes) -> str:
    """A secret made of 24 to 64 random bytes, as it is shown. Raises InvalidValue for another length."""
    if not LEAST_BYTES <= len(random) <= MOST_BYTES:
        raise InvalidValue(
            f"has {len(random)} bytes", expected=f"{LEAST_BYTES} to {MOST_BYTES} bytes"
        )
    return PREFIX + base64.b64encode(random).decode()


def payload(event: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """The body of a webhook: its type, its time and its data, the same bytes whenever it is written."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    written = {"type": event, "timestamp": moment, "data": dict(data)}
    return json.dumps(written, ensure_ascii=True, separators=(",", ":")).encode()


def signed(key: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of a webhook, with one signature for each secret, so that secrets can be changed over.

    `key` is the same at every attempt: a receiver that has seen it takes the webhook once. `at` is the
    time of the attempt. Raises InvalidValue for a secret that is none.
    """
    seconds = str(int(at.timestamp()))
    written = [f"{_VERSION},{_signature(key, seconds, body, secret)}" for secret in secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(written),
    }


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether a webhook was signed with a secret, and lately; names of headers in any case.

    Raises InvalidValue for a secret that is none.
    """
    told = {name.casefold(): value for name, value in headers.items()}
    key, seconds = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    expected = _signature(key, seconds, body, secret)
    if not seconds.isdecimal() or len(seconds) > 12:
        return False
    if abs(now - datetime.fromtimestamp(int(seconds), UTC)) > TOLERANCE:
        return False
    found = [one.partition(",") for one in told.get("webhook-signature", "").split(" ")]
    return any(
        version == _VERSION and hmac.compare_digest(one.encode(), expected.encode())
        for version, _, one in found
    )


def _signature(key: str, seconds: str, body: bytes, secret: str) -> str:
    mac = hmac.new(_bytes(secret), f"{key}.{seconds}.".encode() + body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def _bytes(secret: str) -> bytes:
    try:
        made = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise InvalidValue("is no secret", expected=f"{PREFIX} and base64") from error
    if not LEAST_BYTES <= len(made) <= MOST_BYTES:
        raise InvalidValue("is no secret", expected=f"{LEAST_BYTES} to {MOST_BYTES} bytes")
    return made
