"""What can be done with postmortems. Each use case works in a unit of work that the caller opened."""

from kintsugi.server.postmortems.service import measuring, pages, rules, sharing, taking, templates
from kintsugi.server.postmortems.service.creating import Beginning, create, decide, draft
from kintsugi.server.postmortems.service.deleted import list_deleted
from kintsugi.server.postmortems.service.exporting import Asked, Exported, export
from kintsugi.server.postmortems.service.factors import incidents_with_factor
from kintsugi.server.postmortems.service.following import leads, note_action
from kintsugi.server.postmortems.service.happened import with_cut_sets
from kintsugi.server.postmortems.service.history import (
    difference,
    edits,
    lately,
    restore,
    revision,
    revisions,
    since_approved,
)
from kintsugi.server.postmortems.service.indexing import (
    hidden_by_state,
    numbered,
    to_index,
)
from kintsugi.server.postmortems.service.lessons import Lesson, lessons
from kintsugi.server.postmortems.service.loading import (
    Rights,
    counts,
    find,
    get,
    hidden_ids,
    id_of,
    list_postmortems,
    of_incident,
    read_all,
    rights,
    takes_part,
    to_delete,
)
from kintsugi.server.postmortems.service.moving import bring_back, delete, move
from kintsugi.server.postmortems.service.reviewing import (
    ReviewState,
    comment,
    comments,
    resolve,
    review,
    review_state,
)
from kintsugi.server.postmortems.service.saving import write
from kintsugi.server.postmortems.service.waiting import (
    MOST_LOOKED_AT,
    NotStarted,
    not_started,
    reasons,
)
from kintsugi.server.postmortems.store.indexing import Indexed
from kintsugi.server.postmortems.store.keeping import OwnTemplate, Share
from kintsugi.server.postmortems.store.pages import SetPage
from kintsugi.server.postmortems.stored import (
    Comment,
    Decision,
    Deleted,
    Edit,
    Listed,
    Part,
    Review,
    Revision,
    Stored,
    Wanted,
)

__all__ = [
    "MOST_LOOKED_AT",
    "Asked",
    "Beginning",
    "Comment",
    "Decision",
    "Deleted",
    "Edit",
    "Exported",
    "Indexed",
    "Lesson",
    "Listed",
    "NotStarted",
    "OwnTemplate",
    "Part",
    "Review",
    "ReviewState",
    "Revision",
    "Rights",
    "SetPage",
    "Share",
    "Stored",
    "Wanted",
    "bring_back",
    "comment",
    "comments",
    "counts",
    "create",
    "decide",
    "delete",
    "difference",
    "draft",
    "edits",
    "export",
    "find",
    "get",
    "hidden_by_state",
    "hidden_ids",
    "id_of",
    "incidents_with_factor",
    "lately",
    "leads",
    "lessons",
    "list_deleted",
    "list_postmortems",
    "measuring",
    "move",
    "not_started",
    "note_action",
    "numbered",
    "of_incident",
    "pages",
    "read_all",
    "reasons",
    "resolve",
    "restore",
    "review",
    "review_state",
    "revision",
    "revisions",
    "rights",
    "rules",
    "sharing",
    "since_approved",
    "takes_part",
    "taking",
    "templates",
    "to_delete",
    "to_index",
    "with_cut_sets",
    "write",
]
