from core.errors import DomainError


class NotOpenable(DomainError):
    """This incident cannot be given a post-mortem now."""


class NotMovable(DomainError):
    """The post-mortem cannot take this step of its life now."""


class NotSubmittable(NotMovable):
    pass


class NotPublishable(NotMovable):
    pass


class NotClosable(NotMovable):
    pass


class EditConflict(DomainError):
    """Somebody else changed the same field; `theirs` maps the field's name to their value."""

    def __init__(self, theirs: dict[str, object], *reasons: str) -> None:
        super().__init__(*reasons)
        self.theirs = theirs
