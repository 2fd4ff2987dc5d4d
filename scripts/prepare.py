"""Bring the database and the static files to this version: python -m scripts.prepare [database] [static], or both."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

STAMP = ".collected-from"


def prepare_database() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("install_defaults", verbosity=0)


def prepare_static() -> None:
    """Only when a source changed: hashing and compressing takes longer than all the rest of a start."""
    stamp = Path(settings.STATIC_ROOT, STAMP)
    state = state_of([Path(folder) for folder in settings.STATICFILES_DIRS])
    if stamp.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(state)


def state_of(folders: list[Path]) -> str:
    """Differs when a file came, went or changed; the version stands for the admin's own files."""
    files = [path.stat() for folder in folders for path in folder.rglob("*") if path.is_file()]
    newest = max((facts.st_mtime_ns for facts in files), default=0)
    return f"django {django.__version__}, {len(files)} files, {sum(facts.st_size for facts in files)} bytes, {newest}"


PARTS = {"database": prepare_database, "static": prepare_static}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["STATIC_MANIFEST"] = "yes"
    django.setup()
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
