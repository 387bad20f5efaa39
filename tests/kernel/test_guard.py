"""The guard: which addresses that a user aims are sent to, and which are not, however they are spelled."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.config import BadSetting, read_settings
from kintsugi.kernel.guard import Refused, checked_url, networks_of, target_of

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "1.1.1.1", "100.128.0.1",
          "172.32.0.1", "192.0.1.1", "223.255.255.255", "2a00:1450:4001:82a::200e"]  # fmt: skip
INNER = {
    "127.0.0.1": "loopback", "127.255.255.254": "loopback", "::1": "loopback",
    "10.0.0.1": "private", "172.16.0.1": "private", "172.31.255.255": "private",
    "192.168.1.1": "private", "fc00::1": "private", "fd12:3456::1": "private",
    "169.254.1.1": "link-local", "fe80::1": "link-local", "fe80::1%2": "link-local",
    "169.254.169.254": "cloud", "fd00:ec2::254": "cloud", "168.63.129.16": "cloud",
    "100.100.100.200": "cloud", "100.64.0.1": "CGNAT", "100.127.255.255": "CGNAT",
    "224.0.0.1": "multicast", "239.255.255.255": "multicast", "ff02::1": "multicast",
    "0.0.0.0": "unspecified", "0.1.2.3": "unspecified", "::": "unspecified",  # noqa: S104
    "255.255.255.255": "reserved", "240.0.0.1": "reserved", "192.0.2.1": "reserved",
    "198.18.0.1": "reserved", "203.0.113.9": "reserved", "2001:db8::1": "reserved",
    "::ffff:127.0.0.1": "IPv4-mapped", "::ffff:8.8.8.8": "IPv4-mapped",
    "::ffff:169.254.169.254": "cloud", "::127.0.0.1": "IPv4-compatible",
    "64:ff9b::7f00:1": "NAT64", "64:ff9b::a9fe:a9fe": "cloud", "64:ff9b:1::1": "NAT64",
    "2002:7f00:1::": "6to4", "2002:a9fe:a9fe::1": "cloud", "2001:0:53aa:64c::1": "Teredo",
    "fec0::1": "site-local", "4000::1": "reserved", "5f00::1": "reserved", "3fff::1": "reserved",
}  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_sent_to(address: str) -> None:
    target = target_of("https://hooks.example.com/a?b=c", resolve=lambda *_: [address])
    assert [str(one) for one in target.addresses] == [address]
    assert (target.host_header, target.port, target.path) == ("hooks.example.com", 443, "/a?b=c")


@pytest.mark.parametrize(("address", "why"), INNER.items())
def test_no_name_leads_inside(address: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        target_of("https://hooks.example.com/", resolve=lambda *_: [address])
    with pytest.raises(Refused):
        target_of("https://hooks.example.com/", resolve=lambda *_: ["1.1.1.1", address])


@pytest.mark.parametrize("address", [one for one in INNER if "%" not in one])
def test_no_address_leads_inside(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused):
        target_of(f"http://{host}:8080/", resolve=lambda *_: ["1.1.1.1"])


@pytest.mark.parametrize(
    "url",
    [
        # The same loopback, as other readers of addresses spell it.
        "http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://127.1/",
        "http://0177.0.0.1/", "http://0x7f.0.0.1/", "http://127.0.0.1./", "http://0/",
        "http://127.0.0.01/", "http://1.2.3/", "http://1.2.3.4.5/", "http://256.1.1.1/",
        "http://\uff11\uff12\uff17.0.0.1/", "http://127\u30020\u30020\u30021/", "http://\u2460.\u2460.\u2460.\u2460/",
        "http://[::1%25lo]/",
        "http://[fe80::1%eth0]/", "http://[::1/", "http://[nonsense]/",
        # Not the web, or two readings of where the host ends.
        "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/",
        "example.com", "", "https://", "https:///path", "http://user@example.com/",
        "http://user:pass@example.com/", "http://example.com#@127.0.0.1/", "http://a\\@b/",
        "http://example.com\\.evil.test/", "http://exa mple.com/", "http://example.com/\r\nX: 1",
        "http://exam\tple.com/", "http://example.com:0/", "http://example.com:99999/",
        "http://example.com:http/", "http://-a.com/", "http://a..b/", "http://" + "a" * 64 + ".com/",
        "http://example.com/" + "a" * 2_000, "http://münchen.example/", "http://example.com\0/",
    ],
)  # fmt: skip
def test_what_is_not_plainly_an_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        target_of(url, resolve=lambda *_: ["1.1.1.1"])
    with pytest.raises(Refused):
        checked_url(url)


def test_names_of_this_machine_are_looked_up_and_refused() -> None:
    for url in ("http://localhost:8000/", "http://LOCALHOST./", "http://ip6-localhost/"):
        with pytest.raises((Refused, OSError)):
            target_of(url)


def test_a_name_without_an_answer_is_refused() -> None:
    with pytest.raises(Refused, match="no address"):
        target_of("https://hooks.example.com/", resolve=lambda *_: [])


def test_a_network_that_is_allowed_is_sent_to_and_nothing_beside_it() -> None:
    ours = networks_of("10.1.0.0/16, 127.0.0.1,fd00::/8,64:ff9b::/96")

    def leads(address: str) -> Sequence[object]:
        return target_of("http://hooks.corp/", ours, lambda *_: [address]).addresses

    for address in ("10.1.2.3", "127.0.0.1", "fd12::1", "64:ff9b::808:808"):
        assert len(leads(address)) == 1
    for address in ("10.2.0.1", "127.0.0.2", "fd00:ec2::254", "169.254.169.254", "64:ff9b::a00:1"):
        with pytest.raises(Refused):
            leads(address)


def test_where_clouds_keep_secrets_nothing_goes_whatever_is_allowed() -> None:
    for address in ("169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254"):
        with pytest.raises(Refused, match="cloud"):
            target_of("http://x.test/", networks_of("0.0.0.0/0,::/0"), lambda *_: [address])  # noqa: B023


def test_allowed_networks_are_a_setting() -> None:
    settings = read_settings({"KINTSUGI_ALLOWED_NETWORKS": "10.1.0.0/16,192.168.7.5"})
    assert [str(one) for one in settings.networks] == ["10.1.0.0/16", "192.168.7.5/32"]
    assert read_settings({}).networks == ()
    for wrong in ("corp", "10.1.2.3/16", "10.0.0.0/99"):
        with pytest.raises(InvalidValue):
            networks_of(wrong)
        with pytest.raises(BadSetting, match=r"KINTSUGI_ALLOWED_NETWORKS.*10\.1\.0\.0/16"):
            read_settings({"KINTSUGI_ALLOWED_NETWORKS": wrong})
