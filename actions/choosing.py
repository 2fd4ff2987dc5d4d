"""Whom one may choose to answer for an action, or as the one whom it waits for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404

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


def owners_pool(postmortem: Postmortem, reader: User | None = None) -> Pool:
    return Pool(
        fit_owners(postmortem),
        "owner",
        postmortem.number,
        near=partial(_near, postmortem, reader),
        why_not=partial(why_unfit, postmortem),
        notes=open_counts,
    )


def waits_pool(postmortem: Postmortem, reader: User | None = None) -> Pool:
    """A person or a team."""
    return Pool(
        fit_owners(postmortem),
        "waits-for",
        postmortem.number,
        near=partial(_near, postmortem, reader),
        why_not=partial(why_unfit, postmortem),
        has_teams=True,
    )


def any_owner() -> Pool:
    """For actions of many incidents at once: each command has the last word."""
    return Pool(User.objects.able_to_own(), "any-owner", why_not=_reads_only, notes=open_counts)


def _reads_only(person: User) -> str:
    return f"{person} cannot own an action: the account is for reading, or no longer active."


def of_postmortem(pool: Callable[[Postmortem, User], Pool]) -> Callable[[User, int | None], Pool]:
    def place(reader: User, number: int | None) -> Pool:
        seen = Postmortem.objects.visible_to(reader).select_related("incident__team")
        return pool(get_object_or_404(seen, incident__number=number), reader)

    return place


def _near(postmortem: Postmortem, reader: User | None) -> Sequence[Q]:
    """Who took part, who owned something of that team lately as far as the reader may know, and the team."""
    incident = postmortem.incident
    if reader is None:
        return [took_part(incident), in_team(incident)]
    of_team = Action.objects.visible_to(reader).filter(postmortem__incident__team=incident.team_id)
    lately = of_team.exclude(owner=None).order_by("-pk").values("owner")[:LATEST]
    return [took_part(incident), Q(pk__in=lately), in_team(incident)]


def open_counts(people: Collection[int], reader: User) -> Mapping[int, str]:
    """How much each of them has to do already, of what the reader may see."""
    at_work = Action.objects.visible_to(reader).at_work().filter(owner__in=people)
    counted = at_work.order_by().values_list("owner").annotate(count=Count("pk", distinct=True))
    return {owner: f"{count} open" for owner, count in counted}
