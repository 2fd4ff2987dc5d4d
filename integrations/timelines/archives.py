"""Folders and ZIP archives, read a member at a time. What a hostile archive could do is refused before it is unpacked."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from .reading import NotReadable

MB = 1024 * 1024
LARGEST_FILE = 48 * MB
LARGEST_MEMBER = 16 * MB
LARGEST_TOTAL = 96 * MB
LARGEST_DECLARED = 512 * MB
MOST_MEMBERS = 20_000
LARGEST_LISTING = 4 * MB
MOST_RATIO = 200
RATIO_COUNTS_FROM = MB
READ_ENDINGS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".log", ".md")
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")
ARCHIVE_ENDINGS = (".zip", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".tar")
_END = struct.Struct("<4s4H2LH")
_WIDE = (0xFFFF, 0xFFFFFFFF)


class Tree(Protocol):
    """Files below one place."""

    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...


class Folder:
    """Files of a folder, those behind a link left alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.left = LARGEST_TOTAL

    def names(self) -> list[str]:
        found = []
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix.lower() in READ_ENDINGS:
                found.append(path.relative_to(self.root).as_posix())
            if len(found) > MOST_MEMBERS:
                raise NotReadable(f"This folder holds more than {MOST_MEMBERS:,} files.")
        return found

    def read(self, name: str) -> bytes:
        path = self.root / name
        self.left -= path.stat().st_size
        if path.stat().st_size > LARGEST_MEMBER or self.left < 0:
            raise NotReadable(_too_much(name))
        return path.read_bytes()


class Zip:
    """Raises NotReadable for whatever is no plain archive of a bearable size."""

    def __init__(self, content: BinaryIO | bytes) -> None:
        stream = BytesIO(content) if isinstance(content, bytes) else content
        _refuse_listing(stream)
        try:
            self.archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
            raise NotReadable("This ZIP archive is damaged, or was cut off on its way.") from None
        # Some tools of Windows write its own separator, which is part of a name elsewhere.
        self.members = {info.filename.replace("\\", "/"): info for info in _checked(self.archive.infolist())}
        self.left = LARGEST_TOTAL

    def names(self) -> list[str]:
        return sorted(name for name in self.members if name.lower().endswith(READ_ENDINGS))

    def read(self, name: str) -> bytes:
        info = self.members[name]
        self.left -= info.file_size
        if info.file_size > LARGEST_MEMBER or self.left < 0:
            raise NotReadable(_too_much(name))
        try:
            with self.archive.open(info) as member:
                content = member.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, struct.error):
            raise NotReadable(f"“{name}” in this archive is damaged or encrypted.") from None
        if content.startswith(ARCHIVES):
            raise NotReadable(f"“{name}” is an archive inside of the archive: unpack it first.")
        return content


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _refuse_listing(stream: BinaryIO) -> None:
    """Look at the end of the archive before anything reads its listing: a million names alone would fill the memory."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + _END.size:
        raise NotReadable("This ZIP archive is damaged, or was cut off on its way.")
    _, disk, _, _, count, listing, offset, _ = _END.unpack_from(tail, place)
    if count in _WIDE or listing in _WIDE or offset in _WIDE or count > MOST_MEMBERS or listing > LARGEST_LISTING:
        raise NotReadable(
            f"This archive holds more than {MOST_MEMBERS:,} files, or is larger than 4 GB: export less of it."
        )
    if disk:
        raise NotReadable("This is one part of an archive of several: join them first.")


def _checked(members: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    declared = 0
    for info in members:
        if info.is_dir() or _is_of_a_mac(info.filename):
            continue
        declared += info.file_size
        if problem := _problem(info):
            raise NotReadable(problem)
        if declared > LARGEST_DECLARED:
            raise NotReadable(
                f"Unpacked, this archive is larger than {LARGEST_DECLARED // MB} MB: export fewer days or channels."
            )
        yield info


def _problem(info: zipfile.ZipInfo) -> str:
    name = info.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\x00" in name or (len(name) > 1 and name[1] == ":"):
        return "A name in this archive leads out of it: it was refused."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "This archive holds links to other files: it was refused."
    if info.flag_bits & 0x1:
        return "This archive is protected by a password: unpack it first."
    if name.lower().endswith(ARCHIVE_ENDINGS):
        return f"“{name}” is an archive inside of the archive: unpack it first."
    if info.file_size > RATIO_COUNTS_FROM and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return "This archive unpacks to far more than any export would: it was refused."
    return ""


def _is_of_a_mac(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return "__MACOSX" in path.parts[:-1] or path.name in {".DS_Store", "Thumbs.db"}


def _too_much(name: str) -> str:
    return f"“{name}” is more than can be read in one go: export fewer days or channels."
