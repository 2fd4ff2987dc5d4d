"""Filters that a person keeps, for themselves or for a team of theirs."""

from actions.errors import NotAllowedNow
from actions.filters import clean_query
from actions.models import SavedFilter
from people.models import Team, User

MOST_FILTERS = 30


def save_filter(*, by: User, name: str, view: str, query: str, team: Team | None = None) -> SavedFilter:
    """Keep what an address asks for. The same name again replaces what it stood for.

    Raises NotAllowedNow where there is nothing to keep, for a team one is not in, and beyond what a menu can hold.
    """
    query = clean_query(query)
    if not query:
        raise NotAllowedNow("There is no filter to save: narrow the list first.")
    if len(query) > 1000:
        raise NotAllowedNow("This filter is too long to save: take something away.")
    if team and not Team.objects.of(by).filter(pk=team.pk).exists():
        raise NotAllowedNow(f"You are not in {team}: share it with a team of yours.")
    others = SavedFilter.objects.filter(owner=by).exclude(name=name)
    if others.count() >= MOST_FILTERS:
        raise NotAllowedNow(f"You keep {MOST_FILTERS} filters already: remove one first.")
    kept, _ = SavedFilter.objects.update_or_create(
        owner=by, name=name, defaults={"view": view, "query": query, "team": team}
    )
    return kept


def remove_filter(saved: SavedFilter, *, by: User) -> None:
    """Raises NotAllowedNow for one that somebody else shared."""
    if saved.owner_id != by.pk:
        raise NotAllowedNow(f"“{saved}” is {saved.owner}’s: only they can remove it.")
    saved.delete()
