"""Answers kept for a day, so that a request sent again with the same Idempotency-Key is not done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.database import UtcDateTime, insert_into, metadata

KEPT = timedelta(hours=24)
LONGEST = 200
HEADERS = ("content-type", "etag", "location")
"""What is kept of an answer's headers."""

answers = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(LONGEST), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given; `body` is None where it was not kept, such as one with a secret."""

    status: int
    headers: Mapping[str, str]
    body: str | None


def key_of(written: str) -> str:
    """The key of a header. Raises InvalidValue for one that is empty, too long, or not printable ASCII."""
    key = written.strip()
    if not key or len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise InvalidValue(
            "is no key",
            path=("Idempotency-Key",),
            expected=f"1 to {LONGEST} printable ASCII characters",
        )
    return key


def fingerprint(method: str, path: str, arguments: Mapping[str, object]) -> str:
    """What a request asks for, as a hash: the same for the same body however it is laid out."""
    said = [method, path, arguments]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=_plain).encode()).hexdigest()


def claim(
    connection: sa.Connection, user_id: str, key: str, asked: str, now: datetime
) -> KeptAnswer | None:
    """The answer that was given to this key, or None: then the caller does the work and calls `keep`.

    The row is part of the caller's transaction. A twin waits here until that ends: on SQLite for its
    turn to write, on PostgreSQL for the row. A rolled-back transaction leaves no row. Raises
    InvalidValue when the key came with another request before.
    """
    same = (answers.c.user_id == user_id) & (answers.c.key == key)
    connection.execute(answers.delete().where(same, answers.c.created_at <= now - KEPT))
    made = connection.execute(
        insert_into(connection, answers)
        .values(
            user_id=user_id, key=key, fingerprint=asked, status=0, headers="{}", body=None,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(answers.c.key)
    )  # fmt: skip
    if made.first() is not None:
        return None
    row = connection.execute(sa.select(answers).where(same)).one()
    if row.fingerprint != asked:
        raise InvalidValue(
            "was sent with another request before", path=("Idempotency-Key",), expected="a new key"
        )
    return KeptAnswer(row.status, json.loads(row.headers), row.body)


def keep(connection: sa.Connection, user_id: str, key: str, answer: KeptAnswer) -> None:
    """Keep what is answered to a key that `claim` gave to the caller, in the same transaction."""
    kept = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    connection.execute(
        answers.update()
        .where(answers.c.user_id == user_id, answers.c.key == key)
        .values(status=answer.status, headers=json.dumps(kept), body=answer.body)
    )


def forget(connection: sa.Connection, user_id: str, key: str) -> None:
    """Give a claimed key free: the request failed, and may be sent again."""
    connection.execute(answers.delete().where(answers.c.user_id == user_id, answers.c.key == key))


def purge(connection: sa.Connection, now: datetime) -> int:
    """Forget the answers that are older than a day; how many there were."""
    return connection.execute(answers.delete().where(answers.c.created_at <= now - KEPT)).rowcount


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of the API, in which every POST under /api may have the header."""
    header = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
        "description": "The same key sent again within a day gets the same answer; nothing is done again.",
    }
    for path, methods in schema["paths"].items():
        if path.startswith("/api/") and "post" in methods:
            known = methods["post"].setdefault("parameters", [])
            if not any(parameter["name"] == header["name"] for parameter in known):
                known.append(header)
    return schema


def _plain(value: object) -> object:
    """An argument of a handler as JSON: of an upload the hash of its content, of a body what is no secret.

    A field that hides from `repr` is a secret; a hash of it could be guessed from.
    """
    if isinstance(value, BaseModel):
        secret = {name for name, field in type(value).model_fields.items() if not field.repr}
        return value.model_dump(mode="json", exclude_unset=True, exclude=secret)
    if isinstance(value, UploadFile):
        content = hashlib.sha256(value.file.read()).hexdigest()
        value.file.seek(0)
        return [value.filename, value.content_type, content]
    return list(value) if isinstance(value, Iterable) else str(value)
