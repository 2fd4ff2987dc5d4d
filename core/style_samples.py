"""What the page of components shows in them: invented people, one form in every state, awkward lengths."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.forms.utils import flatatt

LONG_TITLE = (
    "Checkout answered with 502 for every customer in the northern region because an expired intermediate certificate "
    "was still pinned by payment-gateway-eu-central-1b.internal.example"
)

ICON = re.compile(r'<symbol id="([\w-]+)"')


@dataclass(frozen=True)
class SamplePerson:
    pk: int
    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split())


PEOPLE = [
    SamplePerson(number, name)
    for number, name in enumerate(
        ["Ada Example", "Bo Sample", "Chi Pattern", "Dag Muster", "Eve Probe", "Fay Model", "Gil Proof", "Hal Trial"]
    )
]


class SampleForm(forms.Form):
    title = forms.CharField(help_text="What users noticed, in one line. The cause can wait.")
    severity = forms.ChoiceField(choices=[("", "Choose one"), ("1", "SEV-1"), ("2", "SEV-2")])
    started_at = forms.DateTimeField(
        label="Started", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    due_on = forms.DateField(label="Due", widget=forms.DateInput(attrs={"type": "date"}))
    services = forms.MultipleChoiceField(
        required=False, choices=[("checkout", "Checkout"), ("search", "Search"), ("mail", "Mail")]
    )
    kind = forms.ChoiceField(
        choices=[("outage", "Production outage"), ("security", "Security")],
        widget=forms.RadioSelect,
        help_text="Decides which template the post-mortem starts from.",
    )
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = forms.FileField(required=False, help_text="Markdown, at most 8 MB.")
    is_restricted = forms.BooleanField(
        label="Restricted", required=False, help_text="Only its team, its participants and administrators see it."
    )
    number = forms.IntegerField(label="Users affected", disabled=True, initial=1200, required=False)


DETECT = {"short": "TTD", "name": "Time to detect", "sentence": "From the start of the fault until we noticed it."}
AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)


def refused_form() -> SampleForm:
    form = SampleForm(
        {"started_at": "2026-11-20T14:05", "title": "", "kind": "x", "severity": "1"}, auto_id="refused_%s"
    )
    form.add_error(None, "Resolved comes before detected: one of the two times must be wrong.")
    return form


def one_page() -> Page[int]:
    return Paginator(range(60), 20).page(2)


def picker(name: str, chosen: list[SamplePerson], **how: Any) -> dict[str, Any]:
    """As people/fields.py describes one to its template."""
    seen = [{"value": str(one.pk), "name": one.name, "person": one, "written": one.name} for one in chosen]
    attrs = flatatt({"id": f"picker-{name}", "placeholder": "Name or e-mail", **how.pop("attrs", {})})
    return {"name": name, "attrs": attrs, "chosen": seen, "url": "/people/suggest/anybody/", **how}


def pickers() -> dict[str, dict[str, Any]]:
    namesakes = [
        {"value": str(one.pk), "name": "Ada Example", "person": one, "beside": f"{team} · ada.{one.pk}@harbour.example"}
        for one, team in zip([PEOPLE[0], SamplePerson(8, "Ada Example")], ["Payments", "Platform"], strict=True)
    ]
    offers = [{"words": "Ada", "people": namesakes}]
    return {
        "empty": picker("nobody", []),
        "one": picker("one", PEOPLE[:1]),
        "many": picker("many", PEOPLE[1:5], is_many=True),
        "asked": picker("asked", [], words="Ada", offers=offers, attrs={"aria-invalid": "true"}),
        "plain": picker("plain", PEOPLE[2:3], url=""),
    }


def samples() -> dict[str, Any]:
    return {
        "pickers": pickers(),
        "people": PEOPLE,
        "form": SampleForm(),
        "refused": refused_form(),
        "page": one_page(),
        "long_title": LONG_TITLE,
        "at": AT,
        "earlier": datetime(2026, 11, 20, 13, 58, tzinfo=UTC),
        "measured": {
            "last": {"label": "resolved"},
            "ticks": [{"label": "started", "percent": 0}, {"label": "resolved", "percent": 99}],
            "durations": [
                {"definition": DETECT, "value": timedelta(minutes=4), "left_percent": 0, "width_percent": 20},
                {"definition": DETECT, "missing": ["started", "detected"], "value": None},
            ],
        },
        "course": {
            "name": "Cool down",
            "asks": "Let feelings settle. Gather logs and chats, and set the meeting.",
            "steps": [
                {"name": "Respond", "state": "past", "at": AT},
                {"name": "Resolve", "state": "past", "at": AT},
                {"name": "Cool down", "state": "current"},
                {"name": "Post-mortem", "state": "coming"},
                {"name": "Follow up", "state": "skipped"},
            ],
        },
        "clocks": [
            {"name": "Cool-down", "key": "cool_down", "state": "met", "at": AT},
            {"name": "Draft", "state": "late", "by": AT, "late_by": timedelta(hours=3), "elapsed_percent": 100},
            {"name": "Meeting", "state": "soon", "by": AT, "elapsed_percent": 80, "note": "set for later than asked"},
            {"name": "Publishing", "state": "coming", "by": AT, "elapsed_percent": 30},
            {"name": "Publishing", "state": "waiting"},
            {"name": "Meeting", "state": "not_needed", "note": "it was published without one"},
        ],
        "on": date(2026, 12, 4),
        "problems": [
            "ACT-45 is still open: finish it, or drop it on the record.",
            "Only a published post-mortem can be closed.",
        ],
        "severities": [(1, "Critical"), (2, "Major"), (3, "Minor"), (4, "Low")],
        "save_states": [
            ("saved", "Saved 14:05"),
            ("saving", "Saving…"),
            ("offline", "Offline — kept on this device"),
            ("readonly", "Read only"),
            ("refused", "No longer open to you"),
        ],
        "statuses": [
            ("draft", "draft"),
            ("in_review", "in review"),
            ("published", "published"),
            ("closed", "closed"),
            ("not_started", "not started"),
            ("in_progress", "in progress"),
            ("blocked", "blocked"),
            ("unconfirmed", "done, waits for confirmation"),
            ("done", "done"),
            ("dropped", "dropped"),
            ("queued", "waiting"),
            ("running", "being made"),
            ("ready", "ready"),
            ("failed", "failed"),
        ],
        "kinds": [
            ("production_outage", "production outage"),
            ("security", "security incident"),
            ("project", "project or product failure"),
            ("process", "process failure"),
        ],
        "priorities": [("high", "high"), ("medium", "medium"), ("low", "low")],
        "colors": [
            "paper",
            "surface",
            "surface-sunken",
            "surface-raised",
            "ink",
            "ink-soft",
            "ink-faint",
            "line",
            "line-strong",
            "accent",
            "accent-strong",
            "accent-soft",
            "highlight",
            "success",
            "success-soft",
            "warning",
            "warning-soft",
            "danger",
            "danger-soft",
            "neutral",
            "neutral-soft",
        ],
        "icons": ICON.findall((settings.BASE_DIR / "static/img/icons.svg").read_text()),
        "tones": ["info", "success", "warning", "danger", "neutral"],
    }
