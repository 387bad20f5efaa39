"""CloudWatch alarms through Amazon SNS, signed by Amazon's certificate.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from kintsugi.core.alerts.event import AlertEvent, Happening
from kintsugi.core.shared.text import one_line
from kintsugi.formats.alerts.bodies import load, read, shaped, text_of
from kintsugi.formats.alerts.format import (
    BadSignature,
    Decoded,
    Format,
    Headers,
    SourceKind,
    Undecodable,
    decoded,
)
from kintsugi.formats.alerts.limits import (
    MAX_DESCRIPTION,
    MAX_RULE,
    MAX_SERVICE,
    MAX_TITLE,
    MAX_WORD,
    Notes,
    bounded,
    first,
    key_of,
    line,
    links_of,
    tidied,
)
from kintsugi.formats.alerts.moments import moment
from kintsugi.formats.alerts.signatures import check_moment

SIGNED_BEFORE = timedelta(minutes=65)
"""SNS tries again for up to an hour with the signature it first made; the five minutes come on top."""

_HOST = r"https://sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?/"
_CERTIFICATE = re.compile(_HOST + r"SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem")
_CONFIRMATION = re.compile(_HOST + r"\?[A-Za-z0-9_.:%&=~+-]{1,1800}")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    ),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_STATES = {
    "ALARM": Happening.TRIGGER,
    "INSUFFICIENT_DATA": Happening.TRIGGER,
    "OK": Happening.RESOLVE,
}
_HASHES = {"1": SHA1(), "2": SHA256()}  # noqa: S303 - version 1 is SHA-1
_DATAPOINT = re.compile(r"\[(-?\d{1,20}(?:\.\d{1,20})?(?:E-?\d{1,3})?) \(")
_REGION = re.compile(r"[a-z0-9-]{3,40}")
_SERVICES = ("service", "servicename", "service_name")


class _Envelope(msgspec.Struct, rename="pascal"):
    type: str = ""
    topic_arn: str = ""
    message: Any = None
    subscribe_url: str = msgspec.field(default="", name="SubscribeURL")
    alarm_name: str = ""
    detail: Any = None


class _Alarm(msgspec.Struct, rename="pascal"):
    alarm_name: str = ""
    alarm_arn: str = ""
    alarm_description: str = ""
    account: str = msgspec.field(default="", name="AWSAccountId")
    region: str = ""
    new_state_value: str = ""
    new_state_reason: str = ""
    state_change_time: Any = None
    old_state_value: str = ""
    priority: str = ""
    severity: str = ""
    trigger: Any = None


_DECODER = msgspec.json.Decoder(_Envelope)


def decode(body: bytes, headers: Headers, _mapping: Mapping[str, object] | None) -> Decoded:
    """The alarm of a notification, or the address that confirms a subscription.

    The alarm is JSON in the message's text; it may come bare (raw delivery), or as EventBridge tells it.
    """
    envelope = read(body, _DECODER, _Envelope)
    notes = Notes()
    match envelope.type or headers.get("x-amz-sns-message-type", ""):
        case "SubscriptionConfirmation":
            if not _is_confirmation(envelope.subscribe_url):
                raise Undecodable("the address is not one of Amazon SNS", ("SubscribeURL",))
            notes.say(f"Amazon SNS asks to confirm {one_line(envelope.topic_arn)[:200]}")
            return Decoded(confirm_url=envelope.subscribe_url, notes=notes.told)
        case "UnsubscribeConfirmation":
            notes.say(f"the subscription of {one_line(envelope.topic_arn)[:200]} was ended")
            return Decoded(notes=notes.told)
        case _:
            alarm = _alarm(envelope, body)
            return decoded([_event(alarm, envelope.topic_arn, notes)], notes.told)


def _is_confirmation(url: str) -> bool:
    return _CONFIRMATION.fullmatch(url) is not None and "Action=ConfirmSubscription" in url


def _alarm(envelope: _Envelope, body: bytes) -> _Alarm:
    message = envelope.message
    if isinstance(message, str):
        if message.lstrip()[:1] != "{":
            raise Undecodable("the message is no CloudWatch alarm but plain text", ("Message",))
        message = load(message.encode("utf-8", "replace"))
    elif message is None:
        message = load(body) if envelope.alarm_name or envelope.detail else None
    if not isinstance(message, dict):
        raise Undecodable("the message is missing", ("Message",))
    detail = message.get("detail")
    if isinstance(detail, dict):
        return _told_by_event_bridge(message, detail)
    return shaped(message, _Alarm, ("Message",))


def _told_by_event_bridge(event: dict[str, Any], detail: dict[str, Any]) -> _Alarm:
    state, settings = detail.get("state"), detail.get("configuration")
    state = state if isinstance(state, dict) else {}
    settings = settings if isinstance(settings, dict) else {}
    resources = event.get("resources")
    return _Alarm(
        alarm_name=text_of(detail.get("alarmName")),
        alarm_arn=text_of(resources[0]) if isinstance(resources, list) and resources else "",
        alarm_description=text_of(settings.get("description")),
        account=text_of(event.get("account")),
        region=text_of(event.get("region")),
        new_state_value=text_of(state.get("value")),
        new_state_reason=text_of(state.get("reason")),
        state_change_time=state.get("timestamp"),
    )


def _event(alarm: _Alarm, topic: str, notes: Notes) -> AlertEvent:
    rule = line(alarm.alarm_name, MAX_RULE, "the rule", notes)
    if not rule:
        raise Undecodable("the name of the alarm is missing", ("Message", "AlarmName"))
    state = alarm.new_state_value.strip().upper()
    happening = _STATES.get(state)
    if happening is None:
        raise Undecodable(
            f"{one_line(state)[:60]!r} is no state; expected ALARM, OK or INSUFFICIENT_DATA"
            if state
            else "the state is missing",
            ("Message", "NewStateValue"),
        )
    is_over = happening is Happening.RESOLVE
    at = moment(alarm.state_change_time)
    labels, values = _measured(alarm)
    lower = {name.lower(): text for name, text in labels.items()}
    service = first(*(lower.get(name, "") for name in _SERVICES))
    own = {"alertname": rule, "account": alarm.account, "region": _region(alarm), "topic": topic}
    key = key_of(alarm.alarm_arn) or key_of(f"{alarm.account} {alarm.region} {alarm.alarm_name}")
    word = first(alarm.severity, alarm.priority, state)
    return AlertEvent(
        happening=happening,
        key=key,
        title=line(alarm.alarm_name, MAX_TITLE, "the title", notes),
        description=bounded(_description(alarm), MAX_DESCRIPTION, "the description", notes),
        severity_word=line(word, MAX_WORD, "the severity", notes),
        service=line(service, MAX_SERVICE, "the service", notes),
        rule=rule,
        labels=tidied(labels | own, notes),
        values=tidied(values, notes, what="value"),
        links=links_of(_console(alarm), notes),
        starts_at=None if is_over else at,
        ends_at=at if is_over else None,
    )


def _description(alarm: _Alarm) -> str:
    return "\n\n".join(text for text in (alarm.alarm_description, alarm.new_state_reason) if text)


def _measured(alarm: _Alarm) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and values of what is watched: metric, namespace, dimensions; threshold and last datapoint."""
    labels: dict[str, str] = {}
    values: dict[str, str] = {}
    trigger = alarm.trigger if isinstance(alarm.trigger, dict) else {}
    for name, key in (
        ("metric", "MetricName"),
        ("namespace", "Namespace"),
        ("alarm_rule", "AlarmRule"),
    ):
        if text := text_of(trigger.get(key)):
            labels[name] = text
    dimensions = trigger.get("Dimensions")
    for one in dimensions if isinstance(dimensions, list) else ():
        if isinstance(one, dict):
            labels[text_of(one.get("name"))] = text_of(one.get("value"))
    if text := text_of(trigger.get("Threshold")):
        values["threshold"] = text
    if found := _DATAPOINT.search(alarm.new_state_reason[:2000]):
        values["value"] = found[1]
    return labels, values


def _region(alarm: _Alarm) -> str:
    parts = alarm.alarm_arn.split(":", 5)
    return parts[3] if len(parts) > 4 else alarm.region


def _console(alarm: _Alarm) -> list[tuple[str, str]]:
    region = _region(alarm)
    if not _REGION.fullmatch(region):
        return []
    name = quote(alarm.alarm_name[:255].encode("utf-8", "replace"), safe="")
    where = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    return [(f"{where}#alarmsV2:alarm/{name}", "Alarm")]


def certificate_url(body: bytes) -> str:
    """Where the certificate lies that signed the body. Raises BadSignature unless it is a file of Amazon SNS."""
    url = _signed_fields(body).get("SigningCertURL", "")
    if not _CERTIFICATE.fullmatch(url):
        raise BadSignature("the certificate's address is not one of Amazon SNS")
    return url


def check(body: bytes, certificate: bytes, now: datetime) -> None:
    """Hold the body against its signature, by the certificate found at `certificate_url`.

    Version 1 is RSA with SHA-1, version 2 with SHA-256. Raises BadSignature, also when the certificate
    is not valid now or it was signed more than 65 minutes ago.
    """
    fields = _signed_fields(body)
    signed_at = moment(fields.get("Timestamp", ""))
    if signed_at is None:
        raise BadSignature("the time that was signed is missing")
    hashing = _HASHES.get(fields.get("SignatureVersion", "1"))
    if hashing is None:
        raise BadSignature("the signature has neither version 1 nor 2")
    try:
        signature = b64decode(fields.get("Signature", ""), validate=True)
        found = load_pem_x509_certificate(certificate)
        key = found.public_key()
    except ValueError as error:
        raise BadSignature("the signature or its certificate cannot be read") from error
    if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
        raise BadSignature("the certificate is not valid now")
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("the certificate holds no RSA key")
    try:
        key.verify(signature, canonical(fields), PKCS1v15(), hashing)
    except InvalidSignature as error:
        raise BadSignature("the signature is not of this body and certificate") from error
    check_moment(signed_at, now, longest=SIGNED_BEFORE)


def canonical(fields: Mapping[str, str]) -> bytes:
    """The text that is signed: names and values, each on a line, of the fields there are. Raises BadSignature."""
    names = _SIGNED.get(fields.get("Type", ""))
    if names is None:
        raise BadSignature("the body is no message of Amazon SNS")
    told = [f"{name}\n{fields[name]}\n" for name in names if name in fields]
    return "".join(told).encode("utf-8", "surrogatepass")


def _signed_fields(body: bytes) -> dict[str, str]:
    try:
        data = load(body)
    except (Undecodable, RecursionError) as error:
        raise BadSignature("the body is no message of Amazon SNS") from error
    if not isinstance(data, dict):
        raise BadSignature("the body is no message of Amazon SNS")
    return {str(name): value for name, value in data.items() if isinstance(value, str)}


FORMAT = Format(
    name="cloudwatch",
    title="Amazon CloudWatch",
    help="CloudWatch alarms by a topic of Amazon SNS, which is confirmed and whose signature is checked.",
    kind=SourceKind.MONITORING,
    reads=decode,
    certificate_url=certificate_url,
    check=check,
)
