"""A file's bytes to an import: foreign Markdown is read for its shapes, ours as it stands."""

from __future__ import annotations

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.times import zone_named
from kintsugi.formats.errors import InputError
from kintsugi.formats.files import read_record
from kintsugi.formats.foreign.listing import listed, listed_own
from kintsugi.formats.foreign.read import read_foreign
from kintsugi.formats.front_matter import FENCE, split_front_matter
from kintsugi.formats.plain import decode_text, load_json
from kintsugi.formats.records import SCHEMA


def import_file(
    content: bytes, *, file: str, zone: str = ""
) -> tuple[Postmortem, dict[str, object], tuple[str, ...]]:
    """The postmortem of a Markdown file, what was found in it as plain data, and notes.

    Raises InputError with the file and, where one is known, the line.
    """
    text = decode_text(content, file=file).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError("this is no text", file=file, line=line, expected="Markdown")
    if _is_ours(text, file):
        if zone:
            zone_named(zone)
        record = read_record(text, file=file, zone=zone)
        return record.postmortem, listed_own(record.postmortem, file), record.notes
    if text.lstrip().startswith("{"):
        _refuse_json(text, file)
    imported = read_foreign(text, file=file, zone=zone)
    return imported.postmortem, listed(imported, file), imported.notes


def _is_ours(text: str, file: str) -> bool:
    if not text.startswith(FENCE + "\n") or f"schema: {SCHEMA}" not in text:
        return False
    try:
        return split_front_matter(text, file=file).data.get("schema") == SCHEMA
    except InputError:
        return True


def _refuse_json(text: str, file: str) -> None:
    try:
        data = load_json(text, file=file)
    except InputError:
        return
    if isinstance(data, dict):
        raise InputError(
            "this is a record in JSON", file=file, line=1,
            expected="Markdown; `kintsugi postmortem export` reads JSON and YAML",
        )  # fmt: skip
