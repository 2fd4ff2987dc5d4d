"""Cousins of Markdown, turned into Markdown; each reader keeps every word it is given."""

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from . import frontmatter


@dataclass
class Document:
    """Markdown to read, and what stood above it: `front` as written, `pairs` as understood."""

    text: str
    front: str = ""
    front_language: str = "yaml"
    pairs: list[tuple[str, str]] = field(default_factory=list)


def to_markdown(text: str, name: str) -> Document:
    front, body, pairs = frontmatter.split(text)
    return Document(body, front, "yaml", pairs)
