"""Whatever a foreign document holds: no word of it is lost, and nothing in it makes the import fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.shared.text import clean
from kintsugi.formats.files import read_record
from kintsugi.formats.foreign.read import read_foreign
from tests.formats.foreign.generated import documents, exported, lost


@given(documents)
def test_every_word_of_a_document_stands_in_its_export(document: str) -> None:
    if not document.strip():
        return
    imported = read_foreign(document, file="0001-checkout-down.md")
    assert not lost(document, imported.postmortem)


@given(documents)
def test_what_is_imported_reads_back_from_its_export(document: str) -> None:
    if not document.strip():
        return
    imported = read_foreign(document, file="0001-checkout-down.md").postmortem
    assert read_record(exported(imported)).postmortem == imported


@given(st.text().map(clean).filter(str.strip))
def test_any_text_at_all_is_imported_whole(text: str) -> None:
    postmortem = read_foreign(text).postmortem
    assert postmortem.title.strip()
    assert not lost(text, postmortem)


@given(st.text(alphabet="-*#|`~>[]() x0123456789:\n\t_.<!A/").filter(str.strip))
def test_any_heap_of_marks_is_imported_whole(text: str) -> None:
    postmortem = read_foreign(text).postmortem
    assert postmortem.title.strip()
    assert not lost(text, postmortem)


@pytest.mark.parametrize("heading", ["Actions", "Timeline"])
@pytest.mark.parametrize("entry", ["- a:", "- 2024-03-15", "> - x", "- - - y"])
def test_lists_nested_without_end_are_read(heading: str, entry: str) -> None:
    nested = "\n".join("  " * depth + entry for depth in range(150))
    document = f"# T\n\n## {heading}\n\n{nested}"
    assert not lost(document, read_foreign(document).postmortem)
