from core.errors import DomainError


class NotAllowedForPerson(DomainError):
    """This cannot be done with an account now."""


class NotRetryable(DomainError):
    """A mail that is on its way, or has arrived, is not sent once more."""


class NotSentAgain(DomainError):
    """There is no such mail to send once more, or nobody to read it."""
