"""Where an action is worked on: tickets, changes, pages."""

from django.db import IntegrityError, transaction

from actions.commands.saving import locked
from actions.errors import NotAllowedNow
from actions.models import Action, ActionLink
from actions.trackers import recognise
from people.models import User
from people.record import put_on_record

MOST_LINKS = 20


@transaction.atomic
def add_link(action: Action, *, by: User, url: str) -> ActionLink:
    """Raises NotAllowedNow for a link that is there already, and for more than can be read."""
    action = locked(action)
    if action.links.count() >= MOST_LINKS:
        raise NotAllowedNow(f"An action holds up to {MOST_LINKS} links.")
    found = recognise(url)
    facts = {"kind": found.kind, "label": found.label, "tracker": found.tracker, "external_key": found.key}
    try:
        with transaction.atomic():
            link = ActionLink.objects.create(action=action, url=url, added_by=by, **facts)
    except IntegrityError as error:
        raise NotAllowedNow("This link is there already.") from error
    put_on_record(action, "action.linked", by=by, url=url, label=link.label)
    return link


@transaction.atomic
def remove_link(link: ActionLink, *, by: User) -> None:
    put_on_record(link.action, "action.unlinked", by=by, url=link.url, label=link.label)
    link.delete()
