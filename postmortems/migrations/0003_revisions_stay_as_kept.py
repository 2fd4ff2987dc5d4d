from django.db import migrations

TABLES = ["postmortems_revision", "postmortems_revisionpart"]
INSTALL = """
create function postmortems_revisions_stay_as_kept() returns trigger language plpgsql as $$
begin
    raise exception 'History is never changed: bring a revision back as a new one.' using errcode = 'restrict_violation';
end $$;
""" + "\n".join(
    f"create trigger revisions_stay_as_kept before update or delete on {table} "
    "for each row execute function postmortems_revisions_stay_as_kept();"
    for table in TABLES
)
REMOVE = "\n".join(f"drop trigger revisions_stay_as_kept on {table};" for table in TABLES) + (
    "\ndrop function postmortems_revisions_stay_as_kept();"
)


class Migration(migrations.Migration):
    dependencies = [("postmortems", "0002_revisions")]

    operations = [migrations.RunSQL(INSTALL, REMOVE)]
