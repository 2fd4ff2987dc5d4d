from postmortems.commands.attachments import attach_file, write_section_with_file
from postmortems.commands.causes import add_cause, edit_cause, remove_cause
from postmortems.commands.comments import (
    edit_comment,
    open_thread,
    reopen_thread,
    reply,
    resolve_thread,
    withdraw_comment,
)
from postmortems.commands.exports import export_postmortem
from postmortems.commands.lifecycle import (
    close_blockers,
    close_postmortem,
    open_postmortem,
    publish_blockers,
    publish_postmortem,
    reopen_postmortem,
    send_back_postmortem,
    submit_blockers,
    submit_postmortem,
)
from postmortems.commands.meeting import plan_meeting, share_draft
from postmortems.commands.observations import (
    add_observation,
    edit_observation,
    move_observation,
    remove_observation,
)
from postmortems.commands.open_documents import is_closed_for_good, write_section
from postmortems.commands.questions import bring_question_back, fill_instant, set_question_aside
from postmortems.commands.reviews import ask_again, name_reviewers, review_postmortem
from postmortems.commands.revisions import bring_back, name_revision
from postmortems.commands.timeline import add_event, add_events, add_line, edit_event, move_event, remove_event

__all__ = [
    "add_cause",
    "add_event",
    "add_events",
    "add_line",
    "add_observation",
    "ask_again",
    "attach_file",
    "bring_back",
    "bring_question_back",
    "close_blockers",
    "close_postmortem",
    "edit_cause",
    "edit_comment",
    "edit_event",
    "edit_observation",
    "export_postmortem",
    "fill_instant",
    "is_closed_for_good",
    "move_event",
    "move_observation",
    "name_reviewers",
    "name_revision",
    "open_postmortem",
    "open_thread",
    "plan_meeting",
    "publish_blockers",
    "publish_postmortem",
    "remove_cause",
    "remove_event",
    "remove_observation",
    "reopen_postmortem",
    "reopen_thread",
    "reply",
    "resolve_thread",
    "review_postmortem",
    "send_back_postmortem",
    "set_question_aside",
    "share_draft",
    "submit_blockers",
    "submit_postmortem",
    "withdraw_comment",
    "write_section",
    "write_section_with_file",
]
