"""Actions as the history of a post-mortem tells them."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q

from actions.models import Action, ActionCandidate, Hierarchy, Horizon, Purpose
from people.models import RecordEntry
from postmortems.history.kinds import record_of
from postmortems.history.rows import Field, Row, people_on_record, plain
from postmortems.models import Postmortem


class ActionRows:
    key, title, one, many = "actions", "Actions", "action", "actions"
    moves_on = frozenset(
        [
            "owner",
            "due_on",
            "priority",
            "status",
            "blocked_reason",
            "waits_for",
            "progress_note",
            "evidence",
            "drop_reason",
            "dropped_by",
        ]
    )
    fields: Mapping[str, Field] = {
        "title": Field("What"),
        "description": Field("Description", unknown="none"),
        "owner": Field("Owner", unknown="nobody yet"),
        "due_on": Field("Due", unknown="no date yet"),
        "priority": Field("Priority", dict(Action.Priority.choices)),
        "status": Field("Status", dict(Action.Status.choices)),
        "cause": Field("Cause", unknown="none"),
        "hierarchy": Field("Prevention hierarchy", dict(Hierarchy.choices), unknown="not ranked"),
        "purpose": Field("What it does", dict(Purpose.choices), unknown="not said"),
        "horizon": Field("Horizon", dict(Horizon.choices), unknown="by its date"),
        "blocked_reason": Field("What stands in the way", unknown="nothing"),
        "waits_for": Field("Waits for", unknown="nobody"),
        "progress_note": Field("Progress", unknown="none noted"),
        "evidence": Field("Evidence", unknown="none"),
        "drop_reason": Field("Why it was dropped", unknown="not dropped"),
        "dropped_by": Field("Dropped by", unknown="not dropped"),
    }

    def rows(self, postmortem: Postmortem) -> list[Row]:
        people = ["owner", "dropped_by", "waits_for", "waits_for_team", "cause"]
        actions = Action.objects.filter(postmortem=postmortem).select_related(*people).order_by("number")
        return [Row(action.pk, {"reference": action.reference, **self._values(action)}) for action in actions]

    def _values(self, action: Action) -> dict[str, object]:
        people = {
            "owner": str(action.owner or ""), "dropped_by": str(action.dropped_by or ""),
            "waits_for": action.waits_for_whom, "cause": str(action.cause or ""),
        }  # fmt: skip
        return {name: people.get(name, plain(getattr(action, name))) for name in self.fields}

    def heading(self, row: Row) -> str:
        return f"{row.values['reference']} {row.values['title']}"

    def people(self, postmortem: Postmortem, since: datetime) -> set[int]:
        about = ContentType.objects.get_for_model(Action)
        actions = Action.objects.filter(postmortem=postmortem).order_by().values("pk")
        return people_on_record(RecordEntry.objects.filter(thing_type=about, thing_id__in=actions), since)

    def has_changed(self) -> Q:
        changed = Action.objects.filter(postmortem=OuterRef("pk"), updated_at__gt=OuterRef("history__rows_at"))
        return Q(Exists(changed))


class CandidateRows:
    key, title, one, many = "candidates", "Candidates", "candidate", "candidates"
    moves_on: frozenset[str] = frozenset()
    fields: Mapping[str, Field] = {
        "text": Field("What could be done"),
        "cause": Field("Cause", unknown="none"),
        "impact": Field("Impact, of 5", unknown="not placed"),
        "effort": Field("Effort, of 5", unknown="not placed"),
        "hierarchy": Field("Prevention hierarchy", dict(Hierarchy.choices), unknown="not ranked"),
        "purpose": Field("What it does", dict(Purpose.choices), unknown="not said"),
        "state": Field("State", dict(ActionCandidate.State.choices)),
        "reason": Field("Why not", unknown="none"),
        "decided_by": Field("Decided by", unknown="nobody yet"),
        "action": Field("Became", unknown="no action"),
    }

    def rows(self, postmortem: Postmortem) -> list[Row]:
        candidates = ActionCandidate.objects.filter(postmortem=postmortem)
        candidates = candidates.select_related("cause", "decided_by", "action")
        return [Row(one.pk, {"number": one.number, **self._values(one)}) for one in candidates]

    def _values(self, one: ActionCandidate) -> dict[str, object]:
        words = {
            "cause": str(one.cause or ""), "decided_by": str(one.decided_by or ""),
            "action": one.action.reference if one.action else "",
        }  # fmt: skip
        return {name: words.get(name, plain(getattr(one, name))) for name in self.fields}

    def heading(self, row: Row) -> str:
        return str(row.values.get("text") or "")

    def people(self, postmortem: Postmortem, since: datetime) -> set[int]:
        entries = RecordEntry.objects.about(postmortem).filter(verb__startswith="candidate.")
        return people_on_record(entries, since)

    def has_changed(self) -> Q:
        return Q(Exists(record_of(Postmortem, "pk").filter(verb__startswith="candidate.")))
