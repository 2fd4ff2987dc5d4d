from django.db import migrations


def say_it(apps, schema_editor):
    postmortems = apps.get_model("postmortems", "Postmortem").objects
    documents = apps.get_model("integrations", "ImportedDocument").objects
    postmortems.filter(incident__in=documents.values("incident")).update(is_imported=True)


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0002_timeline_drafts"),
        ("postmortems", "0012_imported"),
    ]

    operations = [migrations.RunPython(say_it, migrations.RunPython.noop)]
