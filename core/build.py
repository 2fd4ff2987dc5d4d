"""Which build of the front end this process serves: a page that was opened under another one is told so."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

PROGRAMS = ["dist/app.js", "dist/editor.js"]


@cache
def build_id() -> str:
    """The same in every process of one deployment, and after a restart of it; another as soon as a file differs."""
    if manifest := getattr(staticfiles_storage, "manifest_hash", ""):
        return str(manifest)
    digest = hashlib.sha256()
    for name in PROGRAMS:
        if found := finders.find(name):
            digest.update(Path(str(found)).read_bytes())
    return digest.hexdigest()[:12]
