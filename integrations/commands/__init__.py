from .documents import Correction, confirm_draft, draft_import, import_postmortem, read_bytes, short_name
from .timelines import (
    Brought,
    choose_candidates,
    discard_timeline,
    draft_timeline,
    edit_candidate,
    read_again,
    take_draft,
)

__all__ = [
    "Brought",
    "Correction",
    "choose_candidates",
    "confirm_draft",
    "discard_timeline",
    "draft_import",
    "draft_timeline",
    "edit_candidate",
    "import_postmortem",
    "read_again",
    "read_bytes",
    "short_name",
    "take_draft",
]
