"""Row-level security of papers, places, vehicles, people and tags; changes only grow; one open question of visitors."""

from django.db import migrations

ALL = "(SELECT wufei_sees_all())"
HERE = f"{ALL} OR region_id = ANY ((SELECT wufei_regions())::bigint[])"
OWN = f"{HERE} OR party_id = ANY ((SELECT wufei_parties())::bigint[])"
BOTH = f"{OWN} OR other_party_id = ANY ((SELECT wufei_parties())::bigint[])"
# A row lies where its party lies: nobody draws a foreign firm into their district by writing another number.
LIES = "EXISTS (SELECT 1 FROM identity_party AS p WHERE p.id = party_id AND p.region_id = {name}.region_id)"

# What only grows keeps the region where it was written; whoever has the party now reads its past too.
PAST = (
    "{own} OR EXISTS (SELECT 1 FROM identity_party AS p WHERE p.id = party_id "
    "AND p.region_id = ANY ((SELECT wufei_regions())::bigint[]))"
)

READ = {
    "paper": BOTH, "paperline": BOTH, "place": OWN, "vehicle": OWN, "person": OWN, "personaldetail": OWN, "tag": OWN,
    "partyevent": PAST.format(own=BOTH), "classdecision": PAST.format(own=OWN), "change": PAST.format(own=OWN), "duereminder": OWN,
}
MAY = {
    "paperline": "INSERT, UPDATE, DELETE", "personaldetail": "INSERT, UPDATE, DELETE", "change": "INSERT",
    "classdecision": "INSERT",
}


def secured(table):
    name = f"registry_{table}"
    may = MAY.get(table, "INSERT, UPDATE")
    lies = LIES.format(name=name)
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY {name}_system ON {name} FOR SELECT TO wufei_system USING (true)",
        f"CREATE POLICY {name}_read ON {name} FOR SELECT TO wufei_app USING ({READ[table]})",
        f"REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system",
        f"GRANT SELECT ON {name} TO wufei_app, wufei_system",
        f"GRANT {may} ON {name} TO wufei_app",
        f"CREATE POLICY {name}_insert ON {name} FOR INSERT TO wufei_app WITH CHECK (({HERE}) AND {lies})",
    ]
    if "UPDATE" in may:
        statements.append(
            f"CREATE POLICY {name}_update ON {name} FOR UPDATE TO wufei_app USING ({HERE}) WITH CHECK (({HERE}) AND {lies})"
        )
    if "DELETE" in may:
        statements.append(f"CREATE POLICY {name}_delete ON {name} FOR DELETE TO wufei_app USING ({HERE})")
    return ";\n".join(statements) + ";\n"


CHECK = """
-- What a visitor learns of a paper whose token or number is known: never a person, a mass or a sum of money.
CREATE FUNCTION registry_check_paper(asked text, kinds text[])
RETURNS TABLE (token text, kind text, number text, issuer text, valid_from date, valid_to date, state text,
               holder_zh text, holder_en text, synthetic boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.token, d.kind, d.number, d.issuer, d.valid_from, d.valid_to, d.state, p.name_zh, p.name_en, p.synthetic
    FROM registry_paper AS d JOIN identity_party AS p ON p.id = d.party_id
    WHERE (d.token = asked OR d.number = asked) AND d.kind = ANY (kinds) ORDER BY d.valid_from DESC LIMIT 5
$$;
REVOKE ALL ON FUNCTION registry_check_paper(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_check_paper(text, text[]) TO wufei_app;
"""

OPEN = "DROP FUNCTION registry_check_paper(text, text[]);\n" + "".join(
    f"DROP POLICY IF EXISTS registry_{table}_{policy} ON registry_{table};\n"
    for table in READ
    for policy in ("owner", "system", "read", "insert", "update", "delete")
) + "".join(f"ALTER TABLE registry_{table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;\n" for table in READ)


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_papers"), ("access", "0001_functions")]
    operations = [migrations.RunSQL("".join(secured(table) for table in READ) + CHECK, OPEN)]
