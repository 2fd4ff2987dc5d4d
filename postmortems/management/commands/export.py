import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from postmortems.exporting.making import file_of
from postmortems.exporting.sandbox import NotRenderable
from postmortems.models import Export, Postmortem

REFERENCE = re.compile(r"(?:INC-)?([0-9]{1,9})", re.IGNORECASE)


class Command(BaseCommand):
    help = "Write a post-mortem as PDF, Markdown or JSON. Ends with 0 when the file is written, with 1 when it is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("incident", metavar="INC-n")
        parser.add_argument("--format", choices=Export.Format.values, default=Export.Format.PDF)
        parser.add_argument("--output", metavar="FILE", required=True, help="- writes to standard output")

    def handle(self, *args: Any, incident: str, format: str, output: str, **options: Any) -> None:
        postmortem = _postmortem(incident)
        try:
            content = file_of(postmortem, format, report=lambda percent, step: None)
        except NotRenderable as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        if output == "-":
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        try:
            Path(output).write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{output}: {postmortem.incident}, {len(content):,} bytes.", lambda line: line)


def _postmortem(reference: str) -> Postmortem:
    match = REFERENCE.fullmatch(reference.strip())
    if match is None:
        raise CommandError(f"“{reference}” names no incident: write it as INC-7.")
    found = Postmortem.objects.select_related("incident__team", "room", "facilitator", "opened_by")
    postmortem = found.filter(incident__number=int(match[1])).first()
    if postmortem is None:
        raise CommandError(f"INC-{match[1]} has no post-mortem, or there is no such incident.")
    return postmortem
