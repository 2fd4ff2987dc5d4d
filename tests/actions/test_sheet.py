"""A filtered list as CSV."""

import csv
import io
from datetime import date

import pytest
from asgiref.sync import async_to_sync

from actions.boards.sheets import BOM, cell, in_turn
from tests.factories import ActionFactory, PostmortemFactory

pytestmark = pytest.mark.django_db


def rows(response) -> list[list[str]]:
    words = b"".join(response.streaming_content).decode()
    assert words.startswith(BOM)
    return list(csv.reader(io.StringIO(words.removeprefix(BOM))))


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x"])
def test_sheet_makes_no_formula_of_words(words):
    assert cell(words) == f"'{words}"


@pytest.mark.parametrize("words", ["Alert on queue depth", "a=b", "", "2026-03-16"])
def test_sheet_leaves_other_words_alone(words):
    assert cell(words) == words


def test_sheet_holds_what_the_filter_finds_with_times_of_the_reader(member_client, owner):
    common = PostmortemFactory()
    ActionFactory(number=7, title="=cmd|' /C calc'!A0", priority="high", owner=owner, postmortem=common)
    ActionFactory(number=8, postmortem=common)

    head, *found = rows(member_client.get("/actions/sheet.csv?priority=high"))

    assert "Added (Europe/Berlin)" in head
    assert [dict(zip(head, row, strict=True))["Number"] for row in found] == ["ACT-7"]
    line = dict(zip(head, found[0], strict=True))
    assert line["Action"] == "'=cmd|' /C calc'!A0"
    assert (line["Owner"], line["Due"]) == ("Olga Owner", str(date(2026, 3, 16)))


def test_sheet_goes_on_from_batch_to_batch_without_a_gap(member_client, monkeypatch):
    monkeypatch.setattr("actions.boards.sheets.BATCH", 2)
    ActionFactory.create_batch(5, postmortem=PostmortemFactory())

    _, *found = rows(member_client.get("/actions/sheet.csv"))

    assert len({row[0] for row in found}) == len(found) == 5


def test_sheet_hides_what_comes_from_a_restricted_incident(member_client, secret_action):
    _, *found = rows(member_client.get("/actions/sheet.csv?status=all"))

    assert found == []


def test_sheet_is_handed_to_the_server_a_part_at_a_time():
    async def gathered():
        return [part async for part in in_turn(iter(["a", "b"]))]

    assert async_to_sync(gathered)() == ["a", "b"]
