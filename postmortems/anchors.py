"""Where on a page a section stands: at its key, as links to it always have, unless a part of the page has that name."""

import re

# The parts that the pages of a document have themselves, and what scripts add to them; the test of these looks at the pages.
PARTS = frozenset(
    """
    actions actions-heading agenda candidates candidates-heading causes causes-heading comments comments-heading
    confirm content dialog-outlet editor-keys facts grid grid-heading grid-how history-now holds impact-business
    impact-customers impact-technical incident-notes lateness live-menu main moment observations palette people-known
    people-picker present related related-heading shortcuts take-title theme theme-label timeline timeline-heading
    """.split()  # noqa: SIM905 - as a list it would be a page
)
# What is named with a number or by a form, and what stands before the names that are made here.
FAMILIES = re.compile(
    r"(?:action|attachment|candidate|cause|comment|event|incident|lane-view|live-menu|observation|palette-option|people-picker"
    r"|postmortem|reply|revision|section|thread|version)-\d"
    r"|(?:composer|confirm|day|edit|heading|guidance|id|line|palette|relation|rows|shortcuts|text)[-_]"
)


def anchor_of(key: str) -> str:
    return f"text-{key}" if key in PARTS or FAMILIES.match(key) else key
