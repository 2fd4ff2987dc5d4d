"""Causes and candidates of the demo, weighed as a meeting would weigh them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from actions.commands import add_candidate, leave_candidate, place_candidate, take_candidate
from actions.models import ActionCandidate
from people.models import User
from postmortems.commands import add_cause
from postmortems.models import Postmortem


class PlanLoader:
    def __init__(self, postmortem: Postmortem, people: Mapping[str, User], *, by: User, today: date) -> None:
        self.postmortem = postmortem
        self.people = people
        self.by = by
        self.today = today

    def note_causes(self, causes: Mapping[str, Mapping[str, str]]) -> None:
        """Candidates and actions name their cause by its key."""
        self.causes = {key: add_cause(self.postmortem, by=self.by, **facts) for key, facts in causes.items()}

    def with_cause(self, action: dict[str, Any]) -> dict[str, Any]:
        return action | {"cause": self.causes[action["cause"]]} if "cause" in action else action

    def weigh(self, candidates: Sequence[dict[str, Any]]) -> None:
        for candidate in candidates:
            self._candidate(**candidate)

    def _candidate(
        self,
        *,
        text: str,
        by: str,
        cause: str = "",
        place: Sequence[int] = (),
        not_taken: str = "",
        taken: dict[str, Any] | None = None,
        **facts: Any,
    ) -> None:
        """`place` is impact and effort."""
        person = self.people[by]
        on = self.causes[cause] if cause else None
        candidate = add_candidate(self.postmortem, by=person, text=text, cause=on, **facts)
        if place:
            place_candidate(candidate, by=person, impact=place[0], effort=place[1])
        if not_taken:
            leave_candidate(candidate, by=person, reason=not_taken)
        if taken:
            self._take(candidate, facts, **taken)

    def _take(self, candidate: ActionCandidate, facts: Mapping[str, Any], *, owner: str, due_in_days: int) -> None:
        person, due_on = self.people[owner], self.today + timedelta(days=due_in_days)
        known = {"title": candidate.text, "cause": candidate.cause, **facts}
        take_candidate(candidate, by=person, owner=person, due_on=due_on, **known)
