"""How long planning the weekly mail of a large house takes, and how much memory: `python -m bench.weekly`.

What it makes stands in one transaction that is taken back at the end; the database it runs on stays as it was.
"""

import argparse
import gc
import json
import os
import resource
import threading
import time
from datetime import date, timedelta

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--actions", type=int, default=100_000)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(measure(wanted.people, wanted.actions), indent=2))


def measure(people: int, actions: int) -> dict[str, float]:
    from django.db import transaction

    from actions.weekly import plan_week

    monday = date(2001, 1, 8)  # A week that no real house has planned.
    with transaction.atomic():
        _fill(monday, people, actions)
        gc.collect()
        started, worked = time.perf_counter(), time.process_time()
        with Memory() as memory:
            run = plan_week(monday)
        took, cpu = time.perf_counter() - started, time.process_time() - worked
        transaction.set_rollback(True)
    return {
        "people": people, "actions": actions, "mails": run.mail_count, "seconds": round(took, 1),
        "cpu_seconds": round(cpu, 1), "memory_grew_by_mb": round(memory.highest - memory.before),
    }  # fmt: skip


class Memory:
    """The most that the process held at one time, looked at every few milliseconds: its own peak lies in the filling."""

    def __enter__(self) -> "Memory":
        self.before = self.highest = _megabytes()
        self.is_over = threading.Event()
        self.watch = threading.Thread(target=self._look, daemon=True)
        self.watch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.watch.join()

    def _look(self) -> None:
        while not self.is_over.wait(0.02):
            self.highest = max(self.highest, _megabytes())


def _megabytes() -> float:
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize() / 2**20


def _fill(monday: date, people_count: int, action_count: int) -> None:
    """Teams of ten, a post-mortem each, and actions from two months late to two months ahead; some blocked or unaccepted."""
    from django.db.models import Max
    from django.utils import timezone

    from actions.models import Action
    from incidents.models import Incident
    from live.commands import create_room
    from people.models import Team, User
    from postmortems.models import Postmortem, Template

    people = User.objects.bulk_create(
        [User(email=f"{n}@bench.invalid", name=f"Person {n}") for n in range(people_count)],
        batch_size=2000,
    )
    crews = [people[n : n + 10] for n in range(0, people_count, 10)]
    teams = Team.objects.bulk_create(
        [Team(name=f"bench {n}", lead=crew[0], engineering_manager=crew[1]) for n, crew in enumerate(crews)]
    )
    through = Team.members.through
    through.objects.bulk_create(
        [through(team=team, user=person) for team, crew in zip(teams, crews, strict=True) for person in crew],
        batch_size=5000,
    )
    template = Template.objects.create(name="bench")
    first = (Incident.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    postmortems = []
    for n, (team, crew) in enumerate(zip(teams, crews, strict=True)):
        incident = Incident.objects.create(
            number=first + n, title=f"Incident {n}", severity=2, team=team, reported_by=crew[0]
        )
        room = create_room("postmortems", {})
        postmortems.append(
            Postmortem.objects.create(incident=incident, template=template, room=room, opened_by=crew[0])
        )
    number = (Action.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    now = timezone.now()
    Action.objects.bulk_create(
        (
            Action(
                number=number + n, title=f"Alert on the depth of queue {n} before it holds up the others",
                postmortem=postmortems[n % len(teams)], owner=crews[n % len(teams)][n // len(teams) % len(crews[0])],
                added_by=people[0], due_on=monday - timedelta(days=n % 120 - 60),
                asked_at=now, accepted_at=now if n % 10 else None,
            )
            for n in range(action_count)
        ),
        batch_size=5000,
    )  # fmt: skip


if __name__ == "__main__":
    main()
