"""Move documents through their states, and take what departments say of figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from wufei.actions.reports.core.document import Document, Part
from wufei.actions.reports.core.drafting import part_text
from wufei.actions.reports.core.fields import corrected
from wufei.actions.reports.core.rows import AnswerRow, ReportRow
from wufei.actions.reports.core.states import Act, State, moved, refuse_final, rule_of
from wufei.actions.reports.models import Answer, Move, locked_report
from wufei.actions.reports.queries.reports import answer_of, document_in, row_of
from wufei.actions.reports.services.drafting import CHANGING, put, same_version
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

REASON_MAX = 500


def move(scope: Scope, *, report_id: UUID, version: int, act: Act, reason: str, now: datetime) -> ReportRow:
    """Move a document on, or send it back; 定稿 locks its content.

    Raises
    ------
    AccessError
        Not allowed to this person, or not in this region.
    ConflictError
        ``report.state``, ``report.version``.
    InputError
        ``report.reason``, ``report.own``.
    """
    rule = rule_of(act)
    require(scope, rule.action)
    with session(scope):
        report = locked_report(report_id)
        require(scope, rule.action, region_id=report.region_id)
        same_version(report, version)
        source = State(report.state)
        own = report.author_id is not None and report.author_id == scope.user_id
        target = moved(source, act, reason, own=own)
        report.state, report.version, report.changed_at = target.value, report.version + 1, now
        report.locked_at = now if target is State.FINAL else None
        report.save(update_fields=CHANGING)
        Move.objects.create(
            report=report,
            region_id=report.region_id,
            act=act.value,
            source=source.value,
            target=target.value,
            reason=reason.strip()[:REASON_MAX],
            digest=report.digest,
            user_id=scope.user_id or None,
            at=now,
        )
        return row_of(report)


def answer_figure(
    scope: Scope,
    *,
    report_id: UUID,
    key: str,
    value: Decimal | None,
    reason: str,
    entry_id: UUID,
    now: datetime,
) -> AnswerRow:
    """Take what a department says of a figure: that it holds, or what is right; the sentences follow.

    Parameters
    ----------
    value : Decimal or None
        The right value in the figure's unit; None confirms it.
    entry_id : UUID
        The form by which it was said.

    Raises
    ------
    AccessError
        Not allowed to this person, or not in this region.
    InputError
        ``report.no-figure``: the document has no such figure; ``report.correction``: no reason, or the same
        value.
    ConflictError
        ``report.final``: the document is locked.
    """
    require(scope, "report.confirm")
    with session(scope):
        report = locked_report(report_id)
        require(scope, "report.confirm", region_id=report.region_id)
        refuse_final(State(report.state))
        document = document_in(report)
        field = document.field(key)
        if field is None:
            raise InputError("report.no-figure", "/figure", key, _no_figure(key, document))
        old = new = part_text(field, Part.VALUE)
        if value is not None:
            if not reason.strip():
                raise InputError("report.correction", "/reason", reason, _REASON)
            if value == field.value:
                raise InputError("report.correction", "/value", value, _SAME)
            mended = corrected(field, value)
            new = part_text(mended, Part.VALUE)
            figures = tuple(mended if each.key == key else each for each in document.figures)
            put(report, replace(document, figures=figures), now)
            report.save(update_fields=CHANGING)
        answer = Answer.objects.create(
            report=report,
            region_id=report.region_id,
            entry_id=entry_id,
            figure=key,
            name=field.name,
            corrected=value is not None,
            old=old,
            new=new,
            reason=reason.strip()[:REASON_MAX],
            user_id=scope.user_id or None,
            at=now,
        )
        return answer_of(answer)


def _no_figure(key: str, document: Document) -> Text:
    keys = "、".join(each.key for each in document.figures) or "（无）"
    return Text(
        f"文稿中没有数值“{key}”。请填写附表“标记”栏中的编号：{keys}。",
        f"The document has no figure “{key}”. Write a mark of the annex: {keys}.",
    )


_REASON = Text(
    "更正数值必须写明理由与依据。请补充。", "A correction needs a reason and evidence. Please add it."
)
_SAME = Text(
    "更正值与原值相同。如数值无误，请选“确认无误”。",
    "The corrected value is the one that stands. If it is right, choose “It is right”.",
)
