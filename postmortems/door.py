"""Who may enter the room of a post-mortem: the answer that live editing asks for."""

from collections.abc import Sequence

from incidents.models import Incident
from live.registry import Access
from people.models import User
from postmortems.models import Postmortem
from postmortems.permissions import can_write


class PostmortemDoor:
    def enter(self, user: User, number: int) -> Access | None:
        """None for a stranger, who learns no more than from a number that does not exist."""
        postmortem = (
            Postmortem.objects.visible_to(user).select_related("incident").filter(incident__number=number).first()
        )
        return access_to(postmortem, user) if postmortem else None

    def enter_all(self, visits: Sequence[tuple[User, int]]) -> list[Access | None]:
        """What `enter` says to each, in one query; only who is behind a restricted door is asked about alone."""
        found = Postmortem.objects.filter(
            incident__in=Incident.objects.visible_to_all(), incident__number__in={number for _, number in visits}
        )
        public = {postmortem.incident.number: postmortem for postmortem in found.select_related("incident")}
        return [
            access_to(public[number], user) if user.is_active and number in public else self.enter(user, number)
            for user, number in visits
        ]


def access_to(postmortem: Postmortem, user: User) -> Access:
    return Access(room_id=postmortem.room_id, may_read=True, may_write=can_write(user, postmortem))
