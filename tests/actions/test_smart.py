"""The five checks, on sentences as people write them."""

from datetime import date, timedelta

import pytest

from actions.smart import Draft, Load, of_text, smart

TODAY = date(2026, 3, 9)
GOOD = [
    "Alert when the queue holds more than 1,000 messages",
    "Add a limit of 40 open connections to the payments gateway",
    "Remove the retry from the booking page",
    "Reject imports whose file names a column twice",
    "Replace the shared password of the gate server by one for each operator",
    "Improve p95 of the checkout to below 300 ms",
    "Reduce the restore of the bookings database to under 20 minutes",
    "Write the runbook for switching over to the second region",
    "Block a deployment while its migration runs longer than a minute",
    "Rehearse the restore every quarter with a copy of last night",
    "Make the deploy button ask for the region before it acts",
    "Show the share of connections in use on the payments dashboard",
    "Investigate within a week whether the bank refuses repeated orders, and write down the answer",
    "We should delete the flag old_pricing",
    "Automate the renewal of the certificates of the gate",
    "Fail the build when a client has no timeout",
]
VAGUE = [
    "Improve monitoring",
    "Look into the retries",
    "Be more careful with deployments",
    "Investigate",
    "Fix it",
    "Pay attention to the disk",
    "Enhance the resilience of the platform",
    "Ensure quality",
    "Make sure this never happens again",
    "We need to discuss the on-call process",
    "Add monitoring",
    "Double-check the configuration before each release",
    "Consider a second region",
    "better alerting",
    "Review the runbooks",
    "Don’t forget to renew the certificate",
]
UNMEASURABLE = [
    "Make the checkout of the shop faster",
    "Add more alerts to the gateway",
    "Communication with the bank",
    "Update the runbook of the gateway regularly",
    "Write appropriate tests for the importer",
    "Clean up the old queues of the importer",
]


def passed(draft: Draft) -> dict[str, bool | None]:
    return {check.key: check.passed for check in smart(draft)}


@pytest.mark.parametrize("text", GOOD)
def test_a_sentence_that_names_a_result_is_specific_and_measurable(text):
    assert [(check.key, check.passed, check.suggestion) for check in of_text(text)] == [
        ("specific", True, ""),
        ("measurable", True, ""),
    ]


@pytest.mark.parametrize("text", VAGUE)
def test_a_vague_sentence_is_not_specific_and_is_told_why(text):
    check = of_text(text)[0]

    assert check.passed is False
    assert check.why and check.suggestion


@pytest.mark.parametrize("text", UNMEASURABLE)
def test_a_sentence_that_nobody_can_check_is_not_measurable(text):
    check = of_text(text)[1]

    assert check.passed is False
    assert check.why and check.suggestion


@pytest.mark.parametrize("text", ["", "   ", "…"[:0], "."])
def test_of_nothing_nothing_is_said(text):
    assert [check.passed for check in of_text(text)] == [None, None]


@pytest.mark.parametrize(
    ("owner", "is_passed"),
    [
        ("Mira Sand", True), ("Allan Teammate", True), ("Payments team", False), ("everyone", False), ("", False),
        ("All engineers", False), ("on-call", False), ("TBD", False),
    ],
)  # fmt: skip
def test_one_person_answers_for_it_never_a_team(owner, is_passed):
    assert passed(Draft(GOOD[0], owner=owner, today=TODAY))["assignable"] is is_passed


@pytest.mark.parametrize(
    ("days", "load", "realistic", "timed"),
    [
        (None, Load(), None, False),
        (-1, Load(), True, False),
        (0, Load(), False, True),
        (1, Load(), False, True),
        (2, Load(), True, True),
        (14, Load(open_count=7, due_that_week_count=2), True, True),
        (14, Load(open_count=8), False, True),
        (14, Load(open_count=3, due_that_week_count=3), False, True),
        (180, Load(), True, True),
        (181, Load(), True, False),
    ],
)
def test_the_date_and_what_the_owner_has_to_do_decide_whether_it_can_be_done(days, load, realistic, timed):
    due_on = None if days is None else TODAY + timedelta(days=days)

    found = passed(Draft(GOOD[0], owner="Mira Sand", due_on=due_on, today=TODAY, load=load))

    assert (found["realistic"], found["timed"]) == (realistic, timed)


def test_without_an_owner_nothing_is_said_about_their_time():
    assert passed(Draft(GOOD[0], due_on=TODAY + timedelta(days=9), today=TODAY))["realistic"] is None
