"""docs/reference/alert-formats.md tells of every format, its signature and the fields of a mapping."""

from pathlib import Path

from kintsugi.formats.alerts import FORMATS
from kintsugi.formats.alerts.limits import MAX_DESCRIPTION, MAX_KEY, MAX_LABEL_VALUE, MAX_TITLE
from kintsugi.formats.alerts.mapping import CHANGE, FIELDS, check_mapping
from kintsugi.formats.plain import load_yaml

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "alert-formats.md").read_text("utf-8")


def test_every_format_has_its_row_with_kind_and_signature() -> None:
    table = PAGE[: PAGE.index("## What is read")]
    rows = {line.split("`")[1]: line for line in table.splitlines() if line.startswith("| `")}
    for name, one in FORMATS.items():
        assert f"/ingest/{name}/<key>" in rows[name]
        cells = [cell.strip() for cell in rows[name].split("|")]
        assert cells[-2] == one.kind.value
        if one.signature_header and " or " not in one.signature_header:
            assert one.signature_header in cells[-3].lower()
        assert (cells[-3] == "no") is not (one.is_signed or one.check is not None)


def test_every_format_says_what_it_reads_and_refuses() -> None:
    table = PAGE[PAGE.index("## What is read") : PAGE.index("### Changes")]
    assert [name for name in FORMATS if f"`{name}`" not in table] == []


def test_the_example_is_a_mapping_with_every_field() -> None:
    example = PAGE[PAGE.index("```yaml") + 7 : PAGE.index("```\n", PAGE.index("```yaml") + 7)]
    mapping = load_yaml(example)
    check_mapping(mapping)
    assert set(mapping) == FIELDS
    assert set(mapping["change"]) == set(CHANGE)


def test_the_limits_are_those_of_the_code() -> None:
    for limit in (MAX_TITLE, MAX_DESCRIPTION, MAX_KEY, MAX_LABEL_VALUE):
        assert f"{limit:,}" in PAGE
