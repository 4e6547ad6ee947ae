"""The functions by which a policy asks for whom a person of a department acts, and as what."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION wufei_department() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('wufei.department', true), '')::bigint $$;

CREATE FUNCTION wufei_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('wufei.role', true), '') $$;
"""

REMOVAL = "DROP FUNCTION wufei_department(), wufei_role();"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_functions")]
    operations = [migrations.RunSQL(FUNCTIONS, REMOVAL)]
