"""A GitHub issue or pull request: webhooks, the REST objects and lists, and what `gh … --json` prints."""

import re
from datetime import datetime
from typing import Any

from .meanings import is_no_event, kind_of
from .reading import Entry, Setting
from .shapes import at_path, dicts, first_dict, has, has_any, moment, one_line, plain, said, sentence

KIND = "github_issue"
# What a timeline of an issue lists, in the words of the field `event`.
DOINGS = {
    "closed": ("Closed", "recovery"),
    "reopened": ("Reopened", "detection"),
    "assigned": ("Assigned", "escalation"),
    "unassigned": ("Unassigned", "other"),
    "labeled": ("Labelled", "other"),
    "unlabeled": ("Label removed", "other"),
    "renamed": ("Renamed", "other"),
    "merged": ("Merged", "mitigation"),
    "referenced": ("A commit refers to it", "action"),
    "cross-referenced": ("Mentioned in", "action"),
    "connected": ("A pull request was linked", "action"),
    "deployed": ("Deployed", "action"),
    "committed": ("Commit", "action"),
    "reviewed": ("Reviewed", "action"),
    "review_requested": ("Review requested", "escalation"),
    "head_ref_force_pushed": ("Force-pushed", "action"),
    "transferred": ("Transferred", "other"),
    "pinned": ("Pinned", "other"),
    "locked": ("Locked", "other"),
    "unlocked": ("Unlocked", "other"),
    "milestoned": ("Milestone set", "other"),
    "demilestoned": ("Milestone removed", "other"),
    "converted_to_discussion": ("Turned into a discussion", "other"),
    "marked_as_duplicate": ("Marked as a duplicate", "other"),
}
TIDYING = {
    "subscribed", "unsubscribed", "mentioned", "milestoned", "demilestoned", "locked", "unlocked", "pinned", "unpinned",
    "head_ref_deleted", "head_ref_restored", "comment_deleted", "added_to_project", "moved_columns_in_project",
    "removed_from_project", "added_to_project_v2", "project_v2_item_status_changed", "issue_type_added", "unassigned",
    "sub_issue_added", "parent_issue_added", "unlabeled", "convert_to_draft", "ready_for_review", "user_blocked",
}  # fmt: skip
# A label that says how bad it is or how far it is tells of the incident; one that files it away does not.
TELLING_LABEL = re.compile(
    r"\b(?:sev|severity|p)[-: /]?\d\b|incident|outage|priority|urgent|critical|mitigat|resolved|investigat|monitoring|"
    r"identified|status", re.I,
)  # fmt: skip
COMMENT_LENGTH = 1500


def knows(node: Any) -> bool:
    first = first_dict(node)
    return _is_webhook(first) or _is_issue(first) or _is_comment(first) or _is_event(first) or _is_bundle(first)


def _is_webhook(node: Any) -> bool:
    return has(node, "action") and (_is_issue(node.get("issue")) or _is_issue(node.get("pull_request")))


def _is_issue(node: Any) -> bool:
    if not has(node, "number", "title"):
        return False
    return (has_any(node, "html_url", "url", "repository_url") and has_any(node, "created_at", "createdAt")) or has(
        node, "state", "comments"
    )


def _is_comment(node: Any) -> bool:
    return (
        has(node, "body")
        and has_any(node, "issue_url", "author_association", "html_url", "authorAssociation")
        and not has(node, "title")
    )


def _is_event(node: Any) -> bool:
    return (
        has(node, "event")
        and isinstance(node["event"], str)
        and has_any(node, "actor", "created_at", "sha", "submitted_at", "user")
    )


def _is_bundle(node: Any) -> bool:
    return _is_issue(at_path(node, "issue")) or (
        has(node, "title", "comments") and has_any(node, "createdAt", "created_at", "author")
    )


def read(node: Any, setting: Setting) -> list[Entry]:
    return [entry for one in dicts(node) for entry in _one(one, setting)]


def _one(node: dict[str, Any], setting: Setting) -> list[Entry]:
    if _is_webhook(node):
        return [_webhook(node, setting)]
    if _is_event(node):
        return [_event(node, setting)]
    if _is_issue(node) or (_is_bundle(node) and "issue" not in node):
        return _issue(node, setting)
    if _is_bundle(node):
        lists = [node.get(name) for name in ("comments", "events", "timeline")]
        return _issue(node["issue"], setting) + [entry for one in lists for entry in read(one, setting)]
    return [_comment(node, setting)] if _is_comment(node) else []


def _webhook(node: dict[str, Any], setting: Setting) -> Entry:
    issue = node["issue"] if isinstance(node.get("issue"), dict) else node["pull_request"]
    action, who = said(node, "action"), said(node, "sender.login")
    if isinstance(node.get("comment"), dict):
        return _hook_comment(node, action, setting)
    if action == "opened":
        return _opened(issue, setting)
    name = "merged" if action == "closed" and issue.get("merged") else action
    at = moment(issue, setting, *{"closed": ("closed_at",), "merged": ("merged_at",)}.get(name, ()), "updated_at")
    entry = _doing(name, {**node, "assignee": node.get("assignee"), "rename": _rename(node)}, issue, who, at, setting)
    if action in {"deleted", "edited", "synchronize", "typed", "untyped", *TIDYING} - {"unlabeled"}:
        entry.left_out = "Tidying up the issue"
    return entry


def _hook_comment(node: dict[str, Any], action: str, setting: Setting) -> Entry:
    entry = _comment(node["comment"], setting)
    if action != "created":
        entry.at = moment(node["comment"], setting, "updated_at") or entry.at
        entry.left_out = f"A comment that was {action}"
    return entry


def _rename(node: dict[str, Any]) -> dict[str, str]:
    return {"from": said(node, "changes.title.from"), "to": said(node, "issue.title", "pull_request.title")}


def _issue(issue: dict[str, Any], setting: Setting) -> list[Entry]:
    """Opened, closed or merged, and the comments where they came along."""
    found = [_opened(issue, setting)]
    nested = issue.get("comments")
    found += [_comment(one, setting) for one in dicts(nested.get("nodes") if isinstance(nested, dict) else nested)]
    for events in (issue.get("events"), issue.get("timeline"), issue.get("timelineItems")):
        found += [_event(one, setting) for one in dicts(events) if _is_event(one)]
    merged = moment(issue, setting, "merged_at", "mergedAt", "pull_request.merged_at")
    closed = merged or moment(issue, setting, "closed_at", "closedAt")
    if closed and not any(entry.at == closed and entry.kind == "recovery" for entry in found):
        found.append(
            _doing(
                "merged" if merged else "closed",
                issue,
                issue,
                _login(issue, "closed_by", "merged_by", "mergedBy"),
                closed,
                setting,
            )
        )
    return found


def _opened(issue: dict[str, Any], setting: Setting) -> Entry:
    what = "Pull request" if has_any(issue, "merged_at", "mergedAt", "head") else "Issue"
    text = sentence(f"{what} opened", said(issue, "title"), plain(said(issue, "body"), 500))
    at = moment(issue, setting, "created_at", "createdAt")
    return Entry(
        at, text, _login(issue, "user", "author"), _opening_kind(what, text), _link(issue, setting),
        key=f"github|{_link(issue, setting)}|opened",
    )  # fmt: skip


def _opening_kind(what: str, text: str) -> str:
    return "action" if what == "Pull request" else "detection" if kind_of(text) == "detection" else "communication"


def _comment(node: dict[str, Any], setting: Setting) -> Entry:
    body = plain(said(node, "body", "bodyText"), COMMENT_LENGTH)
    native = said(node, "html_url", "url", "id", "node_id")
    return Entry(
        moment(node, setting, "created_at", "createdAt", "submitted_at"), body or "A comment without words",
        _login(node, "user", "author", "actor"), kind_of(body), _link(node, setting),
        key=f"github|{native}" if native else "", left_out=is_no_event(body),
    )  # fmt: skip


def _event(node: dict[str, Any], setting: Setting) -> Entry:
    name = node["event"]
    if name in {"commented", "reviewed", "line-commented"} and said(node, "body"):
        return _comment(node, setting)
    at = moment(node, setting, "created_at", "submitted_at", "committer.date", "author.date")
    entry = _doing(name, node, node.get("issue") or {}, _login(node, "actor", "user", "author"), at, setting)
    native = said(node, "id", "node_id", "sha")
    entry.key = f"github|event|{native}" if native else ""
    if name in TIDYING or (name == "labeled" and not TELLING_LABEL.search(said(node, "label.name"))):
        entry.left_out = "Tidying up the issue"
    return entry


def _doing(
    name: str, node: dict[str, Any], issue: dict[str, Any], who: str, at: datetime | None, setting: Setting
) -> Entry:
    doing, kind = DOINGS.get(name, (name.replace("_", " ").capitalize(), "other"))
    what = _what(name, node)
    text = sentence(f"{doing}{what}", said(issue, "title"), _reason(name, node))
    return Entry(at, text, who, kind, _link(node if said(node, "html_url") else issue or node, setting))


def _what(name: str, node: dict[str, Any]) -> str:
    if name in {"labeled", "unlabeled"}:
        return f" “{said(node, 'label.name')}”"
    if name in {"assigned", "unassigned"}:
        return f" to {said(node, 'assignee.login')}" if said(node, "assignee.login") else ""
    if name == "renamed":
        return f" from “{said(node, 'rename.from')}” to “{said(node, 'rename.to')}”"
    if name == "cross-referenced":
        return f" {said(node, 'source.issue.title', 'source.issue.html_url')}"
    if name in {"referenced", "closed", "merged"} and (sha := said(node, "commit_id", "merge_commit_sha")):
        return f" ({sha[:10]})"
    return f" {one_line(said(node, 'message'), 200)}" if name == "committed" else ""


def _reason(name: str, node: dict[str, Any]) -> str:
    reason = said(node, "state_reason", "stateReason").replace("_", " ").lower()
    return f"as {reason}" if name == "closed" and reason in {"not planned", "duplicate"} else ""


def _login(node: dict[str, Any], *names: str) -> str:
    return said(node, *(f"{name}.{part}" for name in names for part in ("login", "name"))) or "GitHub"


def _link(node: dict[str, Any], setting: Setting) -> str:
    link = said(node, "html_url", "url")
    return link if link.startswith("http") else setting.where(said(node, "id", "number"))
