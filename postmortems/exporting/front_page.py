"""What leadership reads first, cut so that it stands on one page whatever was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from core.embeds import with_embeds_as_text
from postmortems.exporting.around import WithoutBlocks
from postmortems.exporting.document import ActionLine, Document, Fact, Instant, unknown_among
from postmortems.exporting.words import cut, lines_of, whole_sentences
from postmortems.models import Cause, Postmortem, SectionRole
from postmortems.reviews import listed

ACTIONS_SHOWN = 5
REFERENCES_SHOWN = 5
CAUSES_SHOWN = 4
PEOPLE_SHOWN = 3
FIGURES_SHOWN = 12
IN_WORDS = {"downstream", "systems", "user_experience"}
INSTANTS_SHOWN = {"started_at", "detected_at", "mitigated_at", "resolved_at"}
# A line takes room even when it holds one letter.
SHORTEST_LINE = 85
CROWDED_LINES = 23


@dataclass(frozen=True)
class Line:
    text: str
    is_item: bool


@dataclass(frozen=True)
class Block:
    lines: list[str]
    is_list: bool


@dataclass(frozen=True)
class Gist:
    """The start of a text in plain lines; `is_cut` when more of it stands in the document."""

    lines: list[Line]
    is_cut: bool

    @property
    def blocks(self) -> list[Block]:
        """Paragraphs and lists, as they follow one another."""
        groups = groupby(self.lines, key=lambda line: line.is_item)
        return [Block([line.text for line in lines], is_item) for is_item, lines in groups]


@dataclass(frozen=True)
class FrontPage:
    title: str
    signed: str
    what_happened: Gist
    what_users_felt: Gist
    cause: Gist
    known: list[Fact]
    downstream: str
    unknown: list[str]
    actions: list[ActionLine]
    actions_left_out: int
    tally: str
    still_open: list[str]
    instants: list[Instant]

    @property
    def is_crowded(self) -> bool:
        """Whether the page must be set smaller for all of it to fit."""
        texts = [line.text for part in (self.what_happened, self.what_users_felt, self.cause) for line in part.lines]
        lines = sum(1 + len(text) // SHORTEST_LINE for text in [*texts, *self.still_open])
        lines += bool(self.downstream) + bool(self.unknown) + len(self.signed) // SHORTEST_LINE
        lines += sum(2 if len(action.title) > SHORTEST_LINE // 2 else 1 for action in self.actions)
        return lines > CROWDED_LINES - len(self.title) // (SHORTEST_LINE // 2)


def front_page(document: Document) -> FrontPage:
    ranked = sorted(document.actions, key=_urgency)

    def words(*roles: SectionRole) -> str:
        texts = (with_embeds_as_text(document.text_of(role), WithoutBlocks(document)) for role in roles)
        return next((text for text in texts if text.strip()), "")

    return FrontPage(
        title=document.incident.title,
        signed=signed(document),
        what_happened=gist(words(SectionRole.SUMMARY) or document.incident.summary, 500),
        what_users_felt=gist(words(SectionRole.IMPACT), 170),
        cause=_root_causes(document) or gist(words(SectionRole.CAUSES, SectionRole.FACTORS), 420),
        known=_known_figures(document.impact),
        downstream=next((fact.text for fact in document.impact if fact.is_known and fact.name == "downstream"), ""),
        unknown=unknown_among(document.impact),
        actions=ranked[:ACTIONS_SHOWN],
        actions_left_out=max(len(ranked) - ACTIONS_SHOWN, 0),
        tally=tally(document.actions),
        still_open=list(still_open(document)),
        instants=[instant for instant in document.incident.instants if instant.name in INSTANTS_SHOWN],
    )


def _root_causes(document: Document) -> Gist | None:
    """Noted one by one they say more in a line each than the start of what is written about the first of them."""
    roots = [Line(cut(cause.text, 160), is_item=True) for cause in document.causes if cause.kind == Cause.Kind.ROOT]
    return Gist(roots[:CAUSES_SHOWN], is_cut=len(roots) > CAUSES_SHOWN) if roots else None


def _known_figures(facts: list[Fact]) -> list[Fact]:
    """As many as the page has room for; what incidents of this kind are asked for comes first."""
    known = [fact for fact in facts if fact.is_known and fact.name not in IN_WORDS]
    return sorted(known, key=lambda fact: not fact.is_asked)[:FIGURES_SHOWN]


def _urgency(action: ActionLine) -> tuple[bool, bool, int, int, str]:
    """Open before ended, overdue first, then by priority and due date; dropped ones last."""
    priority = {"high": 0, "medium": 1, "low": 2}.get(action.priority, 3)
    due = action.due_on.toordinal() if action.due_on else 10**7
    return not action.is_open, action.status == "dropped", -action.days_overdue, priority, f"{due:08d}"


def gist(text: str, limit: int) -> Gist:
    """The first lines of a Markdown text, about `limit` characters of them; code and tables are left out."""
    lines: list[Line] = []
    room = limit
    for words, is_item in lines_of(text):
        if room <= 0:
            return Gist(lines, is_cut=True)
        most = max(room, SHORTEST_LINE)
        if len(words) > most:
            start = whole_sentences(words, most) or ("" if lines else cut(words, most))
            return Gist([*lines, *([Line(start, is_item)] if start else [])], is_cut=True)
        lines.append(Line(words, is_item))
        room -= max(len(words), SHORTEST_LINE)
    return Gist(lines, is_cut=False)


def signed(document: Document) -> str:
    """“Written by Ada and Bo. Reviewed by Cem (approved).”, of no more people than fit."""
    authors = f"Written by {_few(document.authors)}." if document.authors else ""
    answers = [f"{one.name} ({one.label})" for one in document.reviewers]
    return " ".join(filter(None, [authors, f"Review: {_few(answers)}." if answers else ""]))


def _few(names: list[str]) -> str:
    shown = [cut(name, 60) for name in names[:PEOPLE_SHOWN]]
    more = len(names) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)


def tally(actions: list[ActionLine]) -> str:
    if not actions:
        return "No action has been agreed yet."
    counts = [
        (sum(action.is_open for action in actions), "open"),
        (sum(action.status == "done" for action in actions), "done"),
        (sum(action.status == "dropped" for action in actions), "dropped"),
    ]
    return ", ".join(f"{count} {word}" for count, word in counts if count) + "."


def still_open(document: Document) -> Iterable[str]:
    """What is not settled, in sentences; the reader decides about these."""
    if document.incident.at("resolved_at") is None:
        yield "The incident is not resolved, or nobody has noted when it was."
    if not (document.text_of(SectionRole.CAUSES) or document.text_of(SectionRole.FACTORS)):
        yield "The cause is not written down yet."
    yield from _open_actions(document)
    if document.status in (Postmortem.Status.DRAFT, Postmortem.Status.IN_REVIEW):
        yield f"The post-mortem is {_article(document.status_label)}: its text may still change."
        if objecting := [one.name for one in document.reviewers if one.state == "changes"]:
            yield f"{_few(objecting)} {'asks' if len(objecting) == 1 else 'ask'} for changes."
        publish_by = document.clocks.publish_by
        if publish_by and publish_by < document.made_at:
            yield f"It was to be published by {publish_by.astimezone(document.zone):%-d %B %Y}."


def _article(status_label: str) -> str:
    return "a draft" if status_label == "draft" else status_label


def _open_actions(document: Document) -> Iterable[str]:
    running = [action for action in document.actions if action.is_open]
    groups = [
        ("overdue", [action for action in running if action.days_overdue]),
        ("without an owner", [action for action in running if not action.owner]),
        ("without a due date", [action for action in running if action.due_on is None]),
    ]
    for what, actions in groups:
        if actions:
            yield f"{_number_of_actions(len(actions))} {what}: {_references(actions)}."
    dates = [action.due_on for action in running if action.due_on]
    if dates:
        yield f"{_number_of_actions(len(running))} open; the last is due on {max(dates):%-d %B %Y}."


def _number_of_actions(count: int) -> str:
    return "1 action is" if count == 1 else f"{count} actions are"


def _references(actions: list[ActionLine]) -> str:
    names = [action.reference for action in actions[:REFERENCES_SHOWN]]
    more = len(actions) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
