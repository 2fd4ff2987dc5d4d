"""What was typed during a long time without a network comes in pieces: the server can take each as it comes."""

import base64
import json
import os
import subprocess

import pytest
from django.conf import settings

from live.document import Change, Document
from live.limits import MAX_FRAME_BYTES
from live.updates import shape_of
from tests.live.test_integrate import NODE

HISTORIES = int(os.environ.get("DEBRIEF_CUT_HISTORIES", "60"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))
LARGEST = 400


@pytest.fixture(scope="module")
def sent() -> list[tuple[bytes, list[bytes], str]]:
    """What the server has, the pieces it is sent, and the text that the browser shows; the last is a paste of 2 MB."""
    script = settings.BASE_DIR / "tests/live/yjs_pieces.mjs"
    arguments = [NODE, script, str(SEED), str(HISTORIES), str(LARGEST)]
    lines = subprocess.run(arguments, capture_output=True, check=True, timeout=120).stdout.decode().splitlines()
    return [
        (base64.b64decode(line["seen"]), [base64.b64decode(piece) for piece in line["pieces"]], line["text"])
        for line in map(json.loads, lines)
    ]


def test_cut_updates_build_on_nothing_that_comes_later(sent: list[tuple[bytes, list[bytes], str]]) -> None:
    wrong = []
    for number, (seen, pieces, text) in enumerate(sent):
        document: Document = Document()
        document.begin_with(seen)
        waiting: list[Change] = []
        waited = [
            len(waiting)
            for piece in pieces
            if document.take([Change(piece, shape_of(piece), None)], waiting).refused == []
        ]
        if any(waited) or len(waited) != len(pieces) or document.text("summary") != text or not document.is_sound():
            wrong.append(number)

    assert len(sent) == HISTORIES + 1
    assert min(len(pieces) for _, pieces, _ in sent) > 2
    assert wrong == []


def test_cut_updates_fit_into_a_frame(sent: list[tuple[bytes, list[bytes], str]]) -> None:
    _, pieces, text = sent[-1]

    assert len(text.encode()) > 2 * MAX_FRAME_BYTES
    assert max(map(len, pieces)) < MAX_FRAME_BYTES - 100
