"""What can be done with an action. Every change goes into its ledger with who and why."""

from actions.commands.agreements import (
    accept_action,
    add_action,
    decline_action,
    edit_action,
    reassign_action,
    reschedule_action,
)
from actions.commands.candidates import (
    add_candidate,
    agree_action,
    edit_candidate,
    leave_candidate,
    place_candidate,
    take_candidate,
)
from actions.commands.checks import say_it_fails, say_it_holds
from actions.commands.decisions import Choice, decide_action
from actions.commands.links import add_link, remove_link
from actions.commands.work import (
    block_action,
    confirm_action,
    drop_action,
    finish_action,
    note_progress,
    reopen_action,
    start_action,
)

__all__ = [
    "Choice",
    "accept_action",
    "add_action",
    "add_candidate",
    "add_link",
    "agree_action",
    "block_action",
    "confirm_action",
    "decide_action",
    "decline_action",
    "drop_action",
    "edit_action",
    "edit_candidate",
    "finish_action",
    "leave_candidate",
    "note_progress",
    "place_candidate",
    "reassign_action",
    "remove_link",
    "reopen_action",
    "reschedule_action",
    "say_it_fails",
    "say_it_holds",
    "start_action",
    "take_candidate",
]
