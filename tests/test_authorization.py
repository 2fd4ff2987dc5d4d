"""Who may do what, at every address: the matrix is made from the URL configuration, the policy stands here in words.

An address without a line in POLICY fails, with its name. A policy names a rule for reading (GET) and one for writing
(POST); None means that the method is not offered. What is expected follows from rule, person and incident.
"""

import re
from collections.abc import Callable
from functools import partial
from itertools import product

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse

from postmortems.door import PostmortemDoor
from tests.world import (
    ACTION_NUMBERS,
    INSIDERS,
    NUMBERS,
    OPEN,
    PEOPLE,
    PUBLISHERS,
    RESTRICTED,
    SIGNED_OUT,
    STAFF,
    UNKNOWN,
    VIEWERS,
    Address,
    World,
    addresses,
    make_world,
)

OK, SIGN_IN, HIDDEN, FORBIDDEN, NO_METHOD = "ok", "sign in", "hidden", "forbidden", "no method"
Rule = Callable[[str, str], str]


def public(who: str, kind: str) -> str:
    return OK


def nobody(who: str, kind: str) -> str:
    """Leads to sign-in, whoever comes: a page that Debrief does not have."""
    return SIGN_IN


def key_holder(who: str, kind: str) -> str:
    """Opens by a signed link alone, which nobody here holds; being signed in opens nothing."""
    return HIDDEN


def signed_in(who: str, kind: str) -> str:
    return SIGN_IN if who in SIGNED_OUT else OK


def facilitators_door(who: str, kind: str) -> str:
    """Asks strangers to sign in and tells members that it is not theirs."""
    return SIGN_IN if who in SIGNED_OUT else (OK if who in STAFF else FORBIDDEN)


def way_out(who: str, kind: str) -> str:
    """Leads members back to where they came from; whom it signs out, it asks for a POST."""
    return NO_METHOD if who in STAFF else signed_in(who, kind)


def factor_owner(who: str, kind: str) -> str:
    """There is nothing to see for those without a second factor, as everybody here."""
    return SIGN_IN if who in SIGNED_OUT else HIDDEN


def writer_of_any(who: str, kind: str) -> str:
    return FORBIDDEN if who in VIEWERS else signed_in(who, kind)


def sees(who: str, kind: str) -> bool:
    return kind == OPEN or (kind == RESTRICTED and who in INSIDERS)


def reader(who: str, kind: str) -> str:
    answer = signed_in(who, kind)
    return HIDDEN if answer == OK and not sees(who, kind) else answer


def writer(who: str, kind: str) -> str:
    answer = reader(who, kind)
    return FORBIDDEN if answer == OK and who in VIEWERS else answer


def publisher(who: str, kind: str) -> str:
    answer = writer(who, kind)
    return FORBIDDEN if answer == OK and who not in PUBLISHERS else answer


def decider(who: str, kind: str) -> str:
    """Whether there is a post-mortem is for facilitators to say, and for who answers for the team."""
    answer = writer(who, kind)
    return FORBIDDEN if answer == OK and who not in STAFF | {"lead"} else answer


def writer_of_both(who: str, kind: str) -> str:
    """An open and a restricted incident are related: who may not see both is not told that they are."""
    answer = writer(who, kind)
    return HIDDEN if answer in (OK, FORBIDDEN) and not sees(who, RESTRICTED) else answer


def author(who: str, kind: str) -> str:
    """What the member said: others who see it may not change it."""
    answer = reader(who, kind)
    return FORBIDDEN if answer == OK and who != "member" else answer


def reviewer(who: str, kind: str) -> str:
    """Whoever is named to review it, here the participant."""
    answer = reader(who, kind)
    return FORBIDDEN if answer == OK and who != "participant" else answer


def requester(who: str, kind: str) -> str:
    """Files are made for one person, here the member."""
    answer = reader(who, kind)
    return HIDDEN if answer == OK and who != "member" else answer


def owner(who: str, kind: str) -> str:
    """What the member uploaded and nobody else knows of."""
    answer = signed_in(who, kind)
    return HIDDEN if answer == OK and (who != "member" or kind == UNKNOWN) else answer


def staff(who: str, kind: str) -> str:
    return OK if who in STAFF else SIGN_IN


def staff_reader(who: str, kind: str) -> str:
    answer = staff(who, kind)
    return HIDDEN if answer == OK and not sees(who, kind) else answer


def administrator(who: str, kind: str) -> str:
    answer = staff(who, kind)
    return FORBIDDEN if answer == OK and who != "administrator" else answer


def no_staff(who: str, kind: str) -> str:
    return FORBIDDEN if who in STAFF else SIGN_IN


def not_found(who: str, kind: str) -> str:
    return HIDDEN if who in STAFF else SIGN_IN


Policy = tuple[Rule | None, Rule | None]

POLICY: dict[str, Policy] = {
    "home": (signed_in, None),
    "people:suggest": (signed_in, None),
    "people:suggest_within": (reader, None),
    "style": (public, None),
    "glossary": (signed_in, None),
    "lateness": (signed_in, None),
    "csp_report": (None, public),
    "healthz": (public, None),
    "readyz": (public, None),
    "incidents:index": (signed_in, None),
    "incidents:create": (writer_of_any, writer_of_any),
    "incidents:detail": (reader, None),
    "incidents:edit": (writer, writer),
    "incidents:notes": (reader, None),
    "incidents:note": (None, writer),
    "incidents:add_instant": (writer, writer),
    "incidents:edit_instant": (writer, writer),
    "incidents:remove_instant": (None, writer),
    "incidents:roles": (writer, writer),
    "incidents:decisions": (signed_in, None),
    "incidents:mark_vague": (None, signed_in),
    "incidents:mark_blame": (None, signed_in),
    "incidents:related": (reader, None),
    "incidents:relate": (writer, writer),
    "incidents:unrelate": (None, writer_of_both),
    "incidents:decide_review": (None, decider),
    "postmortems:index": (signed_in, None),
    "postmortems:create": (writer, writer),
    "postmortems:detail": (reader, None),
    "postmortems:outline": (reader, None),
    "postmortems:text": (reader, None),
    "postmortems:facts": (reader, None),
    "postmortems:agenda": (reader, None),
    "postmortems:section_hints": (reader, None),
    "postmortems:template": (signed_in, None),
    "postmortems:status": (reader, None),
    "postmortems:standing": (reader, None),
    "postmortems:plan_meeting": (writer, writer),
    "postmortems:share_draft": (None, writer),
    "postmortems:headline": (reader, None),
    "postmortems:reviews": (reader, None),
    "postmortems:name_reviewers": (writer, writer),
    "postmortems:review": (reviewer, reviewer),
    "postmortems:ask_again": (None, writer),
    "postmortems:submit": (writer, writer),
    "postmortems:send_back": (None, writer),
    "postmortems:publish": (None, publisher),
    "postmortems:close": (None, publisher),
    "postmortems:reopen": (None, publisher),
    "postmortems:edit_section": (writer, writer),
    "postmortems:history": (reader, None),
    "postmortems:name_revision": (None, writer),
    "postmortems:compare": (reader, None),
    "postmortems:revision": (reader, None),
    "postmortems:bring_back": (writer, writer),
    "postmortems:attachments": (reader, writer),
    "postmortems:attachment": (reader, None),
    "postmortems:block": (reader, None),
    "postmortems:timeline": (reader, None),
    "postmortems:lane": (reader, None),
    "postmortems:then": (reader, None),
    "postmortems:observations": (reader, None),
    "postmortems:add_observation": (None, writer),
    "postmortems:edit_observation": (writer, writer),
    "postmortems:edit_observation_field": (None, writer),
    "postmortems:move_observation": (None, writer),
    "postmortems:remove_observation": (None, writer),
    "postmortems:questions": (reader, None),
    "postmortems:set_question_aside": (None, writer),
    "postmortems:bring_question_back": (None, writer),
    "postmortems:fill_instant": (None, writer),
    "postmortems:add_line": (None, writer),
    "postmortems:preview_line": (None, writer),
    "postmortems:add_event": (None, writer),
    "postmortems:edit_event": (writer, writer),
    "postmortems:edit_event_field": (None, writer),
    "postmortems:move_event": (None, writer),
    "postmortems:remove_event": (writer, writer),
    "postmortems:causes": (reader, None),
    "postmortems:add_cause": (None, writer),
    "postmortems:edit_cause": (writer, writer),
    "postmortems:edit_cause_field": (None, writer),
    "postmortems:remove_cause": (writer, writer),
    "postmortems:comments": (reader, None),
    "postmortems:add_comment": (reader, reader),
    "postmortems:reply": (None, reader),
    "postmortems:edit_comment": (author, author),
    "postmortems:withdraw_comment": (author, author),
    "postmortems:resolve_thread": (None, writer),
    "postmortems:reopen_thread": (None, writer),
    "postmortems:people": (reader, None),
    "postmortems:export": (None, reader),
    "postmortems:export_status": (requester, None),
    "postmortems:export_download": (requester, None),
    "actions:index": (signed_in, None),
    "actions:waiting": (signed_in, None),
    "actions:board": (signed_in, None),
    "actions:weekly": (signed_in, None),
    "actions:figures": (signed_in, None),
    "actions:sheet": (signed_in, None),
    "actions:bulk": (None, writer_of_any),
    "actions:save_filter": (None, signed_in),
    "actions:remove_filter": (None, owner),
    "actions:move": (writer, writer),
    "actions:panel": (reader, None),
    "actions:plan": (reader, None),
    "actions:weighed": (reader, None),
    "actions:smart": (None, writer),
    "actions:candidates": (reader, None),
    "actions:add_candidate": (None, writer),
    "actions:edit_candidate": (writer, writer),
    "actions:edit_candidate_field": (None, writer),
    "actions:place_candidate": (None, writer),
    "actions:take_candidate": (writer, writer),
    "actions:leave_candidate": (writer, writer),
    "actions:create": (writer, writer),
    "actions:detail": (reader, None),
    "actions:edit": (writer, writer),
    "actions:edit_field": (None, writer),
    "actions:answer": (writer, writer),
    "actions:answer_by_mail": (key_holder, key_holder),
    "actions:accept": (None, writer),
    "actions:decline": (None, writer),
    "actions:start": (None, writer),
    "actions:block": (None, writer),
    "actions:progress": (None, writer),
    "actions:confirm": (None, writer),
    "actions:decide": (None, writer),
    "actions:link": (None, writer),
    "actions:unlink": (None, writer),
    "actions:holds": (None, writer),
    "actions:fails": (None, writer),
    "actions:finish": (None, writer),
    "actions:drop": (None, writer),
    "actions:reopen": (None, writer),
    "actions:reassign": (None, writer),
    "actions:reschedule": (None, writer),
    "integrations:index": (writer_of_any, writer_of_any),
    "integrations:preview": (owner, owner),
    "integrations:discard": (None, owner),
    "integrations:bring_timeline": (writer, writer),
    "integrations:preview_timeline": (writer, None),
    "integrations:read_timeline_again": (None, writer),
    "integrations:choose_candidates": (None, writer),
    "integrations:take_timeline": (None, writer),
    "integrations:discard_timeline": (None, writer),
    "integrations:edit_candidate": (writer, writer),
    "people:profile": (signed_in, signed_in),
    "people:mails": (signed_in, signed_in),
    "people:away": (signed_in, signed_in),
    "people:come_back": (None, owner),
    "people:stop_mail": (key_holder, key_holder),
    "account_login": (public, public),
    "account_logout": (public, public),
    "account_inactive": (public, None),
    "account_signup": (nobody, nobody),
    "account_reauthenticate": (signed_in, signed_in),
    "account_email": (signed_in, signed_in),
    "account_email_verification_sent": (nobody, nobody),
    "account_change_password": (signed_in, signed_in),
    "account_set_password": (signed_in, signed_in),
    "account_reset_password": (public, public),
    "account_confirm_login_code": (nobody, nobody),
    "account_confirm_email": (nobody, nobody),
    "account_reset_password_from_key_done": (public, None),
    "account_reset_password_from_key": (public, public),
    "account_reset_password_done": (public, None),
    "mfa_index": (signed_in, None),
    "mfa_authenticate": (signed_in, signed_in),
    "mfa_reauthenticate": (signed_in, signed_in),
    "mfa_activate_totp": (signed_in, signed_in),
    "mfa_deactivate_totp": (factor_owner, factor_owner),
    "mfa_view_recovery_codes": (factor_owner, None),
    "mfa_generate_recovery_codes": (signed_in, signed_in),
    "mfa_download_recovery_codes": (factor_owner, factor_owner),
    "usersessions_list": (signed_in, signed_in),
    "admin:index": (staff, staff),
    "admin:login": (facilitators_door, facilitators_door),
    "admin:logout": (way_out, signed_in),
    "admin:password_change": (staff, staff),
    "admin:password_change_done": (staff, staff),
    "admin:autocomplete": (no_staff, None),  # Without naming a field it serves nobody; see the tests below.
    "admin:jsi18n": (staff, None),
    "admin:app_list": (staff, staff),
    "admin:people_user_send_password_link": (None, administrator),
    "admin:people_user_remove_second_factor": (None, administrator),
    "admin:postmortems_template_copy": (None, staff),
    "admin:actions_weeklyrun_next": (staff, None),
    "admin/(?P<url>.*)$": (not_found, not_found),
}

# For each model in the admin: its list, a row's page read and written, adding. Rows are never deleted there.
ADMIN_POLICY: dict[str, tuple[Rule, Rule, Rule, Rule]] = {
    "people_user": (staff, staff, administrator, administrator),
    "people_team": (staff, staff, staff, staff),
    "people_organisation": (staff, staff, administrator, no_staff),
    "people_absence": (staff, staff, staff, staff),
    "people_outboxmail": (staff, staff, no_staff, no_staff),
    "people_recordentry": (administrator, administrator, no_staff, no_staff),
    "incidents_severitypolicy": (staff, staff, staff, no_staff),
    "incidents_reviewtrigger": (staff, staff, staff, staff),
    "incidents_service": (staff, staff, staff, staff),
    "incidents_incident": (staff, staff_reader, no_staff, no_staff),
    "postmortems_template": (staff, staff, staff, staff),
    "postmortems_postmortem": (staff, staff_reader, no_staff, no_staff),
    "actions_action": (staff, staff_reader, no_staff, no_staff),
    "actions_weeklyrun": (staff, staff, no_staff, no_staff),
    "actions_dailyrun": (staff, staff, no_staff, no_staff),
    "actions_escalationstep": (staff, staff, staff, no_staff),
    "actions_actionpolicy": (staff, staff, staff, no_staff),
}
ROW_IN_SHORT = re.compile(r"admin/(\w+)/(\w+)/<path:object_id>/")


def policy_of(address: Address) -> Policy | None:
    if address.name in POLICY:
        return POLICY[address.name]
    if ROW_IN_SHORT.fullmatch(address.route):
        return (staff, staff)  # Leads on to the row's page, which then asks.
    named = re.fullmatch(r"admin:(\w+)_(changelist|add|change|delete|history)", address.name)
    if not named or named[1] not in ADMIN_POLICY:
        return None
    listed, read, write, add = ADMIN_POLICY[named[1]]
    return {
        "changelist": (listed, listed), "add": (add, add), "change": (read, write), "history": (read, read),
        "delete": (no_staff, no_staff),
    }[named[2]]  # fmt: skip


REACHED = {400, 409, 422, 503}


def answer_of(response: HttpResponse) -> str:
    leads_to = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    if leads_to.startswith(("/accounts/login/", "/admin/login/")):
        return SIGN_IN
    refusals = {404: HIDDEN, 403: FORBIDDEN, 405: NO_METHOD}
    if response.status_code < 400 or response.status_code in REACHED:
        return OK
    return refusals.get(response.status_code, str(response.status_code))


def expected(address: Address, method: str, who: str, kind: str) -> set[str]:
    reading, writing = policy_of(address) or (None, None)
    rule = writing if method == "POST" else reading
    if rule is not None and method in ("GET", "POST"):
        return {rule(who, kind)}
    # A method that is not offered says so, or answers as reading does; it never does more than that person may.
    others = {offered(who, kind) for offered in (reading, writing) if offered}
    if method in ("GET", "POST"):
        return {SIGN_IN} if others == {SIGN_IN} else {NO_METHOD}
    return {NO_METHOD, *others}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


ADDRESSES = addresses()
PLAIN: dict[str, str] = {}
HTMX = {"HX-Request": "true"}


def cells_of(address: Address) -> list[tuple[str, str, str, dict[str, str]]]:
    kinds = [OPEN, RESTRICTED, UNKNOWN] if address.is_of_an_incident else [OPEN]
    ours = not address.route.startswith(("admin/", "accounts/"))
    offered = [
        (method, who, kind, headers)
        for method in ("GET", "POST")
        for who in PEOPLE
        for kind in (kinds if who in ("outsider", "member", "administrator") else kinds[:2])
        for headers in ((PLAIN, HTMX) if ours and who in ("anonymous", "outsider", "team_viewer") else (PLAIN,))
    ]
    strangers = ("anonymous", "outsider", "viewer")
    return offered + [(method, who, kinds[-1], PLAIN) for method in ("PUT", "DELETE") for who in strangers]


def part_of(address: Address) -> str:
    """Addresses are tried in parts of the site: one organisation is made for each."""
    words = address.route.split("/")
    return "/".join(words[:3]) if words[0] == "admin" else words[0]


PARTS = sorted({part_of(address) for address in ADDRESSES})


def test_every_address_has_a_policy() -> None:
    assert [f"{a.name} ({a.route}): say in POLICY who may use it" for a in ADDRESSES if policy_of(a) is None] == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part or "home")
def test_each_person_is_answered_as_the_policy_says(part: str, world: World) -> None:
    wrong = []
    for address in [address for address in ADDRESSES if part_of(address) == part and policy_of(address)]:
        for method, who, kind, headers in cells_of(address):
            answer = ask(world, address, method, who, kind, headers)
            if answer not in (right := expected(address, method, who, kind)):
                how = " by htmx" if headers else ""
                wrong.append(f"{address.name} {method} {who} {kind}{how}: {answer}, not {' or '.join(sorted(right))}")

    assert not wrong, "\n".join(wrong)


def ask(world: World, address: Address, method: str, who: str, kind: str, headers: dict[str, str]) -> str:
    """The answer, with whatever it changed taken back."""
    cache.clear()
    with transaction.atomic():
        client = world.client(who)
        cookies = client.cookies.copy()
        path = address.path(world, kind)
        send = client.post if method == "POST" else partial(client.generic, method)
        response = send(path, headers=headers)
        client.cookies = cookies
        transaction.set_rollback(True)
    return answer_of(response)


def test_policy_names_no_address_that_is_gone() -> None:
    known = {address.name for address in ADDRESSES}

    assert [name for name in POLICY if name not in known] == []


def test_matrix_has_a_cell_for_everything_that_can_be_asked() -> None:
    cells = sum(len(cells_of(address)) for address in ADDRESSES)

    assert cells >= len(ADDRESSES) * len(PEOPLE) * 2


def test_restricted_and_unknown_look_the_same_to_a_stranger(world: World) -> None:
    for address in [address for address in ADDRESSES if address.is_of_an_incident]:
        for who, method in (("outsider", "GET"), ("outsider", "POST"), ("viewer", "GET"), ("facilitator", "POST")):
            hidden, unknown = (
                plain(world.client(who).generic(method, address.path(world, kind)), address.path(world, kind))
                for kind in (RESTRICTED, UNKNOWN)
            )
            assert hidden == unknown, f"{address.name}: {method} as {who}"


def plain(response: HttpResponse, path: str) -> tuple[int, str]:
    """Without what differs from one answer to the next: nonce, token, request id, the address itself."""
    text = re.sub(r"[A-Za-z0-9+/]{22}==|[A-Za-z0-9]{64}|[0-9a-f]{32}", "", response.content.decode())
    return response.status_code, text.replace(path, "")


TWO_IDS = [address for address in ADDRESSES if {"number", "pk"} <= set(address.parameters)]


def test_a_row_of_another_post_mortem_is_not_found_under_this_one(world: World) -> None:
    found = []
    for address in TWO_IDS:
        for mine, other in ((OPEN, RESTRICTED), (RESTRICTED, OPEN)):
            foreign = address.path(world, other)
            for numbers in (NUMBERS, ACTION_NUMBERS):
                foreign = foreign.replace(f"/{numbers[other]}/", f"/{numbers[mine]}/", 1)
            for who, method in product(("member", "participant", "administrator"), ("GET", "POST")):
                status = world.client(who).generic(method, foreign).status_code
                found += [] if status in (404, 405) else [f"{method} {foreign} as {who}: {status}"]

    assert TWO_IDS
    assert found == []


@pytest.mark.parametrize("who", PEOPLE[1:])
def test_door_of_a_room_follows_the_pages(who: str, world: World) -> None:
    person = world.people[who]
    person.refresh_from_db()
    door = PostmortemDoor()

    for kind in (OPEN, RESTRICTED):
        access = door.enter(person, NUMBERS[kind])
        may_read, may_write = reader(who, kind) == OK, writer(who, kind) == OK
        assert (access is not None, bool(access and access.may_write)) == (may_read, may_write)
    assert door.enter(person, NUMBERS[UNKNOWN]) is None


def test_search_box_of_the_admin_completes_what_the_facilitator_may_see(world: World) -> None:
    def found(**field: str) -> list[str]:
        answer = world.client("facilitator").get("/admin/autocomplete/", {**field, "term": ""})
        return [row["text"] for row in answer.json()["results"]]

    assert "member" in found(app_label="people", model_name="team", field_name="lead")
    incident, postmortem = world.dossiers[OPEN].incident, world.dossiers[OPEN].postmortem
    assert found(app_label="postmortems", model_name="postmortem", field_name="incident") == [str(incident)]
    assert found(app_label="actions", model_name="action", field_name="postmortem") == [str(postmortem)]


@pytest.mark.templates_noted
@pytest.mark.parametrize("model", ["incidents/incident", "postmortems/postmortem", "actions/action"])
def test_lists_of_the_admin_hold_what_the_facilitator_may_see(model: str, world: World) -> None:
    rows = world.client("facilitator").get(f"/admin/{model}/").context["cl"].result_list
    everything = world.client("administrator").get(f"/admin/{model}/").context["cl"].result_list

    name = model.split("/")[1]
    assert list(rows) == [world.row(name, OPEN)]
    assert {row.pk for row in everything} == {world.row(name, kind).pk for kind in (OPEN, RESTRICTED)}
