"""The generator seed's JSON: its keys and words, one way."""

from __future__ import annotations

import json
from typing import Any

from kintsugi.core.actions.item import ActionItem, Priority
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import seed_quality
from kintsugi.core.postmortems.sections import SectionRegistry
from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS


def seed_data(postmortem: Postmortem, sections: SectionRegistry = SEED_SECTIONS) -> dict[str, Any]:
    """The postmortem as the generator seed's `Postmortem.to_dict` has it.

    A record without a severity has an empty one here, a priority that is not set is `medium`.
    """
    quality = seed_quality(postmortem)
    return {
        "incident_id": postmortem.incident_id,
        "title": postmortem.title,
        "severity": postmortem.severity.seed_word if postmortem.severity else "",
        "date": postmortem.date.isoformat() if postmortem.date else "",
        "sections": {section.name: section.build(postmortem) for section in sections},
        "action_items": [_action(action) for action in postmortem.action_items],
        "quality_score": 100 if quality == 100 else round(quality, 1),
    }


def _action(action: ActionItem) -> dict[str, str]:
    return {
        "id": action.id,
        "description": action.description,
        "owner": action.owner,
        "priority": (action.priority or Priority.MEDIUM).value.casefold(),
        "status": action.status.seed_word,
        "due_date": action.due.isoformat() if action.due else "",
    }


def write_seed_json(postmortem: Postmortem, sections: SectionRegistry = SEED_SECTIONS) -> str:
    """`seed_data` as indented JSON text."""
    return json.dumps(seed_data(postmortem, sections), indent=2, ensure_ascii=False) + "\n"
