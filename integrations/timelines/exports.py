"""A Slack export: the lists of people and channels at its top, and below it a folder a channel with a file a day."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from . import slack
from .archives import Tree
from .decoding import json_of
from .reading import MOST_ENTRIES, NotReadable, Reading, Setting
from .shapes import bounded

PEOPLE = ("users.json", "org_users.json")
CHANNELS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})\.json$")

# Given the channels of an export with their days, the channel to read; empty: all of them.
Choice = Callable[[dict[str, list[date]]], str]


@dataclass
class Export:
    """Where in a tree the days are: by channel, each with the names of its files in order."""

    tree: Tree
    days: dict[str, dict[date, str]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, tree: Tree) -> "Export | None":
        found = cls(tree)
        for name in tree.names():
            path = PurePosixPath(name)
            match = _DAY.match(path.name)
            if match and len(path.parts) > 1 and (day := _date(match[1])):
                found.days.setdefault(path.parts[-2], {})[day] = name
            elif path.name in PEOPLE + CHANNELS and len(path.parts) <= 2:
                found.lists.setdefault(path.name, name)
        return found if found.days and (found.lists or _is_slack(tree, found.days)) else None

    @property
    def calendar(self) -> dict[str, list[date]]:
        return {name: sorted(days) for name, days in sorted(self.days.items())}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_slack(tree: Tree, days: dict[str, dict[date, str]]) -> bool:
    first = next(iter(next(iter(days.values())).values()))
    try:
        return slack.knows_messages(json_of(tree.read(first)))
    except NotReadable:
        return False


def setting_of(export: Export, setting: Setting) -> Setting:
    """With the names of the people and channels of an export."""
    people, channels = dict(setting.people), dict(setting.channels)
    for name in PEOPLE:
        people.update(slack.people_in(_list(export, name)))
    for name in CHANNELS:
        channels.update(slack.channels_in(_list(export, name)))
    return replace(setting, people=people, channels=channels)


def _list(export: Export, name: str) -> Any:
    try:
        node = json_of(export.tree.read(export.lists[name])) if name in export.lists else []
    except NotReadable as problem:
        export.problems.append(f"{name}: {problem} Ids stand where its names would.")
        return []
    return next((value for value in node.values() if isinstance(value, list)), []) if isinstance(node, dict) else node


def read(
    export: Export, setting: Setting, choose: Choice | None = None, days: tuple[date, date] | None = None
) -> Reading:
    """The messages of one channel, or of all; between two days, where some lie there."""
    setting = setting_of(export, setting)
    chosen = choose(export.calendar) if choose else ""
    reading = Reading(setting.file, slack.KIND, channels=list(export.calendar), channel=chosen)
    reading.warnings += export.problems
    for channel in [chosen] if chosen else export.calendar:
        _read_channel(export, channel, replace(setting, channel=channel), reading, days)
    if len(reading.entries) >= MOST_ENTRIES:
        reading.warnings.append(f"Only the first {MOST_ENTRIES:,} messages were read: choose a channel, or fewer days.")
    if not reading.entries and not reading.warnings:
        reading.warnings.append("There are no messages in this export.")
    return reading


def _read_channel(
    export: Export, channel: str, setting: Setting, reading: Reading, days: tuple[date, date] | None
) -> None:
    there = export.days[channel]
    wanted = [day for day in sorted(there) if days is None or days[0] <= day <= days[1]]
    for day in wanted or sorted(there):
        if len(reading.entries) >= MOST_ENTRIES:
            return
        apps = _read_day(export, there[day], setting, reading)
        setting = replace(setting, people={**apps, **setting.people})


def _read_day(export: Export, name: str, setting: Setting, reading: Reading) -> dict[str, str]:
    """Returns the apps that were added on that day: later days name them by their ids alone."""
    try:
        node = json_of(export.tree.read(name))
    except NotReadable as problem:
        reading.warnings.append(f"{name}: {problem}")
        return {}
    if slack.knows_messages(node):
        reading.entries += slack.read(bounded(node), setting)
    return slack.apps_in(node)
