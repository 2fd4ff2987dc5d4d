from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.commands import decide_review
from incidents.defaults import install_review_triggers, install_severity_policies
from incidents.errors import DecisionUnexplained
from incidents.models import Incident, Review, ReviewDecision, ReviewTrigger
from incidents.reviewing import requirement_of
from people.models import RecordEntry
from tests.factories import STARTED_AT, IncidentFactory, ServiceFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
Condition = ReviewTrigger.Condition


@pytest.fixture
def incident(team):
    """Ninety minutes of a SEV-3 of which nothing is known."""
    install_severity_policies()
    return IncidentFactory(number=7, title="Checkout is slow", team=team, severity=3)


@pytest.fixture
def policy(db):
    """Puts one row into an otherwise empty policy."""

    def add(condition, at_least=None, answer=Review.REQUIRED):
        return ReviewTrigger.objects.create(
            condition=condition, at_least=at_least, answer=answer, because="It matters."
        )

    return add


def with_impact(incident, **facts):
    type(incident.impact).objects.filter(incident=incident).update(**facts)
    return Incident.objects.get(pk=incident.pk)


def words_for(incident, user):
    return [finding.words for finding in requirement_of(incident, user).speaks_for]


def test_requirement_without_triggers_is_what_the_severity_asks_for(incident, member):
    requirement = requirement_of(incident, member)

    assert requirement.answer == Review.BRIEF
    assert [finding.words for finding in requirement.speaks_for] == ["SEV-3 Minor"]
    assert requirement.speaks_against == []


def test_requirement_is_the_strongest_of_what_speaks_for_it(incident, member, policy):
    policy(Condition.USERS_SHARE, 1, Review.REQUIRED)
    policy(Condition.USERS_SHARE, Decimal("0.1"), Review.RECOMMENDED)
    incident = with_impact(incident, users_affected_percent=Decimal("2.5"))

    requirement = requirement_of(incident, member)

    assert requirement.answer == Review.REQUIRED
    assert [(f.words, f.answer) for f in requirement.speaks_for] == [
        ("2.5 % of users were affected", "required"),
        ("SEV-3 Minor", "brief"),
    ]


@pytest.mark.parametrize(
    ("condition", "at_least", "facts", "words"),
    [
        (Condition.USERS_SHARE, 1, {"users_affected_percent": Decimal("1")}, "1 % of users were affected"),
        (Condition.USERS_COUNT, 1000, {"users_affected_count": 11840}, "11,840 users were affected"),
        (Condition.REVENUE_LOST, 100, {"revenue_lost": Decimal("1840.5")}, "1,840.50 EUR of revenue were lost"),
        (Condition.SLA_BREACHED, None, {"is_sla_breached": True}, "The SLA was breached"),
        (Condition.DATA_LOST, None, {"is_data_lost": True}, "Data was lost"),
        (Condition.DATA_EXPOSED, None, {"is_data_exposed": True}, "Data was exposed"),
    ],
)
def test_requirement_finds_what_the_impact_says_and_nothing_in_the_unknown(
    condition, at_least, facts, words, incident, member, policy
):
    policy(condition, at_least)

    assert words_for(incident, member) == ["SEV-3 Minor"]
    assert words_for(with_impact(incident, **facts), member) == [words, "SEV-3 Minor"]


@pytest.mark.parametrize(
    ("condition", "facts", "words"),
    [
        (Condition.SECURITY, {"kind": "security"}, "It is a security incident"),
        (Condition.PROCESS, {"kind": "process"}, "It is a process failure"),
        (Condition.PROJECT, {"kind": "project"}, "It is a project or product failure"),
        (Condition.NEAR_MISS, {"is_near_miss": True}, "It was a near miss"),
        (Condition.WENT_WELL, {"went_unusually_well": True}, "It went unusually well"),
    ],
)
def test_requirement_finds_kinds_and_marks(condition, facts, words, incident, member, policy):
    policy(condition)

    assert words_for(incident, member) == ["SEV-3 Minor"]
    Incident.objects.filter(pk=incident.pk).update(**facts)
    assert words_for(Incident.objects.get(pk=incident.pk), member) == [words, "SEV-3 Minor"]


def test_requirement_that_two_rows_found_alike_goes_by_the_stricter_row(incident, member, policy):
    policy(Condition.USERS_SHARE, 1, Review.REQUIRED)
    policy(Condition.USERS_SHARE, Decimal("0.1"), Review.OPTIONAL)
    incident = with_impact(incident, users_affected_percent=Decimal("2.5"))

    requirement = requirement_of(incident, member)

    assert requirement.answer == Review.REQUIRED
    assert [finding.answer for finding in requirement.speaks_for] == [Review.REQUIRED, Review.BRIEF]


def test_requirement_shows_the_arithmetic_of_the_sla_budget(incident, member, policy):
    """99.95 % of 30 days are 43,178.4 of 43,200 minutes, which leaves 21.6."""
    policy(Condition.SLA_BUDGET, 100)
    policy(Condition.WITHIN_SLA, answer="")
    incident.services.add(ServiceFactory(name="checkout", sla_percent=Decimal("99.95")))

    requirement = requirement_of(incident, member)

    assert (
        requirement.speaks_for[0].words
        == "checkout: 1 h 30 min felt, 21.6 min allowed in 30 days at 99.95 % (417 % used)"
    )
    assert requirement.speaks_against == []


def test_requirement_says_when_it_stayed_within_what_is_promised(incident, member, policy):
    policy(Condition.SLA_BUDGET, 100)
    policy(Condition.WITHIN_SLA, answer="")
    incident.services.add(ServiceFactory(name="checkout", sla_percent=Decimal("99.5")))

    requirement = requirement_of(incident, member)

    assert [f.words for f in requirement.speaks_for] == ["SEV-3 Minor"]
    assert [f.words for f in requirement.speaks_against] == [
        "checkout: 1 h 30 min felt, 216.0 min allowed in 30 days at 99.5 % (42 % used)"
    ]


def test_requirement_counts_downtime_from_the_first_impact_until_users_felt_it_no_longer(incident, member, policy):
    policy(Condition.DOWNTIME, 60)
    Incident.objects.filter(pk=incident.pk).update(
        first_impact_at=STARTED_AT + timedelta(minutes=5), mitigated_at=STARTED_AT + timedelta(minutes=70)
    )

    assert words_for(Incident.objects.get(pk=incident.pk), member) == ["Users felt it for 1 h 5 min", "SEV-3 Minor"]


@pytest.mark.parametrize(
    ("facts", "impact"), [({"is_near_miss": True}, {}), ({"kind": "project"}, {}), ({}, {"users_affected_count": 0})]
)
def test_requirement_counts_no_downtime_where_nobody_felt_it(facts, impact, incident, member, policy):
    policy(Condition.DOWNTIME, 1)
    Incident.objects.filter(pk=incident.pk).update(**facts)

    assert words_for(with_impact(incident, **impact, currency="EUR"), member) == ["SEV-3 Minor"]


def test_requirement_finds_payments_by_the_service(incident, member, policy):
    policy(Condition.PAYMENTS)
    incident.services.add(ServiceFactory(name="search"), ServiceFactory(name="gateway", takes_payments=True))

    assert words_for(incident, member) == ["Customers pay through gateway", "SEV-3 Minor"]


@pytest.fixture
def third_of_its_kind(incident, policy):
    policy(Condition.OF_ITS_KIND, 3)
    service = ServiceFactory(name="checkout")
    others = [IncidentFactory(number=n, severity=3, started_at=STARTED_AT - timedelta(days=n)) for n in (1, 2)]
    for one in [incident, *others]:
        one.services.add(service, ServiceFactory())
    return incident


def test_requirement_finds_the_third_of_its_kind(third_of_its_kind, member):
    assert words_for(third_of_its_kind, member) == ["The 3rd of its kind on its services in 90 days", "SEV-3 Minor"]


def test_requirement_does_not_count_what_the_reader_may_not_see(third_of_its_kind, member):
    Incident.objects.filter(number=1).update(is_restricted=True)

    assert words_for(third_of_its_kind, member) == ["SEV-3 Minor"]


def test_requirement_does_not_count_what_lies_further_back(third_of_its_kind, member):
    Incident.objects.filter(number=1).update(started_at=STARTED_AT - timedelta(days=91))

    assert words_for(third_of_its_kind, member) == ["SEV-3 Minor"]


@pytest.mark.parametrize(
    ("condition", "facts", "impact", "words"),
    [
        (Condition.PLANNED, {"is_planned": True}, {}, "It was planned maintenance"),
        (Condition.WORKAROUND, {"has_workaround": True}, {}, "It is a known issue with a workaround"),
        (Condition.SINGLE_REPORT, {}, {"support_tickets_count": 1}, "Only one user was affected or wrote to us"),
    ],
)
def test_requirement_tells_what_speaks_against_and_leaves_the_answer(
    condition, facts, impact, words, incident, member, policy
):
    policy(condition, answer="")
    Incident.objects.filter(pk=incident.pk).update(**facts)

    requirement = requirement_of(with_impact(incident, **impact), member)

    assert requirement.answer == Review.BRIEF
    assert [finding.words for finding in requirement.speaks_against] == [words]


def test_requirement_passes_over_rows_out_of_force(incident, member, policy):
    trigger = policy(Condition.NEAR_MISS)
    Incident.objects.filter(pk=incident.pk).update(is_near_miss=True)
    ReviewTrigger.objects.filter(pk=trigger.pk).update(is_in_force=False)

    assert words_for(Incident.objects.get(pk=incident.pk), member) == ["SEV-3 Minor"]


def test_requirement_takes_the_same_queries_for_one_trigger_and_for_all(incident, member, django_assert_num_queries):
    install_review_triggers()
    incident.services.add(ServiceFactory(sla_percent=Decimal("99.9")), ServiceFactory(takes_payments=True))

    with django_assert_num_queries(5):
        requirement_of(Incident.objects.select_related("impact").get(pk=incident.pk), member)


def test_defaults_are_made_once_and_leave_alone_what_a_facilitator_retired(db):
    assert install_review_triggers() == 17
    ReviewTrigger.objects.filter(condition=Condition.PAYMENTS).update(is_in_force=False)

    assert install_review_triggers() == 0
    assert ReviewTrigger.objects.in_force().count() == 16


def test_decision_with_the_policy_needs_no_reason_and_goes_on_record(incident, facilitator):
    decision = decide_review(incident, by=facilitator, answer=Review.BRIEF)

    assert (decision.answer, decision.proposed, decision.by) == ("brief", "brief", facilitator)
    entry = RecordEntry.objects.about(incident).get()
    assert (entry.verb, entry.by) == ("incident.review_decided", facilitator)
    assert entry.details == {"answer": "brief", "proposed": "brief", "reason": ""}


def test_decision_against_the_policy_without_a_reason_keeps_nothing(incident, facilitator):
    with pytest.raises(DecisionUnexplained) as error:
        decide_review(incident, by=facilitator, answer=Review.OPTIONAL, reason="  ")

    assert error.value.fields == {
        "reason": "The policy says “brief review”. Say in a sentence why it is different here; it stays on record."
    }
    assert not ReviewDecision.objects.exists()
    assert not RecordEntry.objects.exists()


def test_page_shows_what_speaks_for_and_against_and_the_decision(client, incident, facilitator, policy):
    policy(Condition.PLANNED, answer="")
    Incident.objects.filter(pk=incident.pk).update(is_planned=True)
    decide_review(incident, by=facilitator, answer=Review.OPTIONAL, reason="Announced a week before.")
    client.force_login(facilitator)

    page = client.get("/incidents/7/").content.decode()

    for words in ["SEV-3 Minor.", "It was planned maintenance.", "Post-mortem optional", "Announced a week before."]:
        assert words in page


def test_page_warns_while_the_incident_goes_on(client, incident, member):
    client.force_login(member)
    assert "The incident still goes on" not in client.get("/incidents/7/").content.decode()

    Incident.objects.filter(pk=incident.pk).update(resolved_at=None)

    assert "The incident still goes on" in client.get("/incidents/7/").content.decode()


def test_form_decides_and_leads_back(client, incident, facilitator):
    IncidentFactory(number=3)
    client.force_login(facilitator)

    answer = client.post(
        "/incidents/7/decide-review/", {"answer": "optional", "reason": "As INC-3.", "explained_by": "inc-3"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/incidents/7/")
    decision = ReviewDecision.objects.get()
    assert (decision.answer, decision.reason, decision.explained_by.number) == ("optional", "As INC-3.", 3)


def test_form_without_a_reason_says_so_and_keeps_the_choice(client, incident, facilitator):
    client.force_login(facilitator)

    answer = client.post("/incidents/7/decide-review/", {"answer": "optional", "explained_by": "", "reason": ""})

    assert answer.status_code == 422
    assert "Say in a sentence why it is different here" in answer.content.decode()
    assert answer.context["form"]["answer"].value() == "optional"


def test_form_knows_a_restricted_incident_no_better_than_one_that_is_not_there(client, incident, facilitator):
    IncidentFactory(number=3, is_restricted=True)
    client.force_login(facilitator)

    def said(reference):
        answer = client.post("/incidents/7/decide-review/", {"answer": "brief", "explained_by": reference})
        return answer.context["form"].errors["explained_by"]

    assert said("INC-3") == ["There is no incident “INC-3”. Write its number, such as INC-12."]
    assert said("INC-99") == ["There is no incident “INC-99”. Write its number, such as INC-12."]


def test_page_names_what_explains_it_only_to_those_who_may_see_that(client, incident, facilitator, administrator):
    secret = IncidentFactory(number=3, title="Keys were stolen", is_restricted=True)
    decide_review(incident, by=administrator, answer=Review.BRIEF, explained_by=secret)

    client.force_login(administrator)
    assert "Keys were stolen" in client.get("/incidents/7/").content.decode()
    client.force_login(facilitator)
    page = client.get("/incidents/7/").content.decode()
    assert "Keys were stolen" not in page
    assert "INC-3" not in page


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_those_who_answer_for_the_team_may_decide(who, client, incident):
    person = UserFactory()
    team = TeamFactory(**{"lead" if who == "lead" else "engineering_manager": person})
    Incident.objects.filter(pk=incident.pk).update(team=team)
    client.force_login(person)

    assert client.post("/incidents/7/decide-review/", {"answer": "brief"}).status_code == 302


def test_log_shows_decisions_and_can_be_narrowed_to_those_against_the_policy(client, incident, facilitator, member):
    other = IncidentFactory(number=8, severity=3)
    decide_review(incident, by=facilitator, answer=Review.BRIEF)
    unusual = decide_review(other, by=facilitator, answer=Review.REQUIRED, reason="It may come again.")
    client.force_login(member)

    assert [one.incident.number for one in client.get("/incidents/decisions/").context["page"]] == [8, 7]
    narrowed = client.get("/incidents/decisions/?show=differs")
    assert list(narrowed.context["page"]) == [unusual]
    assert "It may come again." in narrowed.content.decode()


def test_log_takes_the_same_queries_for_one_and_three_decisions(
    client, incident, facilitator, member, django_assert_num_queries
):
    client.force_login(member)
    client.get("/incidents/decisions/")
    decide_review(incident, by=facilitator, answer=Review.BRIEF)
    with CaptureQueriesContext(connection) as once:
        client.get("/incidents/decisions/")
    for number in (8, 9):
        decide_review(IncidentFactory(number=number, severity=3), by=facilitator, answer=Review.BRIEF)

    with django_assert_num_queries(len(once)):
        client.get("/incidents/decisions/")


def test_admin_refuses_a_number_where_there_is_none_to_compare(client, facilitator):
    client.force_login(facilitator)
    row = {"condition": "data_lost", "at_least": "3", "answer": "required", "because": "It is gone.", "position": 10}

    refused = client.post("/admin/incidents/reviewtrigger/add/", row)
    assert "This condition has no number" in refused.content.decode()
    refused = client.post("/admin/incidents/reviewtrigger/add/", row | {"condition": "users_share", "at_least": ""})
    assert "write from which one on it holds" in refused.content.decode()

    assert client.post("/admin/incidents/reviewtrigger/add/", row | {"at_least": ""}).status_code == 302
    assert str(ReviewTrigger.objects.get()) == "data was lost"
