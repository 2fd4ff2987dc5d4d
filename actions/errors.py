from core.errors import DomainError


class NotAllowedNow(DomainError):
    """The action cannot take this step: it has ended already, or lacks what the step asks for."""


class OverTheCap(NotAllowedNow):
    """One more than the policy holds for wise: possible, with a reason."""
