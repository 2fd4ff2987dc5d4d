from django.http import HttpRequest

from people.models import User


class SignedInRequest(HttpRequest):
    """What views behind the login get, for types alone: LoginRequiredMiddleware lets nobody else through to them."""

    user: User
