"""What the apps above ask of live editing. A change made here takes the same road as a keystroke: a row in the log,
and after the commit the word to every open page."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from live import bus, log
from live.anchors import Anchor, Span, anchor_at, spans_of
from live.document import Document, storable
from live.errors import CannotLoad, VersionTooOld
from live.limits import MAX_ROW_BYTES
from live.log import Reading
from live.merging import edits_between
from live.models import Room, SharedText, Update
from people.models import User


@transaction.atomic
def create_room(kind: str, texts: Mapping[str, str]) -> Room:
    """A room with these texts in it; `kind` names the door that decides who may enter."""
    room = Room.objects.create(kind=kind)
    document: Document = Document()
    initial = {name: _plain(text) for name, text in texts.items()}
    version = 0
    for name, text in initial.items():
        if text:
            version = Update.objects.create(room=room, data=document.edit(name, [(0, 0, text)])).pk
    SharedText.objects.bulk_create(
        SharedText(room=room, name=name, text=text, upto=version) for name, text in initial.items()
    )
    return room


@transaction.atomic
def add_text(room: Room, name: str, initial: str = "") -> None:
    """One more text in a room that may be open already."""
    SharedText.objects.create(room=room, name=name)
    _tell(room, bus.NAMES, json.dumps([name]).encode())
    if initial:
        replace_text(room, name, initial, base_version=None, by=None)


def text_of(room: Room, name: str) -> str:
    return texts_of(room)[name]


def texts_of(room: Room) -> dict[str, str]:
    """Every text as it is now, whatever the stored copies lag behind."""
    return log.read_texts(room.pk).texts


def version_of(room: Room) -> int:
    """The state of the log that a form may name as the one it started from; `read` gives the texts with it."""
    version = log.newest(room.pk)
    log.settle(version)
    return version


def read(room: Room) -> Reading:
    """The texts and the version that they show, together: what a plain form must start from."""
    return log.read_texts(room.pk, upto=version_of(room))


@dataclass(frozen=True)
class Passages:
    """The texts of a room, and where in them each passage stands: None where its letters are unknown."""

    texts: dict[str, str]
    spans: dict[int, Span | None]

    def words(self, key: int, name: str) -> str:
        span = self.spans.get(key)
        return self.texts.get(name, "")[span.start : span.end] if span else ""


def find_passages(room: Room, wanted: Mapping[int, tuple[str, Anchor]]) -> Passages:
    """Where passages stand now; `wanted` maps a key of the caller's to a text's name and the anchor."""
    document = log.read_log(room.pk).document()
    texts = {name: document.text(name) for name in log.names_of(room.pk)}
    return Passages(texts, spans_of(document, wanted))


def anchor_passage(room: Room, name: str, span: Span) -> Anchor:
    """What keeps hold of these characters of a text, whatever is typed around them."""
    return anchor_at(log.read_log(room.pk).document(), name, span)


@transaction.atomic
def replace_text(room: Room, name: str, new: str, *, base_version: int | None, by: User | None) -> int:
    """Make a text into `new`, keeping what others have written since `base_version` (None: since now).

    What differs between the text at that version and `new` goes into the log as if its author had typed it then.
    Returns the version that holds it. Raises VersionTooOld when that state can no longer be rebuilt.
    """
    try:
        document = log.document_at(room, base_version)
    except CannotLoad as error:
        raise VersionTooOld(
            "This form was opened too long ago. Copy your text, open the page again, and add it."
        ) from error
    edits = edits_between(document.text(name), _plain(new))
    if not edits:
        return version_of(room)
    update = document.edit(name, edits)
    row = Update.objects.create(room=room, data=update, author=by)
    log.store_texts(room.pk, log.read_texts(room.pk))
    _tell(room, bus.ROW, row.pk.to_bytes(8, "big") + update)
    return row.pk


def announce(room: Room, event: str, **data: Any) -> None:
    """After the commit, tell every open page of the room that something beside the texts has changed."""
    _tell(room, bus.EVENT, json.dumps({"event": event, **data}).encode())


def announce_row(room: Room, listed: str, row: str, *, version: int, html: str, by: User) -> dict[str, Any]:
    """After the commit, show a changed row of a list to every open page: rendered once, not once for each reader.

    Pages fetch the list (`timelineChanged` for the list `timeline`) where the row is too large to be sent to everybody.
    Returns the frame, which also is the answer to whoever changed the row.
    """
    frame = {"event": "rowChanged", "list": listed, "row": row, "version": version, "by": str(by), "html": html}
    content = json.dumps(frame, ensure_ascii=False).encode()
    if len(content) > MAX_ROW_BYTES:
        announce(room, f"{listed}Changed")
    else:
        _tell(room, bus.EVENT, content)
    return frame


def announce_removal(room: Room, listed: str, row: str, *, version: int, by: User) -> dict[str, Any]:
    """After the commit, take a row from the list on every open page; returns the frame."""
    told = {"list": listed, "row": row, "version": version, "by": str(by)}
    announce(room, "rowRemoved", **told)
    return {"event": "rowRemoved", **told}


@transaction.atomic
def seal(room: Room) -> None:
    """Let nobody type in it any more: from here to the end of the transaction its texts are what they will stay.

    What was committed before is there. What was still on its way stays with its author: the socket is ended, and the door
    says at their return that they may only read. Those with open pages are told by `eject`.
    """
    Room.objects.select_for_update().get(pk=room.pk)  # Waits for commits under way, which share the row.
    Room.objects.filter(pk=room.pk).update(is_sealed=True)


def unseal(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(is_sealed=False)


def eject(room: Room, user: User | None = None, reason: str = "") -> None:
    """After the commit, end one person's sockets, or all. Whoever still has the right comes back by itself."""
    _tell(room, bus.EJECT, json.dumps({"user_id": user.pk if user else None, "reason": reason}).encode())


def doubt(room: Room | None = None, people: Iterable[int] | None = None) -> None:
    """After the commit, ask again whether those with open sockets may still be where they are; nobody else notices.

    Of one room or of all, of these people (ids) or of everybody.
    """
    room_id = room.pk if room else bus.EVERY_ROOM
    message = json.dumps({"people": None if people is None else sorted(people)}).encode()
    transaction.on_commit(partial(bus.mouth.tell, room_id, bus.DOUBT, message))


def _tell(room: Room, kind: bytes, content: bytes) -> None:
    transaction.on_commit(partial(bus.mouth.tell, room.pk, kind, content))


def _plain(text: str) -> str:
    """Forms send CR LF; texts hold LF alone, and nothing that PostgreSQL cannot hold."""
    return storable(text.replace("\r\n", "\n").replace("\r", "\n"))
