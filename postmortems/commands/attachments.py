from django.db import transaction
from django.db.models import Count, Sum

from live.commands import announce
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed, write_section
from postmortems.errors import NotAttachable
from postmortems.models import Attachment, Postmortem, Section
from postmortems.uploads import Examined

MOST_BYTES_TOGETHER = 200_000_000
MOST_FILES_TOGETHER = 300


@transaction.atomic
def attach_file(postmortem: Postmortem, file: Examined, *, by: User) -> Attachment:
    """Keep a file beside a post-mortem; the same file brought again is the one that is there already.

    Raises NotMovable once it is closed, and NotAttachable when it holds as much as one may.
    """
    refuse_when_closed(postmortem, "attach a file to it")  # Its lock also lets two uploads come one after the other.
    kept = Attachment.objects.described().filter(postmortem=postmortem)
    if same := kept.filter(sha256=file.sha256).first():
        return same
    together = kept.aggregate(bytes=Sum("size", default=0), files=Count("pk"))
    if together["bytes"] + len(file.content) > MOST_BYTES_TOGETHER or together["files"] >= MOST_FILES_TOGETHER:
        raise NotAttachable(
            f"“{file.name}” no longer fits: a post-mortem holds {MOST_FILES_TOGETHER} files and 200 MB together. "
            "Keep it elsewhere, and put a link to it into the text."
        )
    attachment = Attachment.objects.create(
        postmortem=postmortem, uploaded_by=by, name=file.name, kind=file.kind, content=file.content,
        size=len(file.content), width=file.width, height=file.height, first_line=file.first_line,
        line_count=file.line_count, sha256=file.sha256,
    )  # fmt: skip
    put_on_record(
        postmortem, "attachment.added", by=by, attachment=attachment.pk, name=file.name, kind=str(file.kind),
        size=attachment.size, sha256=file.sha256,
    )  # fmt: skip
    announce(postmortem.room, "attachmentsChanged")
    return attachment


@transaction.atomic
def write_section_with_file(section: Section, text: str, file: Examined, *, base_version: int, by: User) -> str:
    """What a plain form brought, with its file shown below; returns that text.

    Raises NotMovable, NotAttachable, and VersionTooOld of live; then neither text nor file is kept.
    """
    attachment = attach_file(section.postmortem, file, by=by)
    whole = f"{text.rstrip()}\n\n{attachment.markdown}\n".lstrip("\n")
    write_section(section, whole, base_version=base_version, by=by)
    return whole
