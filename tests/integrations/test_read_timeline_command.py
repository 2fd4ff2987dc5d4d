"""`manage.py read_timeline`: what it prints, and that it needs no database."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def printed(*arguments: Any) -> Any:
    out = StringIO()
    call_command("read_timeline", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    path = tmp_path / "war-room.txt"
    path.write_text("2026-03-02\n14:32 mira: the queue stalls\n14:33 mira: thanks!\n")
    return path


def test_read_timeline_prints_one_object_for_one_file(chat: Path) -> None:
    assert printed(chat, "--zone", "Europe/Berlin") == {
        "file": str(chat),
        "kind": "text",
        "events": [
            {
                "at": "2026-03-02T13:32:00Z",
                "text": "the queue stalls",
                "who": "mira",
                "kind": "other",
                "source": "war-room.txt, line 2",
            }
        ],
        "skipped": [{"at": "2026-03-02T13:33:00Z", "text": "thanks!", "reason": "Thanks, a greeting or a yes"}],
        "warnings": [],
    }


def test_read_timeline_prints_a_list_for_several_files_and_one_that_cannot_be_read_is_among_them(
    chat: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "missing.json"

    told = printed(chat, missing)

    assert [(one["kind"], one["warnings"]) for one in told] == [
        ("text", []),
        ("unknown", ["It could not be read: No such file or directory."]),
    ]


def test_read_timeline_fails_when_nothing_could_be_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        printed(tmp_path / "missing.json")

    assert (error.value.returncode, str(error.value)) == (1, "None of this could be read.")


def test_read_timeline_takes_the_day_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("14:32 alert fired")

    assert [event["at"] for event in printed(path, "--day", "2026-02-01")["events"]] == ["2026-02-01T14:32:00Z"]


@pytest.mark.parametrize(("option", "value"), [("--zone", "Mars/Olympus"), ("--day", "2026-02-30")])
def test_read_timeline_refuses_a_zone_or_a_day_that_is_none(option: str, value: str, chat: Path) -> None:
    with pytest.raises(CommandError, match=f"“{value}” is no"):
        printed(chat, option, value)
