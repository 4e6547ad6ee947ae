"""Who is to answer sees the question wherever they sit; of what was published others read, and add nothing."""

from django.db import migrations

HERE = "(SELECT wufei_sees_all()) OR {row}region_id = ANY ((SELECT wufei_regions())::bigint[])"
FIRM = "{row}party_id = ANY ((SELECT wufei_parties())::bigint[])"
ASKED = "{row}to_department_id = (SELECT wufei_department()) OR {row}to_user_id = (SELECT wufei_person())"
HOME = "region_id = ANY ((SELECT wufei_home_regions())::bigint[])"
# A firm asks on and closes, whoever was asked answers; only the region's government publishes.
SPEAKS = f"{HERE} OR ({{row}}published_at IS NULL AND ({FIRM} OR {ASKED}))"
OWN = SPEAKS.format(row="")
OF_A_QUESTION = "EXISTS (SELECT 1 FROM cases_question AS q WHERE q.id = question_id{more})"
OF_A_CASE = "EXISTS (SELECT 1 FROM cases_case AS c WHERE c.id = case_id{more})"
ACCESS = f"""
DROP POLICY cases_question_read ON cases_question;
CREATE POLICY cases_question_read ON cases_question FOR SELECT TO wufei_app USING ({HERE.format(row="")}
    OR {FIRM.format(row="")} OR {ASKED.format(row="")} OR (published_at IS NOT NULL AND {HOME}));
DROP POLICY cases_question_update ON cases_question;
CREATE POLICY cases_question_update ON cases_question FOR UPDATE TO wufei_app USING ({OWN}) WITH CHECK ({OWN});

DROP POLICY cases_turn_app ON cases_turn;
CREATE POLICY cases_turn_read ON cases_turn FOR SELECT TO wufei_app USING ({OF_A_QUESTION.format(more="")});
CREATE POLICY cases_turn_insert ON cases_turn FOR INSERT TO wufei_app
    WITH CHECK ({OF_A_QUESTION.format(more=f" AND ({SPEAKS.format(row='q.')})")});

DROP POLICY cases_event_app ON cases_event;
CREATE POLICY cases_event_read ON cases_event FOR SELECT TO wufei_app USING ({OF_A_CASE.format(more="")});
CREATE POLICY cases_event_insert ON cases_event FOR INSERT TO wufei_app
    WITH CHECK ({OF_A_CASE.format(more=f" AND ({HERE.format(row='c.')} OR {FIRM.format(row='c.')})")});
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_questions"), ("access", "0002_department")]
    operations = [migrations.RunSQL(ACCESS, migrations.RunSQL.noop)]
