from django import template

from integrations import fitting
from integrations.documents import actions, columns

register = template.Library()


@register.filter
def plain_action(title: str) -> str:
    return actions.plain_action(title)


@register.filter
def place_of_work(url: str | None) -> str:
    return fitting.place_of_work(url)


@register.filter
def apart(text: str) -> columns.Row:
    return columns.apart(text)
