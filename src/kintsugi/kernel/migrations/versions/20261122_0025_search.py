"""Services stand among the words that PostgreSQL searches."""

import json
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "20261122_0025"
down_revision = "20261122_0024"
_LETTERS = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_LETTERS}]|[^\W_{_LETTERS}]+")


def upgrade() -> None:
    """Name the services of what is kept, for each list of services at once. SQLite's words stay as they are."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    every = "SELECT DISTINCT services FROM search_documents WHERE services <> '[]'"
    for services in list(connection.scalars(sa.text(every))):
        words = " ".join(f"'{_word(name)}'" for name in json.loads(services))
        connection.execute(
            sa.text(
                "UPDATE search_index SET words = words || CAST(:words AS tsvector) FROM search_documents "
                "WHERE search_documents.id = search_index.id AND search_documents.services = :services"
            ),
            {"words": words, "services": services},
        )


def _word(name: str) -> str:
    parts = (_plain(found[0]) for found in _WORD.finditer(name))
    return f"@{'-'.join(part for part in parts if part)}"[:500]


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()[:60]
    taken_apart = unicodedata.normalize("NFKD", word.casefold()).casefold()
    return "".join(one for one in taken_apart if one.isalnum())[:60]
