from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("postmortems", "0011_cause")]

    operations = [
        migrations.AddField(
            model_name="postmortem",
            name="is_imported",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="It was written elsewhere: what passed before it came is not late.",
            ),
        ),
    ]
