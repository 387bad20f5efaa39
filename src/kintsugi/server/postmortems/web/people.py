"""What people are called on these pages: a document names some of them by their e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterable

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts

MOST = 60
"""How many addresses one page looks up; the rest stand as they are written."""


def called(work: UnitOfWork, written: Iterable[str]) -> dict[str, str]:
    """The name of each who is written as the e-mail address of an account, by what is written."""
    addresses = [one for one in dict.fromkeys(written) if "@" in one][:MOST]
    found = {one: accounts.user_of_email(work, one) for one in addresses}
    return {one: user.name for one, user in found.items() if user is not None}
