"""The whole document at one moment, and how it is kept: each text and each list of rows once, compressed."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from live.commands import read
from live.log import Reading
from postmortems.anchors import anchor_of
from postmortems.history.rows import Row, kinds
from postmortems.models import Postmortem, Revision, RevisionPart

TEXT, ROWS, HEADINGS = "text:", "rows:", "headings"


@dataclass(frozen=True)
class Heading:
    """A section's key and title, in the document's order."""

    key: str
    title: str

    @property
    def anchor(self) -> str:
        return anchor_of(self.key)


@dataclass(frozen=True)
class State:
    """`rows` holds each kind's rows under its key."""

    headings: list[Heading]
    texts: dict[str, str]
    rows: dict[str, list[Row]]

    def text(self, key: str) -> str:
        return self.texts.get(key, "")

    def parts(self) -> dict[str, bytes]:
        """What is kept of it: the name of each part, and its content."""
        return {
            HEADINGS: _dumped([asdict(heading) for heading in self.headings]),
            **{f"{TEXT}{heading.key}": self.text(heading.key).encode() for heading in self.headings},
            **{f"{ROWS}{key}": _dumped([[row.key, row.values] for row in rows]) for key, rows in self.rows.items()},
        }


def state_now(postmortem: Postmortem) -> tuple[State, int]:
    """The document as it is, and the version of the live log that it shows."""
    reading: Reading = read(postmortem.room)
    return State(headings_of(postmortem), reading.texts, rows_now(postmortem)), reading.version


def headings_of(postmortem: Postmortem) -> list[Heading]:
    return [Heading(section.key, section.title) for section in postmortem.sections.all()]


def rows_now(postmortem: Postmortem) -> dict[str, list[Row]]:
    return {kind.key: kind.rows(postmortem) for kind in kinds()}


def state_of(revision: Revision) -> State:
    """One query, whatever it holds."""
    return states_of([revision])[0]


def states_of(revisions: Iterable[Revision]) -> list[State]:
    revisions = list(revisions)
    keys = {key for revision in revisions for key in revision.parts.values()}
    contents = dict(RevisionPart.objects.filter(pk__in=keys).values_list("pk", "content"))
    return [_state(revision.parts, contents) for revision in revisions]


def _state(parts: Mapping[str, int], contents: Mapping[int, bytes | memoryview]) -> State:
    unpacked = {name: zlib.decompress(bytes(contents[key])) for name, key in parts.items()}
    return State(
        headings=[Heading(**heading) for heading in json.loads(unpacked[HEADINGS])],
        texts={name.removeprefix(TEXT): part.decode() for name, part in unpacked.items() if name.startswith(TEXT)},
        rows={
            name.removeprefix(ROWS): [Row(key, values) for key, values in json.loads(part)]
            for name, part in unpacked.items()
            if name.startswith(ROWS)
        },
    )


def keep_parts(postmortem: Postmortem, parts: Mapping[str, bytes]) -> dict[str, int]:
    """The key of each part, kept now unless an earlier revision has it alike."""
    digests = {name: hashlib.blake2b(part, digest_size=16).hexdigest() for name, part in parts.items()}
    kept = RevisionPart.objects.filter(postmortem=postmortem, digest__in=set(digests.values()))
    keys = dict(kept.values_list("digest", "pk"))
    fresh = {digest: parts[name] for name, digest in digests.items() if digest not in keys}
    made = RevisionPart.objects.bulk_create(
        RevisionPart(postmortem=postmortem, digest=digest, content=zlib.compress(part, 6))
        for digest, part in fresh.items()
    )
    keys |= {part.digest: part.pk for part in made}
    return {name: keys[digest] for name, digest in digests.items()}


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
