from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from people.models import Organisation


def organisation(request: HttpRequest) -> dict[str, object]:
    return {"organisation": SimpleLazyObject(Organisation.load)}
