from django.db import migrations

REFUSE = """
create function actions_are_never_deleted() returns trigger language plpgsql as $$
begin
    raise exception 'ACT-% is never deleted: drop it, with a reason.', old.number using errcode = 'restrict_violation';
end $$;
create trigger actions_are_never_deleted before delete on actions_action
    for each row execute function actions_are_never_deleted();
"""

ALLOW = """
drop trigger actions_are_never_deleted on actions_action;
drop function actions_are_never_deleted();
"""


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_actions")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
