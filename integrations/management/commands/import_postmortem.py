import json
from argparse import ArgumentParser
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.commands import import_postmortem, read_bytes
from integrations.documents import NotReadable, Reading, Statement
from integrations.documents.source import LARGEST_BYTES
from integrations.errors import AlreadyImported, NotImportable
from people.models import Team, User

ENDINGS = {
    ".md", ".mdx", ".markdown", ".qmd", ".rmd", ".erb", ".mediawiki", ".wiki", ".rst", ".adoc", ".asciidoc", ".org",
    ".txt", ".html", ".htm", ".yaml", ".yml", ".json",
}  # fmt: skip


@dataclass
class Outcome:
    """What became of one file. `reading` is None where it could not be read."""

    path: Path
    reading: Reading | None = None
    result: str = ""
    problems: list[str] = field(default_factory=list)


class Command(BaseCommand):
    help = "Read post-mortems that were written elsewhere into incidents. A file that came before is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder whose documents are all read")
        parser.add_argument("--dry-run", action="store_true", help="read and say what was found; store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object a file, one a line")
        parser.add_argument("--by", metavar="EMAIL", help="who imports; the first administrator unless given")
        parser.add_argument(
            "--team", metavar="NAME", help="who answers for the incidents; the importer's own unless given"
        )

    def handle(self, *args: Any, paths: list[str], dry_run: bool, **options: Any) -> None:
        by = None if dry_run else self._person(options["by"])
        team = None if dry_run else self._team(options["team"])
        failed = 0
        for path in _files(paths):
            outcome = self._one(path, by=by, team=team)
            failed += bool(outcome.problems)
            self.stdout.write(
                json.dumps(as_json(outcome), ensure_ascii=False) if options["json"] else in_words(outcome)
            )
        if failed:
            raise CommandError(f"{failed} file{'s' if failed > 1 else ''} could not be imported.", returncode=1)

    def _one(self, path: Path, *, by: User | None, team: Team | None) -> Outcome:
        outcome = Outcome(path)
        try:
            text, outcome.reading = read_bytes(_content(path), path.name)
            if by is not None:
                postmortem = import_postmortem(outcome.reading, by=by, team=team, source_name=path.name, text=text)
                outcome.result = f"imported as {postmortem.incident.reference}"
        except AlreadyImported as known:
            outcome.result = known.reasons[0].rstrip(".").lower().replace("inc-", "INC-")
        except (NotReadable, NotImportable) as refusal:
            outcome.problems = list(refusal.reasons)
        except OSError as error:
            outcome.problems = [f"The file cannot be opened: {error.strerror}."]
        return outcome

    def _person(self, email: str | None) -> User:
        people = User.objects.active()
        found = (
            people.filter(email__iexact=email) if email else people.filter(role=User.Role.ADMINISTRATOR).order_by("pk")
        )
        person = found.first()
        if person is None:
            raise CommandError(
                f"Nobody at work here has the address {email}." if email else "There is no administrator yet."
            )
        if not person.can_write:
            raise CommandError(f"{person} may read, not write.")
        return person

    def _team(self, name: str | None) -> Team | None:
        if name is None:
            return None
        team = Team.objects.filter(name__iexact=name).first()
        if team is None:
            raise CommandError(f"There is no team called {name}.")
        return team


def _files(paths: list[str]) -> list[Path]:
    """The files named, and in folders every document, in a steady order."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in ENDINGS)
        else:
            found.append(path)
    return found


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)


def as_json(outcome: Outcome) -> dict[str, Any]:
    reading = outcome.reading or Reading("")
    return {
        "file": str(outcome.path),
        "title": reading.title or None,
        "started_at": _iso(reading.started_at),
        "resolved_at": _iso(reading.resolved_at),
        "severity": reading.severity,
        "kind": reading.kind,
        "is_near_miss": reading.is_near_miss,
        "went_unusually_well": reading.went_unusually_well,
        "instants": _stated(reading.instants),
        "own_instants": _stated(reading.own_instants),
        "impact": _stated(reading.impact),
        "causes": [{"kind": one.kind, "text": one.text} for one in reading.causes],
        "timeline": [{"at": _iso(event.at), "text": event.text, "kind": event.kind} for event in reading.timeline],
        "actions": [
            {"title": one.title, "owner": one.owner or None, "done": one.done, "url": one.url}
            for one in reading.actions
        ],
        "sections": [{"title": section.title, "text": section.text} for section in reading.sections],
        "warnings": [*outcome.problems, *([outcome.result] if outcome.result else []), *reading.warnings],
    }


def _stated(statements: dict[str, Statement]) -> dict[str, dict[str, Any]]:
    """Each value with the words that state it; amounts as text, for a fraction of JSON is not exact."""
    return {name: {"value": _plain(one.value), "words": one.words} for name, one in statements.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def in_words(outcome: Outcome) -> str:
    if outcome.problems:
        return f"{outcome.path.name}: {' '.join(outcome.problems)}"
    reading = outcome.reading or Reading("")
    found = (
        f"{len(reading.timeline)} timeline entries, {len(reading.actions)} actions, {len(reading.sections)} sections"
    )
    stated = len(reading.instants) + len(reading.own_instants) + sum(name != "currency" for name in reading.impact)
    stated += len(reading.causes)
    found += f", {stated} stated times, figures and causes" if stated else ""
    lines = [f"{outcome.path.name}: {outcome.result or 'read'}; {found}"]
    return "\n".join(lines + [f"    {warning}" for warning in reading.warnings])
