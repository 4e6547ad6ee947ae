"""What is written from the tasks alone: 督办单, the pack of a meeting, the 调度表."""

from __future__ import annotations

from datetime import date

from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.core.packs import Pack, PackDecision, PackTask, meeting_document
from wufei.actions.reports.core.sheets import ScheduleRow, Slip, schedule_sheet, slip_document
from wufei.actions.reports.core.writing.docx import write_docx
from wufei.actions.reports.core.writing.xlsx import write_xlsx
from wufei.actions.reports.queries.files import layout_of
from wufei.actions.tasks import queries as tasks
from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.queries import BoardFilter, DecisionRow, TaskRow, UnitRow
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import RegionRow, regions_by_id


def slip_of(scope: Scope, step_id: int) -> tuple[str, bytes]:
    """Write a step of 督办 as its slip, and give its title.

    Raises
    ------
    AccessError, NotFoundError, InputError
        Not for this person, no such step; a layout that cannot be used.
    """
    require(scope, "report.read")
    step = tasks.find_step(scope, step_id)
    row = tasks.find_task_row(scope, step.task_id, on=step.issued_on)
    region = regions_by_id([step.region_id])[step.region_id]
    layout = layout_of(Kind.SUPERVISION, region.id)
    goal = row.goal(step.node.year)
    node = next((n for n in goal.nodes if n.quarter == step.node), None) if goal else None
    latest = row.latest()
    title = f"{region.name.zh}“无废城市”建设{step.kind.label.zh}"
    others = [unit for unit in row.units if unit.department_id != step.department_id]
    slip = Slip(
        matter=row.name,
        basis=f"建设方案任务{row.no or row.code}（{row.section}）"
        if row.section
        else f"建设方案任务{row.no or row.code}",
        goal=goal.text if goal else "",
        node=f"{step.node.label.zh}：{node.text}" if node else step.node.label.zh,
        progress=(latest.text if latest else "尚未报送进展。",),
        request=step.text,
        lead=step.department.zh,
        support=_names(others),
        issued_on=step.issued_on,
        reply_by=step.reply_by,
        number=f"编号：{step.number.zh}" if step.number.zh else "",
        reply=step.reply,
        closed=step.closed_note,
    )
    document = slip_document(title, slip, (), layout, synthetic=region.synthetic)
    return f"{title}{step.number.zh}", write_docx(document, layout)


def meeting_pack_of(scope: Scope, meeting_id: int) -> tuple[str, bytes]:
    """Write the pack of a meeting as DOCX, and give its title; errors as `slip_of`."""
    require(scope, "report.read")
    meeting = tasks.find_meeting(scope, meeting_id)
    region = regions_by_id([meeting.region_id])[meeting.region_id]
    before = [each for each in tasks.meetings(scope, region.id) if each.held_on < meeting.held_on]
    pack = Pack(
        title=meeting.title,
        office=_office(region),
        held_on=meeting.held_on,
        address=f"/tasks/meetings/{meeting.id}",
        agenda=meeting.agenda,
        tasks=tuple(
            PackTask(line.no, line.name, line.leads, line.progress, line.state, line.reason.zh)
            for line in meeting.pack
        ),
        decisions=tuple(_decision(each) for each in meeting.decisions),
        earlier=tuple(_decision(one) for each in before for one in each.decisions if one.done_on is None),
        synthetic=region.synthetic,
    )
    return meeting.title, write_docx(meeting_document(pack), layout_of(Kind.MEETING, region.id))


def schedule_of(scope: Scope, *, region_id: int, on: date, asks: BoardFilter) -> tuple[str, bytes]:
    """Write the tasks of a board as the 调度表, and give its title; errors as `slip_of`."""
    require(scope, "report.read")
    region = regions_by_id([region_id])[region_id]
    rows = tasks.board(scope, region_id, on=on, asks=asks).rows
    layout = layout_of(Kind.SCHEDULE, region_id)
    title = f"{region.name.zh}“无废城市”建设任务调度表"
    lines = [_schedule_row(row, on) for row in rows]
    sheet = schedule_sheet(title, _office(region), on.isoformat(), lines, layout, synthetic=region.synthetic)
    return title, write_xlsx(sheet, layout)


def _schedule_row(row: TaskRow, on: date) -> ScheduleRow:
    goal, latest = row.goal(on.year), row.latest()
    return ScheduleRow(
        task=row.name,
        goal=goal.text if goal else "",
        lead=_names([unit for unit in row.units if unit.duty is Duty.LEAD]),
        support=_names([unit for unit in row.units if unit.duty is Duty.SUPPORT]),
        progress=latest.text if latest else "",
        problems=latest.problems if latest else "",
        next_step=latest.next_step if latest else "",
        due=row.due or (row.due_on.isoformat() if row.due_on else ""),
        state=row.judgement.state.label.zh,
    )


def _decision(row: DecisionRow) -> PackDecision:
    return PackDecision(row.text, row.department.zh, row.due_on, row.done_note if row.done_on else "")


def _names(units: list[UnitRow]) -> str:
    return "、".join(dict.fromkeys(unit.department.zh for unit in units))


def _office(region: RegionRow) -> str:
    return f"{region.name.zh}“无废城市”建设办公室"
