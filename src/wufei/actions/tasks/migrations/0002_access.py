"""Row-level security: a task is seen in its region and where a department named by it works; the rest goes with it."""

from django.db import migrations

HERE = "(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])"
# A street that a district's task names sees that task, though it lies in the region above.
NAMED = "department_id IN (SELECT d.id FROM identity_department AS d WHERE d.region_id = ANY ((SELECT wufei_regions())::bigint[]))"
OF_A_TASK = "EXISTS (SELECT 1 FROM tasks_task AS t WHERE t.id = task_id)"
# A row lies where its task lies.
LIES = "EXISTS (SELECT 1 FROM tasks_task AS t WHERE t.id = task_id AND t.region_id = {name}.region_id)"

READ = {
    "task": f"{HERE} OR id IN (SELECT u.task_id FROM tasks_unit AS u WHERE u.{NAMED})",
    "unit": f"{HERE} OR {NAMED}",
    **dict.fromkeys(("goal", "node", "report", "step", "comment", "moved", "event"), OF_A_TASK),
    **dict.fromkeys(("project", "projectstate", "meeting", "decision", "member"), HERE),
}
WRITE = {
    **dict.fromkeys(("task", "unit", "project", "projectstate", "meeting", "decision", "member"), HERE),
    **dict.fromkeys(("goal", "node", "report", "step", "comment", "moved", "event"), LIES),
}
MAY = {
    "event": "INSERT",
    "projectstate": "INSERT",
    "node": "INSERT, UPDATE, DELETE",
    "moved": "INSERT, DELETE",
}


def secured(table):
    name, may = f"tasks_{table}", MAY.get(table, "INSERT, UPDATE")
    rule = WRITE[table].format(name=name)
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY {name}_system ON {name} FOR SELECT TO wufei_system USING (true)",
        f"CREATE POLICY {name}_read ON {name} FOR SELECT TO wufei_app USING ({READ[table]})",
        f"REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system",
        f"GRANT SELECT ON {name} TO wufei_app, wufei_system",
        f"GRANT {may} ON {name} TO wufei_app",
        f"CREATE POLICY {name}_insert ON {name} FOR INSERT TO wufei_app WITH CHECK ({rule})",
    ]
    if "UPDATE" in may:
        statements.append(
            f"CREATE POLICY {name}_update ON {name} FOR UPDATE TO wufei_app USING ({rule}) WITH CHECK ({rule})"
        )
    if "DELETE" in may:
        statements.append(f"CREATE POLICY {name}_delete ON {name} FOR DELETE TO wufei_app USING ({rule})")
    return ";\n".join(statements) + ";\n"


OPEN = "".join(
    f"DROP POLICY IF EXISTS tasks_{table}_{policy} ON tasks_{table};\n"
    for table in READ
    for policy in ("owner", "system", "read", "insert", "update", "delete")
) + "".join(f"ALTER TABLE tasks_{table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;\n" for table in READ)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial"), ("access", "0001_functions")]
    operations = [migrations.RunSQL("".join(secured(table) for table in READ), OPEN)]
