from django.db import migrations

INSTALL = """
create function postmortems_template_versions_stay_as_kept() returns trigger language plpgsql as $$
begin
    raise exception 'Versions of templates are never changed: post-mortems refer to them.' using errcode = 'restrict_violation';
end $$;
create trigger template_versions_stay_as_kept before update or delete on postmortems_templateversion
for each row execute function postmortems_template_versions_stay_as_kept();
"""
REMOVE = """
drop trigger template_versions_stay_as_kept on postmortems_templateversion;
drop function postmortems_template_versions_stay_as_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("postmortems", "0007_template_versions")]

    operations = [migrations.RunSQL(INSTALL, REMOVE)]
