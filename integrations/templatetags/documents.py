from django import template

from integrations.documents import actions

register = template.Library()


@register.filter
def plain_action(title: str) -> str:
    return actions.plain_action(title)
