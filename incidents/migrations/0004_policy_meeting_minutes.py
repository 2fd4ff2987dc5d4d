import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_impact_by_groups")]

    operations = [
        migrations.AddField(
            model_name='severitypolicy',
            name='meeting_minutes',
            field=models.PositiveSmallIntegerField(default=60, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(240)], verbose_name='length of the meeting (minutes)'),
        ),
    ]
