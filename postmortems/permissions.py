"""Who may do what with a post-mortem that they can see; the caller came through `visible_to`."""

from incidents.models import Incident
from people.models import User
from postmortems.models import Comment, Postmortem, Thread


def can_open(user: User, incident: Incident) -> bool:
    return user.can_write


def can_write(user: User, postmortem: Postmortem) -> bool:
    """Edit sections and timeline: everyone in the meeting but viewers, until it is closed."""
    return user.can_write and not postmortem.is_closed


def can_comment(user: User, postmortem: Postmortem) -> bool:
    """Everyone who sees it, viewers too: a question is no edit. Until it is closed, also after publishing."""
    return user.is_active and not postmortem.is_closed


def can_resolve(user: User, thread: Thread) -> bool:
    """Resolve and reopen: whoever writes the text, and whoever asked."""
    if thread.postmortem.is_closed:
        return False
    return user.can_write or (user.is_active and thread.opened_by_id == user.pk)


def can_edit_comment(user: User, comment: Comment) -> bool:
    """Edit and withdraw: one's own words, nobody else's."""
    return user.is_active and comment.author_id == user.pk


def can_name(user: User, postmortem: Postmortem) -> bool:
    """Keep the document as it is under a name: also once it is closed, for nothing in it changes."""
    return user.can_write


def can_move(user: User, postmortem: Postmortem) -> bool:
    """Submit for review, and send back to draft."""
    return user.can_write


def can_name_reviewers(user: User, postmortem: Postmortem) -> bool:
    return user.can_write and postmortem.published_at is None


def can_review(user: User, postmortem: Postmortem) -> bool:
    """Whoever is named, viewers too: an answer is no edit."""
    return user.is_active and postmortem.reviewers.filter(person=user).exists()


def can_publish(user: User, postmortem: Postmortem) -> bool:
    return user.can_write and (user.is_facilitator or _answers_for(user, postmortem))


def can_close(user: User, postmortem: Postmortem) -> bool:
    return can_publish(user, postmortem)


def can_reopen(user: User, postmortem: Postmortem) -> bool:
    return can_publish(user, postmortem)


def _answers_for(user: User, postmortem: Postmortem) -> bool:
    team = postmortem.incident.team
    return user.pk in (postmortem.facilitator_id, postmortem.opened_by_id, team.lead_id, team.engineering_manager_id)
