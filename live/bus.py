"""News between processes, through Valkey. It may lose messages: what matters is in PostgreSQL and is read again.

A message is one letter for its kind, the sender's id (16 bytes), then the content.
"""

import asyncio
import hashlib
import json
import os
import threading
import time
import uuid
import weakref
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import redis
import redis.asyncio
import structlog
from django.conf import settings
from django.db import connections

if TYPE_CHECKING:
    from live.hub import Hub

logger = structlog.get_logger(__name__)

ROW, PRESENCE, WHO, EVENT, EJECT, NAMES, DOUBT, MISSED = b"R", b"P", b"W", b"E", b"X", b"N", b"D", b"M"
# What nobody needs while no other process has the room open: whoever opens it asks, and is told to read again.
SPARED_WHEN_ALONE = {ROW, PRESENCE}
ALONE_FOR = 1.0
EVERY_ROOM = 0  # The channel that every process listens to, whatever it has open.
SENDER_BYTES = 16
LONGEST_PAUSE = 2.0
MOST_UNSENT = 10_000

Deliver = Callable[[int, bytes, bytes], None]

# The hubs of this process: news from a page's thread reaches them without Valkey.
local_hubs: "weakref.WeakSet[Hub]" = weakref.WeakSet()


@cache
def _sender_of(pid: int) -> bytes:
    return uuid.uuid4().bytes


def sender() -> bytes:
    return _sender_of(os.getpid())


def channel(room_id: int) -> str:
    """Valkey's channels know no databases: the name of ours in PostgreSQL keeps two Debriefs on one server apart."""
    return f"{_prefix()}:{room_id}"


def _prefix() -> str:
    place = connections["default"].settings_dict
    named = json.dumps([str(place[part]) for part in ("HOST", "PORT", "NAME")])
    return "debrief:room:" + hashlib.sha256(named.encode()).hexdigest()[:16]


class Bus:
    """One hub's ear and mouth. Without Valkey it keeps trying; one process works on as if nothing were missing."""

    def __init__(self, deliver: Deliver, when_changed: Callable[[], None]) -> None:
        self.is_listening = False
        self._deliver = deliver
        self._when_changed = when_changed
        self._rooms = {channel(EVERY_ROOM): EVERY_ROOM}
        self._subscribed: dict[str, asyncio.Event] = {}
        self._outbox: list[tuple[int, str, bytes]] = []
        # Rooms in which nobody else listens, until when that is believed; and how much was heard of others in a room.
        self._alone_until: dict[int, float] = {}
        self._heard: dict[int, int] = {}
        self._has_news = asyncio.Event()
        self._client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=10
        )
        self._pubsub = self._client.pubsub(ignore_subscribe_messages=False)

    async def open(self, room_id: int) -> None:
        """Listen for a room; comes back once Valkey has confirmed it, or shortly when it does not answer."""
        name = channel(room_id)
        self._rooms[name] = room_id
        confirmed = self._subscribed.setdefault(name, asyncio.Event())
        if not self.is_listening:
            return
        try:
            async with asyncio.timeout(0.5):
                await self._pubsub.subscribe(name)
                await confirmed.wait()
        except (redis.RedisError, OSError, TimeoutError):
            return  # The rows are read again every few seconds, and at once when Valkey is back.

    async def close_room(self, room_id: int) -> None:
        name = channel(room_id)
        self._rooms.pop(name, None)
        self._subscribed.pop(name, None)
        self._alone_until.pop(room_id, None)
        self._heard.pop(room_id, None)
        if self.is_listening:
            try:
                await self._pubsub.unsubscribe(name)
            except (redis.RedisError, OSError):
                return

    def publish(self, room_id: int, kind: bytes, content: bytes) -> None:
        if kind in SPARED_WHEN_ALONE and time.monotonic() < self._alone_until.get(room_id, 0):
            return
        if len(self._outbox) < MOST_UNSENT:
            self._outbox.append((room_id, channel(room_id), kind + sender() + content))
            self._has_news.set()

    async def speak(self) -> None:
        """Send what is in the outbox, in order, in one round trip at a time."""
        while not is_ending():
            await self._has_news.wait()
            self._has_news.clear()
            batch, self._outbox = self._outbox, []
            heard = [self._heard.get(room_id, 0) for room_id, _, _ in batch]
            try:
                async with asyncio.timeout(2), self._client.pipeline(transaction=False) as pipeline:
                    for _, name, message in batch:
                        pipeline.publish(name, message)
                    listeners = await pipeline.execute()
            except (redis.RedisError, OSError, TimeoutError):
                self._alone_until.clear()
                await asyncio.sleep(0.2)
                continue
            for (room_id, name, _), before, count in zip(batch, heard, listeners, strict=True):
                self._note_listeners(room_id, name, count, is_news=before == self._heard.get(room_id, 0))

    def _note_listeners(self, room_id: int, name: str, count: int, *, is_news: bool) -> None:
        """Valkey says how many it told. Only us: then what goes with each key need not be told for a while."""
        confirmed = self._subscribed.get(name)
        if count == 1 and is_news and self.is_listening and confirmed and confirmed.is_set():
            self._alone_until[room_id] = time.monotonic() + ALONE_FOR
        else:
            self._end_loneliness(room_id)

    def _end_loneliness(self, room_id: int) -> None:
        if self._alone_until.pop(room_id, None) is not None:
            self.publish(room_id, MISSED, b"")

    async def listen(self) -> None:
        pause = 0.1
        while not is_ending():
            try:
                await self._pubsub.subscribe(*self._rooms)
                self.is_listening = True
                pause = 0.1
                self._when_changed()
                while True:
                    message = await self._pubsub.get_message(timeout=None)
                    if message is not None:
                        self._hear(message)
            except (redis.RedisError, OSError) as error:
                if self.is_listening:
                    logger.warning("live.bus_lost", error=str(error))
                    self.is_listening = False
                    self._when_changed()
                await self._pubsub.aclose()
                self._pubsub = self._client.pubsub(ignore_subscribe_messages=False)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    def _hear(self, message: dict[str, Any]) -> None:
        name = message["channel"].decode()
        if message["type"] == "subscribe" and name in self._subscribed:
            self._subscribed[name].set()
        elif message["type"] == "message" and name in self._rooms:
            data: bytes = message["data"]
            if data[1 : 1 + SENDER_BYTES] != sender():
                room_id = self._rooms[name]
                self._heard[room_id] = self._heard.get(room_id, 0) + 1
                self._end_loneliness(room_id)
                self._deliver(room_id, data[:1], data[1 + SENDER_BYTES :])

    async def close(self) -> None:
        await self._pubsub.aclose()
        await self._client.aclose()


def is_ending() -> bool:
    """Whether this task was cancelled: redis-py may swallow that while it waits for an answer, and a stop would hang."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Mouth:
    """The same news from ordinary Django code, in any thread or process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: redis.Redis | None = None
        self._pid = 0
        self._silent_until = 0.0

    def tell(self, room_id: int, kind: bytes, content: bytes) -> None:
        for hub in list(local_hubs):
            hub.deliver_from_thread(room_id, kind, content)
        if time.monotonic() < self._silent_until:
            return
        try:
            self._connected().publish(channel(room_id), kind + sender() + content)
        except (redis.RedisError, OSError) as error:
            # A page must not wait for a server that is away; open rooms read their rows again by themselves.
            self._silent_until = time.monotonic() + 5
            logger.warning("live.news_not_sent", error=str(error))

    def _connected(self) -> redis.Redis:
        with self._lock:
            if self._client is None or self._pid != os.getpid():
                self._client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
                self._pid = os.getpid()
            return self._client


mouth = Mouth()
