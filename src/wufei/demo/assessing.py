"""Last year's assessment of the synthetic district, computed from its records; one appeal waits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from wufei.actions.assessment import queries, services
from wufei.actions.assessment.core.facts import Entry, Objection, TargetKind
from wufei.demo.people import acting
from wufei.records.plans.core.plan import Plan
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.files.core.media import DOCUMENT
from wufei.runtime.files.services import keep
from wufei.runtime.identity.queries import find_region

SCHEME = "differentiated"
_WORDS = "印发实施方案和三项配套办法（合成数据）"


def run_assessment(plan: Plan) -> int:
    """Assess last year's work as the demo's people would, and give how many departments were assessed.

    What is there already is left alone, so that a second run changes nothing.
    """
    office, clerk = acting("demo-office"), acting("demo-clerk")
    region_id, year = find_region(plan.region_key).id, today_on().year - 1
    for row in queries.assessments(office, region_id):
        if (row.year, row.scheme_key) == (year, SCHEME):
            return len(queries.open_assessment(office, row.id).sheets)
    number = services.open_year(office, region_id=region_id, year=year, scheme_key=SCHEME, now=now())
    services.compute(office, assessment_id=number, now=now())
    _enter(office, number)
    until = today_on() + timedelta(days=queries.open_assessment(office, number).scheme.appeal_days)
    services.publish(office, assessment_id=number, appeal_until=until, now=now())
    _object(clerk, number)
    return len(queries.open_assessment(office, number).sheets)


def _enter(office: Scope, number: int) -> None:
    """Judge the office's own target in words, and enter a bonus with its paper."""
    opened, own = queries.open_assessment(office, number), office.department_id
    if opened.facts is None or own is None:
        return
    entries = [
        Entry(own, f"indicator:{fact.id}", Decimal("0.9"), _WORDS)
        for fact in opened.facts.indicators
        if fact.target is TargetKind.WORDS and own in fact.departments
    ]
    paper = _paper(office, opened.row.region_id, "通报表扬（合成数据）.txt")
    entries.append(Entry(own, "bonus:award", Decimal(2), "市级通报表扬（合成数据）", (paper,)))
    for entry in entries:
        services.enter(office, assessment_id=number, entry=entry, now=now())


def _object(clerk: Scope, number: int) -> None:
    """Let the ecology bureau object to the figure that it scored least on."""
    opened, own = queries.open_assessment(clerk, number), clerk.department_id
    if own is None:
        return
    lines = [line for line in opened.sheet(own).lines if line.key.startswith("indicator:")]
    worst = min(lines, key=lambda line: line.points if line.score is None else line.score - line.points)
    paper = _paper(clerk, opened.row.region_id, "年报核定表（合成数据）.txt")
    text = "年报核定后数值有更正，申请按核定值计分（合成数据）"
    objection = Objection(own, worst.key, text, (paper,))
    services.appeal(clerk, assessment_id=number, objection=objection, now=now())


def _paper(scope: Scope, region_id: int, name: str) -> UUID:
    content = f"{name}：本件为演示而编，不是真实文件。".encode()
    with session(scope):
        kept = keep(scope, content=content, name=name, region_id=region_id, party_id=None, accept=DOCUMENT)
    return kept.id
