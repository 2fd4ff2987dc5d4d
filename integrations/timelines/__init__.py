"""Timelines out of what other tools export: bytes in, entries out. No database; nothing here writes."""

from .files import read_bytes, read_path, read_upload, setting_with_lists
from .reading import Entry, NotReadable, Reading, Setting

__all__ = ["Entry", "NotReadable", "Reading", "Setting", "read_bytes", "read_path", "read_upload", "setting_with_lists"]
