from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0002_update_author_unconstrained")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="is_sealed",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
