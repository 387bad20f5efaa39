"""Whatever a foreign document holds: no word of it is lost, and nothing in it makes the import fail."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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


@given(st.text(min_size=1).filter(str.strip))
def test_any_text_at_all_is_imported(text: str) -> None:
    assert read_foreign(text).postmortem.title.strip()


@given(st.text(alphabet="-*#|`~>[]() x0123456789:\n\t_.<!", min_size=1).filter(str.strip))
def test_any_heap_of_marks_is_imported(text: str) -> None:
    assert read_foreign(text).postmortem.title.strip()
