"""PagerDuty: log entries, incidents of the REST API with their notes and alerts, and webhooks of all three versions."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from .meanings import kind_of
from .reading import Entry, Setting
from .shapes import at_path, dicts, first_dict, has, has_any, moment, plain, said, sentence

KIND = "pagerduty_log_entries"
WEBHOOK = "pagerduty_webhook_v3"
# An incident is handed to the first person in the moment it is triggered: one event.
SAME_MOMENT = timedelta(seconds=60)
# The phone that rings after the text message is the same page.
SAME_PAGE = timedelta(minutes=10)

DOINGS = {
    "trigger": ("Triggered", "detection"),
    "acknowledge": ("Acknowledged", "action"),
    "ack": ("Acknowledged", "action"),
    "unacknowledge": ("Acknowledgement withdrawn", "escalation"),
    "un_ack": ("Acknowledgement withdrawn", "escalation"),
    "resolve": ("Resolved", "recovery"),
    "escalate": ("Escalated", "escalation"),
    "assign": ("Assigned", "escalation"),
    "reassign": ("Reassigned", "escalation"),
    "delegate": ("Delegated", "escalation"),
    "annotate": ("Note", ""),
    "notify": ("Notified", "escalation"),
    "snooze": ("Snoozed", "action"),
    "priority_change": ("Priority changed", "decision"),
    "urgency_change": ("Urgency changed", "decision"),
    "status_update": ("Status update", "communication"),
    "responder_request": ("Responders requested", "escalation"),
    "add_responder": ("Responder added", "escalation"),
    "exhaust_escalation_path": ("Escalation went through without an answer", "escalation"),
    "repeat_escalation_path": ("Escalation began again", "escalation"),
    "reach_trigger_limit": ("The limit of alerts was reached", "other"),
    "reach_ack_limit": ("The limit of alerts was reached", "other"),
    "merge": ("Merged", "other"),
    "link": ("An alert was linked", "other"),
    "reopen": ("Reopened", "detection"),
}
EVENTS = {
    "triggered": "trigger", "acknowledged": "acknowledge", "unacknowledged": "unacknowledge", "resolved": "resolve",
    "escalated": "escalate", "reassigned": "reassign", "assigned": "assign", "delegated": "delegate",
    "annotated": "annotate", "priority_updated": "priority_change", "status_update_published": "status_update",
    "reopened": "reopen", "responder.added": "add_responder", "responder.replied": "responder_replied",
    "unassign": "assign",
}  # fmt: skip


def knows(node: Any) -> bool:
    first = first_dict(node)
    return any(test(first) for test, _ in SHAPES) if first else False


def kind_named(node: Any) -> str:
    first = first_dict(node)
    return WEBHOOK if _is_v3(first) else KIND


def _is_v3(node: Any) -> bool:
    return has(node, "event_type", "data") or has(at_path(node, "event"), "event_type", "data")


def _is_log_entry(node: Any) -> bool:
    return "log_entry" in said(node, "type")


def _is_messages(node: Any) -> bool:
    first = first_dict(at_path(node, "messages"))
    return has_any(first, "log_entries", "incident") or _is_v1(first)


def _is_v1(node: Any) -> bool:
    return has(node, "type", "data") and said(node, "type").startswith("incident.")


def _is_incident(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    if has(node, "incident_number") or has_any(node, "first_trigger_log_entry", "last_status_change_at"):
        return True
    return said(node, "type") == "incident" and has_any(node, "created_at", "service", "assignments")


def _is_note(node: Any) -> bool:
    return has(node, "content", "created_at") and has_any(node, "user", "channel")


def _is_status_update(node: Any) -> bool:
    return has(node, "message", "created_at", "sender")


def _is_alert(node: Any) -> bool:
    return (
        said(node, "type") == "alert"
        and has(node, "created_at", "status")
        and "pagerduty" in said(node, "self", "html_url")
    )


def read(node: Any, setting: Setting) -> list[Entry]:
    found: list[Entry] = []
    for one in dicts(node):
        reader = next((reader for test, reader in SHAPES if test(one)), None)
        found += reader(one, setting) if reader else []
    _fold_pages(found)
    return found


def _v3(node: dict[str, Any], setting: Setting) -> list[Entry]:
    event = node["event"] if has(at_path(node, "event"), "event_type") else node
    data = event["data"] if isinstance(event["data"], dict) else {}
    whole, _, last = said(event, "event_type").partition(".")
    name = EVENTS.get(last, last)
    doing, kind = DOINGS.get(name, (_in_words(last), "other"))
    incident = data["incident"] if isinstance(data.get("incident"), dict) else data
    words = plain(said(data, "content", "message", "body", "trimmed_message"))
    head = sentence(f"{doing}{_with(name, data)}", words or _title(incident))
    entry = Entry(
        moment(event, setting, "occurred_at", "created_at"), head, _who(event.get("agent"), event.get("client")),
        kind or kind_of(words), said(incident, "html_url") or said(data, "html_url") or setting.where(),
        key=f"pagerduty|{said(event, 'id')}" if said(event, "id") else "",
    )  # fmt: skip
    if whole != "incident":
        entry.left_out = "About a service or a test of the webhook, not an incident"
    return [entry]


def _with(name: str, data: dict[str, Any]) -> str:
    """To whom, or to what."""
    if name == "priority_change":
        return f" to {_summary(data.get('priority')) or 'none'}"
    if name in {"reassign", "assign", "escalate", "delegate"}:
        people = [_summary(one.get("assignee", one)) for one in dicts(data.get("assignees") or data.get("assignments"))]
        return f" to {', '.join(filter(None, people))}" if any(people) else ""
    if name in {"add_responder", "responder_replied"}:
        return f": {_summary(data.get('user') or data.get('escalation_policy'))}"
    return ""


def _messages(node: dict[str, Any], setting: Setting) -> list[Entry]:
    found: list[Entry] = []
    for message in dicts(node["messages"]):
        if _is_v1(message):
            found += _v1(message, setting)
            continue
        entries = [entry for one in dicts(message.get("log_entries")) for entry in _log_entry(one, setting)]
        found += entries or _v2_bare(message, setting)
    return found


def _v2_bare(message: dict[str, Any], setting: Setting) -> list[Entry]:
    incident = message["incident"] if isinstance(message.get("incident"), dict) else {}
    doing, kind = DOINGS.get(said(message, "event").removeprefix("incident."), ("Changed", "other"))
    at = moment(message, setting, "created_on") or moment(incident, setting, "last_status_change_at", "created_at")
    who = _summary(incident.get("last_status_change_by")) or _who(message.get("agent"), None)
    where = said(incident, "html_url") or setting.where()
    return [Entry(at, sentence(doing, _title(incident)), who, kind, where, key=_key(message))]


def _v1(message: dict[str, Any], setting: Setting) -> list[Entry]:
    incident = first_dict(at_path(message, "data.incident"))
    doing, kind = DOINGS.get(said(message, "type").removeprefix("incident."), ("Changed", "other"))
    words = said(incident, "trigger_summary_data.subject", "trigger_summary_data.description", "incident_key")
    at = moment(message, setting, "created_on") or moment(incident, setting, "last_status_change_on", "created_on")
    who = said(incident, "last_status_change_by.name", "assigned_to_user.name") or said(incident, "service.name")
    where = said(incident, "html_url") or setting.where()
    return [Entry(at, sentence(doing, words), who or "PagerDuty", kind, where, key=_key(message))]


def _key(node: dict[str, Any]) -> str:
    return f"pagerduty|{said(node, 'id')}" if said(node, "id") else ""


def _log_entry(node: dict[str, Any], setting: Setting) -> list[Entry]:
    name = said(node, "type").replace("_reference", "").replace("_log_entry", "")
    doing, kind = DOINGS.get(name, (_in_words(name), "other"))
    who = _who(node.get("agent"), node.get("channel"))
    words = _log_words(name, node)
    note = plain(said(node, "note")) if name == "resolve" else ""
    head = f"{doing}{_log_with(name, node)}"
    return [
        Entry(
            moment(node, setting, "created_at", "at"), sentence(head, words, note), who, kind or kind_of(words),
            said(node, "html_url", "incident.html_url") or setting.where(said(node, "id")), key=_key(node),
        )
    ]  # fmt: skip


def _log_words(name: str, node: dict[str, Any]) -> str:
    title = _title(at_path(node, "incident")) or said(node, "event_details.description")
    if name == "annotate":
        return plain(said(node, "channel.content", "channel.summary", "note", "summary"))
    if name == "trigger":
        details = said(node, "channel.details", "channel.body")
        return sentence(title or said(node, "channel.subject", "channel.summary"), plain(details, 300))
    if name == "status_update":
        return plain(said(node, "message", "channel.content", "summary"))
    return title or plain(said(node, "summary"))


def _log_with(name: str, node: dict[str, Any]) -> str:
    if name == "notify":
        channel = said(node, "channel.notification.type", "notification.type", "channel.type").replace("_", " ").lower()
        channel = "" if channel == "auto" else channel
        return f" {_summary(node.get('user') or node.get('assigned_user'))}{f' by {channel}' if channel else ''}"
    people = [_summary(one) for one in dicts(node.get("assignees") or node.get("assigned_user"))]
    if name in {"assign", "escalate", "reassign", "delegate", "trigger"} and any(people):
        return f" to {', '.join(filter(None, people))}" if name != "trigger" else ""
    if name in {"priority_change", "urgency_change"}:
        new = _summary(at_path(node, "channel.new_priority") or at_path(node, "priority")) or said(
            node, "channel.new_urgency"
        )
        return f" to {new}" if new else ""
    return ""


def _incident(node: dict[str, Any], setting: Setting) -> list[Entry]:
    """What an incident says of its own past. Where its log is beside it, the log is better."""
    if log := dicts(node.get("log_entries")):
        return [entry for one in log for entry in _log_entry(one, setting)]
    found = [_triggered(node, setting)]
    began = found[0].at
    for one in dicts(node.get("assignments")):
        at, person = moment(one, setting, "at"), _summary(one.get("assignee"))
        if at and began and at - began <= SAME_MOMENT:
            found[0].text += f" (assigned to {person})" if person else ""
        elif at:
            found.append(_of_incident(node, setting, at, f"Assigned to {person}", "PagerDuty", "escalation"))
    for one in dicts(node.get("acknowledgements")):
        who = _who(one.get("acknowledger"), None)
        found.append(_of_incident(node, setting, moment(one, setting, "at"), "Acknowledged", who, "action"))
    _last_change(node, setting, found)
    notes = [entry for one in dicts(node.get("notes")) if _is_note(one) for entry in _note(one, setting)]
    return found + notes


def _triggered(node: dict[str, Any], setting: Setting) -> Entry:
    first = node["first_trigger_log_entry"] if isinstance(node.get("first_trigger_log_entry"), dict) else {}
    if at := moment(first, setting, "created_at"):
        entry = _log_entry({"type": "trigger_log_entry", **first}, setting)[0]
        entry.at, entry.text = at, sentence("Triggered", _log_words("trigger", {"incident": node, **first}))
        return entry
    who = _summary(node.get("created_by")) or _summary(node.get("service")) or "PagerDuty"
    entry = _of_incident(
        node, setting, moment(node, setting, "created_at", "created_on"), "Triggered", who, "detection"
    )
    entry.key = f"pagerduty|{said(first, 'id')}" if said(first, "id") else entry.key
    return entry


def _last_change(node: dict[str, Any], setting: Setting, found: list[Entry]) -> None:
    status = said(node, "status")
    at = moment(node, setting, "resolved_at") if status == "resolved" else None
    at = at or moment(node, setting, "last_status_change_at", "last_status_change_on")
    if at is None or any(entry.at and abs(entry.at - at) <= SAME_MOMENT for entry in found):
        return
    name = {"triggered": "", "acknowledged": "acknowledge", "resolved": "resolve"}.get(status, "")
    doing, kind = DOINGS.get(name, (f"Back to {status}" if status else "Status changed", "escalation"))
    who = _summary(node.get("resolved_by")) or _summary(node.get("last_status_change_by")) or "PagerDuty"
    found.append(_of_incident(node, setting, at, doing, who, kind))


def _of_incident(node: dict[str, Any], setting: Setting, at: datetime | None, doing: str, who: str, kind: str) -> Entry:
    where = said(node, "html_url") or setting.where(said(node, "summary"))
    key = f"pagerduty|{said(node, 'id')}|{doing}|{at}" if said(node, "id") else ""
    return Entry(at, sentence(doing, _title(node)), who, kind, where, key=key)


def _note(node: dict[str, Any], setting: Setting) -> list[Entry]:
    words = plain(said(node, "content"))
    who = _summary(node.get("user")) or "PagerDuty"
    at = moment(node, setting, "created_at")
    return [Entry(at, sentence("Note", words), who, kind_of(words), setting.where("a note"), key=_key(node))]


def _status_update(node: dict[str, Any], setting: Setting) -> list[Entry]:
    who = _summary(node.get("sender")) or "PagerDuty"
    text = sentence("Status update", plain(said(node, "message")))
    at = moment(node, setting, "created_at")
    return [Entry(at, text, who, "communication", setting.where("a status update"), key=_key(node))]


def _alert(node: dict[str, Any], setting: Setting) -> list[Entry]:
    title, where = plain(said(node, "summary", "alert_key")), said(node, "html_url") or setting.where()
    who = _summary(node.get("service")) or "PagerDuty"
    found = [Entry(moment(node, setting, "created_at"), f"Alert: {title}", who, "detection", where, key=_key(node))]
    if said(node, "status") == "resolved" and (at := moment(node, setting, "resolved_at", "updated_at")):
        found.append(Entry(at, f"Alert resolved: {title}", who, "recovery", where, key=f"{_key(node)}|resolved"))
    return found


def _fold_pages(entries: list[Entry]) -> None:
    """One page rings several devices of a person: the first tells it."""
    rung: dict[str, datetime] = {}
    for entry in sorted((one for one in entries if one.at), key=lambda one: str(one.at)):
        if entry.at is None or not entry.text.startswith("Notified "):
            continue
        person = re.split(r" by |: ", entry.text.removeprefix("Notified "), maxsplit=1)[0]
        if person in rung and entry.at - rung[person] <= SAME_PAGE:
            entry.left_out = "The same person's next device, for the same page"
        rung.setdefault(person, entry.at)
        if not entry.left_out:
            rung[person] = entry.at


def _title(node: Any) -> str:
    """ "[#33] Checkout is slow" without the number in front."""
    words = said(node, "title", "summary", "description")
    return plain(words.split("] ", 1)[1] if words.startswith("[#") and "] " in words else words, 300)


def _summary(node: Any) -> str:
    return said(node, "summary", "name", "email") if isinstance(node, dict) else ""


def _who(agent: Any, other: Any) -> str:
    return _summary(agent) or said(other, "name", "client") or "PagerDuty"


def _in_words(name: str) -> str:
    words = name.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:] if words else "Changed"


def _list(name: str) -> Callable[[dict[str, Any], Setting], list[Entry]]:
    return lambda node, setting: [entry for one in dicts(node[name]) for entry in read(one, setting)]


def _holds(name: str, test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda node: test(first_dict(at_path(node, name)))


SHAPES: list[tuple[Callable[[Any], bool], Callable[[dict[str, Any], Setting], list[Entry]]]] = [
    (_is_v3, _v3),
    (_is_log_entry, _log_entry),
    (_is_messages, _messages),
    (_is_v1, _v1),
    (_is_incident, _incident),
    (_holds("log_entries", _is_log_entry), _list("log_entries")),
    (_holds("log_entry", _is_log_entry), _list("log_entry")),
    (_holds("incidents", _is_incident), _list("incidents")),
    (_holds("incident", _is_incident), _list("incident")),
    (_holds("alerts", _is_alert), _list("alerts")),
    (_holds("notes", _is_note), _list("notes")),
    (_holds("status_updates", _is_status_update), _list("status_updates")),
    (lambda node: _is_status_update(node) and said(node, "sender.type").startswith("user"), _status_update),
    (_is_alert, _alert),
    (lambda node: _is_note(node) and said(node, "user.type").startswith("user"), _note),
]
