"""What may only happen to a post-mortem that is not closed."""

from django.db import transaction

from live.commands import replace_text
from people.models import User
from postmortems.errors import NotMovable
from postmortems.models import Postmortem, Section


def is_closed_for_good(postmortem: Postmortem) -> bool:
    """Whether it is closed, decided for the rest of this transaction: closing waits until it has ended.

    What the caller read earlier may be older than somebody's Close.
    """
    rows = Postmortem.objects.select_for_update(no_key=True)
    return rows.values_list("status", flat=True).get(pk=postmortem.pk) == Postmortem.Status.CLOSED


def refuse_when_closed(postmortem: Postmortem, what: str) -> None:
    """Raises NotMovable; `what` ends the sentence, as in “before you change its timeline”."""
    if is_closed_for_good(postmortem):
        raise NotMovable(f"This post-mortem is closed: reopen it before you {what}.")


@transaction.atomic
def write_section(section: Section, text: str, *, base_version: int, by: User) -> None:
    """Merge what a plain form brought into what others wrote since. Raises NotMovable, and VersionTooOld of live."""
    refuse_when_closed(section.postmortem, "write in it")
    replace_text(section.postmortem.room, section.key, text, base_version=base_version, by=by)
