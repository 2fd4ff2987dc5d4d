from django.db import transaction

from people.models import User
from people.record import put_on_record
from postmortems import tasks
from postmortems.errors import NotExportable
from postmortems.exporting.sandbox import pdf_problem
from postmortems.models import Export, Postmortem

UNDER_WAY = [Export.Status.QUEUED, Export.Status.RUNNING]


@transaction.atomic
def export_postmortem(postmortem: Postmortem, *, format: str, by: User) -> Export:
    """Have a file made of a post-mortem. A second press while the first is under way answers with the first.

    Raises NotExportable where this server cannot make such a file. A worker makes it, on commit.
    """
    if format == Export.Format.PDF and (problem := pdf_problem()):
        raise NotExportable(problem)
    # One press at a time for each person, or two at once would both find nothing under way.
    User.objects.select_for_update().get(pk=by.pk)
    same = Export.objects.filter(postmortem=postmortem, format=format, requested_by=by, status__in=UNDER_WAY)
    if export := same.first():
        return export
    export = Export.objects.create(postmortem=postmortem, format=format, requested_by=by)
    put_on_record(postmortem, "postmortem.exported", by=by, format=format)
    tasks.queue_on_commit(export.pk)
    return export
