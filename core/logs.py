"""What no log may hold."""

import re
from typing import Any

# Addresses that are keys by themselves: whoever reads the log must not be able to answer or unsubscribe for others.
KEYS = re.compile(r"(/actions/answer/|/people/mails/stop/)[^/\s\"']+")


def without_keys(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    if isinstance(event.get("event"), str):
        event["event"] = KEYS.sub(r"\1[key]", event["event"])
    return event
