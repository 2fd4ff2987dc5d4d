from django.http import HttpRequest

from people.models import Organisation


def organisation(request: HttpRequest) -> dict[str, object]:
    return {"organisation": Organisation.load()}
