"""From bytes to text and JSON, whatever encoding they came in."""

import json
import re
from typing import Any

from integrations.documents.source import CONTROL, MAGIC

from .reading import NotReadable
from .shapes import parsed

# What paints the lines of a log in a terminal.
_COLOUR = re.compile("\x1b\\[[0-9;?]{0,20}[A-Za-z]")
LARGEST_TEXT = 16 * 1024 * 1024
MAGIC_MORE = {b"ftyp": "a film", b"ID3": "a sound", b"<svg": "a picture", b"RIFF": "a picture or a sound"}


def text_of(content: bytes) -> str:
    """Raises NotReadable for what is no text, and for more of it than anybody would read."""
    if len(content) > LARGEST_TEXT:
        raise NotReadable(f"This file is larger than {LARGEST_TEXT // 1024 // 1024} MB: export less of it.")
    for magic, what in {**MAGIC, **MAGIC_MORE}.items():
        if content.lstrip()[:8].startswith(magic):
            raise NotReadable(f"This is {what}, not a list of events.")
    text = _decoded(content).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kept, count = CONTROL.subn("", _COLOUR.sub("", text))
    if count > 20 and count > 0.02 * len(text):
        raise NotReadable("This file holds binary data, not text.")
    if not kept.strip():
        raise NotReadable("There is nothing in this file.")
    return kept


def _decoded(content: bytes) -> str:
    """Every UTF tells itself by its marks or its zeros; what is none of them was written on Windows."""
    encoding = json.detect_encoding(content[:64])
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if encoding not in {"utf-8", "utf-8-sig"}:
            return content.decode(encoding, errors="replace")
    text = content.decode("utf-8", errors="replace")
    broken, whole = text.count("\ufffd"), sum(letter > "\x7f" for letter in text[:100_000])
    return text if whole > 2 * broken else content.decode("cp1252", errors="replace")


def json_of(content: bytes) -> Any:
    return parsed(text_of(content))
