"""Draft documents and edit their head and tail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from wufei.actions.reports.core.classified import refuse_document
from wufei.actions.reports.core.content import as_json
from wufei.actions.reports.core.document import Document, Head, Kind, Tail
from wufei.actions.reports.core.drafting import text_of
from wufei.actions.reports.core.drafts import Frame, briefing, progress_assessment
from wufei.actions.reports.core.editing import parts_of, sections_from
from wufei.actions.reports.core.rows import ReportRow
from wufei.actions.reports.core.states import State, refuse_final, refuse_unless_draft
from wufei.actions.reports.core.taskwork import task_sections
from wufei.actions.reports.models import Report, locked_report
from wufei.actions.reports.queries.figures import plan_figures
from wufei.actions.reports.queries.reports import document_in, row_of
from wufei.actions.reports.queries.taskwork import board_notes
from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import day_of
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.signing.core.canonical import canonical, digest_of

TITLE_MAX = 200
_QUARTERS = range(1, 5)
_HALVES = (1, 2, None)


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
) -> ReportRow:
    """Draft the 简报 of a quarter from the lines of the region's plan and the board of its tasks.

    Parameters
    ----------
    book : str, optional
        That the figures are read from; left out, the region's own.

    Raises
    ------
    AccessError
        As `create`, or the region's figures are not open.
    InputError
        ``report.quarter``: no such quarter; ``figure.book-ambiguous``: name one of several books.
    NotFoundError
        There is no such region.
    """
    if quarter not in _QUARTERS:
        raise InputError("report.quarter", "quarter", quarter, _QUARTER)
    period = Period.parse(f"{year}Q{quarter}")
    document = drafted(scope, Kind.BRIEFING, region_id=region_id, period=period, book=book, now=now)
    return create(scope, document=document, region_id=region_id, period=period, now=now)


def draft_progress(
    scope: Scope, *, region_id: int, year: int, half: int | None, now: datetime, book: str | None = None
) -> ReportRow:
    """Draft the 进展评价 of a half year, or with None of the whole year.

    Raises
    ------
    AccessError, InputError, NotFoundError
        As `draft_briefing`; ``report.half``: no such half.
    """
    if half not in _HALVES:
        raise InputError("report.half", "half", half, _HALF)
    period = Period.half_of(year, half) if half else Period.year_of(year)
    document = drafted(scope, Kind.PROGRESS, region_id=region_id, period=period, book=book, now=now)
    return create(scope, document=document, region_id=region_id, period=period, now=now)


def drafted(
    scope: Scope, kind: Kind, *, region_id: int, period: Period, book: str | None, now: datetime
) -> Document:
    """Draft a 简报 or 进展评价 of a period from what is known now, without keeping it."""
    require(scope, "report.write", region_id=region_id)
    region = regions_by_id([region_id]).get(region_id)
    if region is None:
        raise NotFoundError("region", region_id)
    figures, plan = plan_figures(scope, region_id=region_id, period=period, book=book)
    notes = board_notes(scope, region_id=region_id, period=period, today=day_of(now))
    sections, counts = task_sections(notes)
    frame = Frame(
        region.name.zh,
        period,
        f"{region.name.zh}“无废城市”建设办公室",
        plan.title.zh if plan is not None else "",
        region.synthetic,
    )
    draft = briefing if kind is Kind.BRIEFING else progress_assessment
    return draft(frame, (*figures, *counts), sections)


def edit(
    scope: Scope,
    *,
    report_id: UUID,
    version: int,
    head: Head,
    tail: Tail,
    typed: Sequence[tuple[str, str]] | None = None,
    now: datetime,
) -> ReportRow:
    """Give a draft another head, tail and text; its figures stay fields where their marks stand.

    Parameters
    ----------
    version : int
        That the editor saw; another one stands by now if a colleague was quicker.
    typed : sequence of (str, str)
        Title and lines of every section, as `core.editing` reads them; left out, the text stays.

    Raises
    ------
    ConflictError
        ``report.version``, ``report.not-draft``, ``report.final``.
    InputError, AccessError, NotFoundError
        As `create`; ``report.mark``: a mark that there is not.
    """
    require(scope, "report.write")
    with session(scope):
        report = locked_report(report_id)
        require(scope, "report.write", region_id=report.region_id)
        refuse_unless_draft(State(report.state))
        same_version(report, version)
        document = document_in(report)
        sections = document.sections if typed is None else sections_from(typed, document)
        kept = replace(head, kind=document.head.kind, number="")
        changed = replace(document, head=kept, tail=tail, sections=sections)
        _check(changed)
        put(report, changed, now)
        report.save(update_fields=CHANGING)
        return row_of(report)


def redraft(scope: Scope, *, report_id: UUID, version: int, overwrite: bool, now: datetime) -> ReportRow:
    """Draft the text of a 简报 or 进展评价 anew from what is known now; head and tail stay.

    Parameters
    ----------
    overwrite : bool
        That whoever asks knows: words and corrections of the present text go.

    Raises
    ------
    InputError
        ``report.overwrite``: that was not said; ``report.redraft``: a kind that people write.
    ConflictError, AccessError, NotFoundError
        As `edit`.
    """
    require(scope, "report.write")
    with session(scope):
        report = locked_report(report_id)
        require(scope, "report.write", region_id=report.region_id)
        refuse_unless_draft(State(report.state))
        same_version(report, version)
        document = document_in(report)
        kind = document.head.kind
        if kind not in (Kind.BRIEFING, Kind.PROGRESS):
            raise InputError("report.redraft", "kind", kind.value, _REDRAFT)
        if not overwrite:
            raise InputError("report.overwrite", "overwrite", "", _OVERWRITE)
        book = next((each.book for each in document.measured if each.book), None)
        fresh = drafted(
            scope,
            kind,
            region_id=report.region_id,
            period=Period.parse(report.period),
            book=book,
            now=now,
        )
        put(report, replace(fresh, head=document.head, tail=document.tail), now)
        report.save(update_fields=CHANGING)
        return row_of(report)


def write(
    scope: Scope,
    *,
    kind: Kind,
    region_id: int,
    title: str,
    addressee: str,
    body: str,
    now: datetime,
) -> ReportRow:
    """Draft a 通知 or 函 from the words of a person, each line a paragraph; ``# `` begins a section (一、).

    Raises
    ------
    AccessError, InputError, NotFoundError
        As `create`; ``report.kind``: another kind is drafted from data.
    """
    require(scope, "report.write", region_id=region_id)
    if kind not in (Kind.NOTICE, Kind.LETTER):
        raise InputError("report.kind", "kind", kind.value, _KIND)
    region = regions_by_id([region_id]).get(region_id)
    if region is None:
        raise NotFoundError("region", region_id)
    head = Head(kind, title.strip(), f"{region.name.zh}“无废城市”建设办公室", addressee=addressee.strip())
    bare = Document(head, (), synthetic=region.synthetic)
    document = replace(bare, sections=sections_from(parts_of(body), bare))
    period = Period.year_of(day_of(now).year)
    return create(scope, document=document, region_id=region_id, period=period, now=now)


CHANGING = ("title", "state", "version", "content", "digest", "changed_at", "locked_at")
"""What may change in a row until it is final; the database grants no more."""


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
_HALF = Text(
    "进展评价的时段为上半年、下半年或全年。请重新选择。",
    "An assessment is of the first half, the second half or the whole year. Choose one.",
)
_REDRAFT = Text(
    "通知、函由人撰写，不能由数据重新起草。请直接编辑。",
    "Notices and letters are written by people and not drafted from data. Edit them.",
)
_OVERWRITE = Text(
    "重新起草会覆盖正文的改写和部门的更正。请勾选“知道会覆盖”后再办理，或返回。",
    "Drafting anew overwrites edited words and corrections. Tick that you know it, or go back.",
)
_KIND = Text("请选择通知或函。", "Choose a notice or a letter.")
