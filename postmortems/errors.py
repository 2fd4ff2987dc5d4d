from core.errors import DomainError


class NotOpenable(DomainError):
    """This incident cannot be given a post-mortem now."""


class NotMovable(DomainError):
    """The post-mortem cannot take this step of its life now."""


class NotSubmittable(NotMovable):
    pass


class NotReviewable(NotMovable):
    pass


class NotPublishable(NotMovable):
    pass


class NotClosable(NotMovable):
    pass


class NotBringable(DomainError):
    """This part of a revision cannot be brought back."""


class NotExportable(DomainError):
    """This server cannot make such a file."""


class PassageNotFound(DomainError):
    """The words that a comment is about do not stand in the text."""


class NotAttachable(DomainError):
    """This file cannot be kept beside a post-mortem."""


class UnreadableLine(DomainError):
    """What was typed on one line cannot be an event of the timeline."""
