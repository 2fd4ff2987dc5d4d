"""Actions as the history of a post-mortem tells them."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q

from actions.models import Action
from people.models import RecordEntry
from postmortems.history.rows import Field, Row, people_on_record, plain
from postmortems.models import Postmortem


class ActionRows:
    key, title, one, many = "actions", "Actions", "action", "actions"
    fields: Mapping[str, Field] = {
        "title": Field("What"),
        "description": Field("Description", unknown="none"),
        "owner": Field("Owner", unknown="nobody yet"),
        "due_on": Field("Due", unknown="no date yet"),
        "priority": Field("Priority", dict(Action.Priority.choices)),
        "status": Field("Status", dict(Action.Status.choices)),
        "blocked_reason": Field("What stands in the way", unknown="nothing"),
        "waits_for": Field("Waits for", unknown="nobody"),
        "progress_note": Field("Progress", unknown="none noted"),
        "evidence": Field("Evidence", unknown="none"),
        "drop_reason": Field("Why it was dropped", unknown="not dropped"),
        "dropped_by": Field("Dropped by", unknown="not dropped"),
    }

    def rows(self, postmortem: Postmortem) -> list[Row]:
        people = ["owner", "dropped_by", "waits_for", "waits_for_team"]
        actions = Action.objects.filter(postmortem=postmortem).select_related(*people).order_by("number")
        return [Row(action.pk, {"reference": action.reference, **self._values(action)}) for action in actions]

    def _values(self, action: Action) -> dict[str, object]:
        people = {
            "owner": str(action.owner or ""), "dropped_by": str(action.dropped_by or ""),
            "waits_for": action.waits_for_whom,
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
