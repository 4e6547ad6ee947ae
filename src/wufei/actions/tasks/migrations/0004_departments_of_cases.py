"""Reports that were under review before cases knew their department: the case is told it."""

from django.db import migrations

TOLD = """
UPDATE review_case AS c SET department_id = r.department_id FROM tasks_report AS r
WHERE r.entry_id = c.subject_id AND c.subject_kind = 'entry:task-report' AND c.state <> 'locked';
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_projects"), ("review", "0002_department")]
    operations = [migrations.RunSQL(TOLD, migrations.RunSQL.noop)]
