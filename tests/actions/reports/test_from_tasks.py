"""From the tasks of a district: the quarter's briefing, slip, meeting pack, 调度表, assessment."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from tests.actions.tasks.conftest import pass_, report, task_ids, task_of
from wufei.actions.reports import queries, services
from wufei.actions.reports.core.counts import CountField
from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.core.drafting import text_of
from wufei.actions.tasks import queries as tasks
from wufei.actions.tasks import services as running
from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import Quarter
from wufei.actions.tasks.queries import BoardFilter, board_filter, day_of_board
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.records.plans.core.plan import PlanProject
from wufei.runtime.clock import now, today_on


@pytest.fixture
def spring(place_factory, on_day):
    """A district in April: one task late, one reached; a step, a meeting and a project with money."""
    place = place_factory(
        task_of("1"),
        task_of("2", lead=("城管委",), support=("生态环境局",)),
        projects=(PlanProject("p1", "1", "固废", "焚烧厂", "扩建", ("城管委",), "2026年"),),
    )
    office, people = place.people["office"], place.people
    running.take_plan(office, place.plan.id)
    for number, who in zip(task_ids(place), ("clerk", "helper"), strict=True):
        running.draft_goals(people[who], task_id=number)
        running.confirm_goal(people[who], task_id=number, year=2026)
    on_day("2026-04-02")
    pass_(report(people["helper"], place, "2", percent=25, problems="缺场地", next_step="选址"))
    pass_(report(people["clerk"], place, "2", percent=10, progress="已出具环评意见"))
    report(people["clerk"], place, "1", percent=90, progress="尚未审定，不算数")
    on_day("2026-04-20")
    return place


def drafted(place, **period):
    row = services.draft_briefing(place.people["office"], region_id=place.region_id, now=now(), **period)
    return queries.open_report(place.people["office"], row.id).document


def test_the_briefing_says_what_the_tasks_did_in_the_words_of_the_departments(spring):
    text = text_of(drafted(spring, year=2026, quarter=1))
    assert "截至2026年4月11日，在办任务共2项" in text
    assert "进度滞后1项" in text
    assert "节点已完成1项：任务2。" in text
    assert "晚于节点1项：任务1。" in text
    assert "报告（任务2）：完成方案。" in text
    assert "报告（任务2）：已出具环评意见。" in text
    assert "（任务2）：缺场地。" in text
    assert "（任务2）：选址。" in text
    assert "尚未审定" not in text
    assert "在册项目1个" in text


def test_every_count_is_what_its_address_shows(spring):
    office, region_id = spring.people["office"], spring.region_id
    counts = [each for each in drafted(spring, year=2026, quarter=1).figures if isinstance(each, CountField)]
    checked = 0
    for each in counts:
        parts = urlsplit(each.address)
        if parts.path != "/tasks":
            continue
        asked = dict(parse_qsl(parts.query))
        shown = tasks.board(office, region_id, on=day_of_board(asked, today_on()), asks=board_filter(asked))
        assert len(shown.rows) == each.value, each
        checked += 1
    assert checked >= 8


def test_a_late_report_changes_the_board_and_not_what_was_drafted_for_its_day(spring, on_day):
    before = drafted(spring, year=2026, quarter=1)
    on_day("2026-04-25")
    pass_(report(spring.people["clerk"], spring, "1", percent=25))
    counts, again = (
        [each for each in document.figures if isinstance(each, CountField)]
        for document in (before, drafted(spring, year=2026, quarter=1))
    )
    assert counts == again
    office, region_id = spring.people["office"], spring.region_id
    counted = dict(tasks.board(office, region_id, on=today_on()).counts)
    assert sum(counted.values()) == 2
    late = tasks.board(office, region_id, on=today_on(), asks=board_filter({"state": "behind"}))
    assert late.rows == ()


def test_the_count_of_the_board_is_confirmed_but_not_typed_over(spring):
    office = spring.people["office"]
    row = services.draft_briefing(office, region_id=spring.region_id, year=2026, quarter=1, now=now())
    told = {"report_id": row.id, "key": "T1", "reason": "不对", "now": now(), "entry_id": row.id}
    with pytest.raises(InputError) as caught:
        services.answer_figure(office, value=office.user_id, **told)
    assert caught.value.code == "report.counted"
    assert not services.answer_figure(office, value=None, **told).corrected


def test_the_half_yearly_assessment_is_of_its_half(spring, on_day):
    on_day("2026-07-20")
    office = spring.people["office"]
    row = services.draft_progress(office, region_id=spring.region_id, year=2026, half=1, now=now())
    document = queries.open_report(office, row.id).document
    assert document.head.kind is Kind.PROGRESS
    assert "2026年上半年“无废城市”建设进展评价" in document.head.title
    text = text_of(document)
    assert "截至2026年7月11日" in text
    # The half quotes the reports of both its quarters.
    assert "（任务2）：缺场地。" in text
    with pytest.raises(InputError):
        services.draft_progress(office, region_id=spring.region_id, year=2026, half=3, now=now())
    with pytest.raises(AccessError):
        services.draft_progress(
            spring.people["clerk"], region_id=spring.region_id, year=2026, half=1, now=now()
        )


def cells_of(content):
    file = docx.Document(io.BytesIO(content))
    return [cell.text for table in file.tables for row in table.rows for cell in row.cells], [
        "".join(text.text for text in each._p.iter(qn("w:t"))) for each in file.paragraphs
    ]


def test_a_step_is_written_as_its_slip(spring, place_factory):
    office = spring.people["office"]
    (step,) = running.issue_step(
        office,
        task_id=task_ids(spring)[0],
        kind=StepKind.ORDER,
        node=Quarter(2026, 1),
        text="请于期限内完成分拣中心建设。",
        reply_by=date(2026, 4, 30),
    )
    title, content = queries.slip_of(office, step)
    cells, lines = cells_of(content)
    assert "督办〔2026〕1号" in title
    assert "编号：督办〔2026〕1号" in lines
    assert "请于期限内完成分拣中心建设。" in cells
    assert "2026年4月30日" in cells
    assert any("一季度" in cell for cell in cells)
    running.answer_step(spring.people["clerk"], step_id=step, reply="已完成，附照片")
    cells, _ = cells_of(queries.slip_of(office, step)[1])
    assert any(cell.startswith("已完成，附照片") for cell in cells)
    with pytest.raises(NotFoundError):
        queries.slip_of(place_factory(task_of("9")).people["office"], step)


def test_the_pack_of_a_meeting_has_agenda_board_and_what_is_to_be_followed_up(spring, on_day):
    office, region_id = spring.people["office"], spring.region_id
    terms = {"region_id": region_id, "agenda": "通报进展\n研究问题"}
    first = running.hold_meeting(
        office,
        held_on=date(2026, 4, 18),
        title="一季度推进会",
        **terms,
        pack=tasks.pack_of(office, region_id, on=today_on()),
    )
    running.decide(
        office,
        meeting_id=first,
        text="补报方案",
        department_id=spring.departments["urban"],
        due_on=date(2026, 5, 1),
    )
    second = running.hold_meeting(
        office,
        held_on=date(2026, 4, 20),
        title="半年推进会",
        **terms,
        pack=tasks.pack_of(office, region_id, on=today_on()),
    )
    title, content = queries.meeting_pack_of(office, second)
    cells, lines = cells_of(content)
    assert title == "半年推进会"
    assert "研究问题" in lines
    assert "补报方案" in cells
    assert any("在办任务2项" in line for line in lines)
    assert any(cell.startswith("进度滞后") for cell in cells)


def test_the_schedule_is_the_board_that_is_shown_in_the_layout_of_the_district(spring):
    office = spring.people["office"]
    title, content = queries.schedule_of(
        office, region_id=spring.region_id, on=today_on(), asks=BoardFilter()
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1]]
    assert "调度表" in title
    assert rows[0] == (
        "序号",
        "任务",
        "年度目标",
        "牵头",
        "责任",
        "进展",
        "存在问题",
        "下一步",
        "时限",
        "状态",
    )
    assert [row[9] for row in rows[1:]] == ["进度滞后", "达到序时"]
    assert rows[2][5:8] == ("完成方案", "缺场地", "选址")
    assert sheet.page_setup.orientation == "landscape"
    late = replace(BoardFilter(), words="任务1")
    content = queries.schedule_of(office, region_id=spring.region_id, on=today_on(), asks=late)[1]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert len([row for row in sheet.iter_rows(values_only=True) if row[1]]) == 2


def test_a_letter_is_written_by_a_person_and_has_no_number(spring):
    office = spring.people["office"]
    row = services.write(
        office,
        kind=Kind.LETTER,
        region_id=spring.region_id,
        title="关于商请提供数据的函",
        addressee="区商务局",
        body="现将有关事项函告如下。\n# 事项\n请于月底前提供。\n附件：1. 数据表",
        now=now(),
    )
    document = queries.open_report(office, row.id).document
    assert (document.head.number, document.head.addressee) == ("", "区商务局")
    lines = cells_of(queries.docx_of(document, spring.region_id))[1]
    assert "区商务局：" in lines
    assert "一、事项" in lines
    assert lines.index("附件：1. 数据表") == lines.index("特此函达。") + 2
    told = {"region_id": spring.region_id, "addressee": "", "body": "x", "now": now()}
    for kind, title, code in (
        (Kind.BRIEFING, "t", "report.kind"),
        (Kind.NOTICE, " ", "report.title"),
        (Kind.NOTICE, "机密★一年", "report.classified"),
    ):
        with pytest.raises(InputError) as caught:
            services.write(office, kind=kind, title=title, **told)
        assert caught.value.code == code
    with pytest.raises(AccessError):
        services.write(spring.people["leader"], kind=Kind.NOTICE, title="t", **told)
    assert [each.id for each in queries.reports(office, asked=queries.Listed(words="商请"))] == [row.id]
