from django import template

from incidents.blame import blame_in
from incidents.vagueness import Marked, vague_words

register = template.Library()


@register.filter
def vague(text: str | None) -> list[Marked]:
    return vague_words(text or "") + blame_in(text or "")
