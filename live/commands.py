"""What the apps above ask of live editing. (First version, by the lead: helper "live" replaces it.)"""

import json
from collections.abc import Mapping
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from pycrdt import Doc, Text

from live.models import Room, SharedText, Update


@transaction.atomic
def create_room(kind: str, texts: Mapping[str, str]) -> Room:
    room = Room.objects.create(kind=kind)
    doc: Doc = Doc()
    for name, initial in texts.items():
        text = doc.get(name, type=Text)
        if initial:
            text += initial
    update = Update.objects.create(room=room, data=doc.get_update())
    SharedText.objects.bulk_create(SharedText(room=room, name=n, text=t, upto=update.pk) for n, t in texts.items())
    return room


def texts_of(room: Room) -> dict[str, str]:
    doc: Doc = Doc()
    for update in room.updates.all():
        doc.apply_update(bytes(update.data))
    return {text.name: str(doc.get(text.name, type=Text)) for text in room.texts.all()}


def text_of(room: Room, name: str) -> str:
    return texts_of(room)[name]


def version_of(room: Room) -> int:
    return room.updates.order_by("-pk").values_list("pk", flat=True).first() or 0


def announce(room: Room, event: str, **data: Any) -> None:
    transaction.on_commit(lambda: _publish(room, {"event": event, **data}))


def eject(room: Room, user: Any = None, reason: str = "") -> None:
    transaction.on_commit(lambda: _publish(room, {"eject": getattr(user, "pk", None), "reason": reason}))


def _publish(room: Room, message: dict[str, Any]) -> None:
    try:
        redis.Redis.from_url(settings.REDIS_URL).publish(f"debrief:room:{room.pk}", json.dumps(message))
    except redis.RedisError:
        return
