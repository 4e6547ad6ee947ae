"""The 考核打分表 of a department: as a sheet, and as a document to be signed."""

from __future__ import annotations

from wufei.actions.assessment import queries as assessment
from wufei.actions.assessment.core.sheet import Line, ScoreSheet
from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.core.layouts import Layout
from wufei.actions.reports.core.sheets import ScoreRow, Sheet, document_of_scores, score_sheet
from wufei.actions.reports.core.writing.docx import write_docx
from wufei.actions.reports.core.writing.xlsx import write_xlsx
from wufei.actions.reports.queries.files import layout_of
from wufei.runtime.access.core import Scope
from wufei.runtime.identity.queries import departments_by_id, regions_by_id

_DIGEST_SHOWN = 16


def scores_of(scope: Scope, assessment_id: int, department_id: int) -> tuple[str, bytes]:
    """Write a department's score sheet as XLSX, and give its title.

    Raises
    ------
    NotFoundError
        There is no such sheet, or not for this person.
    """
    sheet, layout, _ = _sheet(scope, assessment_id, department_id)
    return sheet.title, write_xlsx(sheet, layout)


def scores_to_sign(scope: Scope, assessment_id: int, department_id: int) -> tuple[str, bytes]:
    """Write a department's score sheet as DOCX with room for signatures; errors as `scores_of`."""
    sheet, layout, office = _sheet(scope, assessment_id, department_id)
    return sheet.title, write_docx(document_of_scores(sheet, office, layout), layout)


def _sheet(scope: Scope, assessment_id: int, department_id: int) -> tuple[Sheet, Layout, str]:
    opened = assessment.open_assessment(scope, assessment_id)
    found, row = opened.sheet(department_id), opened.row
    region = regions_by_id([row.region_id])[row.region_id]
    name = departments_by_id([department_id])[department_id].name.zh
    layout = layout_of(Kind.SCORES, row.region_id)
    digest = (row.result_digest or row.facts_digest)[:_DIGEST_SHOWN]
    sheet = score_sheet(
        f"{row.year}年考核打分表（{name}）",
        name,
        _rows(found),
        layout,
        standing=f"{row.title.zh}　{row.state.label.zh}　校验值 {digest}",
        synthetic=region.synthetic,
    )
    return sheet, layout, f"{region.name.zh}“无废城市”建设办公室"


def _rows(sheet: ScoreSheet) -> list[ScoreRow]:
    parts = {part.id: part.title.zh for part in sheet.parts}
    return [_row(line, parts[line.part]) for line in sheet.lines]


def _row(line: Line, part: str) -> ScoreRow:
    before = "无数据" if line.before is None else f"{line.before}"
    return ScoreRow(
        part=part,
        item=line.item.zh,
        points=line.points or None,
        inputs="；".join(f"{name.zh} {value.zh}" for name, value in line.inputs),
        formula=line.formula.zh,
        score=line.score,
        reason=line.reason.zh,
        appeal=f"{before} → {line.score}：{line.decided}" if line.changed else "",
    )
