"""Nothing of a restricted incident reaches those who may not see it: a word in each of its texts is looked for."""

import pytest
from django.core.management import call_command
from django.test import Client

from people.models import OutboxMail
from tests.world import INSIDERS, OPEN, RESTRICTED, Address, World, addresses, make_world

CANARY = "zqxcanary"
SOUGHT = "hiddenword"  # Stands beside it in every text: what a search form repeats is no leak.
STRANGERS = ["anonymous", "suspended", "outsider", "viewer", "facilitator"]


@pytest.fixture
def world(db: None) -> World:
    return make_world(f"{CANARY} {SOUGHT} ")


def pages(world: World) -> list[str]:
    """Every address, for the restricted incident's rows and for the open one's; searches and filters too."""
    paths = {address.path(world, kind) for address in addresses() for kind in (OPEN, RESTRICTED)}
    searches = {
        f"{address.path(world, OPEN)}?{query}" for address in addresses() if is_list(address)
        for query in (f"q={SOUGHT}", "is_restricted__exact=1")
    }  # fmt: skip
    return sorted(paths | searches)


def is_list(address: Address) -> bool:
    return address.name.endswith((":index", "_changelist")) or address.name == "home"


def holding_canaries(client: Client, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        for headers in ({},) if path.startswith(("/admin/", "/accounts/")) else ({}, {"HX-Request": "true"}):
            response = client.get(path, headers=headers)
            body = response.getvalue().decode(errors="replace").lower()
            if CANARY in body or CANARY in str(response.headers):
                found.append(path)
    return sorted(set(found))


@pytest.mark.parametrize("who", STRANGERS)
def test_no_page_shows_a_stranger_a_word_of_a_restricted_incident(who: str, world: World) -> None:
    assert holding_canaries(world.client(who), pages(world)) == []


@pytest.mark.parametrize("who", sorted(INSIDERS))
def test_the_same_pages_do_show_it_to_those_inside(who: str, world: World) -> None:
    """Without this the test above could pass on empty pages."""
    dossier = world.dossiers[RESTRICTED]
    paths = [
        dossier.incident.get_absolute_url(),
        dossier.postmortem.get_absolute_url(),
        dossier.action.get_absolute_url(),
    ]

    assert holding_canaries(world.client(who), paths) == sorted(paths)


def test_weekly_mail_tells_of_restricted_actions_only_those_who_see_them(world: World) -> None:
    restricted = world.dossiers[RESTRICTED].action
    OutboxMail.objects.all().delete()

    call_command("send_weekly_mail", "--as-of", "2026-04-20")

    told = {mail.recipient.name for mail in OutboxMail.objects.all() if CANARY in mail.subject + mail.text + mail.html}
    assert restricted.owner.name in told
    assert told <= {*INSIDERS, world.team.engineering_manager.name}


def test_export_of_somebody_else_is_not_fetched(world: World) -> None:
    found = [address for address in addresses() if "exports" in address.route]
    for address in found:
        for who in ("participant", "administrator", "outsider"):
            assert world.client(who).get(address.path(world, RESTRICTED)).status_code == 404
