"""Authors of what was written before they were kept: who opened it, and whom its revisions name."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WRITTEN = ("text:", "rows:timeline", "rows:observations", "rows:causes")


def name_authors(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    postmortems = apps.get_model("postmortems", "Postmortem")
    author = postmortems.authors.through
    people = set(apps.get_model("people", "User").objects.values_list("pk", flat=True))
    found = set(postmortems.objects.values_list("pk", "opened_by"))
    revisions = apps.get_model("postmortems", "Revision").objects.values_list("postmortem", "changes")
    for postmortem, changes in revisions.iterator():
        for change in changes:
            if change["part"].startswith(WRITTEN):
                found.update((postmortem, person) for person in change["people"] if person in people)
    author.objects.bulk_create(
        [author(postmortem_id=postmortem, user_id=person) for postmortem, person in sorted(found)],
        ignore_conflicts=True,
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("postmortems", "0013_reviewers")]

    operations = [migrations.RunPython(name_authors, migrations.RunPython.noop)]
