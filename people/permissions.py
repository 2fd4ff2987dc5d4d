"""Who may do what with people, teams and the admin site."""

from people.models import User

# What facilitators keep in the admin: everything of the work, nothing of accounts and rights. Mails and the record tell
# of restricted incidents: of mails facilitators see all but the words, the record is the administrators'.
FACILITATORS_KEEP = {
    "people.view_user", "people.view_team", "people.add_team", "people.change_team",
    "people.view_absence", "people.add_absence", "people.change_absence",
    "people.view_organisation", "people.view_outboxmail", "people.retry_outboxmail",
    "incidents.view_incident", "incidents.view_severitypolicy", "incidents.change_severitypolicy",
    "incidents.view_reviewtrigger", "incidents.add_reviewtrigger", "incidents.change_reviewtrigger",
    "incidents.view_service", "incidents.add_service", "incidents.change_service",
    "postmortems.view_postmortem",
    "postmortems.view_template", "postmortems.add_template", "postmortems.change_template",
    "postmortems.view_templatesection", "postmortems.add_templatesection", "postmortems.change_templatesection",
    "postmortems.delete_templatesection",
    "postmortems.view_agendaitem", "postmortems.add_agendaitem", "postmortems.change_agendaitem",
    "postmortems.delete_agendaitem",
    "actions.view_action", "actions.reassign_action", "actions.view_weeklyrun",
    "actions.view_dailyrun", "actions.view_escalationstep", "actions.change_escalationstep",
    "actions.view_actionpolicy", "actions.change_actionpolicy",
}  # fmt: skip


def has_admin_permission(user: User, perm: str) -> bool:
    """What a page of the admin site asks: `app.verb_model`."""
    if not user.is_active:
        return False
    return user.is_administrator or (user.is_facilitator and perm in FACILITATORS_KEEP)


def can_keep_people(user: User) -> bool:
    """Make accounts, give rights, take them away."""
    return user.is_active and user.is_administrator
