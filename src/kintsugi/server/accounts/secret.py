"""Passwords and the secrets we hand out: how they are made, hashed and checked."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kintsugi.core.shared.errors import InvalidValue

LEAST, MOST = 12, 256
hasher = PasswordHasher()
"""argon2id with today's parameters, about 50 ms a password."""


def new_secret() -> str:
    """256 random bits, as text for addresses and headers."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored of a secret of 256 random bits. It needs no salt and no slowness: it cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def checked_password(password: str, email: str) -> str:
    """The password. Raises InvalidValue for one too short, too long, or equal to the e-mail."""
    if len(password) < LEAST:
        raise InvalidValue(
            "is too short", path=("password",), expected=f"at least {LEAST} characters"
        )
    if len(password) > MOST:
        raise InvalidValue("is too long", path=("password",), expected=f"at most {MOST} characters")
    if password.casefold() == email.casefold():
        raise InvalidValue(
            "is the e-mail address", path=("password",), expected="one that nobody can look up"
        )
    return password


def password_hash(password: str) -> str:
    """The argon2id hash, with its parameters in it."""
    return hasher.hash(password.encode("utf-8", "surrogatepass"))


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one. With None it takes as long and says no: time tells nothing."""
    if len(password) > MOST:
        return False
    try:
        hasher.verify(stored or _nobodys(hasher), password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(stored)


@cache
def _nobodys(by: PasswordHasher) -> str:
    return by.hash(new_secret())
