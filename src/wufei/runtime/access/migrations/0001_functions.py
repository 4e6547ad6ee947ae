"""The functions that row-level security policies ask: what may this transaction see?"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION wufei_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('wufei.everything', true), '') = 'on' $$;

CREATE FUNCTION wufei_regions() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('wufei.regions', true), ''), '{}')::bigint[] $$;

CREATE FUNCTION wufei_parties() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('wufei.parties', true), ''), '{}')::bigint[] $$;
"""

REMOVAL = "DROP FUNCTION wufei_sees_all(), wufei_regions(), wufei_parties();"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FUNCTIONS, REMOVAL)]
