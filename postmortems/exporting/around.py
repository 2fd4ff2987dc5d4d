"""What the texts of an export may refer to: its own values, and its files where they can be had."""

from collections.abc import Mapping

from django.template.loader import render_to_string

from core.embeds import File
from postmortems.blocks import AsText, InPostmortem
from postmortems.exporting.document import AttachmentLine, Document

MOST_PICTURES_PRINTED = 100
# What the printed document has as a part of its own: a text that names it leads there, and paper says it once.
PARTS = {"timeline": "All events", "actions": "All actions"}


def _lines(document: Document) -> Mapping[int, AttachmentLine]:
    return {line.id: line for line in document.attachments}


class InFile(AsText):
    """Markdown and JSON: pictures and files by the address of the site, which asks whoever follows it who they are."""

    def __init__(self, document: Document) -> None:
        super().__init__(document, document.around.people)
        self.files = _lines(document)

    def file(self, number: int) -> File | None:
        line = self.files.get(number)
        return File(line.address) if line else None


class WithoutBlocks(AsText):
    """For a summary: what takes a line of its own is for the whole document."""

    def __init__(self, document: Document) -> None:
        super().__init__(document, document.around.people)

    def make(self, name: str) -> str:
        return ""

    make_again = make


class InPrint(InPostmortem):
    """The PDF: pictures lie inside it, under an address that the renderer alone knows; the rest is a link."""

    def __init__(self, document: Document) -> None:
        super().__init__(document, document.around.people)
        self.files = _lines(document)
        self.printed: set[int] = set()

    def make(self, name: str) -> str:
        if name not in PARTS:
            return super().make(name)
        return render_to_string("postmortems/exports/_see_part.html", {"name": name, "words": PARTS[name]})

    def file(self, number: int) -> File | None:
        line = self.files.get(number)
        if line is None:
            return None
        if line.is_picture and (number in self.printed or len(self.printed) < MOST_PICTURES_PRINTED):
            self.printed.add(number)
            return File(line.address, picture=f"attachment:{number}", width=line.width, height=line.height)
        return File(line.address, note=line.note)
