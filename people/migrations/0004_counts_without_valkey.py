from django.db import migrations


class Migration(migrations.Migration):
    """The table in which guesses at passwords are counted while Valkey is away: Django's DatabaseCache reads it."""

    dependencies = [("people", "0003_outboxmail_concerns")]

    operations = [
        migrations.RunSQL(
            """
            create table people_counts (
                cache_key varchar(255) primary key,
                value text not null,
                expires timestamptz not null
            );
            create index people_counts_expires on people_counts (expires);
            """,
            reverse_sql="drop table people_counts",
        )
    ]
