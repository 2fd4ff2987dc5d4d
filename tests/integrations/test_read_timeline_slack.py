"""Slack: messages and exports. Every message was written for this test."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from integrations.timelines import Setting, read_path, read_upload
from tests.integrations.timeline_files import left_out, reading_of, told

PEOPLE = [
    {"id": "U1", "name": "mira", "profile": {"real_name": "Mira Okafor", "display_name": "mira"}},
    {"id": "U2", "name": "jonas", "deleted": True, "profile": {"real_name": "", "display_name": "jw"}},
]
NAMES = {"U1": "Mira Okafor", "U2": "jw"}
CHANNELS = [{"id": "C1", "name": "inc-ferry", "created": 1, "creator": "U1", "members": ["U1"]}]


def message(text: str, ts: str = "1772461920.000200", **facts: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": ts, **facts}


RICH = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "user", "user_id": "U2"},
                    {"type": "text", "text": " please look "},
                    {"type": "emoji", "name": "fire"},
                    {"type": "link", "url": "https://g.example/d", "text": "board"},
                ],
            }
        ],
    }
]
MESSAGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a mention": (message("<@U2> the queue stalls"), "Mira Okafor", "@jw the queue stalls"),
    "somebody who is not listed": (message("<@U9|sam> look", user="U8"), "U8", "@sam look"),
    "links": (
        message("see <https://g.example/d|the board> and <https://g.example>"),
        "Mira Okafor",
        "see the board (https://g.example/d) and https://g.example",
    ),
    "emoji, signs and a channel": (
        message(":rotating_light: load &gt; 9 in <#C1|>, <!here> :sev1:"),
        "Mira Okafor",
        "🚨 load > 9 in #inc-ferry, @here :sev1:",
    ),
    "a date": (message("since <!date^1772461920^{time}|2:32 PM>"), "Mira Okafor", "since 2:32 PM"),
    "blocks alone": (message("", blocks=RICH), "Mira Okafor", "@jw please look 🔥board (https://g.example/d)"),
    "an app's attachment": (
        {
            "type": "message",
            "subtype": "bot_message",
            "text": "",
            "bot_id": "B1",
            "username": "pager",
            "ts": "1772461920.000200",
            "attachments": [
                {
                    "fallback": "f",
                    "pretext": "Triggered",
                    "title": "Ferry queue full",
                    "fields": [{"title": "Quay", "value": "1"}],
                }
            ],
        },
        "pager",
        "Triggered\nFerry queue full\nQuay: 1",
    ),
    "the preview of a link": (
        message("board: <https://g.example/d>", attachments=[{"service_name": "G", "title": "Board", "from_url": "x"}]),
        "Mira Okafor",
        "board: https://g.example/d",
    ),
    "code": (message("it says\n```x509: expired```"), "Mira Okafor", "it says\nx509: expired"),
    "a file": (message("graph", files=[{"name": "load.png"}]), "Mira Okafor", "graph\n📎 load.png"),
    "one that says what she does": (
        message("restarts it", subtype="me_message"),
        "Mira Okafor",
        "Mira Okafor restarts it",
    ),
    "an edited one": (
        {"type": "message", "subtype": "message_changed", "ts": "1772461920.000200", "message": message("rolled back")},
        "Mira Okafor",
        "rolled back",
    ),
    "a name in the message itself": (
        message("on it", user="U7", user_profile={"real_name": "Sam Ortiz"}),
        "Sam Ortiz",
        "on it",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_read_timeline_slack_shows_a_message_as_the_channel_did(case: str) -> None:
    payload, who, text = MESSAGES[case]

    reading = reading_of([payload], people=NAMES, channels={"C1": "inc-ferry"})

    assert (reading.kind, told(reading)) == ("slack_export", [("2026-03-02T14:32:00.000200Z", who, text)])


NOISE = {
    "joined": ({"subtype": "channel_join"}, "Somebody joined the channel"),
    "topic": ({"subtype": "channel_topic"}, "The channel's topic was set"),
    "deleted": ({"subtype": "tombstone"}, "A deleted message"),
    "only reactions": ({"text": "", "reactions": [{"name": "+1", "users": ["U1"]}]}, "A message without words"),
    "thanks": ({"text": "Thanks <@U2>! :tada:"}, "Thanks, a greeting or a yes"),
}


@pytest.mark.parametrize("case", NOISE)
def test_read_timeline_slack_leaves_out_what_is_no_event(case: str) -> None:
    facts, reason = NOISE[case]

    reading = reading_of([message("x") | facts], people=NAMES)

    assert [(entry.left_out, entry.at is not None) for entry in reading.entries] == [(reason, True)]
    assert reading.events == []


def test_read_timeline_slack_takes_an_answer_that_was_also_sent_to_the_channel_once() -> None:
    answer = message("drained", thread_ts="1772461900.000100")

    reading = reading_of({"ok": True, "messages": [answer, {**answer, "subtype": "thread_broadcast"}]}, people=NAMES)

    assert [text for _, _, text in told(reading)] == ["drained"]
    assert [entry.source for entry in reading.events] == ["message 1772461920.000200, in a thread"]


def export() -> dict[str, Any]:
    bot = {"type": "message", "subtype": "bot_message", "bot_id": "B12345678", "text": "deployed 4.2"}
    added = message("added: <https://x.slack.com/services/B12345678|deploys>", "1772300000.000100", subtype="bot_add")
    return {
        "users.json": PEOPLE,
        "channels.json": CHANNELS,
        "inc-ferry/2026-02-28.json": [added],
        "inc-ferry/2026-03-02.json": [message("<@U2> the queue stalls"), {**bot, "ts": "1772461980.000100"}],
        "lunch/2026-03-02.json": [message("pizza today", "1772450000.000100")],
    }


def zipped(files: dict[str, Any]) -> BytesIO:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes | str) else json.dumps(content))
    stream.seek(0)
    return stream


FERRY = [
    ("2026-03-02T14:32:00.000200Z", "Mira Okafor", "@jw the queue stalls"),
    ("2026-03-02T14:33:00.000100Z", "deploys", "deployed 4.2"),
]


def test_read_timeline_slack_reads_the_channel_of_an_export_that_is_chosen() -> None:
    offered: list[list[str]] = []

    def choose(calendar: dict[str, Any]) -> str:
        offered.append(list(calendar))
        return "inc-ferry"

    reading = read_upload(zipped(export()), Setting(file="export.zip"), choose=choose)

    assert offered == [["inc-ferry", "lunch"]]
    assert (reading.kind, reading.channel, told(reading)) == ("slack_export", "inc-ferry", FERRY)
    assert reading.events[0].source == "export.zip, #inc-ferry, message 1772461920.000200"


@pytest.mark.parametrize("folder", ["", "acme export/"])
def test_read_timeline_slack_reads_all_channels_of_a_folder_and_of_an_archive(folder: str, tmp_path: Path) -> None:
    files = {f"{folder}{name}": content for name, content in export().items()}
    (tmp_path / "export.zip").write_bytes(zipped(files).read())
    for name, content in files.items():
        (tmp_path / "plain" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plain" / name).write_text(json.dumps(content))

    from_archive, from_folder = read_path(tmp_path / "export.zip"), read_path(tmp_path / "plain")

    assert (
        told(from_archive)
        == told(from_folder)
        == [("2026-03-02T11:13:20.000100Z", "Mira Okafor", "pizza today"), *FERRY]
    )
    assert from_archive.file == "export.zip"


def test_read_timeline_slack_names_people_of_a_lone_day_from_the_export_around_it(tmp_path: Path) -> None:
    (tmp_path / "inc-ferry").mkdir()
    (tmp_path / "users.json").write_text(json.dumps(PEOPLE))
    day = tmp_path / "inc-ferry" / "2026-03-02.json"
    day.write_text(json.dumps([message("<@U2> the queue stalls")]))

    reading = read_path(day)

    assert told(reading) == FERRY[:1]
    assert reading.events[0].source == "2026-03-02.json, #inc-ferry, message 1772461920.000200"


@pytest.mark.parametrize("name", ["users.json", "channels.json"])
def test_read_timeline_slack_says_what_the_lists_of_an_export_are(name: str) -> None:
    reading = reading_of(export()[name])

    assert (reading.kind, reading.entries) == ("slack_export", [])
    what = {"users.json": "people", "channels.json": "channels"}[name]
    assert reading.warnings == [
        f"This is the list of {what} of a Slack export; the messages are in the folders of its channels."
    ]


def test_read_timeline_leaves_out_what_an_archive_holds_besides() -> None:
    files = {
        "a/notes.txt": "2026-03-02 14:32 queue stalls",
        "b.json": {"alerts": []},
        "__MACOSX/._x": b"\x00",
        "c.png": b"\x89PNG",
    }

    reading = read_upload(zipped(files), Setting(file="bundle.zip"))

    assert told(reading) == [("2026-03-02T14:32:00Z", "", "queue stalls")]
    assert left_out(reading) == []


@pytest.mark.parametrize("folder", ["", "acme export\\"])
def test_read_timeline_slack_reads_an_archive_with_names_as_windows_has_them(folder: str) -> None:
    rest = {"__MACOSX\\inc-ferry\\._2026-03-02.json": b"\0\5\x16\7", "inc-ferry\\.DS_Store": b"\0\0\0\1Bud1"}
    files = {f"{folder}{name}".replace("/", "\\"): content for name, content in export().items()}

    reading = read_upload(zipped({**files, **rest}), Setting(file="export.zip"), choose=lambda _: "inc-ferry")

    assert (told(reading), reading.warnings) == (FERRY, [])


def test_read_timeline_slack_takes_the_people_as_its_own_interface_lists_them() -> None:
    reading = read_upload(
        zipped({**export(), "users.json": {"ok": True, "members": PEOPLE}}),
        Setting(file="export.zip"),
        choose=lambda _: "inc-ferry",
    )

    assert told(reading) == FERRY


def test_read_timeline_slack_says_why_ids_stand_where_names_would() -> None:
    reading = read_upload(
        zipped({**export(), "users.json": '[{"id": "U1", "na'}),
        Setting(file="export.zip"),
        choose=lambda _: "inc-ferry",
    )

    assert [entry.who for entry in reading.events] == ["U1", "deploys"]
    assert reading.warnings == [
        "users.json: This begins like JSON but breaks off or errs on line 1. Ids stand where its names would."
    ]
