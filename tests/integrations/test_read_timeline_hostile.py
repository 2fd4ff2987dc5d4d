"""What must be refused in a sentence, quickly, whatever an archive claims to be."""

import json
import struct
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from integrations.timelines import Setting, read_bytes, read_upload
from integrations.timelines.archives import LARGEST_FILE

MANY = "This archive holds more than 20,000 files, or is larger than 4 GB: export less of it."
DAMAGED = "This ZIP archive is damaged, or was cut off on its way."
OUTSIDE = "A name in this archive leads out of it: it was refused."


def archive_of(*members: tuple[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    return archive_of(("inc/2026-03-02.json", bytes(24_000_000)))


def link() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        info = ZipInfo("inc/2026-03-02.json")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def listing_of(count: int, told: int) -> bytes:
    """A listing of `count` empty members behind an end that tells of `told`."""
    name = b"a/1.json"
    one = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, len(one) * count, 4, 0)
    return b"PK\x03\x04" + one * count + end


def declaring(size: int) -> bytes:
    """An archive whose listing claims that its one member is larger than it is."""
    whole = bytearray(archive_of(("inc/2026-03-02.json", b"[]")))
    place = whole.index(b"PK\x01\x02")
    struct.pack_into("<L", whole, place + 24, size)
    return bytes(whole)


def encrypted() -> bytes:
    whole = bytearray(archive_of(("inc/2026-03-02.json", b"[]")))
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (bomb, "This archive unpacks to far more than any export would: it was refused."),
    "out of the folder": (lambda: archive_of(("../../etc/x.json", b"[]")), OUTSIDE),
    "out of the folder, as on Windows": (lambda: archive_of(("..\\x.json", b"[]")), OUTSIDE),
    "from the root": (lambda: archive_of(("/etc/x.json", b"[]")), OUTSIDE),
    "a link": (link, "This archive holds links to other files: it was refused."),
    "hundreds of thousands of members": (lambda: listing_of(500_000, 65_535), MANY),
    "many members that the end keeps quiet about": (lambda: listing_of(100_000, 3), MANY),
    "4 GB declared": (
        lambda: declaring(0xFFFFFFF0),
        "This archive unpacks to far more than any export would: it was refused.",
    ),
    "an archive inside": (
        lambda: archive_of(("inner.zip", archive_of(("a.json", b"[]")))),
        "“inner.zip” is an archive inside of the archive: unpack it first.",
    ),
    "an archive inside under another name": (
        lambda: archive_of(("inner.json", archive_of(("a.json", b"[]")))),
        "inner.json: “inner.json” is an archive inside of the archive: unpack it first.",
    ),
    "a password": (encrypted, "This archive is protected by a password: unpack it first."),
    "cut off": (lambda: archive_of(("a.json", b"[]"))[:-30], DAMAGED),
    "only its beginning": (lambda: b"PK\x03\x04" + bytes(40), DAMAGED),
    "nothing to read": (
        lambda: archive_of(("a.png", b"x")),
        "There is nothing in it that could be read: no JSON, CSV, text or log.",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_read_timeline_refuses_a_hostile_archive_in_a_sentence(case: str) -> None:
    make, sentence = HOSTILE[case]
    content = make()
    began = time.process_time()

    reading = read_upload(BytesIO(content), Setting(file="export.zip"))

    assert (reading.kind, reading.entries, reading.warnings) == ("unknown", [], [sentence])
    assert time.process_time() - began < 2


class Endless(BytesIO):
    """A stream that claims a size and would fail if it were read."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return LARGEST_FILE + 1

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("it was read")


def test_read_timeline_refuses_a_file_that_is_too_large_without_reading_it() -> None:
    reading = read_upload(Endless(), Setting(file="huge.json"))

    assert reading.warnings == ["This file is larger than 48 MB: export fewer days or channels."]


WRONG: list[Any] = [
    None,
    7,
    "",
    "x",
    [],
    {},
    [[]],
    [{}],
    {"alerts": None},
    {"alerts": [None, 7, {}]},
    {"alerts": {"a": 1}},
    [{"ts": None, "text": 1, "user": []}],
    {"messages": [None]},
    {"messages": [{"incident": 7}]},
    {"event": {"event_type": 7, "data": None}},
    {"incident": {"incident_updates": 7, "name": []}},
    {"incidents": [7, {"incident_updates": [None]}], "page": 1},
    [{"updates": [7], "begin": {}, "external_desc": []}],
    {"action": 7, "issue": {"number": [], "title": {}, "html_url": 1, "created_at": []}},
    {"action": "Create", "alert": {"tinyId": {}, "alertId": []}},
    {"data": [{"log": 7, "createdAt": []}], "took": 1},
    {"alert_group": 7},
    {"state": 7, "ruleId": []},
    {"labels": {}, "startsAt": 1e308},
    [{"labels": {"alertname": []}, "startsAt": -1, "endsAt": 10**30}],
    {"log_entries": [{"type": "x_log_entry", "agent": 7, "channel": [], "created_at": {}}]},
    {
        "incident_number": 1,
        "assignments": [7, {"assignee": 7}],
        "acknowledgements": {"at": 1},
        "first_trigger_log_entry": 7,
    },
    {"payload": "{" * 50},
    [{"timestamp": 1e9, "message": {"a": 1}}],
    {
        "messages": [
            {
                "ts": "1772461920.0",
                "text": "\ud800 lone",
                "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": 7}]}],
                "attachments": [7, {"fields": 7}],
            }
        ]
    },
    {"data": [], "status": ["success"]},
    {
        "incidents": [
            {
                "name": "\ud83d",
                "status": "resolved",
                "incident_updates": [{"created_at": "2026-03-02T14:32:00Z", "body": "Mended \udc00"}],
            }
        ]
    },
    [
        {
            "type": "message",
            "ts": "1772461920.000100",
            "user": "U1",
            "blocks": [{"type": "rich_text", "elements": [{"type": ["rich_text_list"]}]}, {"elements": [{"type": {}}]}],
        }
    ],
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_read_timeline_survives_payloads_of_the_wrong_shape(number: int) -> None:
    reading = read_bytes(json.dumps(WRONG[number]).encode(), Setting(file="x.json"))

    assert reading.file == "x.json"
    assert all(entry.text.encode() or entry.left_out for entry in reading.entries)


SLOW = {
    "brackets": "[" * 50_000,
    "one long line": "14:32 " + "a" * 100_000,
    "names": "Mira " * 20_000,
    "a table of bars": "|" * 100_000,
    "colons": "14:32 a: " * 12_000,
    "quotes": '"' * 100_000,
    "equals": "time=" * 20_000,
    "many times": "14:32 x\n" * 12_000,
    "angles": "2026-03-02 14:32 " + "<@" * 50_000,
    "blanks": "14:32" + " " * 100_000 + "x",
    "dashes": "- " * 50_000,
}


@pytest.mark.parametrize("case", SLOW)
def test_read_timeline_is_quick_with_a_long_text_made_to_be_slow(case: str) -> None:
    began = time.process_time()

    read_bytes(SLOW[case].encode())

    assert time.process_time() - began < 2
