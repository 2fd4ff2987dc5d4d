from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.cache import is_away


def lateness(request: HttpRequest) -> dict[str, object]:
    """`is_late`: Valkey is away, so what others change may be shown some seconds late."""
    return {"is_late": SimpleLazyObject(is_away)}
