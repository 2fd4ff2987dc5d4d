"""What the tools of the demo wrote down while an incident went on: a chat and a log, made of lines in the YAML."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from integrations.commands import Brought, draft_timeline, take_draft
from integrations.models import TimelineDraft
from people.models import User
from postmortems.models import Postmortem


def take_files(
    postmortem: Postmortem,
    people: Mapping[str, User],
    instant: Callable[[str], datetime],
    *,
    by: str,
    zone: str,
    chat: Sequence[Mapping[str, str]],
    log: Mapping[str, Any],
) -> None:
    """Brought by one person, looked over, and taken: each line of them that is an event."""
    files = [_chat(postmortem, people, instant, chat), _log(instant, **log)]
    draft_timeline(postmortem, files, by=people[by], zone=zone)
    take_draft(TimelineDraft.objects.get(postmortem=postmortem), by=people[by])


def _chat(
    postmortem: Postmortem,
    people: Mapping[str, User],
    instant: Callable[[str], datetime],
    lines: Sequence[Mapping[str, str]],
) -> Brought:
    """A day of a channel, as Slack exports it."""
    said = [
        {
            "type": "message",
            "user": f"U{people[line['by']].pk:08d}",
            "user_profile": {"real_name": people[line["by"]].name},
            "ts": f"{instant(line['at']).timestamp():.6f}",
            "text": line["text"],
        }
        for line in lines
    ]
    name = f"inc-{postmortem.number}/{instant(lines[0]['at']):%Y-%m-%d}.json"
    return Brought(name, json.dumps(said).encode())


def _log(instant: Callable[[str], datetime], *, name: str, lines: Sequence[str]) -> Brought:
    """Each line begins with its clock."""
    told = [f"{instant(line.partition(' ')[0]):%Y-%m-%dT%H:%M:%S%z} {line.partition(' ')[2]}" for line in lines]
    return Brought(name, "\n".join(told).encode())
