"""The fonts that a PDF brings along, so that it looks the same on every machine.

The front-end build lays them into static files, packed for browsers and in all weights at once. Unpacking one costs the
renderer seconds for each document, so each is unpacked when first wanted, into one weight, and kept beside the build.
Where there are none, or no place to keep them, the system's fonts serve.
"""

import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

logger = logging.getLogger(__name__)
# Raise it when the same sources are to be unpacked in another way.
VERSION = 1
# They join other letters and are in every piece of the emoji font: alone they are no reason to load one.
JOINERS = {0x200D, 0xFE0F}


@dataclass(frozen=True)
class Source:
    """A packed font. `cuts` maps a weight of the style sheet to the font's own; None: it has this weight only."""

    design: str
    part: str
    file: str
    cuts: tuple[tuple[int, int | None], ...]
    style: str = "normal"

    @property
    def family(self) -> str:
        return f"{self.design} {self.part}"


TEXT_CUTS = ((400, 420), (600, 610))
ALPHABETS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese"]
TEXT, MONO, EMOJI = "Inter", "JetBrains Mono", "Noto Color Emoji"
# The renderer takes two files of one family for one font, so each is a family of its own: `Inter greek`.
SOURCES = [
    *(Source(TEXT, name, f"inter-{name}-wght-normal.woff2", TEXT_CUTS) for name in ALPHABETS),
    *(Source(TEXT, name, f"inter-{name}-wght-italic.woff2", ((400, 420),), "italic") for name in ALPHABETS),
    *(Source(MONO, name, f"jetbrains-mono-{name}-400-normal.woff2", ((400, None),)) for name in ALPHABETS),
    *(Source(EMOJI, str(piece), f"noto-color-emoji-{piece}-400-normal.woff2", ((400, None),)) for piece in range(12)),
]
FALLBACK = {TEXT: '"DejaVu Sans", sans-serif', MONO: '"DejaVu Sans Mono", monospace'}


@dataclass(frozen=True)
class Fonts:
    """The faces that a text needs: as a style sheet, and the files that it names."""

    sheet: str
    files: dict[str, str]


def fonts_for(text: str) -> Fonts:
    """Only what the text has letters for: each face costs its time."""
    rules, files, families = [], {}, []
    for source, path, letters in _needed({ord(letter) for letter in set(text)}):
        for weight, own_weight in source.cuts:
            unpacked = _unpacked(path, own_weight)
            if unpacked is not None:
                address = f"font:{unpacked.name}"
                files[address] = str(unpacked)
                rules.append(_rule(source, weight, address, letters))
                families.append(source)
    return Fonts("\n".join([*rules, _families(families)]), files)


def _families(sources: list[Source]) -> str:
    """`--print-text` and `--print-mono`: all families that a style sheet asks for by one name."""
    lists = []
    for name, design in (("--print-text", TEXT), ("--print-mono", MONO)):
        families = dict.fromkeys(f'"{source.family}"' for source in sources if source.design in (design, EMOJI))
        lists.append(f"{name}: {', '.join([*families, FALLBACK[design]])};")
    return f":root {{ {' '.join(lists)} }}"


def _needed(wanted: set[int]) -> Iterator[tuple[Source, Path, set[int]]]:
    """Sources with the letters that each is to show; a letter that several have belongs to the first of its design."""
    taken: dict[tuple[str, str], set[int]] = {}
    for source in SOURCES:
        path = _found(source.file)
        if path is None:
            continue
        before = taken.setdefault((source.design, source.style), set())
        letters = set(_letters(path, source.design)) - before
        if source.design != EMOJI:  # A sequence of emoji is drawn from one piece: each keeps all it has.
            before |= letters
        if letters & wanted - JOINERS:
            yield source, path, letters


def _found(file: str) -> Path | None:
    found = finders.find(f"fonts/{file}")
    return Path(str(found)) if found else None


@cache
def _letters(path: Path, design: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        letters = font.getBestCmap()
    # The emoji font has digits and signs of its own for key caps: text keeps those of its own font.
    return frozenset(letter for letter in letters if design != EMOJI or letter > 0x2000)


def _unpacked(path: Path, own_weight: int | None) -> Path | None:
    """The font as the renderer takes it at once, made when it is not there yet; None when it cannot be kept."""
    facts = f"{VERSION} {path.stat().st_size} {own_weight}"
    name = f"{path.stem}-{own_weight or 0}-{hashlib.sha256(facts.encode()).hexdigest()[:8]}.ttf"
    target = Path(settings.BASE_DIR, ".build", "pdf-fonts", name)
    if not target.exists():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _keep(_unpack(path, own_weight), target)
        except OSError as error:
            logger.warning("fonts for PDFs cannot be kept, the system's serve: %s", error)
            return None
    return target


def _unpack(path: Path, own_weight: int | None) -> bytes:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(path)
    if own_weight is not None:
        font = instantiateVariableFont(font, {"wght": own_weight})
    font.flavor = None
    unpacked = io.BytesIO()
    font.save(unpacked)
    return unpacked.getvalue()


def _keep(content: bytes, target: Path) -> None:
    """Whole or not at all: two workers may begin at once."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(name, target)


def _rule(source: Source, weight: int, address: str, letters: Iterable[int]) -> str:
    ranges = ", ".join(f"U+{first:X}-{last:X}" for first, last in _runs(sorted(letters)))
    return (
        f'@font-face {{ font-family: "{source.family}"; font-style: {source.style}; font-weight: {weight}; '
        f'src: url("{address}"); unicode-range: {ranges}; }}'
    )


def _runs(letters: list[int]) -> Iterator[tuple[int, int]]:
    first = last = -2
    for letter in letters:
        if letter != last + 1:
            if first >= 0:
                yield first, last
            first = letter
        last = letter
    if first >= 0:
        yield first, last
