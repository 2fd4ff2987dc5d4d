"""Unpacks the Chromium that the npm package @sparticuz/chromium carries (Linux x86-64) into a folder of ours."""

import io
import shutil
import tarfile
from pathlib import Path

import brotli

LIBRARIES = ["swiftshader", "al2023", "fonts"]
LAUNCHER = """#!/bin/sh
folder=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$folder/lib:$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$folder/chrome" "$@"
"""


def unpack_chromium(source: Path, target: Path) -> None:
    """Make `target/chromium` runnable; a half-unpacked folder never bears the name."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _write_program(fresh / "chrome", brotli.decompress((source / "chromium.br").read_bytes()))
    for name in LIBRARIES:
        if (archive := source / f"{name}.tar.br").exists():
            _extract(brotli.decompress(archive.read_bytes()), fresh)
    _write_program(fresh / "chromium", LAUNCHER.encode())
    fresh.rename(target)


def _write_program(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o755)


def _extract(archive: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        # Debian 12's Python 3.11.2 does not know the filter yet; the package is held by its hash.
        if hasattr(tarfile, "data_filter"):
            tar.extractall(folder, filter="data")
        else:
            tar.extractall(folder)  # noqa: S202
