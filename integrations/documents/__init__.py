"""Reads post-mortems that were written elsewhere. No Django in here: text in, plain values out."""

from .reader import read
from .reading import NotReadable, ReadAction, ReadEvent, Reading, ReadSection

__all__ = ["NotReadable", "ReadAction", "ReadEvent", "ReadSection", "Reading", "read"]
