"""From bytes to text: what is refused, what is repaired, and what is said about it."""

import codecs
import re

from .reading import NotReadable

LARGEST_BYTES = 2 * 1024 * 1024
MOST_LINES = 10_000

MAGIC = {
    b"PK\x03\x04": "a ZIP archive (perhaps a .docx or an export)",
    b"PK\x05\x06": "an empty ZIP archive",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
}
# More than this share of control characters, and it is no text in any encoding we could guess.
BINARY_SHARE = 0.02
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u0080-\u0084\u0086-\u009f\ud800-\udfff\ufffe\uffff]")


def decode(data: bytes) -> tuple[str, list[str]]:
    """The text and the warnings about how it was got. Raises NotReadable with a sentence for the person."""
    if len(data) > LARGEST_BYTES:
        raise NotReadable(f"This file is larger than {LARGEST_BYTES // 1024 // 1024} MB, the most that can be read.")
    for magic, kind in MAGIC.items():
        if data.startswith(magic):
            raise NotReadable(f"This is {kind}, not text. Please export the post-mortem as Markdown.")
    text, warnings = _decoded(data)
    text, cleaning = clean(text)
    if text.count("\n") > MOST_LINES:
        raise NotReadable(f"This file has more than {MOST_LINES:,} lines; that is no post-mortem.")
    if not text.strip():
        raise NotReadable("There is no text in this file.")
    return text, warnings + cleaning


def clean(text: str) -> tuple[str, list[str]]:
    """Take out what no database column and no page can hold; line ends become plain."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x85", "\n")
    kept, count = CONTROL.subn("", text)
    if count > 20 and count > BINARY_SHARE * len(text):
        raise NotReadable("This file holds binary data, not text.")
    if count:
        return kept, [f"{count} control character{'s' if count > 1 else ''} (such as NUL) could not be kept."]
    return kept, []


def _decoded(data: bytes) -> tuple[str, list[str]]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        if _looks_utf16(data):
            return data.decode("utf-16-le", errors="replace"), ["Read as UTF-16 without a byte order mark."]
        if _mostly_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            return data.decode("utf-8", errors="replace"), [
                f"Some bytes are not valid UTF-8 (first on line {line}); they are shown as \ufffd."
            ]
    return data.decode("cp1252", errors="replace"), ["This file is not UTF-8; it was read as Windows-1252."]


def _looks_utf16(data: bytes) -> bool:
    sample = data[1:2000:2]
    return bool(sample) and sample.count(0) > 0.6 * len(sample)


def _mostly_utf8(data: bytes) -> bool:
    """Broken UTF-8 still holds whole multi-byte letters; a Windows file holds next to none."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for letter in text if ord(letter) > 127 and letter != "\ufffd")
    return whole >= broken
