from django import template

from incidents.vagueness import Vague, vague_words

register = template.Library()


@register.filter
def vague(text: str | None) -> list[Vague]:
    return vague_words(text or "")
