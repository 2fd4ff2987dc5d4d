"""Boards and lists of actions with many rows: what each address takes on the server, and how often it asks.

    DATABASE_URL=postgresql:///an_empty_one python -m bench.boards --actions 100000 --people 10000

It fills the database of DATABASE_URL, which must hold no actions, and measures with Django's own client, in one process:
everything between the request and the answer, without the network. With --keep it measures what an earlier run made; with
--large the CSV of everything, and one change of a thousand actions, which stays.
"""

import argparse
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from actions.models import Action  # noqa: E402
from bench.meters import forget_peak, memory  # noqa: E402
from incidents.models import Incident, Participant  # noqa: E402
from live.models import Room  # noqa: E402
from people.models import Team, User  # noqa: E402
from postmortems.models import Postmortem, Template  # noqa: E402

ACTIONS_EACH = 10
BATCH = 5_000
WORDS = [
    "alert",
    "queue",
    "gate",
    "retry",
    "timeout",
    "runbook",
    "dashboard",
    "index",
    "cache",
    "deploy",
    "rollback",
    "limit",
    "pager",
    "quota",
]
ADDRESSES = {
    "home": "/",
    "list": "/actions/",
    "list, page 100": "/actions/?page=100",
    "list, every status": "/actions/?status=all",
    "list, text": "/actions/?text=rollback+quota",
    "list, team": "/actions/?team={team}",
    "list, owner": "/actions/?owner={owner}",
    "list, overdue and high": "/actions/?overdue=on&priority=high",
    "list, not accepted": "/actions/?unaccepted=on",
    "by priority": "/actions/?group=priority",
    "by overdue": "/actions/?group=late",
    "by kind": "/actions/?group=kind",
    "by age": "/actions/?group=age",
    "by team": "/actions/?group=team",
    "by owner": "/actions/?group=owner",
    "board": "/actions/board/",
    "board, team": "/actions/board/?team={team}",
    "board, overdue": "/actions/board/?overdue=on",
    "weekly review": "/actions/weekly/",
    "weekly review, team": "/actions/weekly/?team={team}",
    "figures": "/actions/figures/",
    "figures, a year": "/actions/figures/?months=12",
    "figures, team": "/actions/figures/?team={team}",
}


def fill(actions: int, people: int) -> None:
    dice = random.Random(45)
    users = User.objects.bulk_create(
        [
            User(email=f"bench{n}@harbour.example", name=f"Person {n}", password="!")  # noqa: S106 - nobody signs in with it
            for n in range(people)
        ],
        BATCH,
    )
    teams = Team.objects.bulk_create(
        [Team(name=f"Team {n}", lead=users[n * 10], engineering_manager=users[n]) for n in range(max(people // 10, 1))]
    )
    membership: Any = Team.members.through
    membership.objects.bulk_create(
        [membership(team=teams[n % len(teams)], user=user) for n, user in enumerate(users)], BATCH
    )
    incidents = _incidents(actions // ACTIONS_EACH, users, teams, dice)
    postmortems = _postmortems(incidents, users)
    for batch in _batches(_action(n, postmortems[n // ACTIONS_EACH], users, dice) for n in range(actions)):
        Action.objects.bulk_create(batch)


def _incidents(count: int, users: list[User], teams: list[Team], dice: random.Random) -> list[Incident]:
    """One in ten is restricted: what a list must leave out is to be among what it reads."""
    now = timezone.now()
    made = Incident.objects.bulk_create(
        [
            Incident(
                number=n + 1, title=f"Incident {n}", severity=dice.randint(1, 4), team=dice.choice(teams),
                kind=dice.choice(Incident.Kind.values), reported_by=dice.choice(users), is_restricted=n % 10 == 0,
                started_at=now - timedelta(days=n % 365), resolved_at=now - timedelta(days=n % 365),
            )
            for n in range(count)
        ],
        BATCH,
    )  # fmt: skip
    Participant.objects.bulk_create([Participant(incident=one, user=dice.choice(users)) for one in made], BATCH)
    return made


def _postmortems(incidents: list[Incident], users: list[User]) -> list[Postmortem]:
    rooms = Room.objects.bulk_create([Room(kind="postmortems") for _ in incidents], BATCH)
    template = Template.objects.first() or Template.objects.create(name="Bench")
    made = [
        Postmortem(
            incident=one, room=room, template=template, opened_by=users[0], status=Postmortem.Status.PUBLISHED,
            published_at=timezone.now(),
        )
        for one, room in zip(incidents, rooms, strict=True)
    ]  # fmt: skip
    return Postmortem.objects.bulk_create(made, BATCH)


def _action(n: int, postmortem: Postmortem, users: list[User], dice: random.Random) -> Action:
    """All of them open but the last of each ten, as in an organisation where nothing was ever finished."""
    now = timezone.now()
    state: dict[str, Any] = {"status": dice.choice(["not_started", "not_started", "in_progress"])}
    if n % 20 == 19:
        state = {"status": "done", "evidence": "https://x.example/1", "finished_at": now - timedelta(days=n % 200)}
    elif n % 15 == 14:
        state = {
            "status": "blocked",
            "blocked_reason": "The vendor answers",
            "waits_for": users[n % 50],
            "blocked_at": now,
        }
    return Action(
        number=n + 1, postmortem=postmortem, title=" ".join(dice.choices(WORDS, k=6)), owner=users[n % len(users)],
        due_on=(now + timedelta(days=dice.randint(-40, 300))).date() if n % 50 else None, added_by=users[0],
        priority=dice.choice(["high", "medium", "medium", "low"]), asked_at=now, accepted_at=now if n % 8 else None,
        **state,
    )  # fmt: skip


def _batches(rows: Iterator[Action]) -> Iterator[list[Action]]:
    batch: list[Action] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def measure(rounds: int) -> bool:
    """Print a table of all addresses; whether each stays below what is promised."""
    connection.force_debug_cursor = False
    reader = User.objects.get(email="bench5@harbour.example")
    client = Client(headers={"host": "localhost"})
    client.force_login(reader)
    names = {"team": reader.teams.get().pk, "owner": reader.pk}
    print(f"{'address':<28}{'best ms':>10}{'median ms':>10}{'p95 ms':>10}{'queries':>9}{'kB':>7}")
    return not [
        label for label, address in ADDRESSES.items() if not _line(client, label, address.format(**names), rounds)
    ]


def _line(client: Client, label: str, address: str, rounds: int) -> bool:
    client.get(address)
    took = []
    for _ in range(rounds):
        reset_queries()
        started = time.perf_counter()
        response = client.get(address)
        took.append((time.perf_counter() - started) * 1000)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    if response.status_code != 200:
        print(f"{label:<28} answers {response.status_code}")
        return False
    p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
    print(
        f"{label:<28}{min(took):>10.0f}{statistics.median(took):>10.0f}{p95:>10.0f}{len(asked):>9}{len(response.content) // 1024:>7}"
    )
    if os.environ.get("BENCH_SLOWEST"):
        for query in sorted(asked.captured_queries, key=lambda one: -float(one["time"]))[:2]:
            print("   ", query["time"], query["sql"][:1500])
    return statistics.median(took) < 150


def measure_large() -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email="bench5@harbour.example"))
    connection.force_debug_cursor = False
    _sheet(client)
    finds = {"every": "on", "query": "priority=low", "change": "priority", "priority": "medium", "reason": "Measured."}
    for step in ("look", "do"):
        reset_queries()
        started = time.perf_counter()
        answer = client.post("/actions/bulk/", {**finds, "step": step})
        said = re.search(r"(\d+) actions (would change|changed)", answer.text)
        print(f"{said[0] if said else answer.status_code}: {time.perf_counter() - started:.1f} s")


def _sheet(client: Client) -> None:
    """The first part, all of it, and how much more memory the process had in hand meanwhile than before."""
    reset_queries()
    forget_peak(os.getpid())
    held, started = memory(os.getpid(), "VmRSS"), time.perf_counter()
    lines = size = 0
    first: float | None = None
    for part in client.get("/actions/sheet.csv?status=all").streaming_content:  # type: ignore[attr-defined]
        first = first or time.perf_counter() - started
        lines, size = lines + part.count(b"\r\n"), size + len(part)
        reset_queries()
    took, more = time.perf_counter() - started, memory(os.getpid()) - held
    print(
        f"CSV: {lines} lines, {size / 1e6:.0f} MB in {took:.1f} s, the first after {first:.2f} s, {more:.0f} MiB of memory"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", action="store_true", help="measure what is there")
    parser.add_argument("--large", action="store_true", help="measure the CSV and a change of a thousand")
    wish = parser.parse_args()
    if not wish.keep:
        call_command("migrate", verbosity=0)
        if Action.objects.exists():
            sys.exit("This database holds actions already: name an empty one, or --keep what an earlier run made.")
        fill(wish.actions, wish.people)
        with connection.cursor() as cursor:
            cursor.execute("analyze")
    if wish.large:
        measure_large()
    else:
        sys.exit(0 if measure(wish.rounds) else 1)


if __name__ == "__main__":
    main()
