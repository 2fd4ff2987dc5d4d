from actions.views import candidates
from actions.views.advice import smart
from actions.views.answers import answer, answer_by_mail
from actions.views.boards import board, index, weekly
from actions.views.bulk import bulk
from actions.views.figures import figures
from actions.views.filters import remove as remove_filter
from actions.views.filters import save as save_filter
from actions.views.moves import move
from actions.views.pages import create, detail, edit, edit_field, panel, waiting
from actions.views.sheets import sheet_of
from actions.views.steps import (
    accept,
    block,
    confirm,
    decide,
    decline,
    drop,
    fails,
    finish,
    holds,
    link,
    progress,
    reassign,
    reopen,
    reschedule,
    start,
    unlink,
)

__all__ = [
    "accept",
    "answer",
    "answer_by_mail",
    "block",
    "board",
    "bulk",
    "candidates",
    "confirm",
    "create",
    "decide",
    "decline",
    "detail",
    "drop",
    "edit",
    "edit_field",
    "fails",
    "figures",
    "finish",
    "holds",
    "index",
    "link",
    "move",
    "panel",
    "progress",
    "reassign",
    "remove_filter",
    "reopen",
    "reschedule",
    "save_filter",
    "sheet_of",
    "smart",
    "start",
    "unlink",
    "waiting",
    "weekly",
]
