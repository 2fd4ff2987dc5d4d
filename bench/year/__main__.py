"""`python -m bench.year --seed 7`: a year of 200 people and 400 actions; on an empty database, which stays empty."""

import argparse
import os
import sys
import time
from dataclasses import replace

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("seed", 7), ("people", 200), ("postmortems", 50), ("actions", 400), ("weeks", 52)):
        parser.add_argument(f"--{name}", type=int, default=value)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.db import transaction
    from django.test import override_settings

    from bench.year.house import Size
    from bench.year.run import Year
    from people.models import User

    if User.objects.exists():
        sys.exit("This database holds people: a simulated year wants an empty one, to say nothing to anybody real.")
    started = time.perf_counter()
    # A cache of its own: what else runs beside it keeps its organisation, with its time zone, in the shared one.
    own = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with override_settings(CACHES=own), transaction.atomic():
        size = Size(wanted.people, wanted.postmortems, wanted.actions, wanted.weeks)
        report = Year(size, wanted.seed).run()
        transaction.set_rollback(True)
    print(
        f"{replace(report, wrong=report.wrong[:20])}\n{len(report.wrong)} wrong, {time.perf_counter() - started:.0f} s"
    )
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
