from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from people.models import User


class SignedInRequest(HttpRequest):
    """What views behind the login get, for types alone: LoginRequiredMiddleware lets nobody else through to them."""

    user: User


def person_behind(request: HttpRequest) -> User:
    """Who sent this request, where a library's signature says only HttpRequest. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
