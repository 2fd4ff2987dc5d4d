"""`python -m bench.year --seed 7`: a year of 200 people and 400 actions; on an empty database, which stays empty."""

import argparse
import os
import sys
import time

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("seed", 7), ("people", 200), ("postmortems", 50), ("actions", 400), ("weeks", 52)):
        parser.add_argument(f"--{name}", type=int, default=value)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import transaction

    from bench.year.house import Size
    from bench.year.run import Year
    from people.models import User

    if User.objects.exists():
        sys.exit("This database holds people: a simulated year wants an empty one, to say nothing to anybody real.")
    started = time.perf_counter()
    with transaction.atomic():
        size = Size(wanted.people, wanted.postmortems, wanted.actions, wanted.weeks)
        report = Year(size, wanted.seed).run()
        transaction.set_rollback(True)
    print(f"{report}\n{time.perf_counter() - started:.0f} s")
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
