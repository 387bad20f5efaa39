"""Who signs what: Grafana, Sentry, Checkly, Standard Webhooks, and Amazon SNS by a certificate of our own."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from kintsugi.formats.alerts import FORMATS, BadSignature, Undecodable, cloudwatch
from kintsugi.formats.alerts.signatures import hex_hmac
from tests.formats.alerts.samples import data, decode

NOW = datetime(2026, 11, 21, 9, 15, 30, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRET, BODY = "a secret of ours", b'{"alerts": []}'


def verify(name: str, headers: dict[str, str], body: bytes = BODY, now: datetime = NOW) -> None:
    verifies = FORMATS[name].verify
    assert verifies is not None
    verifies(body, headers, SECRET, now)


def refusal(name: str, headers: dict[str, str], body: bytes = BODY, now: datetime = NOW) -> str:
    with pytest.raises(BadSignature) as caught:
        verify(name, headers, body, now)
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("grafana", "x-grafana-alerting-signature"),
        ("sentry", "sentry-hook-signature"),
        ("checkly", "x-checkly-signature"),
    ],
)
def test_a_body_is_held_against_its_hmac(name: str, header: str) -> None:
    right = {header: hex_hmac(SECRET, BODY)}
    verify(name, right)
    verify(name, {header: right[header].upper()})
    assert "is missing" in refusal(name, {})
    assert "not of this body" in refusal(name, right, BODY + b" ")
    assert "not of this body" in refusal(name, {header: "\xe9\ud800" * 32})
    assert FORMATS[name].signature_header == header


def test_the_formats_that_sign_say_so() -> None:
    assert {name for name, one in FORMATS.items() if one.is_signed} == {
        "grafana",
        "sentry",
        "checkly",
        "generic",
        "cloudevents",
    }
    assert [name for name, one in FORMATS.items() if one.check] == ["cloudwatch"]


def test_a_time_that_grafana_signs_may_be_five_minutes_off_and_no_more() -> None:
    headers = {
        "x-grafana-alerting-timestamp": STAMP,
        "x-grafana-alerting-signature": hex_hmac(SECRET, STAMP.encode() + b":" + BODY),
    }
    for minutes in (-5, 0, 5):
        verify("grafana", headers, now=NOW + timedelta(minutes=minutes))
    assert "ago" in refusal("grafana", headers, now=NOW + timedelta(minutes=5, seconds=1))
    assert "ahead" in refusal("grafana", headers, now=NOW - timedelta(minutes=5, seconds=1))
    assert "not of this body" in refusal(
        "grafana", headers | {"x-grafana-alerting-timestamp": str(int(STAMP) + 1)}
    )


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "9" * 40, "\u0661\u0662", "1e9"])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    headers = {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": "v1,AA=="}
    refusal("generic", headers)


def test_standard_webhooks_with_several_signatures_during_a_rotation() -> None:
    content = f"msg_1.{STAMP}.".encode() + BODY
    right = b64encode(bytes.fromhex(hex_hmac(SECRET, content))).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": STAMP,
        "webhook-signature": f"v1a,xx v1,{b64encode(b'old').decode()} v1,!! v1,{right}",
    }
    verify("generic", headers)
    verify("cloudevents", headers)
    assert "not of this body" in refusal("generic", headers | {"webhook-id": "msg_2"})
    assert "ago" in refusal("generic", headers, now=NOW + timedelta(hours=1))


def test_a_secret_of_standard_webhooks_is_base64() -> None:
    key = b"0123456789abcdef01234567"
    secret = "whsec_" + b64encode(key).decode()
    content = f"m.{STAMP}.".encode() + BODY
    signed = b64encode(bytes.fromhex(hex_hmac(key.decode(), content))).decode()
    headers = {"webhook-id": "m", "webhook-timestamp": STAMP, "webhook-signature": f"v1,{signed}"}
    verifies = FORMATS["generic"].verify
    assert verifies is not None
    verifies(BODY, headers, secret, NOW)
    with pytest.raises(BadSignature, match="whsec_"):
        verifies(BODY, headers, "whsec_!", NOW)


def test_the_header_that_github_made_common() -> None:
    verify("generic", {"x-hub-signature-256": "sha256=" + hex_hmac(SECRET, BODY)})
    assert "not of this body" in refusal("generic", {"x-hub-signature-256": hex_hmac(SECRET, BODY)})


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY, days: int = 30) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def signed(name: str = "cloudwatch/alarm.json", version: str = "2", **changed: str) -> bytes:
    message = data(name) | {"SignatureVersion": version} | changed
    fields = {key: text for key, text in message.items() if isinstance(text, str)}
    hashing = SHA1() if version == "1" else SHA256()  # noqa: S303 - version 1 is SHA-1
    message["Signature"] = b64encode(
        KEY.sign(cloudwatch.canonical(fields), PKCS1v15(), hashing)
    ).decode()
    return json.dumps(message).encode()


@pytest.mark.parametrize("name", ["cloudwatch/alarm.json", "cloudwatch/confirmation.json"])
@pytest.mark.parametrize("version", ["1", "2"])
def test_messages_of_sns_are_verified_by_both_versions(name: str, version: str) -> None:
    body = signed(name, version, Timestamp="2026-11-21T09:15:12.500Z")
    cloudwatch.check(body, certificate(), NOW)
    assert cloudwatch.certificate_url(body).startswith("https://sns.eu-central-1.amazonaws.com/")


def test_the_text_that_sns_signs_leaves_out_a_subject_that_is_absent() -> None:
    fields = {
        "Type": "Notification",
        "Message": "m",
        "MessageId": "i",
        "Timestamp": "t",
        "TopicArn": "a",
    }
    assert cloudwatch.canonical(fields) == (
        b"Message\nm\nMessageId\ni\nTimestamp\nt\nTopicArn\na\nType\nNotification\n"
    )


def test_messages_of_sns_that_are_not_right_are_refused() -> None:
    def refused(body: bytes, pem: bytes, now: datetime = NOW) -> str:
        with pytest.raises(BadSignature) as caught:
            cloudwatch.check(body, pem, now)
        return caught.value.reason

    body, right = signed(), certificate()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert "not of this body" in refused(body.replace(b"ALARM:", b"OK:"), right)
    assert "not of this body" in refused(body, certificate(other))
    assert "not valid now" in refused(body, certificate(days=-1))
    assert "no RSA key" in refused(body, certificate(ec.generate_private_key(ec.SECP256R1())))
    assert "cannot be read" in refused(body, b"no certificate")
    assert "cannot be read" in refused(body.replace(b'"Signature": "', b'"Signature": "!'), right)
    assert "neither version" in refused(
        body.replace(b'"SignatureVersion": "2"', b'"SignatureVersion": "3"'), right
    )
    assert "ago" in refused(body, right, NOW + timedelta(minutes=66))
    assert "ahead" in refused(body, right, NOW - timedelta(minutes=6))
    assert "time" in refused(signed(Timestamp=""), right)
    for broken in (b"", b"[]", b"{}", b"[" * 100_000):
        refused(broken, right)
    raw = json.dumps(data("cloudwatch/raw.json")).encode()
    refused(raw, right)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1a.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-1a.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/SimpleNotificationService-1a.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-1a.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-1a.pem",
        "https://sns.eu-central-1.amazonaws.com/x/../SimpleNotificationService-1a.pem",
        "https://s3.amazonaws.com/SimpleNotificationService-1a.pem",
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1a.pem\n",
        "https://sns.x#.amazonaws.com/SimpleNotificationService-1a.pem",
        "",
    ],
)
def test_a_certificate_is_taken_only_from_amazon_sns(url: str) -> None:
    with pytest.raises(BadSignature):
        cloudwatch.certificate_url(json.dumps({"SigningCertURL": url}).encode())


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=1",
        "https://evil.example/?Action=ConfirmSubscription&Token=1",
        "https://sns.eu-central-1.amazonaws.com/?Action=Publish&Token=1",
        "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=1#@evil.example/",
        "https://169.254.169.254/?Action=ConfirmSubscription",
    ],
)
def test_a_subscription_is_confirmed_only_at_amazon_sns(url: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode("cloudwatch", data("cloudwatch/confirmation.json") | {"SubscribeURL": url})
    assert caught.value.path == ("SubscribeURL",)


def test_a_subscription_to_confirm_is_no_event() -> None:
    found = decode("cloudwatch", data("cloudwatch/confirmation.json"))
    assert found.events == ()
    assert found.confirm_url.startswith(
        "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
    )
    ended = data("cloudwatch/confirmation.json") | {"Type": "UnsubscribeConfirmation"}
    assert decode("cloudwatch", ended).confirm_url == ""


@pytest.mark.parametrize(
    "message",
    [
        "plain text",
        "",
        None,
        7,
        [],
        "{",
        '{"AlarmName": "x"}',
        '{"NewStateValue": "ALARM"}',
        "[" * 9000,
    ],
)
def test_a_message_that_is_no_alarm_is_refused(message: object) -> None:
    with pytest.raises(Undecodable):
        decode("cloudwatch", data("cloudwatch/alarm.json") | {"Message": message})
