"""Row-level security by region; what is published, decided or closed stays as it is, for the owner too."""

from django.db import migrations

HERE = "((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))"
# What belongs to an assessment lies where it lies.
LIES = (
    "EXISTS (SELECT 1 FROM assessment_assessment AS a WHERE a.id = assessment_id AND a.region_id = {name}.region_id)"
)

WRITE = {
    "scheme": HERE,
    "assessment": HERE,
    "entry": f"{HERE} AND {LIES}",
    "appeal": f"{HERE} AND {LIES}",
    "event": f"{HERE} AND {LIES}",
}
MAY = {"assessment": "INSERT, UPDATE", "appeal": "INSERT, UPDATE"}


def secured(table):
    name, may = f"assessment_{table}", MAY.get(table, "INSERT")
    rule = WRITE[table].format(name=name)
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY {name}_system ON {name} FOR SELECT TO wufei_system USING (true)",
        f"CREATE POLICY {name}_read ON {name} FOR SELECT TO wufei_app USING ({HERE})",
        f"CREATE POLICY {name}_insert ON {name} FOR INSERT TO wufei_app WITH CHECK ({rule})",
        f"REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system",
        f"GRANT SELECT ON {name} TO wufei_app, wufei_system",
        f"GRANT {may} ON {name} TO wufei_app",
    ]
    if "UPDATE" in may:
        statements.append(
            f"CREATE POLICY {name}_update ON {name} FOR UPDATE TO wufei_app USING ({rule}) WITH CHECK ({rule})"
        )
    return ";\n".join(statements) + ";\n"


LOCKS = """
ALTER TABLE assessment_assessment ADD CONSTRAINT assessment_digests CHECK (
    facts_digest = CASE WHEN facts = '' THEN '' ELSE encode(sha256(convert_to(facts, 'UTF8')), 'hex') END
    AND result_digest = CASE WHEN result = '' THEN '' ELSE encode(sha256(convert_to(result, 'UTF8')), 'hex') END);

CREATE FUNCTION assessment_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'assessment.kept: assessments are not deleted' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'assessment.closed: a closed assessment stays as it is'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF (OLD.region_id, OLD.year, OLD.scheme_key, OLD.scheme, OLD.opened_at, OLD.opened_by_id)
        IS DISTINCT FROM (NEW.region_id, NEW.year, NEW.scheme_key, NEW.scheme, NEW.opened_at, NEW.opened_by_id) THEN
        RAISE EXCEPTION 'assessment.opened: region, year and scheme stay as they were opened'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF OLD.state = 'published' AND (NEW.state NOT IN ('published', 'closed')
        OR (OLD.facts, OLD.facts_digest, OLD.computed_at, OLD.published_at, OLD.appeal_until)
            IS DISTINCT FROM (NEW.facts, NEW.facts_digest, NEW.computed_at, NEW.published_at, NEW.appeal_until)) THEN
        RAISE EXCEPTION 'assessment.published: what was published stays as it is'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_stays BEFORE UPDATE OR DELETE ON assessment_assessment
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_change();
CREATE TRIGGER assessment_kept BEFORE TRUNCATE ON assessment_assessment
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();

-- Entries come before publication, appeals and decisions after it, nothing once the assessment is closed.
CREATE FUNCTION assessment_refuse_late() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE stands text;
BEGIN
    SELECT a.state INTO stands FROM assessment_assessment AS a WHERE a.id = NEW.assessment_id;
    IF stands IS NULL OR stands <> ALL (TG_ARGV[0]::text[]) THEN
        RAISE EXCEPTION 'assessment.late: % takes no row while the assessment is %', TG_TABLE_NAME, stands
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_entry_early BEFORE INSERT ON assessment_entry
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_late('{open,computed}');
CREATE TRIGGER assessment_appeal_timely BEFORE INSERT OR UPDATE ON assessment_appeal
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_late('{published}');

-- An appeal is decided once; what it said stays.
CREATE FUNCTION assessment_refuse_again() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.accepted IS NOT NULL
        OR (OLD.assessment_id, OLD.region_id, OLD.department_id, OLD.line, OLD.text, OLD.file_ids, OLD.made_at,
            OLD.made_by_id) IS DISTINCT FROM (NEW.assessment_id, NEW.region_id, NEW.department_id, NEW.line,
            NEW.text, NEW.file_ids, NEW.made_at, NEW.made_by_id) THEN
        RAISE EXCEPTION 'assessment.appeal: an appeal and its decision stay as they are'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_appeal_stays BEFORE UPDATE OR DELETE ON assessment_appeal
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_again();
CREATE TRIGGER assessment_appeal_kept BEFORE TRUNCATE ON assessment_appeal
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();
""" + "".join(
    f"""
CREATE TRIGGER assessment_{table}_stays BEFORE UPDATE OR DELETE ON assessment_{table}
    FOR EACH ROW EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER assessment_{table}_kept BEFORE TRUNCATE ON assessment_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();
"""
    for table in ("scheme", "entry", "event")
)


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0001_initial"),
        ("access", "0001_functions"),
        ("signing", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL("".join(secured(table) for table in WRITE) + LOCKS, migrations.RunSQL.noop)
    ]
