"""Who may enter the room of a post-mortem: the answer that live editing asks for."""

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
        if postmortem is None:
            return None
        return Access(room_id=postmortem.room_id, may_read=True, may_write=can_write(user, postmortem))
