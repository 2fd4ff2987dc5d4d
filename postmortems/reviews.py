"""Where the reviews of a post-mortem stand: who was asked, what each answered, and whether it has changed since."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from people.models import RecordEntry, User
from postmortems.history.changes import changed_parts
from postmortems.history.rows import Row, kinds
from postmortems.history.states import State, state_now, states_of
from postmortems.models import Postmortem, Reviewer

Answer = Reviewer.Answer


@dataclass(frozen=True)
class Review:
    """One reviewer's answer. `is_outdated`: the document has changed since."""

    reviewer: Reviewer
    is_outdated: bool = False

    @property
    def state(self) -> str:
        """approved · outdated · changes · waiting · named, the last while nobody has been asked yet."""
        if self.reviewer.answer == Answer.APPROVED:
            return "outdated" if self.is_outdated else "approved"
        if self.reviewer.answer:
            return "changes"
        return "waiting" if self.reviewer.asked_at else "named"

    @property
    def label(self) -> str:
        return LABELS[self.state]


LABELS = {
    "approved": "approved",
    "outdated": "approved, before later changes",
    "changes": "asks for changes",
    "waiting": "has not answered yet",
    "named": "will be asked",
}


@dataclass(frozen=True)
class Reviews:
    rows: list[Review]

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def objecting(self) -> list[Reviewer]:
        return [row.reviewer for row in self.rows if row.state == "changes"]

    @property
    def silent(self) -> list[Reviewer]:
        return [row.reviewer for row in self.rows if row.state in ("waiting", "named")]

    @property
    def outdated(self) -> list[Reviewer]:
        return [row.reviewer for row in self.rows if row.state == "outdated"]

    @property
    def to_ask_again(self) -> list[Review]:
        """Who asked for changes, or approved what was changed since, and does not know yet that it is there to read."""
        return [row for row in self.rows if row.state in ("changes", "outdated") and not row.reviewer.is_waited_for]

    def of(self, user: User) -> Review | None:
        return next((row for row in self.rows if row.reviewer.person_id == user.pk), None)

    @property
    def warnings(self) -> list[str]:
        """What speaks against publishing now without standing in its way."""
        said = []
        if self.silent:
            verb = "has" if len(self.silent) == 1 else "have"
            said.append(f"{listed(self.silent)} {verb} not answered yet.")
        if self.outdated:
            said.append(f"{listed(self.outdated)} approved it before later changes.")
        return said


def listed(names: Iterable[object]) -> str:
    """`Ada`, `Ada and Bo`, `Ada, Bo and Cem`."""
    words = [str(name) for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def reviews_of(postmortem: Postmortem) -> Reviews:
    """Reads the document only where somebody has answered."""
    rows = list(postmortem.reviewers.select_related("person", "revision"))
    answered = {row.revision_id: row.revision for row in rows if row.revision}
    if not answered:
        return Reviews([Review(row) for row in rows])
    now = _agreed(state_now(postmortem)[0])
    before = dict(zip(answered, states_of(answered.values()), strict=True))
    outdated = {key for key, state in before.items() if changed_parts(_agreed(state), now)}
    return Reviews([Review(row, row.revision_id in outdated) for row in rows])


def _agreed(state: State) -> State:
    """Without what goes on by itself: an action that is begun takes no approval back."""
    moving = {kind.key: kind.moves_on for kind in kinds()}
    rows = {
        key: [Row(row.key, {n: value for n, value in row.values.items() if n not in moving.get(key, ())}) for row in of]
        for key, of in state.rows.items()
    }
    return State(state.headings, state.texts, rows)


def published_by(postmortem: Postmortem) -> User | None:
    entry = RecordEntry.objects.about(postmortem).filter(verb="postmortem.published").select_related("by").first()
    return entry.by if entry else None


def tally(reviewers: Collection[Reviewer]) -> str:
    """`2 of 3 approved, 1 asks for changes`, of reviewers who are asked; empty where there are none."""
    if not reviewers:
        return ""
    answers = [reviewer.answer for reviewer in reviewers]
    said = [f"{answers.count(Answer.APPROVED)} of {len(answers)} approved"]
    if objecting := answers.count(Answer.CHANGES):
        said.append(f"{objecting} {'asks' if objecting == 1 else 'ask'} for changes")
    return ", ".join(said)


def waiting_for(user: User) -> list[Reviewer]:
    """The reviews that a person is asked for now, the one that waits longest first."""
    seen = Postmortem.objects.visible_to(user).filter(status=Postmortem.Status.IN_REVIEW)
    mine = Reviewer.objects.waited_for().filter(person=user, postmortem__in=seen)
    return list(mine.select_related("postmortem__incident").order_by("asked_at", "pk"))
