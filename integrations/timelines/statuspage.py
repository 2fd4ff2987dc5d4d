"""Statuspage: incidents and their updates, out of webhooks, the public API and the management API."""

from typing import Any

from .meanings import STATES
from .reading import Entry, Setting
from .shapes import dicts, first_dict, has, has_any, moment, plain, said, sentence

KIND = "statuspage"
LISTS = ("incidents", "scheduled_maintenances", "components")
MAINTENANCE = "A planned maintenance, no incident"
COMPONENT = "A component's status, no update of an incident"


def knows(node: Any) -> bool:
    if isinstance(node, list):
        return _is_incident(first_dict(node))
    if not isinstance(node, dict):
        return False
    if has(node, "component_update") or _is_incident(node) or _is_incident(node.get("incident")):
        return True
    return (has(node, "page") and has_any(node, *LISTS, "status")) or _is_incident(first_dict(node.get("incidents")))


def _is_incident(node: Any) -> bool:
    if has(node, "incident_updates"):
        first = first_dict(node["incident_updates"])
        return has_any(first, "body", "display_at", "affected_components") or (
            not first and has_any(node, "status", "name", "shortlink")
        )
    return has(node, "shortlink", "status", "name")


def read(node: Any, setting: Setting) -> list[Entry]:
    if isinstance(node, list):
        return _incidents([one for one in dicts(node) if _is_incident(one)], setting)
    if _is_incident(node):
        return _incident(node, setting)
    found = _component_update(node, setting) if has(node, "component_update") else []
    if isinstance(node.get("incident"), dict):
        found += _incident(node["incident"], setting)
    for name in LISTS[:2]:
        found += _incidents(dicts(node.get(name)), setting)
    return found + [_component(one, setting) for one in dicts(node.get("components"))]


def _incidents(incidents: list[dict[str, Any]], setting: Setting) -> list[Entry]:
    """Of several incidents each update says which it is about."""
    found = []
    for one in incidents:
        entries = _incident(one, setting)
        name = plain(said(one, "name", "title"))
        for entry in entries:
            if len(incidents) > 1 and name and name not in entry.text:
                head, _, rest = entry.text.partition(": ")
                entry.text = sentence(head, name, rest)
        found += entries
    return found


def _incident(incident: dict[str, Any], setting: Setting) -> list[Entry]:
    """Its updates in their order; without any, its creation and its end."""
    name = said(incident, "name", "title") or "An incident"
    link = said(incident, "shortlink", "url") or setting.where(f"incident {said(incident, 'id') or name}")
    updates = dicts(incident.get("incident_updates"))
    found = [_update(update, name, link, setting) for update in updates] or _bare(incident, name, link, setting)
    if said(incident, "scheduled_for") or said(incident, "impact") == "maintenance":
        for entry in found:
            entry.left_out = MAINTENANCE
    return found


def _update(update: dict[str, Any], name: str, link: str, setting: Setting) -> Entry:
    status = said(update, "status")
    at = moment(update, setting, "display_at", "created_at", "updated_at")
    words = plain(said(update, "body")) or _components_of(update)
    native = said(update, "id")
    return Entry(
        at, sentence(f"Status page, {_worded(status)}", words or name), "Status page",
        STATES.get(status, "communication") if status == "resolved" else "communication",
        link, key=f"statuspage|{native}" if native else "",
    )  # fmt: skip


def _bare(incident: dict[str, Any], name: str, link: str, setting: Setting) -> list[Entry]:
    found = []
    for field, status in (("created_at", "created"), ("monitoring_at", "monitoring"), ("resolved_at", "resolved")):
        if at := moment(incident, setting, "started_at" if field == "created_at" else field, field):
            kind = "recovery" if status == "resolved" else "communication"
            found.append(Entry(at, f"Status page, {_worded(status)}: {name}", "Status page", kind, link))
    return found


def _components_of(update: dict[str, Any]) -> str:
    changes = [
        f"{said(one, 'name')} {_worded(said(one, 'new_status'))}"
        for one in dicts(update.get("affected_components"))
        if said(one, "old_status") != said(one, "new_status")
    ]
    return ", ".join(changes)


def _component_update(node: dict[str, Any], setting: Setting) -> list[Entry]:
    update = node["component_update"]
    name = said(node, "component.name") or said(update, "component_id") or "A component"
    old, new = _worded(said(update, "old_status")), _worded(said(update, "new_status"))
    at = moment(update, setting, "created_at") or moment(node, setting, "meta.generated_at")
    text = f"{name} went from {old} to {new}" if old else f"{name} is {new}"
    return [Entry(at, text, "Status page", "communication", setting.where("component update"), left_out=COMPONENT)]


def _component(node: dict[str, Any], setting: Setting) -> Entry:
    text = f"{said(node, 'name') or 'A component'} is {_worded(said(node, 'status'))}"
    at = moment(node, setting, "updated_at", "created_at")
    return Entry(at, text, "Status page", "communication", setting.where("components"), left_out=COMPONENT)


def _worded(status: str) -> str:
    return status.replace("_", " ")
