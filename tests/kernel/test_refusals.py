"""How a page says why a form was not taken."""

from __future__ import annotations

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.refusals import told, told_by_field


def test_a_refusal_reads_as_sentences_and_stands_at_its_field() -> None:
    missing = InvalidValue("is missing", path=("doneWhen",), expected="some text")
    assert told_by_field(missing) == {"doneWhen": "Done when is missing. Expected some text."}
    unknown = InvalidValue("'x' is not known", path=("tags", 2))
    assert told(unknown, {"tags": "Words"}) == "Words: 'x' is not known."
    refused = DomainError("INC-2 already has the externalId X-1")
    assert told_by_field(refused) == {"": "INC-2 already has the externalId X-1."}
