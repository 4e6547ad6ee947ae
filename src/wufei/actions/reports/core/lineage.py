"""The annex of a document: for every figure the value, until when it reads, and how it came about."""

from __future__ import annotations

from wufei.actions.reports.core.counts import CountField
from wufei.actions.reports.core.document import Document, Field, Part
from wufei.actions.reports.core.drafting import part_text

ANNEX_HEAD = (
    "标记", "指标", "时段", "数值", "口径", "上期值", "目标", "账簿", "数据截至",
    "计算公式", "流水笔数", "数据来源",
)  # fmt: skip
ANNEX_WIDTHS = (5, 18, 9, 10, 9, 12, 11, 9, 14, 16, 6, 24)

BASIS_WORDS = {
    "reported": "上报值",
    "computed": "测算值",
    "corrected": "部门更正值",
    "counted": "任务计数",
    "": "无数据",
}


def annex_rows(document: Document) -> tuple[tuple[str, ...], ...]:
    """Give one row of texts for every figure, in the order of `ANNEX_HEAD`."""
    return tuple(_row(field) for field in document.figures)


def _row(field: Field) -> tuple[str, ...]:
    if isinstance(field, CountField):
        counted = (field.key, field.name, field.period, field.printed, BASIS_WORDS[field.basis])
        return (*counted, "—", "—", "—", field.as_of, field.rule, "—", field.address)
    basis = BASIS_WORDS[field.basis]
    if field.original:
        basis = f"{basis}（原{field.original}）"
    earlier = "" if field.previous is None else field.previous.period.label()
    return (
        field.key,
        field.name,
        field.period.label(),
        part_text(field, Part.VALUE),
        basis,
        f"{part_text(field, Part.PREVIOUS)}（{earlier}）" if earlier else "—",
        f"{part_text(field, Part.TARGET)}（{field.target_year}年）" if field.target is not None else "—",
        field.book or "—",
        field.as_of,
        field.formula or "—",
        str(field.transfers),
        field.address,
    )
