"""Signatures with a shared secret: HMAC-SHA256 of the body, or of a time and the body."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from datetime import UTC, datetime, timedelta

from kintsugi.formats.alerts.format import BadSignature, Headers

TOLERANCE = timedelta(minutes=5)
"""How far the clock of a sender may be from ours where it signs the time."""

_STANDARD_PREFIX = "whsec_"
_MOST_SIGNATURES = 20


def hex_hmac(secret: str, content: bytes) -> str:
    """HMAC-SHA256 in hexadecimal."""
    return hmac.digest(_bytes(secret), content, "sha256").hex()


def given_in(headers: Headers, name: str) -> str:
    """The header's value. Raises BadSignature when it is missing."""
    value = headers.get(name, "").strip()
    if not value:
        raise BadSignature(f"the header {name} is missing")
    return value


def check_hex(
    headers: Headers, name: str, secret: str, content: bytes, *, prefix: str = ""
) -> None:
    """Hold the header's signatures (one, or several with commas) against the content; `prefix` as `v1=`.

    Raises BadSignature unless one of them is right.
    """
    value = given_in(headers, name)
    right = hex_hmac(secret, content).encode()
    for one in value.split(",", _MOST_SIGNATURES):
        written = one.strip()
        if not written.startswith(prefix):
            continue
        if hmac.compare_digest(_bytes(written[len(prefix) :].lower()), right):
            return
    raise BadSignature(f"the signature in {name} is not of this body and secret")


def check_stamp(written: str, now: datetime) -> None:
    """Refuse what was signed more than five minutes from now, in seconds since 1970. Raises BadSignature."""
    if not (written.isascii() and written.isdigit() and len(written) <= 11):
        raise BadSignature("the time that was signed is not in seconds since 1970")
    check_moment(datetime.fromtimestamp(int(written), UTC), now)


def check_moment(signed_at: datetime, now: datetime, *, longest: timedelta = TOLERANCE) -> None:
    """Refuse what was signed longer ago than `longest`, or more than five minutes ahead. Raises BadSignature."""
    if signed_at - now > TOLERANCE:
        raise BadSignature("it was signed more than 5 minutes ahead of our clock")
    if now - signed_at > longest:
        minutes = int(longest / timedelta(minutes=1))
        raise BadSignature(f"it was signed more than {minutes} minutes ago")


def check_standard(body: bytes, headers: Headers, secret: str, now: datetime) -> None:
    """Hold the body against its Standard Webhooks signature, version 1. Raises BadSignature.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    signatures = given_in(headers, "webhook-signature")
    message_id, stamp = given_in(headers, "webhook-id"), given_in(headers, "webhook-timestamp")
    check_stamp(stamp, now)
    content = _bytes(f"{message_id}.{stamp}.") + body
    right = hmac.digest(_standard_secret(secret), content, "sha256")
    for one in signatures.split(" ", _MOST_SIGNATURES):
        version, _, written = one.partition(",")
        if version != "v1":
            continue
        try:
            given = b64decode(written, validate=True)
        except (binascii.Error, ValueError):
            continue
        if hmac.compare_digest(given, right):
            return
    raise BadSignature("the signature in webhook-signature is not of this body and secret")


def _standard_secret(secret: str) -> bytes:
    if not secret.startswith(_STANDARD_PREFIX):
        return _bytes(secret)
    try:
        return b64decode(secret.removeprefix(_STANDARD_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("the secret of this source is no whsec_ secret") from error


def verify_common(body: bytes, headers: Headers, secret: str, now: datetime) -> None:
    """Standard Webhooks where its headers are sent, else `x-hub-signature-256: sha256=...`. Raises BadSignature."""
    if "webhook-signature" in headers:
        check_standard(body, headers, secret, now)
    else:
        check_hex(headers, "x-hub-signature-256", secret, body, prefix="sha256=")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
