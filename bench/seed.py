"""Rows for a benchmark in the database of DATABASE_URL, made by the product's own code, in a process apart.

Each line on stdin is a JSON list, the name of a function below and its numbers; each is answered with a line on stdout.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from bench.replica import NAME  # noqa: E402
from live.commands import announce, texts_of  # noqa: E402
from live.log import fold_room  # noqa: E402
from live.models import Room, SharedText  # noqa: E402
from tests.factories import PostmortemFactory, UserFactory  # noqa: E402

NEWS_EVERY = 0.05


@transaction.atomic
def people(count: int) -> list[str]:
    """The session cookies of so many people who have signed in."""
    cookies = []
    for _ in range(count):
        client = Client()
        client.force_login(UserFactory())
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return cookies


@transaction.atomic
def documents(count: int, length: int) -> list[Any]:
    """The number and the room of so many post-mortems, each with a text of this length."""
    words = ("It began on a Monday. " * (length // 22 + 1))[:length]
    made = [PostmortemFactory(texts={NAME: words}) for _ in range(count)]
    return [[postmortem.number, postmortem.room_id] for postmortem in made]


def texts(*rooms: int) -> list[Any]:
    """The text of each room, as the log gives it and as it is stored beside it."""
    found = Room.objects.in_bulk(rooms)
    stored = dict(SharedText.objects.filter(room__in=rooms, name=NAME).values_list("room_id", "text"))
    return [[texts_of(found[room])[NAME], stored[room]] for room in rooms]


def settle(*rooms: int) -> list[Any]:
    """Fold the logs of these rooms, as the worker does a minute after the last key; the rows must be ten seconds old."""
    return [[room, fold_room(room)] for room in rooms]


def news(room_id: int, count: int) -> list[Any]:
    """Announce so many changes beside the text, each with the moment of its making."""
    room = Room.objects.get(pk=room_id)
    for _ in range(count):
        announce(room, "benchChanged", made_at=time.perf_counter())
        time.sleep(NEWS_EVERY)
    return []


if __name__ == "__main__":
    verbs: dict[str, Callable[..., list[Any]]] = {
        "people": people,
        "documents": documents,
        "texts": texts,
        "settle": settle,
        "news": news,
    }
    for line in sys.stdin:
        verb, *numbers = json.loads(line)
        print(json.dumps(verbs[verb](*numbers)), flush=True)
