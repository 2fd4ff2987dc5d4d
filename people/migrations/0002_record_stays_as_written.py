from django.db import migrations

REFUSE = """
create function people_record_stays_as_written() returns trigger language plpgsql as $$
begin
    raise exception 'The record is never changed: write a new entry.' using errcode = 'restrict_violation';
end $$;
create trigger record_stays_as_written before update or delete on people_recordentry
    for each row execute function people_record_stays_as_written();
"""

ALLOW = """
drop trigger record_stays_as_written on people_recordentry;
drop function people_record_stays_as_written();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_people_teams_and_record")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
