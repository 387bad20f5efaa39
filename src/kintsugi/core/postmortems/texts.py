"""The texts of a postmortem that people read, field by field."""

from __future__ import annotations

from kintsugi.core.analysis.five_whys import walk
from kintsugi.core.postmortems.document import Postmortem


def texts_by_field(postmortem: Postmortem) -> list[tuple[str, tuple[str, ...]]]:
    """The texts of each field that has some, in the order of the document; empty ones are left out."""
    told = postmortem
    fields = (
        ("summary", [told.summary]), ("impact", [told.impact.text]), ("lead_up", [told.lead_up]),
        ("trigger", [told.trigger]), ("root_cause", [told.root_cause]),
        ("detection", [told.detection.gap]), ("resolution", [told.resolution]),
        ("timeline", [event.description for event in told.timeline]),
        ("timeline", [event.action_taken for event in told.timeline]),
        ("contributing_factors", [factor.text for factor in told.contributing_factors]),
        ("whys", [why.answer for _, why in walk(told.whys)]),
        ("what_went_well", told.what_went_well),
        ("what_went_poorly", told.what_went_poorly),
        ("where_we_got_lucky", told.where_we_got_lucky),
        ("lessons", told.lessons),
        ("action_items", [action.description for action in told.action_items]),
        ("sections", [section.text for section in told.sections]),
    )  # fmt: skip
    written = ((name, tuple(text for text in texts if text)) for name, texts in fields)
    return [(name, texts) for name, texts in written if texts]
