"""Prometheus Alertmanager: what its webhook sends, what its API lists, and what Prometheus itself lists as alerts."""

from datetime import datetime
from typing import Any

from .moments import instant
from .reading import Entry, Setting
from .shapes import at_path, dicts, first_dict, has, has_any, moment, plain, said, sentence

KIND = "alertmanager"
# Labels that tell which of several things an alert is about, the most telling first.
ABOUT = (
    "instance",
    "host",
    "hostname",
    "node",
    "pod",
    "pod_name",
    "container",
    "service",
    "job",
    "cluster",
    "namespace",
)
WORDS = ("summary", "message", "title", "description", "dashboard_summary")


def knows(node: Any) -> bool:
    if has(node, "alerts"):
        first = first_dict(node["alerts"])
        return is_alert(first) or (not first and has_any(node, "groupKey", "receiver", "groupLabels"))
    if has(node, "data") and said(node, "status") in {"success", "error"}:
        return knows(node["data"])
    return is_alert(first_dict(node)) or _is_silence(first_dict(node))


def _is_silence(node: Any) -> bool:
    return has(node, "matchers", "startsAt", "createdBy")


def is_alert(node: Any) -> bool:
    if not isinstance(node, dict) or not isinstance(node.get("labels"), dict):
        return False
    return has_any(node, "startsAt", "activeAt", "endsAt") or isinstance(node.get("alerts"), list)


def read(node: Any, setting: Setting) -> list[Entry]:
    if isinstance(node, list):
        return [entry for one in dicts(node) for entry in read(one, setting)]
    if isinstance(node.get("data"), dict | list) and "alerts" not in node:
        return read(node["data"], setting)
    if _is_silence(node):
        return [_silence(node, setting)]
    if "alerts" not in node:
        return alert_entries(node, {}, setting, who="Alertmanager")
    return [
        entry for alert in dicts(node["alerts"]) for entry in alert_entries(alert, node, setting, who="Alertmanager")
    ]


def alert_entries(alert: dict[str, Any], group: dict[str, Any], setting: Setting, *, who: str) -> list[Entry]:
    """That it fired and, where it has, that it resolved; a silence over it is said."""
    began = moment(alert, setting, "startsAt", "activeAt", "starts_at")
    ended = _ended(alert, group, setting)
    entries = []
    if alert.get("state") == "pending":
        entries.append(_entry(alert, group, setting, began, "is pending", who=who))
        entries[0].left_out = "An alert that has not fired yet"
    elif began:
        entries.append(_entry(alert, group, setting, began, "fired", who=who))
    if ended:
        entries.append(_entry(alert, group, setting, ended, "resolved", who=who))
    if not entries:
        entries.append(_entry(alert, group, setting, setting.sent_at, _status(alert, group) or "fired", who=who))
    return entries


def _status(alert: dict[str, Any], group: dict[str, Any]) -> str:
    own = alert.get("status") if isinstance(alert.get("status"), str) else said(alert, "state")
    return str(own or said(group, "status")).casefold()


def _ended(alert: dict[str, Any], group: dict[str, Any], setting: Setting) -> datetime | None:
    """When it ended. Of an alert that is still firing, endsAt is only when it would be forgotten."""
    if isinstance(alert.get("status"), dict) or _status(alert, group) in {"firing", "active", "pending", "alerting"}:
        return None
    return moment(alert, setting, "endsAt", "ends_at")


def _entry(
    alert: dict[str, Any], group: dict[str, Any], setting: Setting, at: datetime | None, verb: str, *, who: str
) -> Entry:
    labels = {**_words(group.get("commonLabels")), **_words(alert.get("labels"))}
    notes = {**_words(group.get("commonAnnotations")), **_words(alert.get("annotations"))}
    name = labels.get("alertname") or labels.get("rulename") or "An alert"
    severity = labels.get("severity") or labels.get("priority") or ""
    about = _about(labels, _words(group.get("commonLabels")), " ".join(notes.values()))
    head = f"{name} {verb}{f' on {about}' if about else ''}{f' ({severity})' if severity else ''}"
    # Some who pass alerts on change the labels and keep the fingerprint that was computed from them, others the reverse.
    native = " ".join([said(alert, "fingerprint"), *(f"{key}={value}" for key, value in sorted(labels.items()))])
    began = instant(at_path(alert, "startsAt") or at_path(alert, "activeAt"), setting.zone)
    return Entry(
        at, sentence(head, *_told(notes)), who, "recovery" if verb == "resolved" else "detection",
        said(alert, "generatorURL", "panelURL", "dashboardURL") or setting.where(f"alert {name}"),
        key=f"alert|{native}|{began}|{verb if verb == 'resolved' else 'fired'}",
    )  # fmt: skip


def _silence(node: dict[str, Any], setting: Setting) -> Entry:
    what = ", ".join(
        f"{said(one, 'name')}={said(one, 'value')}" for one in dicts(node["matchers"]) if said(one, "name")
    )
    return Entry(
        moment(node, setting, "startsAt"), sentence(f"Silenced {what or 'alerts'}", plain(said(node, "comment"))),
        said(node, "createdBy"), "action", setting.where("a silence"),
        key=f"silence|{said(node, 'id')}" if said(node, "id") else "",
    )  # fmt: skip


def _words(value: Any) -> dict[str, str]:
    items = value.items() if isinstance(value, dict) else ()
    return {str(key): str(one) for key, one in items if isinstance(one, str | int | float) and str(one).strip()}


def _told(notes: dict[str, str]) -> list[str]:
    found = [plain(notes[name], 400) for name in WORDS if name in notes]
    return found or [plain(value, 400) for name, value in notes.items() if "url" not in name.lower()][:1]


def _about(labels: dict[str, str], common: dict[str, str], told: str) -> str:
    """What it fired on, unless the words of the alert say so already."""
    own = {name: value for name, value in labels.items() if name not in common}
    for found in (own, labels):
        for name in ABOUT:
            if name in found:
                return "" if found[name] in told else found[name]
    return ""
