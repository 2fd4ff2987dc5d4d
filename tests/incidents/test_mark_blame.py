"""Words that ask who instead of what: which are marked, which are not, and whom they are shown to."""

import csv
import time

import pytest

from incidents.blame import (
    ASK_CARE,
    ASK_DUTY,
    ASK_ERROR,
    ASK_HINDSIGHT,
    ASK_JUDGE,
    ASK_PERSON,
    ASK_QUESTION,
    ASK_WHY,
    blame_in,
)
from integrations.management.commands.score_importer import default_corpus

LABELLED = default_corpus() / "blame_dev.tsv"


@pytest.mark.parametrize(
    ("text", "words", "ask"),
    [
        ("Who pushed the broken change?", "Who pushed the broken change", ASK_QUESTION),
        ("Whose commit was it?", "Whose commit was it", ASK_QUESTION),
        ("Why didn’t you read the runbook?", "Why didn’t you read the runbook", ASK_WHY),
        ("Why did the operator not call?", "Why did the operator not call", ASK_WHY),
        ("This is your responsibility.", "This is your responsibility", ASK_DUTY),
        ("The root cause was human error.", "human error", ASK_ERROR),
        ("The key was deleted by mistake.", "by mistake", ASK_ERROR),
        ("The new engineer forgot the second step.", "The new engineer forgot", ASK_PERSON),
        (
            "An engineer on the night shift overlooked the alert.",
            "An engineer on the night shift overlooked",
            ASK_PERSON,
        ),
        ("She never checked the dashboard.", "She never checked", ASK_PERSON),
        ("The change should have been tested first.", "should have been tested", ASK_HINDSIGHT),
        ("If he had looked, it would be up.", "If he had looked", ASK_HINDSIGHT),
        ("It could have been prevented.", "could have been prevented", ASK_HINDSIGHT),
        ("That was careless.", "careless", ASK_JUDGE),
        ("We need to be more careful.", "be more careful", ASK_CARE),
    ],
)
def test_what_asks_who_is_marked_with_a_question_about_the_system(text, words, ask):
    (marked,) = blame_in(text)

    assert (marked.words, marked.ask) == (words, ask)
    assert text[marked.start : marked.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "Mira restarted the node at 14:32.",
        "The deploy removed the index, and nothing warned of it.",
        "Who is on call next week?",
        "Why did the queue grow?",
        "The job should have had a limit of its own, and alerts should have fired.",
        "Any operator error is a sign of a missing guard.",
        "The bot should have stopped at a loss of 15.",
        "The page loads pictures by lazy loading.",
        "A customer said: “Your engineer forgot us.”",
        "They should not have been able to sign in.",
        "`who deleted it?`",
        "The user could see the form and did what it asked for.",
    ],
)
def test_an_account_of_what_happened_is_left_alone(text):
    assert blame_in(text) == []


def test_each_place_is_marked_once_in_order_and_over_lines():
    text = "- The developer forgot it.\n- It was human error.\n\nWho broke it?"

    assert [one.words for one in blame_in(text)] == ["The developer forgot", "human error", "Who broke it"]


@pytest.mark.parametrize(
    "text",
    [
        "who did " * 12_000,
        "the engineer " * 8_000,
        "if we had " * 10_000,
        "lazy " * 20_000,
        "should have " * 9_000,
        "a" * 100_000,
    ],
)
def test_it_takes_no_time(text):
    before = time.process_time()

    blame_in(text)

    assert time.process_time() - before < 1


@pytest.mark.skipif(
    not LABELLED.exists(),
    reason="BLAME WAS NOT MEASURED: no blame_dev.tsv in the corpus beside the project; set DEBRIEF_CORPUS to it",
)
def test_of_what_it_marks_in_real_sentences_nearly_all_is_blame():
    with LABELLED.open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    marked = [row for row in rows if blame_in(row["sentence"])]
    right = [row for row in marked if row["label"] == "1"]
    about_people = [
        row for row in rows if row["kind"] in ("person_blame", "human_error", "counterfactual", "judgemental")
    ]
    caught = [row for row in about_people if row in marked]

    assert len(right) / len(marked) > 0.95
    assert len(caught) / len(about_people) > 0.8


@pytest.mark.django_db
def test_whoever_types_is_told_and_nothing_is_kept(client, member):
    client.force_login(member)

    answer = client.post("/incidents/mark-blame/", {"text": "<b>Who broke it?</b>"}).content.decode()

    assert "<q>Who broke it</q> What in our system allowed it?" in answer
    assert client.post("/incidents/mark-blame/", {"text": "The queue grew."}).content.strip() == b""
    assert client.post("/incidents/mark-blame/", {}).content.strip() == b""
    assert client.get("/incidents/mark-blame/").status_code == 405


@pytest.mark.django_db
def test_the_form_of_an_incident_marks_it_too(client, member):
    client.force_login(member)

    answer = client.post("/incidents/mark-vague/?field=summary", {"summary": "Nora forgot to call. Who forgot it?"})

    assert "<q>Who forgot it</q>" in answer.content.decode()
