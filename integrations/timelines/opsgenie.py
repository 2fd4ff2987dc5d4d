"""Opsgenie (and the alerts of Jira Service Management): webhooks, an alert of the API, its logs and notes, incidents."""

from datetime import timedelta
from typing import Any

from .meanings import kind_of
from .reading import Entry, Setting
from .shapes import at_path, dicts, first_dict, has, has_any, moment, plain, said, sentence

KIND = "opsgenie"
DOINGS = {
    "create": ("Alert created", "detection"),
    "acknowledge": ("Acknowledged", "action"),
    "unacknowledge": ("Acknowledgement withdrawn", "escalation"),
    "addnote": ("Note", ""),
    "addteam": ("Team added", "escalation"),
    "addrecipient": ("Recipient added", "escalation"),
    "addresponder": ("Responder added", "escalation"),
    "assignownership": ("Assigned", "escalation"),
    "assign": ("Assigned", "escalation"),
    "takeownership": ("Taken over", "action"),
    "escalate": ("Escalated", "escalation"),
    "escalatenext": ("Escalated", "escalation"),
    "escalatetonext": ("Escalated", "escalation"),
    "close": ("Alert closed", "recovery"),
    "resolve": ("Resolved", "recovery"),
    "delete": ("Alert deleted", "other"),
    "snooze": ("Snoozed", "action"),
    "unsnooze": ("Snooze ended", "action"),
    "snoozeended": ("Snooze ended", "action"),
    "updatepriority": ("Priority changed", "decision"),
    "updatemessage": ("Message changed", "other"),
    "updatedescription": ("Description changed", "other"),
    "addtags": ("Tags added", "other"),
    "removetags": ("Tags removed", "other"),
    "adddetails": ("Details added", "other"),
    "removedetails": ("Details removed", "other"),
}
CREATED = {"create"}
# What only files an alert away says nothing of the incident.
FILING = {"addtags", "removetags", "adddetails", "removedetails", "updatedescription"}


def knows(node: Any) -> bool:
    first = first_dict(node)
    return (
        _is_webhook(first)
        or _is_alert(first)
        or _is_log(first)
        or _is_note(first)
        or _is_incident(first)
        or _is_told(first)
        or _is_timeline(first)
        or _is_answer(first)
    )


def _is_webhook(node: Any) -> bool:
    return has(node, "action") and (
        has_any(at_path(node, "alert"), "alertId", "tinyId") or has(node, "integrationName", "alert")
    )


def _is_alert(node: Any) -> bool:
    return has(node, "tinyId", "message") and has_any(node, "createdAt", "status")


def _is_incident(node: Any) -> bool:
    return has(node, "message", "status", "createdAt") and has_any(
        node, "impactStartDate", "impactedServices", "ownerTeam"
    )


def _is_log(node: Any) -> bool:
    return has(node, "log", "createdAt")


def _is_note(node: Any) -> bool:
    return has(node, "note", "createdAt") and has_any(node, "owner", "offset")


def _is_told(node: Any) -> bool:
    """One entry of an incident's own timeline."""
    return has(node, "eventTime", "title") and has_any(node, "actor", "group", "type")


def _is_timeline(node: Any) -> bool:
    return has(node, "entries") and _is_told(first_dict(node["entries"]))


def _is_answer(node: Any) -> bool:
    return has(node, "data") and has_any(node, "requestId", "took", "paging") and knows(node["data"])


def read(node: Any, setting: Setting) -> list[Entry]:
    return [entry for one in dicts(node) for entry in _one(one, setting)]


def _one(node: dict[str, Any], setting: Setting) -> list[Entry]:
    if _is_webhook(node):
        return [_webhook(node, setting)]
    if _is_answer(node):
        return read(node["data"], setting)
    if _is_log(node):
        return [_log(node, setting)]
    if _is_note(node):
        return [_note(node, setting)]
    if _is_timeline(node):
        return [_told(one, setting) for one in dicts(node["entries"]) if _is_told(one)]
    if _is_told(node):
        return [_told(node, setting)]
    return _incident(node, setting) if _is_incident(node) else _alert(node, setting) if _is_alert(node) else []


def _webhook(node: dict[str, Any], setting: Setting) -> Entry:
    alert = node["alert"] if isinstance(node["alert"], dict) else {}
    action = said(node, "action")
    name = action.casefold().replace("_", "").replace(" ", "")
    doing, kind = DOINGS.get(name, (action, "action"))
    times = ("createdAt", "insertedAt", "updatedAt") if name in CREATED else ("updatedAt", "createdAt")
    at = moment(alert, setting, *times) or setting.sent_at
    note = plain(said(alert, "note"))
    text = sentence(f"{doing}{_with(name, alert)}", note if name == "addnote" else said(alert, "message"), note)
    if name == "addnote" and said(alert, "message"):
        text = f"{text} ({plain(said(alert, 'message'), 200)})"
    entry = Entry(
        at, text, said(alert, "username", "owner") or said(node, "source.name") or "Opsgenie", kind or kind_of(note),
        setting.where(f"alert {said(alert, 'tinyId', 'alertId')}"),
        key=f"opsgenie|{said(alert, 'alertId')}|{name}|{at}" if said(alert, "alertId") else "",
    )  # fmt: skip
    if name in FILING:
        entry.left_out = "Tags and details, nothing that happened"
    return entry


def _with(name: str, alert: dict[str, Any]) -> str:
    if name == "updatepriority":
        return f" from {said(alert, 'oldPriority') or '?'} to {said(alert, 'priority') or '?'}"
    if name.startswith(("add", "assign", "escalate", "take")) and name not in {"addnote", *FILING}:
        to = said(alert, "team", "recipient", "owner", "escalationName") or ", ".join(
            said(one, "name", "username") for one in dicts(alert.get("responders"))
        )
        return f" to {to}" if to and name.startswith(("assign", "escalate")) else f" {to}" if to else ""
    return ""


def _alert(node: dict[str, Any], setting: Setting) -> list[Entry]:
    """Its creation, and from its report when it was taken and closed: lengths in milliseconds from the creation."""
    title = sentence(plain(said(node, "message")), plain(said(node, "description"), 300))
    where = setting.where(f"alert {said(node, 'tinyId', 'id')}")
    began = moment(node, setting, "createdAt")
    who = said(node, "source", "integration.name") or "Opsgenie"
    found = [Entry(began, f"Alert created: {title}", who, "detection", where)]
    message = plain(said(node, "message"))
    for field, by, doing, kind in (
        ("ackTime", "acknowledgedBy", "Acknowledged", "action"),
        ("closeTime", "closedBy", "Alert closed", "recovery"),
    ):
        length = at_path(node, f"report.{field}")
        if began and isinstance(length, int) and 0 <= length < 10**11:
            at = began + timedelta(milliseconds=length)
            found.append(
                Entry(at, f"{doing}: {message}", said(node, f"report.{by}", "owner") or "Opsgenie", kind, where)
            )
    closed = moment(node, setting, "closedAt", "updatedAt")
    if said(node, "status") == "closed" and closed and not isinstance(at_path(node, "report.closeTime"), int):
        found.append(Entry(closed, f"Alert closed: {message}", said(node, "owner") or "Opsgenie", "recovery", where))
    return found


def _incident(node: dict[str, Any], setting: Setting) -> list[Entry]:
    message, where = (
        plain(said(node, "message")),
        said(node, "links.web") or setting.where(f"incident {said(node, 'id')}"),
    )
    found = [
        Entry(moment(node, setting, "createdAt"), f"Incident opened: {message}", "Opsgenie", "communication", where)
    ]
    for field, doing, kind in (
        ("impactStartDate", "Impact began", "detection"),
        ("impactEndDate", "Impact ended", "recovery"),
    ):
        if at := moment(node, setting, field):
            found.append(Entry(at, f"{doing}: {message}", "Opsgenie", kind, where))
    closed = moment(node, setting, "resolvedAt", "closedAt", "updatedAt")
    if said(node, "status") in {"resolved", "closed"} and closed:
        found.append(Entry(closed, f"Incident {said(node, 'status')}: {message}", "Opsgenie", "recovery", where))
    return found


def _log(node: dict[str, Any], setting: Setting) -> Entry:
    words = plain(said(node, "log"))
    who = said(node, "owner") or "Opsgenie"
    who = "Opsgenie" if who.casefold() == "system" else who
    return Entry(
        moment(node, setting, "createdAt"), words, who, _log_kind(words), setting.where("alert log"), key=_offset(node)
    )


def _log_kind(words: str) -> str:
    low = words.casefold()
    for mark, kind in (
        ("created", "detection"),
        ("closed", "recovery"),
        ("acknowledged", "action"),
        ("notif", "escalation"),
    ):
        if mark in low:
            return kind
    return kind_of(words)


def _note(node: dict[str, Any], setting: Setting) -> Entry:
    words = plain(said(node, "note"))
    at = moment(node, setting, "createdAt")
    return Entry(
        at, words, said(node, "owner") or "Opsgenie", kind_of(words), setting.where("alert note"), key=_offset(node)
    )


def _told(node: dict[str, Any], setting: Setting) -> Entry:
    text = sentence(
        plain(said(node, "title.content", "title", "type")), plain(said(node, "description.content", "description"))
    )
    who = said(node, "actor.name") or "Opsgenie"
    key = f"opsgenie|timeline|{said(node, 'id')}" if said(node, "id") else ""
    entry = Entry(
        moment(node, setting, "eventTime"), text, who, _log_kind(text), setting.where("incident timeline"), key=key
    )
    if node.get("hidden") is True:
        entry.left_out = "Hidden in the incident's own timeline"
    return entry


def _offset(node: dict[str, Any]) -> str:
    return f"opsgenie|{said(node, 'offset')}|{said(node, 'createdAt')}" if said(node, "offset") else ""
