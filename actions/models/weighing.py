"""How an action, or a candidate for one, is weighed."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

SCALE = range(1, 6)
IN_SCALE = [MinValueValidator(SCALE[0]), MaxValueValidator(SCALE[-1])]
IMMEDIATE_DAYS, SHORT_TERM_DAYS = 14, 90


class Hierarchy(models.TextChoices):
    """How surely a measure prevents, the strongest first."""

    ELIMINATE = "eliminate", "eliminate"
    SUBSTITUTE = "substitute", "substitute"
    ENGINEERING = "engineering", "engineering control"
    ADMINISTRATIVE = "administrative", "administrative control"
    TRAINING = "training", "training"

    @property
    def hint(self) -> str:
        return HIERARCHY_HINTS[self]

    @property
    def is_weak(self) -> bool:
        """It works as long as people remember it."""
        return self in (Hierarchy.ADMINISTRATIVE, Hierarchy.TRAINING)


HIERARCHY_HINTS = {
    Hierarchy.ELIMINATE: "The thing that could go wrong is no longer there.",
    Hierarchy.SUBSTITUTE: "Something that cannot fail in this way stands in its place.",
    Hierarchy.ENGINEERING: "The system stops or limits it by itself: a check, a limit, a guard.",
    Hierarchy.ADMINISTRATIVE: "A rule, a checklist or a review: it works while people follow it.",
    Hierarchy.TRAINING: "People are told: it works while they remember.",
}


class Purpose(models.TextChoices):
    """What a measure does."""

    PREVENT = "prevent", "prevent"
    DETECT = "detect", "detect"
    RESPOND = "respond", "respond"
    SYSTEMIC = "systemic", "systemic"


class Horizon(models.TextChoices):
    IMMEDIATE = "immediate", "immediate"
    SHORT_TERM = "short_term", "short-term"
    LONG_TERM = "long_term", "long-term"

    @classmethod
    def between(cls, agreed_on: date, due_on: date) -> "Horizon":
        """Days, weeks or months from when it was agreed."""
        days = (due_on - agreed_on).days
        if days <= IMMEDIATE_DAYS:
            return cls.IMMEDIATE
        return cls.SHORT_TERM if days <= SHORT_TERM_DAYS else cls.LONG_TERM


class Quadrant(models.TextChoices):
    """Where impact and effort meet; the middle of a scale counts as high."""

    DO_NOW = "do_now", "Do now"
    PROJECT = "project", "Strategic project"
    SPARE = "spare", "If there is time"
    SKIP = "skip", "Consider skipping"

    @classmethod
    def at(cls, impact: int, effort: int) -> "Quadrant":
        is_high, is_hard = impact > 2, effort > 2
        if is_high:
            return cls.PROJECT if is_hard else cls.DO_NOW
        return cls.SKIP if is_hard else cls.SPARE
