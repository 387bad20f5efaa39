"""Files of an incident: kept, given back, and never run."""

import hashlib

import httpx2
import pytest

from kintsugi.core.incidents.attachment import file_name
from kintsugi.kernel.blobs import MAX_FILE
from tests.server.cast import Cast

ADDRESS = "/api/incidents"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def declared(client: Cast, **said: object) -> str:
    answer = client.bob.post(ADDRESS, json={"title": "Checkout fails", **said})
    assert answer.status_code == 201, answer.text
    return f"{ADDRESS}/{answer.json()['reference']}"


def sent(
    client: Cast,
    place: str,
    name: str = "log.txt",
    content: bytes = b"12:00 down",
    kind: str = "text/plain",
) -> httpx2.Response:
    return client.bob.post(f"{place}/attachments", files={"file": (name, content, kind)})


@pytest.mark.both_databases
def test_a_file_comes_back_as_it_was_sent(client: Cast) -> None:
    place = declared(client)
    made = sent(client, place)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["name"], body["mediaType"], body["size"]) == ("log.txt", "text/plain", 10)
    assert body["sha256"] == hashlib.sha256(b"12:00 down").hexdigest()
    got = client.charlie.get(made.headers["location"])
    assert got.content == b"12:00 down"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert client.charlie.get(f"{place}/attachments").json()["items"] == [body]
    told = client.charlie.get(f"{place}/timeline").json()["items"][-1]
    assert (told["text"], told["detail"]) == ("File added: log.txt", {"attachment": body["id"]})
    incident = client.charlie.get(place).json()
    assert (incident["attachmentCount"], incident["version"]) == (1, 1)


def test_a_withdrawn_file_is_gone_but_stays_told(client: Cast) -> None:
    place = declared(client)
    where = sent(client, place).headers["location"]
    gone = client.bob.delete(where)
    assert gone.status_code == 200
    assert gone.json()["withdrawnAt"] is not None
    assert client.bob.get(where).status_code == 404
    assert client.bob.delete(where).status_code == 409
    assert client.bob.get(f"{place}/attachments").json()["items"][0]["name"] == "log.txt"
    assert client.bob.get(place).json()["attachmentCount"] == 0
    texts = [one["text"] for one in client.bob.get(f"{place}/timeline").json()["items"]]
    assert texts[-2:] == ["File added: log.txt", "File withdrawn: log.txt"]


@pytest.mark.both_databases
def test_an_empty_file_is_a_file_and_ten_megabytes_are_the_most(client: Cast) -> None:
    place = declared(client)
    assert sent(client, place, content=b"").json()["size"] == 0
    most = b"x" * MAX_FILE
    made = sent(client, place, content=most)
    assert made.status_code == 201
    assert client.bob.get(made.headers["location"]).content == most
    assert sent(client, place, content=most + b"x").status_code == 413
    assert sent(client, place, content=most + b"x" * 100_000).status_code == 413
    assert client.bob.get(place).json()["attachmentCount"] == 2
    elsewhere = client.bob.post(f"{place}/timeline", content=most + b"x")
    assert elsewhere.status_code == 413


def test_what_is_no_file_is_refused(client: Cast) -> None:
    place = declared(client)
    for body in ({}, {"data": {"file": "text"}}, {"json": {"file": "x"}}, {"content": b"\xff"}):
        answer = client.bob.post(f"{place}/attachments", **body)
        assert answer.status_code in (400, 422), answer.text
    assert client.bob.get(place).json()["attachmentCount"] == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ('a"b.txt', 'a"b.txt'),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\log.txt", "log.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("график ü.png", "график ü.png"),
        ("x" * 300 + ".log", "x" * 196 + ".log"),
        ("...", "file"),
        ("\x00\x1b[2J", "[2J"),
    ],
)
def test_a_name_is_made_safe(name: str, kept: str) -> None:
    assert file_name(name) == kept


@pytest.mark.parametrize(
    "name", ['a"b.txt', "a%0d%0aSet-Cookie: x=1", "\u202egnp.exe", "график ü;.png", "x" * 300]
)
def test_no_name_breaks_out_of_the_header(client: Cast, name: str) -> None:
    made = sent(client, declared(client), name=name)
    assert made.status_code == 201
    got = client.bob.get(made.headers["location"])
    told = got.headers["content-disposition"]
    assert told.isascii()
    assert told.count('"') == 2
    assert "set-cookie" not in got.headers
    assert "\n" not in told


@pytest.mark.parametrize(
    ("name", "kind", "content", "shown"),
    [
        ("a.png", "image/png", PNG, "image/png"),
        ("a.txt", "text/html", PNG, "image/png"),
        ("a.html", "text/html", b"<script>alert(1)</script>", None),
        ("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", None),
        ("a.png", "image/png", b"<script>alert(1)</script>", None),
        ("a.gif", "image/gif", b"GIF89a....", "image/gif"),
        ("a.pdf", "application/pdf", b"%PDF-1.7", None),
    ],
)
def test_only_raster_images_are_shown(
    client: Cast, name: str, kind: str, content: bytes, shown: str | None
) -> None:
    got = client.bob.get(sent(client, declared(client), name, content, kind).headers["location"])
    way = got.headers["content-disposition"].split(";")[0]
    assert (got.headers["content-type"], way) == (
        (shown, "inline") if shown else ("application/octet-stream", "attachment")
    )


def test_a_file_of_a_private_incident_is_not_there_for_others(client: Cast) -> None:
    secret, other = declared(client, private=True), declared(client)
    made = sent(client, secret)
    file = made.json()["id"]
    for who in (client.alice, client.charlie):
        assert who.get(made.headers["location"]).status_code == 404
        assert who.get(f"{other}/attachments/{file}").status_code == 404
        assert who.get(f"/incidents/INC-2/attachments/{file}").status_code == 404
        assert who.get(f"/incidents/INC-1/attachments/{file}").status_code == 404
        assert who.get(f"{secret}/attachments").status_code == 404
    assert client.alice.delete(f"{other}/attachments/{file}").status_code == 404
    assert client.bob.get(f"{other}/attachments/{file}").status_code == 404
    assert client.bob.get(f"{secret}/attachments/{file}").status_code == 200


def test_who_only_looks_adds_and_withdraws_nothing(client: Cast) -> None:
    place = declared(client)
    where = sent(client, place).headers["location"]
    for who, refused in ((client.charlie, 403), (client.stranger, 401)):
        files = {"file": ("a", b"x", "text/plain")}
        assert who.post(f"{place}/attachments", files=files).status_code == refused
        assert who.delete(where).status_code == refused
    assert client.stranger.get(where).status_code == 401


@pytest.mark.both_databases
def test_a_file_is_added_once_by_one_key(client: Cast) -> None:
    place = declared(client)
    for _ in range(2):
        answer = client.bob.post(
            f"{place}/attachments",
            files={"file": ("a", b"x", "text/plain")},
            headers={"Idempotency-Key": "k1"},
        )
        assert answer.status_code == 201
    assert client.bob.get(place).json()["attachmentCount"] == 1


def test_the_page_takes_lists_and_withdraws_files(client: Cast) -> None:
    declared(client)
    browser = {"accept": "text/html"}
    files = {"file": ("<b>.txt", b"x", "text/plain")}
    assert client.bob.post("/incidents/INC-1/attachments", files=files).status_code == 303
    page = client.bob.get("/incidents/INC-1", headers=browser).text
    assert "&lt;b&gt;.txt" in page
    assert "<b>.txt" not in page
    file = client.bob.get(f"{ADDRESS}/INC-1/attachments").json()["items"][0]["id"]
    assert client.charlie.get(f"/incidents/INC-1/attachments/{file}").content == b"x"
    done = client.bob.post(f"/incidents/INC-1/attachments/{file}/withdraw")
    assert done.status_code == 303
    assert "Withdrawn" in client.bob.get("/incidents/INC-1", headers=browser).text
    nothing = client.bob.post("/incidents/INC-1/attachments", data={"x": "y"}, headers=browser)
    assert nothing.status_code == 422
    assert "is not chosen" in nothing.text
