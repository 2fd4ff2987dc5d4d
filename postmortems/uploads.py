"""What a person may attach, decided from the bytes alone: their name and the type that a browser claims are words.

Pictures are decoded for real and drawn anew: what is kept holds pixels, and neither a place nor a camera nor a second
file behind the first. Everything else must be plain text, and is only ever served as that.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from postmortems.errors import NotAttachable
from postmortems.models.attachments import LONGEST_NAME, Attachment

Kind = Attachment.Kind

LARGEST_PICTURE_BYTES = 10_000_000
LARGEST_TEXT_BYTES = 2_000_000
LARGEST_BYTES = max(LARGEST_PICTURE_BYTES, LARGEST_TEXT_BYTES)
MOST_PIXELS = 25_000_000  # Decoded, four bytes each: a hundred megabytes, twice while it is turned upright.
MOST_PIXELS_MOVING = 60_000_000  # Of all the frames of a moving picture together.
OFFERED = "PNG, JPEG, GIF or WebP pictures up to 10 MB, and plain text such as logs up to 2 MB"

SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": (Kind.PNG, "PNG"),
    b"\xff\xd8\xff": (Kind.JPEG, "JPEG"),
    b"GIF87a": (Kind.GIF, "GIF"),
    b"GIF89a": (Kind.GIF, "GIF"),
    b"RIFF": (Kind.WEBP, "WEBP"),
}
ENDINGS = {Kind.PNG: ".png", Kind.JPEG: ".jpg", Kind.GIF: ".gif", Kind.WEBP: ".webp"}
TEXT_ENDINGS = {
    ".txt",
    ".log",
    ".out",
    ".err",
    ".trace",
    ".md",
    ".csv",
    ".tsv",
    ".json",
    ".yaml",
    ".yml",
    ".sql",
    ".diff",
}
MARKUP = re.compile(r"<(!doctype|\?xml|!--|html|svg|head|body|script|iframe|style|link|meta|xsl)", re.IGNORECASE)
FORBIDDEN = re.compile(
    r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]"
)  # All but what logs hold: tabs, line ends, escapes of colour.
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Whatever a broken or a made-up picture drives a decoder to.
BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, AttributeError, struct.error,
    NotImplementedError,
)  # fmt: skip
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Examined:
    """What may be kept: harmless bytes under a harmless name."""

    name: str
    kind: Attachment.Kind
    content: bytes
    sha256: str
    width: int | None = None
    height: int | None = None
    first_line: str = ""
    line_count: int = 0


def examined(content: bytes, name: str) -> Examined:
    """Raises NotAttachable, with one sentence that says what to do instead."""
    if not content:
        raise NotAttachable(f"“{shown(name)}” is empty.")
    for signature, (kind, decoder) in SIGNATURES.items():
        if content.startswith(signature):
            return _picture(content, name, kind, decoder)
    return _text(content, name)


def shown(name: str) -> str:
    """A name as it may stand in a sentence: no folders, nothing that hides or turns the letters around it."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign) not in UNPRINTABLE
    )
    stem, dot, ending = plain.strip(" .").rpartition(".")
    stem, ending = (stem, dot + ending) if stem and len(ending) < 12 else (stem + dot + ending, "")
    return f"{stem[: LONGEST_NAME - len(ending) - 8].strip()}{ending}" or "file"


def _named(name: str, kind: Attachment.Kind) -> str:
    """With an ending that tells the truth."""
    name = shown(name)
    ending = PurePosixPath(name).suffix.lower()
    if kind == Kind.TEXT:
        return name if ending in TEXT_ENDINGS else f"{name}.txt"
    if ending == ENDINGS[kind] or (kind == Kind.JPEG and ending == ".jpeg"):
        return name
    return (name[: -len(ending)] if ending and len(name) > len(ending) else name) + ENDINGS[kind]


def _picture(content: bytes, name: str, kind: Attachment.Kind, decoder: str) -> Examined:
    if len(content) > LARGEST_PICTURE_BYTES:
        raise NotAttachable(
            f"“{shown(name)}” is larger than 10 MB, the most a picture may have: make it smaller first."
        )
    try:
        with _whole_pictures_only():
            redrawn, size = _redrawn(content, kind, decoder)
    except BOMBS as error:
        raise NotAttachable(_too_many(name, MOST_PIXELS)) from error
    except _TooManyPixels as error:
        raise NotAttachable(_too_many(name, error.limit)) from error
    except BROKEN as error:
        words = "cannot be read as a picture" if isinstance(error, UnidentifiedImageError) else "is a broken picture"
        raise NotAttachable(f"“{shown(name)}” {words}: open it on your side and save it anew.") from error
    return Examined(_named(name, kind), kind, redrawn, hashlib.sha256(content).hexdigest(), *size)


@contextmanager
def _whole_pictures_only() -> Iterator[None]:
    """Other libraries in the same process, WeasyPrint for one, ask Pillow to make do with half a picture."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _too_many(name: str, limit: int) -> str:
    if limit == MOST_PIXELS:
        return f"“{shown(name)}” has more than 25 million pixels, the most a picture may have: make it smaller first."
    return f"“{shown(name)}” moves for too long for its size: cut it shorter, or make it smaller."


class _TooManyPixels(Exception):
    def __init__(self, limit: int) -> None:
        self.limit = limit


def _redrawn(content: bytes, kind: Attachment.Kind, decoder: str) -> tuple[bytes, tuple[int, int]]:
    with Image.open(BytesIO(content), formats=[decoder]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _TooManyPixels(MOST_PIXELS)
        image.verify()
    with Image.open(BytesIO(content), formats=[decoder]) as image:  # Nothing can be decoded after verify().
        if kind == Kind.GIF and _is_moving(image):
            return _encoded(image, "GIF", save_all=True, comment=b""), image.size
        image.seek(0)
        image.load()
        upright = _without_metadata(ImageOps.exif_transpose(image))
        return ENCODERS[kind](upright), upright.size


def _is_moving(image: Image.Image) -> bool:
    """Goes through all the frames, and stops where they get too many."""
    frame, pixels = 0, image.width * image.height
    while True:
        try:
            image.seek(frame + 1)
        except EOFError:
            break
        frame += 1
        if (frame + 1) * max(pixels, image.width * image.height, 10_000) > MOST_PIXELS_MOVING:
            raise _TooManyPixels(MOST_PIXELS_MOVING)
    image.seek(0)
    return frame > 0


def _without_metadata(image: Image.Image) -> Image.Image:
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    return image


def _encoded(image: Image.Image, encoder: str, **wishes: object) -> bytes:
    out = BytesIO()
    image.save(out, encoder, exif=b"", icc_profile=None, **wishes)
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    if image.mode not in ("1", "L", "LA", "P", "I", "I;16", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return _encoded(image, "PNG")


def _jpeg(image: Image.Image) -> bytes:
    return _encoded(image if image.mode in ("L", "RGB") else image.convert("RGB"), "JPEG", quality=88)


def _gif(image: Image.Image) -> bytes:
    return _encoded(image, "GIF", comment=b"")


def _webp(image: Image.Image) -> bytes:
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return _encoded(image, "WEBP", quality=85, method=0)


ENCODERS: dict[Attachment.Kind, Callable[[Image.Image], bytes]] = {
    Kind.PNG: _png,
    Kind.JPEG: _jpeg,
    Kind.GIF: _gif,
    Kind.WEBP: _webp,
}


def _text(content: bytes, name: str) -> Examined:
    sentence = f"“{shown(name)}” is neither a picture nor plain text: attach {OFFERED}."
    text = _decoded(content)
    if text is None or FORBIDDEN.search(text):
        raise NotAttachable(sentence)
    if MARKUP.match(text.lstrip()):
        raise NotAttachable(
            f"“{shown(name)}” is a page or a drawing made of markup, which could hide a program: {REMEDY}"
        )
    if len(content) > LARGEST_TEXT_BYTES:
        raise NotAttachable(
            f"“{shown(name)}” is larger than 2 MB, the most a text may have: keep the lines that matter."
        )
    lines = text.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    plain = "".join(sign for sign in first if unicodedata.category(sign) not in UNPRINTABLE)
    kept = text.encode()
    return Examined(
        _named(name, Kind.TEXT), Kind.TEXT, kept, hashlib.sha256(content).hexdigest(),
        first_line=plain[:200], line_count=len(lines),
    )  # fmt: skip


REMEDY = "attach a picture of it, or its plain text."


def _decoded(content: bytes) -> str | None:
    codec = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None
