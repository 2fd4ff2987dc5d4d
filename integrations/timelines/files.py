"""The one way in: bytes, an upload or a path on the command line; whatever cannot be read says so in a sentence."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from . import exports, lines, slack, tables
from .archives import LARGEST_FILE, MB, Folder, Tree, Zip, is_zip
from .decoding import json_of, text_of
from .exports import Choice, Export
from .folding import in_order
from .reading import Entry, NotReadable, Reading, Setting
from .recognising import UNKNOWN_OBJECTS, Recogniser, read_objects
from .shapes import parsed_part

UNKNOWN = "unknown"
MOST_FILES = 200
NOTHING = "Nothing in it was known, and no line of it starts with a time."
NO_TIMES = "Nothing in it has a time."
TOO_LARGE = f"This file is larger than {LARGEST_FILE // MB} MB: export fewer days or channels."
_PYTHON_LOG = re.compile(r"^\S{8,10}[ T]\d{2}:\d{2}:\d{2},\d{3}\b", re.M)


def read_bytes(content: bytes, setting: Setting | None = None) -> Reading:
    """Read one file. Never raises: what cannot be read has the kind "unknown", no entries and a warning."""
    return _guarded(setting or Setting(), lambda known: _read(content, known))


def read_upload(
    stream: BinaryIO, setting: Setting, *, choose: Choice | None = None, days: tuple[date, date] | None = None
) -> Reading:
    """As read_bytes; of an export with many channels the one that `choose` names, between two days."""
    return _guarded(setting, lambda known: _read_stream(stream, known, choose, days))


def read_path(path: Path, setting: Setting | None = None) -> Reading:
    """A file, a folder or an archive; beside a day of a Slack channel its people are looked for."""
    named = replace(setting or Setting(), file=path.name or str(path))
    return _guarded(named, lambda known: _read_path(path, known))


def _guarded(setting: Setting, reader: Callable[[Setting], Reading]) -> Reading:
    try:
        reading = reader(setting)
    except NotReadable as problem:
        return Reading(setting.file, warnings=[str(problem)])
    except (OSError, RecursionError) as problem:
        return Reading(
            setting.file, warnings=[f"It could not be read: {getattr(problem, 'strerror', None) or 'too deep'}."]
        )
    reading.file = setting.file
    reading.entries = in_order(_without_times_aside(reading.entries))
    if not reading.entries and not reading.warnings:
        reading.warnings.append(NO_TIMES)
    return reading


def _without_times_aside(entries: list[Entry]) -> list[Entry]:
    """What has no time is no event yet: a person may give it one."""
    for entry in entries:
        if entry.at is None and not entry.left_out:
            entry.left_out = "It carries no time"
    return entries


def _read_path(path: Path, setting: Setting) -> Reading:
    if path.is_dir():
        return _read_tree(Folder(path), setting, None, None)
    if path.stat().st_size > LARGEST_FILE:
        raise NotReadable(TOO_LARGE)
    with path.open("rb") as stream:
        return _read_stream(stream, _beside(path, setting), None, None)


def _beside(path: Path, setting: Setting) -> Setting:
    """With the people and channels of the export that a file lies in."""
    folder = path.resolve().parent
    for place in (folder, folder.parent):
        if path.name not in exports.PEOPLE and any((place / name).is_file() for name in exports.PEOPLE):
            listed = {name: name for name in (*exports.PEOPLE, *exports.CHANNELS) if (place / name).is_file()}
            known = exports.setting_of(Export(Folder(place), lists=listed), setting)
            return replace(known, channel="" if place == folder else folder.name)
    return setting


def _read_stream(stream: BinaryIO, setting: Setting, choose: Choice | None, days: tuple[date, date] | None) -> Reading:
    if stream.seek(0, 2) > LARGEST_FILE:
        raise NotReadable(TOO_LARGE)
    stream.seek(0)
    is_archive = is_zip(stream.read(4))
    stream.seek(0)
    return _read_tree(Zip(stream), setting, choose, days) if is_archive else _read(stream.read(), setting)


def _read_tree(tree: Tree, setting: Setting, choose: Choice | None, days: tuple[date, date] | None) -> Reading:
    if export := Export.of(tree):
        return exports.read(export, setting, choose, days)
    names = tree.names()
    if not names:
        raise NotReadable("There is nothing in it that could be read: no JSON, CSV, text or log.")
    setting = exports.setting_of(Export(tree, lists={PurePosixPath(n).name: n for n in names}), setting)
    return _merged([_member(tree, name, setting) for name in names[:MOST_FILES]], len(names))


def _member(tree: Tree, name: str, setting: Setting) -> Reading:
    return _guarded(replace(setting, file=name), lambda known: _read(tree.read(name), known))


def _merged(readings: list[Reading], count: int) -> Reading:
    """Several files as one reading, of the kind that most of their entries have."""
    kinds = Counter({reading.kind: 0 for reading in readings})
    merged = Reading()
    for reading in readings:
        kinds[reading.kind] += len(reading.entries)
        merged.entries += reading.entries
        merged.warnings += [f"{reading.file}: {warning}" for warning in reading.warnings]
    merged.kind = max(kinds, key=lambda kind: (kind != UNKNOWN, kinds[kind]), default=UNKNOWN)
    if count > len(readings):
        merged.warnings.append(f"Only the first {MOST_FILES} of its {count:,} files were read.")
    return merged


def _read(content: bytes, setting: Setting) -> Reading:
    if is_zip(content[:4]):
        return _read_tree(Zip(content), setting, None, None)
    text = text_of(content)
    if text.lstrip()[:1] in "{[" and (reading := _read_json(text, setting)):
        return reading
    return _read_table(text, setting) or _read_lines(text, setting)


def _read_json(text: str, setting: Setting) -> Reading | None:
    try:
        node, problem = parsed_part(text)
    except NotReadable:
        # "[14:32] mira: …" begins as a list would.
        found = _read_lines(text, setting)
        if found.entries:
            return found
        raise
    if problem and (found := _read_lines(text, setting)).entries:
        return found
    recogniser = Recogniser()
    notes = [problem] if problem else []
    if recogniser.read(node, setting):
        return Reading(setting.file, recogniser.kind, recogniser.entries, notes + recogniser.notes)
    objects = read_objects(node, setting)
    if objects is not None:
        return Reading(setting.file, UNKNOWN_OBJECTS, objects, notes)
    return Reading(
        setting.file,
        warnings=["This JSON comes from no tool that is known here, and no part of it is a list of times and words."],
    )


def _read_table(text: str, setting: Setting) -> Reading | None:
    if re.match(r"\s*\|", text) or _PYTHON_LOG.match(text.lstrip()):
        return None
    rows = tables.table_in(text)
    entries, warnings = tables.read(rows, setting, text) if rows else ([], [])
    if not any(entry.at for entry in entries):
        return None
    return Reading(setting.file, tables.KIND, entries, warnings)


def _read_lines(text: str, setting: Setting) -> Reading:
    entries, warnings = lines.read(text, setting)
    if not entries:
        return Reading(setting.file, warnings=[NOTHING])
    return Reading(setting.file, lines.KIND, entries, warnings)


def setting_with_lists(setting: Setting, contents: Iterable[bytes]) -> Setting:
    """With the people and channels that any of these files lists: a day of a channel names them by their ids."""
    people, channels = dict(setting.people), dict(setting.channels)
    for content in contents:
        node = _list_in(content)
        if slack.list_named(node) == "people":
            people.update(slack.people_in(node))
        elif slack.list_named(node) == "channels":
            channels.update(slack.channels_in(node))
    return replace(setting, people=people, channels=channels)


def _list_in(content: bytes) -> Any:
    if is_zip(content[:4]) or b"[" not in content[:200]:
        return None
    try:
        return json_of(content)
    except NotReadable:
        return None
