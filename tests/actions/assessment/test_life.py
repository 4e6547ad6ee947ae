"""An assessment from opening to the lock, by the right people only."""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, connections

from tests.actions.assessment.conftest import reported
from tests.actions.tasks.test_supervising import notices
from wufei.actions.assessment import queries, services
from wufei.actions.assessment.core.facts import Entry, Objection, Verdict
from wufei.actions.assessment.core.freezing import plain
from wufei.actions.assessment.core.states import State
from wufei.actions.assessment.models import Appeal, Assessment, Event, Sheet
from wufei.actions.assessment.models import Entry as EntryRecord
from wufei.actions.assessment.queries.assessments import papers_of
from wufei.actions.assessment.queries.schemes import packaged_schemes
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.measures.indicators.queries import figure as find_figure
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.files.core.media import ANY
from wufei.runtime.files.services import keep
from wufei.runtime.signing.core.canonical import digest_of

D = Decimal
LINE = "indicator:general-industrial-waste-utilisation-rate"


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path))


@pytest.fixture
def computed(ready):
    number = services.open_year(
        ready.people["office"],
        region_id=ready.region_id,
        year=2026,
        scheme_key="departments",
        now=clock.now(),
    )
    services.compute(ready.people["office"], assessment_id=number, now=clock.now())
    return ready, number


@pytest.fixture
def published(computed):
    ready, number = computed
    services.publish(
        ready.people["office"], assessment_id=number, appeal_until=date(2026, 5, 27), now=clock.now()
    )
    return ready, number


def file_of(place, who="clerk"):
    with session(place.people[who]):
        content = f"佐证 {clock.now()} {who}".encode()
        return keep(
            place.people[who],
            content=content,
            name="佐证.txt",
            region_id=place.region_id,
            party_id=None,
            accept=ANY,
        ).id


def object_to(place, number, line=LINE, *, who="clerk", department="ecology", files=True):
    objection = Objection(
        place.departments[department], line, "年报已核定为80%", (file_of(place, who),) if files else ()
    )
    return services.appeal(place.people[who], assessment_id=number, objection=objection, now=clock.now())


def decided(place, appeal_id, *, who="office", accept=True, **numbers):
    verdict = Verdict(accept, "依据年报", **{key: D(value) for key, value in numbers.items()})
    services.decide(place.people[who], appeal_id=appeal_id, verdict=verdict, now=clock.now())


def sheet(place, number, department, who="office"):
    return queries.open_assessment(place.people[who], number).sheet(place.departments[department])


def test_scores_are_those_of_the_figures_tasks_reports_and_orders(computed):
    place, number = computed
    ecology, urban = sheet(place, number, "ecology"), sheet(place, number, "urban")
    # 75 % where the line from 70 (2025) to 90 (2027) asks for 80: 93.75 % of 40 points.
    rate = ecology.line(LINE)
    assert (rate.score, rate.source.ref.partition("@")[0]) == (D("37.50"), LINE.removeprefix("indicator:"))
    assert ("上报值", "75%") in [(name.zh, value.zh) for name, value in rate.inputs]
    assert ("本年应达", "80%") in [(name.zh, value.zh) for name, value in rate.inputs]
    # Its task is on schedule, its report came in time, nothing was to be answered.
    assert ecology.total == D("97.50")
    # Urban leads a task that is behind (2) and supports one that is on schedule (1); 66.67 points for tasks.
    by_part = {part.id: (part.points, part.score) for part in urban.parts}
    assert by_part["tasks"] == (D("66.67"), D("40.00"))
    # Neither of its two reports came; its order was not answered: a point less.
    assert by_part["reports"] == (D("20.00"), D(0))
    assert by_part["answers"] == (D("13.33"), D(0))
    assert by_part["deductions"] == (D(0), D(-1))
    assert urban.total == D("39.00")


def test_the_frozen_facts_stay_when_figures_change_and_a_new_run_is_shown_first(computed):
    place, number = computed
    office = place.people["office"]
    assert queries.recomputed(office, number, today=clock.today_on()) == ()
    figure = sheet(place, number, "ecology").line(LINE).source.ref
    first = find_figure(office, figure).reported.observation_id
    reported(place.region_id, "78", corrects=first)
    (change,) = queries.recomputed(office, number, today=clock.today_on())
    assert (change.key, change.old, change.new) == (LINE, D("37.50"), D("39.00"))
    assert sheet(place, number, "ecology").line(LINE).score == D("37.50")
    services.compute(office, assessment_id=number, now=clock.now())
    assert sheet(place, number, "ecology").line(LINE).score == D("39.00")


def test_an_officer_enters_bonus_with_evidence_and_within_its_bound(computed):
    place, number = computed
    office, entry = place.people["office"], Entry(place.departments["urban"], "bonus:model", D(3), "市级推广")
    with pytest.raises(InputError, match="佐证"):
        services.enter(office, assessment_id=number, entry=entry, now=clock.now())
    entry = replace(entry, file_ids=(file_of(place, "office"),))
    services.enter(office, assessment_id=number, entry=entry, now=clock.now())
    assert sheet(place, number, "urban").line("bonus:model").score == 3
    for wrong, error in (
        (replace(entry, amount=D("3.01")), InputError),
        (replace(entry, note=" "), InputError),
        (replace(entry, line="bonus:none"), NotFoundError),
        (replace(entry, line=LINE), NotFoundError),
        (replace(entry, department_id=place.departments["office"]), NotFoundError),
    ):
        with pytest.raises(error):
            services.enter(office, assessment_id=number, entry=wrong, now=clock.now())
    with pytest.raises(AccessError):
        services.enter(place.people["clerk"], assessment_id=number, entry=entry, now=clock.now())


def test_a_department_sees_its_own_sheet_after_publication_and_no_other(computed):
    place, number = computed
    before = queries.open_assessment(place.people["clerk"], number)
    assert (before.sheets, before.ranking, before.facts) == ((), (), None)
    assert len(queries.open_assessment(place.people["leader"], number).sheets) == 2
    services.publish(
        place.people["office"], assessment_id=number, appeal_until=date(2026, 5, 27), now=clock.now()
    )
    after = queries.open_assessment(place.people["clerk"], number)
    assert [one.department_id for one in after.sheets] == [place.departments["ecology"]]
    assert (len(after.ranking), after.facts, after.events) == (2, None, ())
    with pytest.raises(NotFoundError):
        after.sheet(place.departments["urban"])
    assert queries.open_assessment(place.people["loner"], number).sheets == ()
    assert ("assess.published", "2026年部门考核评价办法（样例）已公布，申诉截止 2026-05-27") in notices(
        place, "clerk"
    )


def test_the_database_alone_keeps_sheets_apart_and_facts_from_departments(published):
    place, number = published
    seen = {"clerk": 1, "reviewer": 1, "helper": 1, "loner": 0, "office": 2, "leader": 2}
    for who, many in seen.items():
        with session(place.people[who]), connections["default"].cursor() as cursor:
            cursor.execute("SELECT department_id FROM assessment_sheet WHERE assessment_id = %s", [number])
            found = [row[0] for row in cursor.fetchall()]
            assert len(found) == many
            assert who != "helper" or found == [place.departments["urban"]]
            cursor.execute("SELECT count(*) FROM assessment_papers(%s)", [number])
            assert cursor.fetchone()[0] == (1 if who in ("office", "leader") else 0)
            cursor.execute("UPDATE assessment_sheet SET content = content WHERE assessment_id = %s", [number])
            assert cursor.rowcount == (2 if who == "office" else 0)
        for column in ("facts", "result"):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                session(place.people[who]),
                connections["default"].cursor() as cursor,
            ):
                cursor.execute(f"SELECT {column} FROM assessment_assessment WHERE id = %s", [number])


def test_the_database_alone_keeps_appeals_and_their_history_apart(published):
    place, number = published
    object_to(place, number)
    with session(place.people["clerk"]):
        mine = Appeal.objects.get(assessment=number)
        assert Appeal.objects.filter(assessment=number).update(accepted=False, reason="x") == 0
        assert Sheet.objects.filter(assessment=number).count() == 1
    for who, many in {"clerk": 1, "helper": 0, "loner": 0, "leader": 1}.items():
        with session(place.people[who]):
            assert Appeal.objects.filter(assessment=number).count() == many
            assert Event.objects.filter(assessment=number, kind="appealed").count() == many
    mine.pk, mine.line = None, "task:1"
    with pytest.raises(DatabaseError), session(place.people["helper"]):
        mine.save(force_insert=True)


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_published_before_sheets_were_kept_apart_is_kept_by_the_migration(computed, closed):
    place, number = computed
    sheets = queries.open_assessment(place.people["office"], number).sheets
    locked = json.dumps({"sheets": [plain(one) for one in sheets]}, default=str) if closed else ""
    told = (
        {"state": "closed", "closed_at": clock.now(), "result": locked} if closed else {"state": "published"}
    )
    digest = hashlib.sha256(locked.encode()).hexdigest() if closed else ""
    rows = Assessment._base_manager.using("owner").filter(id=number)
    rows.update(**told, result_digest=digest, published_at=clock.now(), appeal_until=date(2026, 5, 27))
    assert queries.open_assessment(place.people["clerk"], number).sheets == ()
    migration = importlib.import_module("wufei.actions.assessment.migrations.0004_published_before")
    for _ in range(2):
        with connections["owner"].schema_editor() as editor:
            migration.keep(apps, editor)
    mine = queries.open_assessment(place.people["clerk"], number)
    assert mine.sheets == tuple(one for one in sheets if one.department_id == place.departments["ecology"])
    assert len(mine.ranking) == 2
    with pytest.raises(DatabaseError), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM assessment_sheet WHERE assessment_id = %s", [number])


def test_of_others_a_department_sees_parts_and_totals_and_no_lines(published):
    place, number = published
    mine = queries.open_assessment(place.people["clerk"], number)
    office = queries.open_assessment(place.people["office"], number)
    stands = [(each.sheet.department_id, each.sheet.total, each.rank) for each in office.ranking]
    assert [(each.sheet.department_id, each.sheet.total, each.rank) for each in mine.ranking] == stands
    assert {each.sheet.lines for each in mine.ranking} == {()}
    assert mine.sheets == (office.sheet(place.departments["ecology"]),)
    assert set(mine.names) == set(office.names)


def test_the_ranking_is_hidden_where_the_scheme_says_so(ready):
    office, text = ready.people["office"], packaged_schemes()[0].text
    own = text.replace("ranking_shown: true", "ranking_shown: false").replace("id: departments", "id: own", 1)
    key, findings = services.save_scheme(office, region_id=ready.region_id, text=own, now=clock.now())
    assert (key, findings) == ("own", ())
    number = services.open_year(
        office, region_id=ready.region_id, year=2026, scheme_key="own", now=clock.now()
    )
    services.compute(office, assessment_id=number, now=clock.now())
    services.publish(office, assessment_id=number, appeal_until=date(2026, 5, 27), now=clock.now())
    assert queries.open_assessment(ready.people["clerk"], number).ranking == ()
    assert len(queries.open_assessment(office, number).ranking) == 2


def test_an_accepted_appeal_scores_by_the_right_value_and_says_what_was_before(published):
    place, number = published
    appeal_id = object_to(place, number)
    assert any(topic == "assess.appealed" for topic, _ in notices(place, "office"))
    with pytest.raises(ConflictError, match="申诉在办"):
        object_to(place, number)
    decided(place, appeal_id, value="80")
    line = sheet(place, number, "ecology", "clerk").line(LINE)
    assert (line.before, line.score, line.decided) == (D("37.50"), D("40.00"), "依据年报")
    assert any(topic == "assess.decided" and "采纳" in text for topic, text in notices(place, "clerk"))
    with pytest.raises(ConflictError, match="已经答复"):
        decided(place, appeal_id, value="81")


def test_a_refused_appeal_changes_no_point(published):
    place, number = published
    before = sheet(place, number, "urban").total
    decided(
        place,
        object_to(place, number, "unanswered:" + order_of(place, number), who="helper", department="urban"),
        accept=False,
    )
    assert sheet(place, number, "urban").total == before


def order_of(place, number) -> str:
    keys = [line.key for line in sheet(place, number, "urban").lines]
    return next(key for key in keys if key.startswith("unanswered:")).partition(":")[2]


@pytest.mark.parametrize(
    "numbers", [{}, {"points": "1", "value": "1"}, {"points": "40.01"}, {"points": "-1"}, {"points": "1.001"}]
)
def test_a_decision_that_cannot_be_is_refused(published, numbers):
    place, number = published
    with pytest.raises(InputError):
        decided(place, object_to(place, number), **numbers)


def test_only_the_department_objects_and_only_another_person_of_the_office_decides(published):
    place, number = published
    for who in ("helper", "loner", "reviewer", "leader"):
        with pytest.raises(AccessError):
            object_to(place, number, who=who, files=False)
    appeal_id = object_to(place, number)
    for who in ("clerk", "leader", "reviewer"):
        with pytest.raises(AccessError):
            decided(place, appeal_id, who=who, points="40")
    by_office = object_to(place, number, "reports:" + line_task(place, number), who="office")
    with pytest.raises(AccessError, match="自己提出"):
        decided(place, by_office, points="12")
    with pytest.raises(InputError, match="佐证"):
        object_to(place, number, "task:" + line_task(place, number), files=False)


def line_task(place, number) -> str:
    keys = [line.key for line in sheet(place, number, "ecology").lines]
    return next(key for key in keys if key.startswith("task:")).partition(":")[2]


def test_appeals_end_on_their_day_and_rules_cannot_be_objected_to(published, on_day):
    place, number = published
    with pytest.raises(ConflictError, match="不能申诉"):
        object_to(place, number, "answers:none")
    with pytest.raises(NotFoundError):
        object_to(place, number, "task:0")
    on_day("2026-05-28")
    with pytest.raises(ConflictError, match="截止"):
        object_to(place, number)


def test_it_is_closed_after_the_last_day_with_every_appeal_decided_and_then_stays(published, on_day):
    place, number = published
    office = place.people["office"]
    appeal_id = object_to(place, number)
    with pytest.raises(ConflictError, match="之后才能办结"):
        services.close(office, assessment_id=number, now=clock.now())
    on_day("2026-05-28")
    with pytest.raises(ConflictError, match="1 件申诉"):
        services.close(office, assessment_id=number, now=clock.now())
    decided(place, appeal_id, points="39")
    sheets = queries.open_assessment(office, number).sheets
    digest = services.close(office, assessment_id=number, now=clock.now())
    closed = queries.open_assessment(office, number)
    assert (closed.row.state, closed.row.result_digest, closed.sheets) == (State.CLOSED, digest, sheets)
    with session(Scope.operator()):
        _, result = papers_of(Assessment.objects.get(id=number))
        assert digest_of(json.loads(result)) == digest
    with pytest.raises(ConflictError):
        services.compute(office, assessment_id=number, now=clock.now())


OWNERS = (
    "UPDATE assessment_assessment SET result = 'x' WHERE id = %s",
    "UPDATE assessment_assessment SET state = 'published' WHERE id = %s",
    "DELETE FROM assessment_assessment WHERE id = %s",
    "UPDATE assessment_appeal SET reason = 'x' WHERE assessment_id = %s",
    "DELETE FROM assessment_appeal WHERE assessment_id = %s",
    "UPDATE assessment_event SET text_zh = 'x' WHERE assessment_id = %s",
    """INSERT INTO assessment_entry (assessment_id, region_id, department_id, line, amount, note, file_ids,
        entered_at) SELECT id, region_id, (SELECT min(id) FROM identity_department), 'bonus:model', 1, 'x',
        '{}', now() FROM assessment_assessment WHERE id = %s""",
)


def test_what_is_closed_is_changed_by_nobody_the_owner_of_the_tables_included(published, on_day):
    place, number = published
    decided(place, object_to(place, number), points="39")
    on_day("2026-05-28")
    services.close(place.people["office"], assessment_id=number, now=clock.now())
    for statement in OWNERS:
        with (
            pytest.raises(DatabaseError, match=r"assessment\.|signing\."),
            connections["owner"].cursor() as cursor,
        ):
            cursor.execute(statement, [number])


def test_what_is_published_is_not_computed_or_entered_again(published):
    place, number = published
    office = place.people["office"]
    with pytest.raises(ConflictError):
        services.compute(office, assessment_id=number, now=clock.now())
    entry = Entry(place.departments["urban"], "deductions:incident", D(1), "x")
    with pytest.raises(ConflictError):
        services.enter(office, assessment_id=number, entry=entry, now=clock.now())
    with (
        pytest.raises(DatabaseError, match=r"assessment\.published"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("UPDATE assessment_assessment SET facts = '{}' WHERE id = %s", [number])


def test_years_and_schemes_that_do_not_fit_are_refused(ready):
    office, terms = ready.people["office"], {"region_id": ready.region_id, "now": clock.now()}
    with pytest.raises(InputError, match="尚未开始"):
        services.open_year(office, year=2027, scheme_key="departments", **terms)
    with pytest.raises(InputError, match="不适用于2019年"):
        services.open_year(office, year=2019, scheme_key="departments", **terms)
    with pytest.raises(NotFoundError):
        services.open_year(office, year=2026, scheme_key="none", **terms)
    with pytest.raises(AccessError):
        services.open_year(ready.people["clerk"], year=2026, scheme_key="departments", **terms)
    services.open_year(office, year=2026, scheme_key="departments", **terms)
    with pytest.raises(ConflictError, match="已按这个办法"):
        services.open_year(office, year=2026, scheme_key="departments", **terms)
    with pytest.raises(AccessError):
        services.save_scheme(ready.people["clerk"], region_id=ready.region_id, text="x", now=clock.now())
    assert services.save_scheme(office, text="x", **terms)[1]


def test_a_district_without_anything_to_assess_says_so(place):
    office = place.people["office"]
    number = services.open_year(
        office, region_id=place.region_id, year=2026, scheme_key="departments", now=clock.now()
    )
    # The plan's one indicator names the ecology bureau, though no task was taken and no figure is there yet.
    services.compute(office, assessment_id=number, now=clock.now())
    opened = queries.open_assessment(office, number)
    (only,) = opened.sheets
    assert (only.department_id, only.line(LINE).score, only.open_lines) == (
        place.departments["ecology"],
        None,
        1,
    )
    assert only.high - only.total == only.line(LINE).points > 0


def test_another_region_is_refused_by_the_code_and_by_the_database_alone(published, place_factory):
    place, number = published
    stranger = place_factory().people["office"]
    with pytest.raises(NotFoundError):
        queries.open_assessment(stranger, number)
    with pytest.raises(NotFoundError):
        services.close(stranger, assessment_id=number, now=clock.now())
    with pytest.raises(AccessError):
        services.open_year(
            stranger, region_id=place.region_id, year=2026, scheme_key="departments", now=clock.now()
        )
    object_to(place, number)
    for table in (Assessment, Appeal, Event, EntryRecord):
        with session(stranger):
            assert not table.objects.filter(region_id=place.region_id).exists()
    with session(stranger):
        assert Assessment.objects.filter(id=number).update(state="closed") == 0
    with pytest.raises(DatabaseError, match="row-level security"), session(stranger):
        Event.objects.create(
            assessment_id=number,
            region_id=place.region_id,
            kind="x",
            text_zh="x",
            text_en="x",
            at=clock.now(),
        )
    with pytest.raises(DatabaseError, match="permission denied"), session(place.people["office"]):
        Event.objects.filter(assessment_id=number).update(text_zh="x")
