import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.documents.scores import Score, score_all, totals

MARKS = {True: "yes", False: "no", None: "-"}


def default_corpus() -> Path:
    """Beside the project, unless DEBRIEF_CORPUS names another place."""
    return Path(os.environ.get("DEBRIEF_CORPUS") or settings.BASE_DIR / ".." / "shared" / "corpus").resolve()


class Command(BaseCommand):
    help = "Read a folder of real post-mortems and set what was found beside what a person counted (INDEX.tsv)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--corpus", type=Path, metavar="DIR", help="the folder; DEBRIEF_CORPUS or ../shared/corpus")

    def handle(self, *args: Any, corpus: Path | None, **options: Any) -> None:
        folder = corpus or default_corpus()
        if not (folder / "INDEX.tsv").is_file():
            raise CommandError(f"There is no INDEX.tsv in {folder}.")
        scores = score_all(folder)
        self.stdout.write(
            f"{'document':<60} {'timeline':>9} {'actions':>9} {'done':>6} {'owner':>6} {'start':>5} {'end':>5} "
            f"{'sev':>4} "
            f"{'lost':>4} {'ms':>4}"
        )
        for score in scores:
            self.stdout.write(line(score))
        self._total(scores)

    def _total(self, scores: list[Score]) -> None:
        total = totals(scores)
        self.stdout.write("")
        self.stdout.write(f"timelines within ±10 %        {total.timelines:6.1%}   (wanted 85 %)")
        self.stdout.write(f"actions within ±1             {total.actions:6.1%}   (wanted 80 %)")
        self.stdout.write(f"no timeline, and none found   {total.quiet_timelines:6.1%}")
        self.stdout.write(f"no actions, and none found    {total.quiet_actions:6.1%}")
        self.stdout.write(f"start right, where known      {total.starts:6.1%}")
        self.stdout.write(f"end right, where known        {total.ends:6.1%}")
        self.stdout.write(f"severity right, where stated  {total.severities:6.1%}")
        self.stdout.write(
            f"documents {len(scores)}, crashes {total.crashes}, words lost {total.lost}, slowest {total.slowest:.2f} s"
        )


def line(score: Score) -> str:
    truth = score.truth
    if score.crash:
        return f"{truth.file[:60]:<60} {score.crash}"
    flags = ("" if score.is_timeline_right else " TIMELINE") + ("" if score.are_actions_right else " ACTIONS")
    return (
        f"{truth.file[:60]:<60} {truth.entries:>4}/{score.entries:<4} {truth.actions:>4}/{score.actions:<4} "
        f"{truth.done:>2}/{score.done:<3} "
        f"{truth.owned:>2}/{score.owned:<3} {MARKS[score.is_start_right]:>5} {MARKS[score.is_end_right]:>5} "
        f"{MARKS[score.is_severity_right]:>4} {score.lost:>4} {score.seconds * 1000:>4.0f}{flags}"
    )
