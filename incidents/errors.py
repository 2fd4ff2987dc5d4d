from core.errors import DomainError


class IncidentRefused(DomainError):
    """What was told of an incident cannot be kept; `fields` maps a field's name to the sentence about it."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(*fields.values())
        self.fields = fields


class TimesOutOfOrder(IncidentRefused):
    """The instants of an incident contradict each other."""


class ShutsYouOut(IncidentRefused):
    """Whoever restricts an incident must still be able to see it."""


class InstantNamedTwice(IncidentRefused):
    """Two times of one incident would go by one name."""


class NotNotable(DomainError):
    """Notes are for incidents that go on."""


class DecisionUnexplained(IncidentRefused):
    """Whoever decides otherwise than the policy says why."""
