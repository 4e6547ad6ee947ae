"""A document is taken in, gone through and published by whoever may; nobody else sees it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connections, transaction

from tests.records.plans.document import PLAN
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.plans import queries
from wufei.records.plans.core.drafts import Part, Standing, stamp
from wufei.records.plans.models import PlanDraft, PlanEdition
from wufei.records.plans.services import (
    choose_units,
    discard,
    mend_head,
    mend_line,
    publish_draft,
    set_standing,
    stamp_of,
    take_in,
)
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_in
from wufei.runtime.identity.services import create_user, save_department

LATER = PLAN.replace("2025年3月18日", "2026年3月18日").encode()
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def region_id(region_factory):
    return region_factory()


def office(region_id, role=Role.OFFICE):
    user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:10]}", password="p")
    return Scope(user_id, None, role, region_ids=frozenset({region_id}))


def taken(region_id):
    return taken_by(office(region_id), region_id)


def taken_by(scope, region_id):
    return scope, take_in(scope, content=PLAN.encode(), name="方案.txt", region_id=region_id, now=NOW)


def page_of(scope, draft_id):
    with session(scope):
        return queries.get_draft(scope, draft_id)


def test_a_document_becomes_a_draft_and_the_draft_a_plan(region_id):
    scope, draft_id = taken(region_id)
    page = page_of(scope, draft_id)
    assert dict(page.row.counts) == {Part.INDICATORS: 4, Part.TASKS: 2, Part.PROJECTS: 0, Part.TARGETS: 1}
    assert "plan.target-worse-than-base" in {each.code for each in page.findings}
    assert page.file_id is not None
    loaded = publish_draft(scope, draft_id, now=NOW)
    with session(scope):
        plan = queries.get_plan(scope, loaded.plan_id)
    assert [task.text for task in plan.tasks] == ["建成3家绿色工厂。", "公共机构分类收运全覆盖。"]
    assert page_of(scope, draft_id).row.plan_key == loaded.plan_id
    with pytest.raises(ConflictError):
        publish_draft(scope, draft_id, now=NOW)


def test_what_people_mend_accept_and_leave_out_is_kept(region_id):
    scope, draft_id = taken(region_id)
    mend_line(scope, draft_id, (Part.INDICATORS, 2), {"target-2027": "40%"}, now=NOW)
    set_standing(scope, draft_id, Part.TASKS, {0: ""}, Standing.ACCEPTED, now=NOW)
    set_standing(scope, draft_id, Part.TASKS, {1: ""}, Standing.DROPPED, now=NOW)
    mend_head(scope, draft_id, {"title": "河东区方案"}, now=NOW)
    page = page_of(scope, draft_id)
    assert page.row.title == "河东区方案"
    assert dict(page.content["indicators"][2]["targets"])[2027]["text"] == "40%"
    assert [each["standing"] for each in page.content["tasks"]] == ["accepted", "dropped"]
    plan_id = publish_draft(scope, draft_id, now=NOW).plan_id
    with session(scope):
        assert len(queries.get_plan(scope, plan_id).tasks) == 1


def test_a_short_name_that_was_chosen_is_learnt_and_a_new_department_made(region_id):
    bureau = save_department(key=f"d-{uuid.uuid4().hex[:8]}", name=Text("区经济局"), region_id=region_id)
    scope, draft_id = taken(region_id)
    choose_units(scope, draft_id, {"区工信局": str(bureau), "区城管委": "new", "各镇街": "none"}, now=NOW)
    publish_draft(scope, draft_id, now=NOW)
    offices = {each.name.zh: each for each in departments_in([region_id])}
    assert offices["区经济局"].aliases == ("区工信局",)
    assert "区城管委" in offices
    assert "各镇街" not in offices
    _, again = taken(region_id)
    with session(scope):
        rows = {row.name: row.match for row in queries.units_in(queries.get_draft(scope, again))}
    assert rows["区工信局"].sure == bureau


def test_a_definition_that_a_person_chose_is_known_in_the_next_edition(region_id, region_factory):
    scope, draft_id = taken(region_id)
    assert page_of(scope, draft_id).content["indicators"][3]["indicator"] == ""
    chosen = {"indicator": "construction-waste-utilisation-rate"}
    mend_line(scope, draft_id, (Part.INDICATORS, 3), chosen, now=NOW)
    plan_id = publish_draft(scope, draft_id, now=NOW).plan_id
    later = page_of(scope, take_in(scope, content=LATER, name="x.txt", region_id=region_id, now=NOW))
    assert later.content["indicators"][3]["indicator"] == chosen["indicator"]
    assert later.content["indicators"][1]["indicator"] == "household-waste-recycling-rate"
    assert page_of(*taken(region_factory())).content["indicators"][3]["indicator"] == ""
    # A name that means two things in one plan means neither in the next.
    mend_line(scope, later.row.id, (Part.INDICATORS, 2), {"name": "拆房料再生率"}, now=NOW)
    publish_draft(scope, later.row.id, edition_of=plan_id, now=NOW)
    assert page_of(*taken_by(scope, region_id)).content["indicators"][3]["indicator"] == ""


def test_the_same_document_is_recognised_in_its_region_alone(region_id, region_factory):
    scope, draft_id = taken(region_id)
    elsewhere = region_factory()
    with session(scope):
        assert queries.same_file(scope, region_id, PLAN.encode()).id == draft_id
        assert queries.same_file(scope, region_id, LATER) is None
        with pytest.raises(AccessError):
            queries.same_file(scope, elsewhere, PLAN.encode())
    with session(office(elsewhere)):
        assert queries.same_file(office(elsewhere), elsewhere, PLAN.encode()) is None
    discard(scope, draft_id, now=NOW)
    with session(scope):
        assert queries.same_file(scope, region_id, PLAN.encode()) is None
    _, second = taken_by(scope, region_id)
    plan_id = publish_draft(scope, second, now=NOW).plan_id
    with session(scope):
        assert queries.same_file(scope, region_id, PLAN.encode()).plan_key == plan_id


def test_a_later_edition_takes_the_place_of_a_plan(region_id):
    scope, first = taken(region_id)
    plan_id = publish_draft(scope, first, now=NOW).plan_id
    _, second = taken(region_id)
    mend_line(scope, second, (Part.TASKS, 0), {"due": "2027年"}, now=NOW)
    assert publish_draft(scope, second, edition_of=plan_id, now=NOW).outcome == "revised"
    with session(scope):
        assert queries.get_plan(scope, plan_id).tasks[0].due == "2027年"
        assert len(queries.list_plans(scope, region_id)) == 1
    _, third = taken(region_id)
    assert publish_draft(scope, third, now=NOW).plan_id != plan_id


def test_the_earlier_edition_is_kept_and_its_tasks_go_on_by_their_words(region_id):
    scope, first = taken(region_id)
    plan_id = publish_draft(scope, first, now=NOW).plan_id
    row = "1\t推行绿色制造\t建成3家绿色工厂。\t区工信局\t区生态环境局、各镇街\t2026年底前\n"
    later = PLAN.replace(row, "").replace("2\t完善分类收运", "1\t完善分类收运").replace("≥45%", "≥43%")
    second = take_in(scope, content=later.encode(), name="方案.txt", region_id=region_id, now=NOW)
    publish_draft(scope, second, edition_of=plan_id, now=NOW)
    with session(scope):
        plan = queries.get_plan(scope, plan_id)
        (edition,) = queries.editions_of(scope, plan_id)
        withdrawn, _ = queries.withdrawn_work(scope, plan_id)
    assert [(task.no, task.code) for task in plan.tasks] == [("1", "2")]
    assert [task.code for task in withdrawn] == ["1"]
    assert (edition.number, [task.code for task in edition.plan.tasks]) == (1, ["1", "2"])
    assert edition.plan.lines[1].target(2027).text == "≥45%"


def test_a_later_edition_is_one_of_a_plan_of_the_region(region_id, region_factory):
    elsewhere = region_factory()
    theirs, first = taken(elsewhere)
    plan_id = publish_draft(theirs, first, now=NOW).plan_id
    scope, second = taken(region_id)
    with pytest.raises(InputError) as raised:
        publish_draft(scope, second, edition_of=plan_id, now=NOW)
    assert raised.value.code == "plan-draft.edition"


def test_what_another_window_changed_is_not_written_over(region_id):
    scope, draft_id = taken(region_id)
    page = page_of(scope, draft_id)
    line, head, whole = page.content["tasks"][0], page.content["head"], page.content
    mend_line(scope, draft_id, (Part.TASKS, 0), {"due": "2027年"}, seen=stamp(line), now=NOW)
    mend_head(scope, draft_id, {"number": "1号"}, seen=stamp(head), now=NOW)
    choose_units(scope, draft_id, {"区城管委": "new"}, seen={"区城管委": ""}, now=NOW)
    late = [
        lambda: mend_line(scope, draft_id, (Part.TASKS, 0), {"due": "2028年"}, seen=stamp(line), now=NOW),
        lambda: set_standing(scope, draft_id, Part.TASKS, {0: stamp(line)}, Standing.DROPPED, now=NOW),
        lambda: mend_head(scope, draft_id, {"number": "2号"}, seen=stamp(head), now=NOW),
        lambda: choose_units(scope, draft_id, {"区城管委": "none"}, seen={"区城管委": ""}, now=NOW),
        lambda: publish_draft(scope, draft_id, seen=stamp_of(whole), now=NOW),
    ]
    for each in late:
        with pytest.raises(ConflictError) as raised:
            each()
        assert raised.value.code == "plan-draft.changed"
    page = page_of(scope, draft_id)
    assert (page.content["tasks"][0]["due"], page.content["head"]["number"]) == ("2027年", "1号")
    assert page.content["tasks"][0]["standing"] == Standing.MENDED
    assert page.choices == {"区城管委": "new"}
    publish_draft(scope, draft_id, seen=stamp_of(page.content), now=NOW)


def test_a_draft_without_a_date_is_not_published_and_nothing_is_written(region_id):
    scope, draft_id = taken(region_id)
    mend_head(scope, draft_id, {"issued_on": ""}, now=NOW)
    with pytest.raises(InputError) as raised:
        publish_draft(scope, draft_id, now=NOW)
    assert raised.value.code == "plan-draft.incomplete"
    with session(scope):
        assert queries.list_plans(scope, region_id) == []
    assert page_of(scope, draft_id).row.state == "open"


@pytest.mark.parametrize(
    ("choices", "field"), [({"没有这个局": "new"}, "没有这个局"), ({"区城管委": "999999999"}, "区城管委")]
)
def test_a_department_that_is_none_is_refused(region_id, choices, field):
    scope, draft_id = taken(region_id)
    with pytest.raises(InputError) as raised:
        choose_units(scope, draft_id, choices, now=NOW)
    assert raised.value.field == field


def test_a_draft_put_away_is_changed_no_more(region_id):
    scope, draft_id = taken(region_id)
    discard(scope, draft_id, now=NOW)
    with pytest.raises(ConflictError):
        mend_head(scope, draft_id, {"title": "x"}, now=NOW)
    with session(scope):
        assert queries.drafts(scope) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"])
def test_a_file_that_cannot_be_read_leaves_nothing(region_id, content):
    with pytest.raises(InputError):
        take_in(office(region_id), content=content, name="x.docx", region_id=region_id, now=NOW)
    with session(office(region_id)):
        assert queries.drafts(office(region_id)) == []


def test_a_web_page_is_read_though_it_is_not_kept(region_id):
    html = "<html><body>" + "".join(f"<p>{line}</p>" for line in PLAN.splitlines()) + "</body></html>"
    scope = office(region_id)
    draft_id = take_in(scope, content=html.encode(), name="x.html", region_id=region_id, now=NOW)
    assert page_of(scope, draft_id).file_id is None


def test_the_wrong_person_sees_no_draft_and_makes_none(region_id, region_factory):
    _, draft_id = taken(region_id)
    other = office(region_factory())
    with pytest.raises(NotFoundError):
        page_of(other, draft_id)
    with session(other):
        assert queries.drafts(other) == []
    with pytest.raises(AccessError):
        take_in(other, content=PLAN.encode(), name="x.txt", region_id=region_id, now=NOW)
    with pytest.raises(AccessError):
        page_of(office(region_id, Role.CLERK), draft_id)


@pytest.mark.parametrize("who", ["clerk", "elsewhere"])
def test_the_wrong_person_changes_nothing_of_a_draft(region_id, region_factory, who):
    _, draft_id = taken(region_id)
    wrong = office(region_id, Role.CLERK) if who == "clerk" else office(region_factory())
    for attempt in (
        lambda: mend_head(wrong, draft_id, {"title": "x"}, now=NOW),
        lambda: mend_line(wrong, draft_id, (Part.TASKS, 0), {"due": "x"}, now=NOW),
        lambda: set_standing(wrong, draft_id, Part.TASKS, {0: ""}, Standing.DROPPED, now=NOW),
        lambda: choose_units(wrong, draft_id, {"区城管委": "new"}, now=NOW),
        lambda: publish_draft(wrong, draft_id, now=NOW),
        lambda: discard(wrong, draft_id, now=NOW),
    ):
        with pytest.raises((AccessError, NotFoundError)):
            attempt()
    record = PlanDraft.objects.using("owner").get(id=draft_id)
    assert (record.state, record.changed_at, record.units) == ("open", NOW, {})


def test_row_security_alone_hides_and_keeps_a_draft(region_id, region_factory):
    _, draft_id = taken(region_id)
    with session(office(region_factory())):
        assert not PlanDraft.objects.filter(id=draft_id).exists()
        assert PlanDraft.objects.filter(id=draft_id).update(state="discarded") == 0
    with session(office(region_id)), connections["default"].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('wufei_app', 'plans_plandraft', 'DELETE')")
        assert cursor.fetchone() == (False,)


def test_row_security_alone_keeps_editions_from_others_and_from_change(region_id, region_factory):
    scope, first = taken(region_id)
    plan_id = publish_draft(scope, first, now=NOW).plan_id
    _, second = taken(region_id)
    mend_line(scope, second, (Part.TASKS, 0), {"due": "2027年"}, now=NOW)
    publish_draft(scope, second, edition_of=plan_id, now=NOW)
    with session(office(region_factory())):
        kept = PlanEdition.objects.get(plan__key=plan_id)
        with pytest.raises(ProgrammingError), transaction.atomic():
            PlanEdition.objects.create(plan_id=kept.plan_id, number=2, content=kept.content)
    with session(scope), pytest.raises(ProgrammingError):
        PlanEdition.objects.filter(plan__key=plan_id).update(number=9)
