"""Who hears of which action in a week, and as what. It reads; what is written and owed is decided above."""

from actions.digests.gathering import TOPICS, Digest, Group, Pile, gather
from actions.digests.lines import Line

__all__ = ["TOPICS", "Digest", "Group", "Line", "Pile", "gather"]
