"""Reads post-mortems that were written elsewhere. No Django in here: text in, plain values out."""

from .reader import read
from .reading import NotReadable, ReadAction, ReadCause, ReadEvent, Reading, ReadSection, Statement

__all__ = ["NotReadable", "ReadAction", "ReadCause", "ReadEvent", "ReadSection", "Reading", "Statement", "read"]
