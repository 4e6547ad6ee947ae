"""Move documents through their states, and take what departments say of figures."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Max

from wufei.actions.reports.core.countersigning import refuse_unsigned
from wufei.actions.reports.core.counts import CountField
from wufei.actions.reports.core.document import Document, Part
from wufei.actions.reports.core.drafting import part_text
from wufei.actions.reports.core.fields import FigureField, corrected
from wufei.actions.reports.core.rows import AnswerRow, ReportRow
from wufei.actions.reports.core.states import Act, State, moved, refuse_final, rule_of
from wufei.actions.reports.models import Answer, Countersign, Move, Report, locked_report
from wufei.actions.reports.queries.asking import countersigners_of, signing_departments
from wufei.actions.reports.queries.reports import answer_of, document_in, row_of
from wufei.actions.reports.services.countersigning import tell_turn
from wufei.actions.reports.services.drafting import CHANGING, put, same_version
from wufei.actions.reports.services.telling import tell_moved
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_in, regions_under
from wufei.runtime.signing.core.signature import Offer, Subject
from wufei.runtime.signing.services import sign

REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class Signers:
    """The departments that countersign, one after the other or at once."""

    department_ids: tuple[int, ...] = ()
    in_turn: bool = False


NOBODY = Signers()


def move(
    scope: Scope,
    *,
    report_id: UUID,
    version: int,
    act: Act,
    reason: str,
    now: datetime,
    signers: Signers = NOBODY,
    offer: Offer | None = None,
) -> ReportRow:
    """Move a document on, or send it back; 定稿 is signed and locks its content.

    Parameters
    ----------
    signers : Signers
        Who countersigns what is passed; nobody: it may be finished next.
    offer : Offer
        By what 定稿 is signed: a code of the second factor, or a device.

    Raises
    ------
    AccessError
        Not allowed to this person, or not in this region.
    ConflictError
        ``report.state``, ``report.version``; ``report.countersign``: not all have signed.
    InputError
        ``report.reason``, ``report.own``; ``report.signature``: no offer; ``report.signers``: an unknown
        department; ``report.signers-nobody``: one in which nobody can sign; or what `runtime.signing` says of
        the offer.
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
        if target is State.FINAL:
            refuse_unsigned(countersigners_of(report))
            _sign(scope, report, offer, now)
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
        if act is Act.PASS:
            _ask_signers(report, signers)
        tell_moved(report, act, reason.strip())
        return row_of(report)


def statement_of(title: str) -> Text:
    """Give the sentence that is signed with 定稿."""
    return Text(f"我审定《{title}》，同意定稿。", f"I have examined “{title}” and agree that it is final.")


def subject_of(report_id: UUID, region_id: int) -> Subject:
    """Give a document as what is signed."""
    return Subject(SIGNED, report_id, region_id)


SIGNED = "report"


def _sign(scope: Scope, report: Report, offer: Offer | None, now: datetime) -> None:
    if offer is None:
        raise InputError("report.signature", "sign_code", "", _SIGNATURE)
    sign(
        scope,
        subject=subject_of(report.id, report.region_id),
        values=json.loads(report.content),
        statement=statement_of(report.title),
        offer=offer,
        now=now,
    )


def _ask_signers(report: Report, signers: Signers) -> None:
    chosen = tuple(dict.fromkeys(signers.department_ids))
    known = {row.id: row.name for row in departments_in(regions_under(report.region_id))}
    staffed = {row.id for row in signing_departments(report.region_id)}
    for each in chosen:
        if each not in known:
            raise InputError("report.signers", "signers", each, _SIGNERS)
        if each not in staffed:
            raise InputError("report.signers-nobody", "signers", each, _nobody_signs(known[each]))
    last = Countersign.objects.filter(report=report).aggregate(last=Max("round"))["last"] or 0
    for place, department_id in enumerate(chosen, start=1):
        Countersign.objects.create(
            report=report,
            region_id=report.region_id,
            department_id=department_id,
            round=last + 1,
            place=place if signers.in_turn else 1,
        )
    tell_turn(report)


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
        if value is not None and isinstance(field, CountField):
            raise InputError("report.counted", "/answer", "correct", _COUNTED)
        if value is not None and isinstance(field, FigureField):
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


def _nobody_signs(department: Text) -> Text:
    return Text(
        f"{department.zh}没有可以会签的人员（部门审核或部门负责人）。请先在“人员”页设置，"
        "或线下会签、随签章扫描件归档。",
        f"Nobody of {department.in_language('en')} can countersign (a reviewer or head). Give somebody that "
        "role on the page of people, or have it signed on paper and keep it with the signed scan.",
    )


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
_COUNTED = Text(
    "这个数由任务看板计出，不能直接改。请到任务页更正进展报告，再重新起草。",
    "This number is counted from the task board and is not typed. Mend the task's report, then draft anew.",
)
_SIGNATURE = Text(
    "定稿须签名。请填写验证码，或用已登记的设备签名。",
    "Finishing needs a signature: a code, or a registered device.",
)
_SIGNERS = Text(
    "会签单位不在本区部门名册中。请重新选择。", "This is no department of the district. Choose again."
)
