from django.db import migrations

# Who owned an action before owners were asked has lived with it since: nobody is asked about the past.
ACCEPT = """
update actions_action set asked_at = created_at, accepted_at = created_at where owner_id is not null;
"""


class Migration(migrations.Migration):
    dependencies = [("actions", "0003_ledger_acceptance_and_policy")]

    operations = [migrations.RunSQL(ACCEPT, migrations.RunSQL.noop)]
