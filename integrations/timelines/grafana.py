"""Grafana: unified alerting's webhook, the legacy one, its annotations and OnCall's alert groups."""

from typing import Any

from . import alertmanager
from .reading import Entry, Setting
from .shapes import at_path, dicts, first_dict, has, has_any, moment, plain, said, sentence

KIND = "grafana"
LEGACY = ("evalMatches", "ruleName", "ruleUrl", "ruleId")
GROUP = ("orgId", "org_id")
ALERT = ("valueString", "silenceURL", "dashboardURL", "panelURL", "values")
STATES = {
    "alerting": ("fired", "detection"),
    "firing": ("fired", "detection"),
    "ok": ("is OK again", "recovery"),
    "normal": ("is OK again", "recovery"),
    "resolved": ("resolved", "recovery"),
    "no_data": ("has no data", "detection"),
    "nodata": ("has no data", "detection"),
    "error": ("could not be evaluated", "detection"),
    "execution_error": ("could not be evaluated", "detection"),
    "paused": ("was paused", "action"),
    "pending": ("is pending", "detection"),
    "acknowledged": ("was acknowledged", "action"),
    "silenced": ("was silenced", "action"),
}
TIMES = (
    "newStateDate",
    "time",
    "timestamp",
    "date",
    "created",
    "evalDate",
    "executionTime",
    "stateChangedAt",
    "updated",
)
# What happened to an alert group of OnCall, and the field that says when.
GROUP_TIMES = {
    "created_at": ("fired", "detection"),
    "acknowledged_at": ("was acknowledged", "action"),
    "silenced_at": ("was silenced", "action"),
    "resolved_at": ("resolved", "recovery"),
}


def knows(node: Any) -> bool:
    first = first_dict(node)
    return _is_unified(first) or _is_legacy(first) or _is_annotation(first) or has(first, "alert_group")


def _is_unified(node: dict[str, Any]) -> bool:
    if not isinstance(node.get("alerts"), list):
        return False
    first = first_dict(node["alerts"])
    return alertmanager.is_alert(first) and (has_any(node, *GROUP) or has_any(first, *ALERT))


def _is_legacy(node: dict[str, Any]) -> bool:
    return has(node, "state") and (has_any(node, *LEGACY) or has(node, "dashboardUid", "panelId", "name"))


def _is_annotation(node: dict[str, Any]) -> bool:
    return has(node, "time") and has_any(node, "dashboardId", "dashboardUID") and has_any(node, "text", "newState")


def read(node: Any, setting: Setting) -> list[Entry]:
    return [entry for one in dicts(node) for entry in _one(one, setting)]


def _one(node: dict[str, Any], setting: Setting) -> list[Entry]:
    if isinstance(node.get("alerts"), list):
        return [
            entry
            for alert in dicts(node["alerts"])
            for entry in alertmanager.alert_entries(alert, node, setting, who="Grafana")
        ]
    if has(node, "alert_group"):
        return _alert_group(node, setting)
    return _annotation(node, setting) if _is_annotation(node) else [_legacy(node, setting)]


def _legacy(node: dict[str, Any], setting: Setting) -> Entry:
    state = said(node, "state").casefold()
    verb, kind = STATES.get(state, (f"is {state}", "other"))
    name = said(node, "ruleName", "name", "title") or "An alert"
    values = [
        f"{said(match, 'metric')} = {said(match, 'value')}"
        for match in dicts(node.get("evalMatches"))
        if said(match, "value")
    ]
    at = moment(node, setting, *TIMES) or setting.sent_at
    entry = Entry(
        at, sentence(f"{name} {verb}", plain(said(node, "message"), 400), ", ".join(values)), "Grafana", kind,
        said(node, "ruleUrl", "url", "imageUrl") or setting.where(f"rule {name}"),
    )  # fmt: skip
    if state == "pending":
        entry.left_out = "An alert that has not fired yet"
    return entry


def _annotation(node: dict[str, Any], setting: Setting) -> list[Entry]:
    state = said(node, "newState").casefold()
    verb, kind = STATES.get(state, ("", "other"))
    words = plain(said(node, "text"))
    head = f"{said(node, 'alertName') or 'An alert'} {verb}" if verb else ""
    where = setting.where(f"annotation {said(node, 'id')}")
    found = [Entry(moment(node, setting, "time"), sentence(head, words), said(node, "login") or "Grafana", kind, where)]
    ended = moment(node, setting, "timeEnd")
    if ended and ended != found[0].at and not verb:
        found.append(Entry(ended, f"End of: {words}", found[0].who, kind, where))
    return found


def _alert_group(node: dict[str, Any], setting: Setting) -> list[Entry]:
    """OnCall tells the whole group with every webhook: all of what it knows has happened."""
    group = node["alert_group"] if isinstance(node["alert_group"], dict) else {}
    name = said(group, "title", "id") or "An alert group"
    link = said(group, "permalinks.web") or setting.where(f"alert group {said(group, 'id')}")
    doer = said(node, "user.username", "user.name", "user.email")
    last = said(node, "event.type").casefold()
    found = []
    for field, (verb, kind) in GROUP_TIMES.items():
        if at := moment(group, setting, field):
            did = doer if last and field.startswith(last[:6]) else "Grafana OnCall"
            found.append(Entry(at, f"{name} {verb}", did, kind, link, key=f"oncall|{said(group, 'id')}|{field}|{at}"))
    if not found and (at := moment(at_path(node, "event"), setting, "time")):
        found.append(Entry(at, f"{name}: {last}", doer or "Grafana OnCall", "other", link))
    return found
