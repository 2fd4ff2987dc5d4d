from core.errors import DomainError


class TimesOutOfOrder(DomainError):
    """The instants of an incident contradict each other."""
