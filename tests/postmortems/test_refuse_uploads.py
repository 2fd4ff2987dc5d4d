"""What may not be attached: decided from the bytes, quickly, in little memory, in one sentence (QUALITY F2)."""

import os
import random
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from postmortems.errors import NotAttachable
from postmortems.uploads import LARGEST_PICTURE_BYTES, LARGEST_TEXT_BYTES, examined, shown

SECRET = b"CANARY-of-a-place"


def picture(form: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **wishes: Any) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, form, **wishes)
    return out.getvalue()


def moving(frames: int, size: tuple[int, int] = (64, 48)) -> bytes:
    pictures = [Image.new("RGB", size, (number * 60 % 256, number, 0)) for number in range(frames)]
    out = BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], comment=SECRET, duration=80, loop=0)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that unpack into a very large picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refusal(content: bytes, name: str = "x.png") -> str:
    with pytest.raises(NotAttachable) as error:
        examined(content, name)
    assert len(error.value.reasons) == 1
    return error.value.reasons[0]


MARKUP = [
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"<?xml version='1.0'?><svg onload='alert(1)'/>",
    b"\xef\xbb\xbf  \n<!DOCTYPE html><script>alert(1)</script>",
    b"<html><body onload=alert(1)>",
    b"<!-- --><script>alert(1)</script>",
    b"<ScRiPt>alert(1)</ScRiPt>",
    b"<iframe src=javascript:alert(1)>",
    "<svg/onload=alert(1)>".encode("utf-16"),
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><x>&b;</x>",
]
STRANGE = [
    b"MZ\x90\x00\x03\x00\x00\x00", b"\x7fELF\x02\x01\x01\x00", b"PK\x03\x04" + b"\x00" * 40, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    b"\x1f\x8b\x08\x00" + b"\x00" * 20, b"BM" + b"\x00" * 60, b"II*\x00" + b"\x00" * 20, b"\x00\x00\x01\x00\x01\x00",
    b"%!PS-Adobe-3.0 EPSF-3.0\n\x04", b"\x00\x00\x00 ftypavif" + b"\x00" * 20, b"\xff\xfe\x00\xd8", b"a\x00b", b"\xc3\x28",
    bytes(range(256)),
]  # fmt: skip


@pytest.mark.parametrize("content", MARKUP, ids=range(len(MARKUP)))
@pytest.mark.parametrize("name", ["x.svg", "x.png", "x.log"])
def test_markup_is_refused_whatever_it_is_called(content, name):
    assert refusal(content, name) == (
        f"“{name}” is a page or a drawing made of markup, which could hide a program: attach a picture of it, "
        "or its plain text."
    )


@pytest.mark.parametrize("content", STRANGE, ids=range(len(STRANGE)))
def test_what_is_neither_picture_nor_text_is_refused_with_what_is_taken(content):
    assert refusal(content, "x.png") == (
        "“x.png” is neither a picture nor plain text: attach PNG, JPEG, GIF or WebP pictures up to 10 MB, "
        "and plain text such as logs up to 2 MB."
    )


def test_an_empty_file_is_refused():
    assert refusal(b"") == "“x.png” is empty."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * LARGEST_PICTURE_BYTES, "larger than 10 MB"),
        (b"a line of a log\n" * (LARGEST_TEXT_BYTES // 16 + 1), "larger than 2 MB"),
        (png_claiming(50_000, 50_000), "more than 25 million pixels"),
        (png_claiming(6_000, 6_000), "more than 25 million pixels"),
        (png_claiming(4_900, 4_900), "is a broken picture"),
        (picture("JPEG")[:900], "is a broken picture"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "cannot be read as a picture"),
        (b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>", "picture"),
        (b"GIF89a/*" + b"\x00" * 30 + b"*/=1;alert(1)", "picture"),
        (moving(30, (1500, 1400)), "moves for too long"),
    ],
    ids=[
        "large picture",
        "large log",
        "bomb",
        "many pixels",
        "hollow",
        "cut off",
        "sound",
        "polyglot",
        "script",
        "film",
    ],
)
def test_it_is_refused_within_two_seconds_and_says_why(content, words):
    started = time.process_time()

    sentence = refusal(content)

    assert words in sentence
    assert time.process_time() - started < 2


def test_a_bomb_is_refused_in_little_memory(settings):
    program = (
        "import django, sys; django.setup()\n"
        "from postmortems.uploads import examined; from postmortems.errors import NotAttachable\n"
        "import resource; before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: examined(sys.stdin.buffer.read(), 'x.png')\n"
        "except NotAttachable: pass\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    for content in (png_claiming(50_000, 50_000), png_claiming(4_900, 4_900), moving(30, (1500, 1400))):
        ended = subprocess.run(
            [sys.executable, "-c", program], input=content, capture_output=True, check=True, cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        )  # fmt: skip
        assert int(ended.stdout) < 256


PICTURES = {
    "png": picture("PNG"), "jpeg": picture("JPEG"), "gif": picture("GIF", mode="P"), "webp": picture("WEBP"),
    "alpha": picture("PNG", mode="RGBA"), "deep": picture("PNG", mode="I;16"), "print": picture("JPEG", mode="CMYK"),
    "palette": picture("PNG", mode="P"), "bits": picture("PNG", mode="1"), "moving": moving(4),
}  # fmt: skip


@pytest.mark.parametrize("kind", PICTURES)
def test_pictures_of_every_sort_are_taken_and_can_be_read_again(kind):
    kept = examined(PICTURES[kind], "x")

    with Image.open(BytesIO(kept.content)) as image:
        image.load()
        assert image.size == (kept.width, kept.height) == (64, 48)
        assert image.get_format_mimetype() == kept.kind


def test_a_moving_picture_goes_on_moving():
    with Image.open(BytesIO(examined(PICTURES["moving"], "x").content)) as image:
        assert image.n_frames == 4


def with_metadata() -> Iterator[tuple[str, bytes]]:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = SECRET.decode()
    for form in ("JPEG", "PNG", "WEBP"):
        yield f"exif {form}", picture(form, exif=exif)
        yield f"behind {form}", picture(form) + SECRET + b"<script>PK\x03\x04"
        yield f"profile {form}", picture(form, icc_profile=SECRET)
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    yield "words", picture("PNG", pnginfo=words)
    yield "jpeg comment", picture("JPEG", comment=SECRET)
    yield "xmp", picture("WEBP", xmp=SECRET)
    yield "gif comment", moving(1)
    yield "moving gif comment", moving(3)
    yield "behind gif", moving(3) + SECRET


@pytest.mark.parametrize(
    ("kind", "content"), list(with_metadata()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_nothing_but_the_pixels_is_kept(kind, content):
    kept = examined(content, "x").content

    assert SECRET in content or kind == "profile PNG"  # Compressed, as PNG has it.
    assert SECRET not in kept
    with Image.open(BytesIO(kept)) as image:
        assert not {"icc_profile", "exif", "xmp", "comment", "Comment"} & image.info.keys()


@pytest.mark.parametrize(("orientation", "size"), [(1, (64, 48)), (3, (64, 48)), (6, (48, 64)), (8, (48, 64))])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_as_the_camera_was_held(form, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation

    kept = examined(picture(form, exif=exif), "x")

    assert (kept.width, kept.height) == size
    assert Image.open(BytesIO(kept.content)).size == size


def test_a_thousand_broken_pictures_are_each_answered():
    dice = random.Random(7)
    seeds = list(PICTURES.values())
    answers = {"kept": 0, "refused": 0}
    for _ in range(1000):
        content = bytearray(dice.choice(seeds))
        for _ in range(dice.choice([1, 3, 20])):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            examined(bytes(content[: dice.randrange(1, len(content) + 1)] if dice.random() < 0.2 else content), "x.png")
            answers["kept"] += 1
        except NotAttachable:
            answers["refused"] += 1

    assert min(answers.values()) > 100


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        ("photo.html", "photo.png"), ("photo.JPG", "photo.png"), ("photo.PNG", "photo.PNG"), ("photo", "photo.png"),
        ("../../etc/passwd.png", "passwd.png"), ("C:\\Users\\me\\shot.png", "shot.png"), ("..", "file.png"), ("", "file.png"),
        ("\u202egnp.exe", "gnp.png"), ("a\nb\x07.png", "ab.png"), (".htaccess", "htaccess.png"), ("two words.png", "two words.png"),
    ],
)  # fmt: skip
def test_a_name_is_harmless_and_ends_as_what_it_is(brought, kept):
    assert examined(PICTURES["png"], brought).name == kept


@pytest.mark.parametrize(
    ("brought", "kept"),
    [("gate.log", "gate.log"), ("run.sh", "run.sh.txt"), ("page.html", "page.html.txt"), ("log", "log.txt")],
)
def test_a_text_is_called_a_text(brought, kept):
    assert examined(b"14:00 gate 3", brought).name == kept


def test_a_long_name_is_cut_and_keeps_its_ending():
    name = examined(b"14:00 gate 3", "x" * 300 + ".log").name

    assert len(name) <= 100
    assert name.endswith("x.log")
    assert len(shown("é" * 300)) <= 100


def test_a_text_that_quotes_markup_further_down_is_a_text():
    kept = examined(b"14:00 GET /\n<html>\n\x1b[31mred\x1b[0m\n", "gate.log")

    assert (kept.kind, kept.line_count, kept.first_line) == ("text/plain", 3, "14:00 GET /")


def test_a_text_of_another_encoding_is_kept_as_one_that_browsers_read():
    assert examined("14:00 Tür öffnet nicht".encode("utf-16"), "gate.log").content == "14:00 Tür öffnet nicht".encode()
