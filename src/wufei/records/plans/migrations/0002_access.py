"""Row-level security: a published plan is read by everybody, and written only for a region of the session."""

from django.db import migrations

_REGION = "(SELECT wufei_sees_all()) OR {region} = ANY ((SELECT wufei_regions())::bigint[])"
_OF_A_PLAN = f"EXISTS (SELECT 1 FROM plans_plan AS p WHERE p.id = plan_id AND ({_REGION.format(region='p.region_id')}))"
_RULES = {
    "plans_plan": _REGION.format(region="region_id"),
    "plans_planline": _OF_A_PLAN,
    "plans_plantarget": "EXISTS (SELECT 1 FROM plans_planline AS l JOIN plans_plan AS p ON p.id = l.plan_id "
    f"WHERE l.id = line_id AND ({_REGION.format(region='p.region_id')}))",
}

SECURED = "\n".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_read ON {table} FOR SELECT USING (true);
CREATE POLICY {table}_write ON {table} TO wufei_app USING ({rule}) WITH CHECK ({rule});
"""
    for table, rule in _RULES.items()
)

OPEN = "\n".join(
    f"""
DROP POLICY {table}_read ON {table};
DROP POLICY {table}_write ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
    for table in _RULES
)


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("access", "0001_functions")]
    operations = [migrations.RunSQL(SECURED, OPEN)]
