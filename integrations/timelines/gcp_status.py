"""Google Cloud's status page: incidents.json, one incident of it, or its updates alone."""

import re
from typing import Any

from .reading import Entry, Setting
from .shapes import dicts, first_dict, has, has_any, moment, plain, said, sentence

KIND = "gcp_status"
WHO = "Google Cloud status"
# The headings under which an update says what is new in it; what stands above them is told anew every time.
_NEWS = re.compile(
    r"\*{0,2}(?:Description|Update|Diagnosis|Mitigation|Resolution)\*{0,2}:?\s*\n+(?P<news>.+?)(?:\n\s*\n|\n\*\*|\Z)",
    re.S | re.I,
)
_HEADING = re.compile(r"^(?:\s*(?:#.*|\*\*[^*\n]{0,80}\*\*:?)\s*\n+)+")
_STATES = {
    "AVAILABLE": "available again",
    "SERVICE_DISRUPTION": "disruption",
    "SERVICE_OUTAGE": "outage",
    "SERVICE_INFORMATION": "information",
}


def knows(node: Any) -> bool:
    first = first_dict(node)
    if has(first, "updates") and has_any(first, "begin", "external_desc", "status_impact", "service_key"):
        return isinstance(first["updates"], list)
    return has(first, "when", "text", "status") and has_any(first, "created", "modified", "affected_locations")


def read(node: Any, setting: Setting) -> list[Entry]:
    found: list[Entry] = []
    for one in dicts(node):
        found += _incident(one, setting) if has(one, "updates") else [_update(one, one, setting)]
    return found


def _incident(incident: dict[str, Any], setting: Setting) -> list[Entry]:
    words = plain(said(incident, "external_desc", "service_name"))
    where = _link(incident, setting)
    found = []
    if began := moment(incident, setting, "begin"):
        text = sentence("Impact began", words)
        found.append(Entry(began, text, WHO, "detection", where, key=_key(incident, "begin")))
    updates = dicts(incident.get("updates")) or dicts(incident.get("most_recent_update"))
    found += [_update(update, incident, setting) for update in updates]
    if ended := moment(incident, setting, "end"):
        text = sentence("Impact ended", words)
        found.append(Entry(ended, text, WHO, "recovery", where, key=_key(incident, "end")))
    return found


def _update(update: dict[str, Any], incident: dict[str, Any], setting: Setting) -> Entry:
    state = said(update, "status")
    at = moment(update, setting, "when", "created", "modified")
    label = f"Status page, {_STATES.get(state, state.replace('_', ' ').lower())}" if state else "Status page"
    key = _key(incident, f"update|{at}") if said(incident, "id") else ""
    return Entry(
        at, sentence(label, _news(said(update, "text"))), WHO, "communication", _link(incident, setting), key=key
    )


def _news(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if match := _NEWS.search(text):
        return plain(match["news"])
    body = _HEADING.sub("", text).strip() or text
    title = plain(text[: len(text) - len(body)], 80)
    return sentence(title, plain(body.split("\n\n")[0].split("\n## ")[0]))


def _link(incident: dict[str, Any], setting: Setting) -> str:
    uri = said(incident, "uri")
    return (
        f"https://status.cloud.google.com/{uri.lstrip('/')}" if uri else setting.where(said(incident, "number", "id"))
    )


def _key(incident: dict[str, Any], what: str) -> str:
    return f"gcp|{said(incident, 'id', 'number')}|{what}"
