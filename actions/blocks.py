"""The actions of a post-mortem inside its texts: `{{actions}}`."""

from django.template.loader import render_to_string

from postmortems.blocks import Block, Records, register
from postmortems.exporting.document import ActionLine


def register_blocks() -> None:
    register(Block("actions", _html, _text))


def _html(records: Records) -> str:
    return render_to_string("actions/block.html", {"actions": records.actions})


def _text(records: Records) -> str:
    return "\n".join(_line(action) for action in records.actions) or "No action has been agreed yet."


def _line(action: ActionLine) -> str:
    due = f"due {action.due_on:%Y-%m-%d}" if action.due_on else "no date yet"
    facts = f"{action.owner or 'nobody yet'}, {due}, {action.status_label}"
    return f"- {action.reference} {' '.join(action.title.split())} ({facts})"
