"""Moving a card from one column to another: which verb that is. What a verb asks for and refuses, its command knows."""

from actions.models import Action

Status = Action.Status

NOT_BACK = "What was begun is not begun anew: leave it in progress, or say what it waits for."


def verb_of(action: Action, to: str) -> str | None:
    """The verb that leads an action to this status; None where none does."""
    if to == action.status:
        return None
    if to == Status.IN_PROGRESS:
        return "start" if action.is_at_work else "reopen"
    if to == Status.DONE and action.status == Status.UNCONFIRMED:
        return "confirm"
    return {Status.BLOCKED: "block", Status.UNCONFIRMED: "finish", Status.DONE: "finish", Status.DROPPED: "drop"}.get(
        Status(to)
    )


def why_not(action: Action, to: str) -> str:
    """Why no verb leads there."""
    if to == action.status:
        return f"{action.reference} is {action.get_status_display()} already."
    return NOT_BACK
