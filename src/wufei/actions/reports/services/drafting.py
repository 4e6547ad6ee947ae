"""Draft documents and edit their head and tail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from wufei.actions.reports.core.classified import refuse_document
from wufei.actions.reports.core.content import as_json
from wufei.actions.reports.core.document import Document, Head, Section, Tail
from wufei.actions.reports.core.drafting import text_of
from wufei.actions.reports.core.drafts import NO_TAIL, Frame, briefing
from wufei.actions.reports.core.rows import ReportRow
from wufei.actions.reports.core.states import State, refuse_final, refuse_unless_draft
from wufei.actions.reports.models import Report, locked_report
from wufei.actions.reports.queries.figures import plan_figures
from wufei.actions.reports.queries.reports import document_in, row_of
from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.signing.core.canonical import canonical, digest_of

TITLE_MAX = 200
_QUARTERS = range(1, 5)


def create(scope: Scope, *, document: Document, region_id: int, period: Period, now: datetime) -> ReportRow:
    """Keep a document as a draft (拟稿).

    Raises
    ------
    AccessError
        Not allowed to this person, or not in this region.
    InputError
        ``report.classified``: it is marked 秘密 or above; ``report.title``; ``report.no-figure``.
    """
    require(scope, "report.write", region_id=region_id)
    _check(document)
    with session(scope):
        report = Report(
            id=new_id(now),
            region_id=region_id,
            kind=document.head.kind.value,
            period=str(period),
            state=State.DRAFT.value,
            version=0,
            author_id=scope.user_id or None,
            drafted_at=now,
        )
        put(report, document, now)
        report.save(force_insert=True)
        return row_of(report)


def draft_briefing(
    scope: Scope,
    *,
    region_id: int,
    year: int,
    quarter: int,
    now: datetime,
    book: str | None = None,
    tasks: Sequence[Section] = (),
    tail: Tail = NO_TAIL,
) -> ReportRow:
    """Draft the 简报 of a quarter from the lines of the region's plan.

    Parameters
    ----------
    book : str, optional
        That the figures are read from; left out, the region's own.
    tasks : sequence of Section
        What the tasks have to say; joined behind the indicators.

    Raises
    ------
    AccessError
        As `create`, or the region's figures are not open.
    InputError
        ``report.quarter``: no such quarter; ``figure.book-ambiguous``: name one of several books.
    NotFoundError
        There is no such region.
    """
    require(scope, "report.write", region_id=region_id)
    if quarter not in _QUARTERS:
        raise InputError("report.quarter", "quarter", quarter, _QUARTER)
    region = regions_by_id([region_id]).get(region_id)
    if region is None:
        raise NotFoundError("region", region_id)
    period = Period.parse(f"{year}Q{quarter}")
    figures, plan = plan_figures(scope, region_id=region_id, period=period, book=book)
    office = f"{region.name.zh}“无废城市”建设办公室"
    frame = Frame(region.name.zh, period, office, plan.title.zh if plan is not None else "", region.synthetic)
    return create(
        scope, document=briefing(frame, figures, tasks, tail), region_id=region_id, period=period, now=now
    )


def edit(
    scope: Scope,
    *,
    report_id: UUID,
    version: int,
    head: Head,
    tail: Tail,
    extra: Sequence[Section] | None = None,
    now: datetime,
) -> ReportRow:
    """Give a draft another head and tail, and sections of one's own words behind those that are drafted.

    Parameters
    ----------
    version : int
        That the editor saw; another one stands by now if a colleague was quicker.
    extra : sequence of Section
        Left out: the sections stay. They are those whose title begins with ``补充``.

    Raises
    ------
    ConflictError
        ``report.version``, ``report.not-draft``, ``report.final``.
    InputError, AccessError, NotFoundError
        As `create`.
    """
    require(scope, "report.write")
    with session(scope):
        report = locked_report(report_id)
        require(scope, "report.write", region_id=report.region_id)
        refuse_unless_draft(State(report.state))
        same_version(report, version)
        document = document_in(report)
        sections = document.sections
        if extra is not None:
            sections = (*(each for each in sections if not each.title.startswith(EXTRA)), *extra)
        kept = replace(head, kind=document.head.kind, number="")
        changed = replace(document, head=kept, tail=tail, sections=sections)
        _check(changed)
        put(report, changed, now)
        report.save(update_fields=CHANGING)
        return row_of(report)


CHANGING = ("title", "state", "version", "content", "digest", "changed_at", "locked_at")
"""What may change in a row until it is final; the database grants no more."""

EXTRA = "补充"
"""Begins the title of a section that people wrote themselves."""


def same_version(report: Report, version: int) -> None:
    """Refuse what was meant for an earlier version.

    Raises
    ------
    ConflictError
        ``report.version``.
    """
    if report.version != version:
        raise ConflictError("report.version", _VERSION)


def put(report: Report, document: Document, now: datetime) -> None:
    """Put a document into its row, with its digest and the next version."""
    refuse_final(State(report.state))
    content = as_json(document)
    report.content, report.digest = canonical(content).decode("utf-8"), digest_of(content)
    report.title = document.head.title[:TITLE_MAX]
    report.version += 1
    report.changed_at = now


def _check(document: Document) -> None:
    refuse_document(document)
    text_of(document)
    title = document.head.title
    if not title.strip() or len(title) > TITLE_MAX:
        raise InputError("report.title", "title", title, _TITLE)


_VERSION = Text(
    "文稿已被他人修改，您看到的不是最新内容。请刷新页面后重做本次修改。",
    "A colleague has changed the document meanwhile. Load the page again and repeat your change.",
)
_TITLE = Text(
    f"标题不能为空，且不超过 {TITLE_MAX} 字。请修改标题。",
    f"A title is needed, of at most {TITLE_MAX} signs. Mend the title.",
)
_QUARTER = Text("季度须为 1 至 4。请改正。", "A quarter is 1 to 4. Mend it.")
