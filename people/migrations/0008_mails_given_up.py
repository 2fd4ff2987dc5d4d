from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0007_mails_in_doubt")]

    operations = [
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(
                fields=["updated_at"], name="mail_given_up", condition=models.Q(("status", "failed"))
            ),
        ),
    ]
