import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_policy_meeting_minutes")]

    operations = [
        migrations.RemoveConstraint("severitypolicy", "policy_meeting_before_publishing"),
        migrations.RenameField("severitypolicy", "meeting_within_hours", "meeting_within"),
        migrations.RenameField("severitypolicy", "publish_within_hours", "publish_within"),
        migrations.AddField(
            model_name='severitypolicy',
            name='counted_in',
            field=models.CharField(choices=[('hours', 'hours after it was resolved'), ('days', 'calendar days, the day it was resolved being day 0')], default='hours', help_text="Hours are real hours, also where summer time begins. Days are those of the organisation's zone.", max_length=5, verbose_name='clocks count in'),
        ),
        migrations.AddField(
            model_name='severitypolicy',
            name='meeting_from',
            field=models.PositiveSmallIntegerField(default=0, help_text='From when on the meeting may be; 0 asks for no cool-down.', verbose_name='cool-down'),
        ),
        migrations.AddField(
            model_name='severitypolicy',
            name='share_before_hours',
            field=models.PositiveSmallIntegerField(default=24, help_text='How many hours before the meeting people have its draft to read.', validators=[django.core.validators.MaxValueValidator(240)], verbose_name='draft shared before (hours)'),
        ),
        migrations.AlterField(
            model_name='severitypolicy',
            name='meeting_within',
            field=models.PositiveSmallIntegerField(default=48, verbose_name='meeting by'),
        ),
        migrations.AlterField(
            model_name='severitypolicy',
            name='publish_within',
            field=models.PositiveSmallIntegerField(default=72, validators=[django.core.validators.MaxValueValidator(2000)], verbose_name='publish by'),
        ),
        migrations.AddConstraint(
            model_name='severitypolicy',
            constraint=models.CheckConstraint(condition=models.Q(('meeting_from__lte', models.F('meeting_within')), ('meeting_within__lte', models.F('publish_within'))), name='policy_cool_down_then_meeting_then_publishing'),
        ),
    ]
