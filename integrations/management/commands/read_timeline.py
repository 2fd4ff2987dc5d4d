import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import BaseCommand, CommandError

from integrations.documents.calendar_words import zone_named
from integrations.timelines import Reading, Setting, read_path
from integrations.timelines.moments import written


class Command(BaseCommand):
    help = (
        "Read timelines out of what other tools export, and print what was found; nothing is stored. A folder or an "
        "archive counts as one file. Prints one JSON object for one FILE, and a list of them for several."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines to read")
        parser.add_argument("--zone", type=zone, default=UTC, help="of times that name none; UTC")
        parser.add_argument("--day", type=day, help="of times that name no date; as in 2026-03-02")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        readings = [read_path(path, Setting(zone=options["zone"], day=options["day"])) for path in files]
        told = [as_json(reading, path) for reading, path in zip(readings, files, strict=True)]
        if options["json"]:
            self.stdout.write(json.dumps(told[0] if len(told) == 1 else told, indent=2, ensure_ascii=False))
        else:
            for reading in readings:
                self._print(reading)
        if all(reading.kind == "unknown" for reading in readings):
            raise CommandError("None of this could be read.", returncode=1)

    def _print(self, reading: Reading) -> None:
        self.stdout.write(
            f"{reading.file}: {reading.kind}, {len(reading.events)} events, {len(reading.skipped)} left out"
        )
        for entry in reading.events:
            at = written(entry.at) if entry.at else ""
            self.stdout.write(f"  {at:<27} {entry.who:<24.24} {' '.join(entry.text.split())[:120]}")
        for warning in reading.warnings:
            self.stdout.write(f"  ! {warning}")


def as_json(reading: Reading, path: Path) -> dict[str, Any]:
    return {
        "file": str(path),
        "kind": reading.kind,
        "events": [
            {
                "at": written(entry.at),
                "text": entry.text,
                "who": entry.who,
                "kind": entry.kind,
                "source": entry.source,
            }
            for entry in reading.events
            if entry.at
        ],
        "skipped": [
            {"at": written(entry.at) if entry.at else None, "text": entry.text, "reason": entry.left_out}
            for entry in reading.skipped
        ],
        "warnings": reading.warnings,
    }


def zone(name: str) -> tzinfo:
    if name in available_timezones():
        return ZoneInfo(name)
    if found := zone_named(name):
        return found
    raise ArgumentTypeError(f"“{name}” is no time zone; as in Europe/Berlin or UTC")


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no date; as in 2026-03-02") from None
