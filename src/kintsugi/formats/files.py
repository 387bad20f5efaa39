"""A file's bytes to a record, whatever it is written in: JSON, YAML, or Markdown of ours."""

from __future__ import annotations

from dataclasses import replace

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.formats.errors import InputError
from kintsugi.formats.front_matter import FENCE, split_front_matter
from kintsugi.formats.markdown.read import read_markdown
from kintsugi.formats.plain import decode_text, line_of, load_json, load_yaml
from kintsugi.formats.records import SCHEMA, Record, read_data


def read_record(content: bytes | str, *, file: str = "", zone: str = "") -> Record:
    """The record a file holds. What it is written in is seen from its text, not from its name.

    `zone` (IANA name) is for times that have none. Raises InputError naming file, line and field.
    """
    text = content if isinstance(content, str) else decode_text(content, file=file)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(
            "the file is empty", file=file, expected="a record in JSON, YAML or Markdown"
        )
    if text.startswith(FENCE + "\n"):
        split = split_front_matter(text, file=file) if f"\n{FENCE}\n" in text[3:] else None
        if split is not None and split.data.get("schema") == SCHEMA:
            split = replace(split, body=clean(split.body))
            return read_markdown(split, file=file)
        if split is not None and split.body.strip():
            raise _not_ours(file)
    stripped = text.lstrip()
    data = load_json(text, file=file) if stripped[0] in "{[" else _yaml(text, file)
    try:
        return read_data(data, zone=zone)
    except InvalidValue as error:
        raise InputError.from_value(error, file=file, line=line_of(text, error.path)) from error
    except RecursionError as error:
        raise InputError("the data is nested too deep", file=file) from error


def _yaml(text: str, file: str) -> object:
    try:
        data = load_yaml(text, file=file)
    except InputError as error:
        if text.lstrip().startswith("#"):
            raise _not_ours(file) from error
        raise
    if isinstance(data, dict):
        return data
    if text.lstrip().startswith("#"):
        raise _not_ours(file)
    raise InputError(
        "the file holds no record", file=file, line=1, expected="JSON, YAML or Markdown we wrote"
    )


def _not_ours(file: str) -> InputError:
    return InputError(
        "this Markdown has no front matter of ours", file=file, line=1, field="schema",
        expected=f"front matter with `schema: {SCHEMA}` (what --front-matter writes; without it, as the product "
        "template is by default, Markdown is for readers only), or a record in JSON or YAML",
    )  # fmt: skip
