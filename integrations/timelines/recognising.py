"""Which tool a payload comes from, told by what is in it: its file may have any name."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from . import alertmanager, gcp_status, github, grafana, opsgenie, pagerduty, slack, statuspage, tables
from .reading import MOST_ENTRIES, ONLY_FIRST, Entry, Setting
from .shapes import bounded, inner, moment

DEEPEST = 8
MOST_NODES = 50_000
# Where those who pass a webhook on put what they got.
ENVELOPES = (
    "payload", "body", "event", "data", "detail", "message", "Message", "request", "webhook", "content", "json", "value",
    "Records", "records", "items", "events", "messages", "payloads", "webhooks", "results", "entries", "response", "raw", "_source",
)  # fmt: skip
SENT = (
    "received_at",
    "receivedAt",
    "timestamp",
    "time",
    "sent_at",
    "created_at",
    "createdAt",
    "date",
    "Timestamp",
    "ts",
    "at",
)


@dataclass(frozen=True)
class Kind:
    name: Callable[[Any], str]
    knows: Callable[[Any], bool]
    read: Callable[[Any, Setting], list[Entry]]


def _named(name: str) -> Callable[[Any], str]:
    return lambda node: name


# The narrowest first: Grafana sends what Alertmanager sends and more, and many lists look like one of GitHub's.
KINDS = (
    Kind(_named(slack.KIND), slack.knows, slack.read),
    Kind(pagerduty.kind_named, pagerduty.knows, pagerduty.read),
    Kind(_named(opsgenie.KIND), opsgenie.knows, opsgenie.read),
    Kind(_named(grafana.KIND), grafana.knows, grafana.read),
    Kind(_named(alertmanager.KIND), alertmanager.knows, alertmanager.read),
    Kind(_named(gcp_status.KIND), gcp_status.knows, gcp_status.read),
    Kind(_named(statuspage.KIND), statuspage.knows, statuspage.read),
    Kind(_named(github.KIND), github.knows, github.read),
)
UNKNOWN_OBJECTS = "json"


class Recogniser:
    """Walks into a payload until something is known, and counts what it knew."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.entries: list[Entry] = []
        self.notes: list[str] = []
        self.nodes = 0

    @property
    def kind(self) -> str:
        return self.kinds.most_common(1)[0][0] if self.kinds else "unknown"

    def read(self, node: Any, setting: Setting, depth: int = 0) -> bool:
        """Whether anything in it was known."""
        self.nodes += 1
        node = inner(node)
        if (
            depth > DEEPEST
            or len(self.entries) > MOST_ENTRIES
            or self.nodes > MOST_NODES
            or not isinstance(node, dict | list)
        ):
            return False
        if isinstance(node, list) and not self._are_alike(node):
            return sum(self.read(one, setting, depth + 1) for one in node) > 0
        if known := _known(node):
            self._take(known, node, setting)
            return True
        return self._inside(node, setting, depth)

    def _are_alike(self, nodes: list[Any]) -> bool:
        """Whether one reader may take the list as a whole; payloads of several tools are taken one by one."""
        names = {known.name(one) if (known := _known(one)) else "" for one in nodes[:50] if isinstance(one, dict)}
        return len(names) < 2

    def _take(self, kind: Kind, node: Any, setting: Setting) -> None:
        name, few = kind.name(node), bounded(node)
        found = kind.read(few, setting)
        if few != node and ONLY_FIRST not in self.notes:
            self.notes.append(ONLY_FIRST)
        self.kinds[name] += max(1, len(found))
        self.entries += found
        if name == slack.KIND and (named := slack.list_named(node)):
            self.notes.append(slack.ABOUT_LISTS[named])

    def _inside(self, node: Any, setting: Setting, depth: int) -> bool:
        if isinstance(node, list):
            return sum(self.read(one, setting, depth + 1) for one in node) > 0
        setting = replace(setting, sent_at=_sent(node, setting) or setting.sent_at)
        known = [self.read(node[name], setting, depth + 1) for name in ENVELOPES if name in node]
        if any(known):
            return True
        rest = [value for name, value in node.items() if name not in ENVELOPES]
        return sum(self.read(value, setting, depth + 1) for value in rest) > 0


def _known(node: Any) -> Kind | None:
    return next((kind for kind in KINDS if kind.knows(node)), None)


def _sent(node: dict[str, Any], setting: Setting) -> datetime | None:
    return moment(node, setting, *SENT)


def read_objects(node: Any, setting: Setting, depth: int = 0) -> list[Entry] | None:
    """A list of objects with times and words from a tool that is not known; None where there is none."""
    if tables.knows_objects(node):
        return tables.read_objects(bounded(node), setting)
    for value in node.values() if isinstance(node, dict) and depth < 4 else ():
        found = read_objects(value, setting, depth + 1) if isinstance(value, dict | list) else None
        if found is not None:
            return found
    return None
