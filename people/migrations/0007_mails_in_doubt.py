from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_mails_done_without")]

    operations = [
        migrations.AddField(
            model_name="outboxmail",
            name="doubt_count",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="How often the mail server had all of it, and did not say whether it keeps it."
            ),
        ),
    ]
