"""Whom one may choose to answer for an action, or as the one whom it waits for."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Count, Q

from actions.commands.saving import why_unfit
from actions.models import Action
from incidents.choosing import in_team, took_part
from people.choosing import Pool
from people.models import User
from postmortems.models import Postmortem

LATEST = 40


def fit_owners(postmortem: Postmortem) -> Any:
    """People who may answer for an action of this post-mortem. The command has the last word on one of them."""
    people = User.objects.able_to_own()
    incident = postmortem.incident
    if not incident.is_restricted:
        return people
    insiders = (
        User.objects.filter(participations__incident=incident)
        .values("pk")
        .union(
            User.objects.filter(teams=incident.team_id).values("pk"),
            User.objects.filter(teams_led=incident.team_id).values("pk"),
            User.objects.filter(teams_managed=incident.team_id).values("pk"),
            User.objects.filter(role=User.Role.ADMINISTRATOR).values("pk"),
        )
    )
    return people.filter(pk__in=insiders)


def owners_pool(postmortem: Postmortem) -> Pool:
    return Pool(
        fit_owners(postmortem),
        "owner",
        postmortem.number,
        near=partial(_near, postmortem),
        why_not=partial(why_unfit, postmortem),
        notes=open_counts,
    )


def waits_pool(postmortem: Postmortem) -> Pool:
    """A person or a team."""
    return Pool(
        fit_owners(postmortem),
        "waits-for",
        postmortem.number,
        near=partial(_near, postmortem),
        why_not=partial(why_unfit, postmortem),
        has_teams=True,
    )


def any_owner() -> Pool:
    """For actions of many incidents at once: each command has the last word."""
    return Pool(User.objects.able_to_own(), "any-owner", why_not=_reads_only, notes=open_counts)


def _reads_only(person: User) -> str:
    return f"{person} cannot own an action: the account is for reading, or no longer active."


def _near(postmortem: Postmortem) -> Sequence[Q]:
    """Who took part, who owned something of that team lately as far as everybody may know, and the team."""
    incident = postmortem.incident
    open_to_all = {"postmortem__incident__team": incident.team_id, "postmortem__incident__is_restricted": False}
    lately = Action.objects.filter(**open_to_all).exclude(owner=None).order_by("-pk").values("owner")[:LATEST]
    return [took_part(incident), Q(pk__in=lately), in_team(incident)]


def open_counts(people: Collection[int], reader: User) -> Mapping[int, str]:
    """How much each of them has to do already, of what the reader may see."""
    at_work = Action.objects.visible_to(reader).at_work().filter(owner__in=people)
    counted = at_work.order_by().values_list("owner").annotate(count=Count("pk", distinct=True))
    return {owner: f"{count} open" for owner, count in counted}
