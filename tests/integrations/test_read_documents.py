"""What a whole document becomes, and that none of its words is lost on the way."""

import time
from contextlib import suppress
from textwrap import dedent

import pytest

from integrations.documents import NotReadable, ReadSection, read, words

WHOLE = """
---
title: Labels came out blank
author: Ann Example
tags: [printers, labels]
---

# Labels came out blank

<!-- kept for later -->

We printed blank labels for half an hour.

## :warning: Impact

- **Users**: 40 parcels were late
- **Money**: unknown

| Depot | Parcels |
|---|---|
| North | 12 |
| South | 28 |

## Timeline (all times CET)

_2026-03-02_

10:00 - the queue stops ([graph](https://graphs.example/7 "the graph"))

~10:05 - **ann** looks

10:30 - over

## Action items

### Prevent

| # | What | Who | When | State |
|---|---|---|---|---|
| 1 | Alert on the queue | ann | 2026-04-01 | ☐ open |

### Detect

- [ ] Watch the printer
  - its ink
  - its paper

[graph]: https://graphs.example/7
"""


def lost(text: str, name: str = "labels.md") -> list[str]:
    return [stretch for _, stretch in words.missing(text, words.kept_text(read(text, name)))]


def test_read_keeps_every_word_of_a_document() -> None:
    assert lost(WHOLE) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.mediawiki",
            "==A==\n'''bold''' [[Page|text]] [https://x.example link]\n{|\n! h1 !! h2\n|-\n| c1 || c2\n|}\n"
            "==B==\n:quoted\n;term: meaning\n",
        ),
        (
            "a.adoc",
            "= T\n:k: v\n\n== A\n\n*bold* https://x.example[link]\n\n|===\n|h1 |h2\n|c1 |c2\n|===\n\n"
            "----\ncode\n----\n",
        ),
        (
            "a.org",
            "#+TITLE: T\n* A\n*bold* [[https://x.example][link]]\n| h1 | h2 |\n|----+----|\n| c1 | c2 |\n"
            "#+BEGIN_EXAMPLE\ncode\n#+END_EXAMPLE\n** DONE it\n",
        ),
        ("a.txt", "TITLE HERE\n\nSome words.\n\n1. first\n2. second\n\n    indented words\n"),
        (
            "a.mdx",
            "import X from 'x'\nexport const post = {\n  title: 'T',\n  author: 'ann',\n}\n\n# A\n\n"
            '<X prop="y">words</X>\n',
        ),
        (
            "a.html.md.erb",
            "---\ntitle: T\nweight: 3\n---\n\n# T\n\n- **Key events**\n  - Begins 2026-03-02 10:00\n\n"
            "<%= partial 'x' %>\n",
        ),
    ],
)  # fmt: skip
def test_read_keeps_every_word_of_other_markups(name: str, text: str) -> None:
    dropped = {"TITLE", "BEGIN_EXAMPLE", "END_EXAMPLE", "DONE", "k"}

    assert [word for stretch in lost(text, name) for word in stretch.split() if word not in dropped] == []


def test_read_cuts_sections_at_the_highest_headings_in_use() -> None:
    reading = read("# T\n\nOpening words.\n\n## A\n\nOne.\n\n### A1\n\nTwo.\n\n## B\n\nThree.\n", "t.md")

    assert reading.title == "T"
    assert reading.sections == [
        ReadSection("Introduction", "Opening words."), ReadSection("A", "One.\n\n### A1\n\nTwo."), ReadSection("B", "Three."),
    ]  # fmt: skip


def test_read_takes_bold_labels_of_a_list_for_headings_where_there_are_none() -> None:
    reading = read(
        "# T\n\n- **Impact**: forty parcels\n\n- **Context**:\n  - a disk\n\n- **Resolution**: a bigger disk\n", "t.md"
    )

    assert reading.sections == [
        ReadSection("Impact", "forty parcels"), ReadSection("Context", "- a disk"), ReadSection("Resolution", "a bigger disk"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("# Labels *blank*\n\nWords.\n", "a.md", "Labels *blank*"),
        ("---\ntitle: 'Labels blank'\n---\n\n## Summary\n\nWords.\n\n## Impact\n\nMore.\n", "a.md", "Labels blank"),
        ('+++\ntitle = "Labels blank"\n+++\n\nWords.\n', "a.md", "Labels blank"),
        ("## Summary\n\nWords.\n\n## Impact\n\nMore.\n", "2026-03-02-labels_blank.md", "2026 03 02 labels blank"),
        (
            "<html><head><title>Labels blank</title></head><body><p>Words here.</p></body></html>",
            "a.html",
            "Labels blank",
        ),
        ("# [Labels](https://x.example) blank\n\nWords.\n", "a.md", "Labels blank"),
    ],
)
def test_read_finds_the_title(text: str, name: str, title: str) -> None:
    assert read(text, name).title == title


def test_read_twice_says_the_same() -> None:
    assert read(WHOLE, "labels.md") == read(WHOLE, "labels.md")


def test_read_puts_what_has_no_place_into_a_section_and_says_so() -> None:
    reading = read(dedent(WHOLE), "labels.md")

    assert "Kept from the original:" in "\n".join(section.text for section in reading.sections)
    assert "Times as written: 10:00 · 10:30" in "\n".join(section.text for section in reading.sections)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is no text in this file."),
        (b" \n\t\n", "There is no text in this file."),
        (b"x" * (20 * 1024 * 1024), "This file is larger than 2 MB, the most that can be read."),
        (b"PK\x03\x04" + b"\x00" * 100, "This is a ZIP archive (perhaps a .docx or an export), not text. Please export the post-mortem as Markdown."),  # noqa: E501
        (b"%PDF-1.7 etc", "This is a PDF, not text. Please export the post-mortem as Markdown."),
        (bytes(range(256)) * 40, "This file holds binary data, not text."),
        (b"a\n" * 20_000, "This file has more than 10,000 lines; that is no post-mortem."),
    ],
    ids=["empty", "blank", "20 MB", "zip", "pdf", "binary", "endless"],
)  # fmt: skip
def test_read_refuses_what_is_no_text_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(NotReadable) as error:
        read(data, "outage.md")

    assert error.value.reasons == (sentence,)


@pytest.mark.parametrize(
    ("data", "text", "warning"),
    [
        ("# Café\n\nété".encode("cp1252"), "été", "This file is not UTF-8; it was read as Windows-1252."),
        ("# Café\n\nété".encode() + b" \xff", "été \ufffd", "Some bytes are not valid UTF-8 (first on line 3); they are shown as \ufffd."),
        (b"# T\n\na\x00b", "ab", "1 control character (such as NUL) could not be kept."),
        ("# T\n\nété".encode("utf-16"), "été", None),
        ("# T\n\nété".encode("utf-8-sig"), "été", None),
        (b"# T\r\n\r\nline\r\n", "line", None),
    ],
)  # fmt: skip
def test_read_mends_broken_bytes_and_says_so(data: bytes, text: str, warning: str | None) -> None:
    reading = read(data, "t.md")

    assert [section.text for section in reading.sections] == [text]
    assert reading.warnings == ([warning] if warning else [])


def test_read_takes_out_lone_surrogates_of_a_pasted_text() -> None:
    reading = read("# T\n\na \ud800b", "pasted text")

    assert reading.sections == [ReadSection("Introduction", "a b")]
    assert reading.warnings == ["1 control character (such as NUL) could not be kept."]


TIMELINE = "# T\n\n## Timeline\n\n"
HOSTILE = {
    "quotes in quotes": "> " * 50_000,
    "lists in lists": "\n".join(" " * (2 * depth) + "- x" for depth in range(300)),
    "one line of brackets": "[" * 100_000,
    "one line of stars": TIMELINE + "**" * 50_000,
    "one line of clocks": TIMELINE + "10:00 " * 16_000,
    "one line of stretches": TIMELINE + "- 10:00 - 11:00 - 12:00 " * 4_000,
    "one line of digits": TIMELINE + "- " + "1" * 100_000,
    "one line of dashes": TIMELINE + "- " + "1-" * 50_000,
    "one line of months": TIMELINE + "- " + "jan " * 25_000,
    "one line of blanks": TIMELINE + "- " + " " * 100_000 + "x",
    "one line of handles": "## Action items\n\n- " + "@a " * 30_000,
    "one line of owners": "## Action items\n\n- " + "owner: " * 14_000,
    "one line of addresses": "## Action items\n\n- " + "http://" * 14_000,
    "links that never close": TIMELINE + "[a](b" * 20_000,
    "tags that never close": "<table" * 16_000,
    "thousands of titles": "# Words\n10:05 rail greased\n" * 4_000,
    "dates in prose": "2026-01-01 " * 9_000,
    "starts in prose": "started at " * 9_000,
    "aliases of aliases": "---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n---\nwords",
    "brackets of YAML": "---\na: " + "[" * 5_000 + "\n---\nwords",
    "brackets of JSON": '{"a":' * 5_000,
    "braces of MDX": "import x from 'y'\n" + "{" * 50_000,
    "wide table": "| a " * 8_000 + "\n" + "|---" * 8_000 + "\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_read_ends_in_time_on_hostile_input(kind: str, processor_seconds: float = 2.0) -> None:
    began = time.process_time()
    with suppress(NotReadable):
        read(HOSTILE[kind].encode(), "outage.md")

    assert time.process_time() - began < processor_seconds


def test_read_takes_both_ends_from_the_label_of_a_window() -> None:
    reading = read(
        "# T\n\n- **Duration:** September 14, 2024, 14:30 - 15:45 UTC\n\n## Timeline\n\n- 14:40: Detected.\n- 15:00: x\n"
    )

    assert (f"{reading.started_at:%H:%M}", f"{reading.resolved_at:%H:%M}") == ("14:30", "15:45")


def test_read_takes_no_end_from_several_windows() -> None:
    reading = read(
        "# T\n\nDuration: 14:30 to 15:45 UTC on 14 September 2024\n\nDuration: 09:30 to 10:45 UTC on 16 September 2024\n"
    )

    assert reading.resolved_at is None
