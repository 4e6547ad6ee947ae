"""Tasks of the synthetic district: taken, broken down, reported on - one part of them too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.task import QUARTERS, Node, Quarter, quarter_of
from wufei.actions.tasks.queries import TaskRow
from wufei.demo.people import acting
from wufei.kernel.ids import new_id
from wufei.records.plans.core.plan import Plan
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import LOCAL_ZONE, today_on
from wufei.runtime.forms import services as forms
from wufei.runtime.forms.exports import form_named
from wufei.runtime.identity.queries import find_region

_SHARE_OF_PART = Decimal("0.5")


def run_tasks(plan: Plan) -> int:
    """Take the tasks, confirm this and last year, and report by the demo's people; give their number.

    What was reported once is left alone, so that a second run changes nothing.
    """
    office, clerk = acting("demo-office"), acting("demo-clerk")
    region_id = find_region(plan.region_key).id
    services.take_plan(office, plan.id)
    board = queries.board(office, region_id, on=today_on())
    if not any(row.reports for row in board.rows):
        for row in board.rows:
            _break_down(office, row)
            _report(office, clerk, row, _data()["tasks"][row.code])
        _spend(office, region_id)
    return board.total


def take_published(plan: Plan) -> int:
    """Take the tasks of a real district's plan, on which nobody reports here; give their number."""
    taken = services.take_plan(acting("demo-office", plan.region_key), plan.id)
    return taken.made + taken.updated + taken.same


def _break_down(office: Scope, row: TaskRow) -> None:
    here = quarter_of(today_on()).year
    for year in (here - 1, here):
        nodes = [
            Node(Quarter(year, number), f"完成年度目标的{number * 25}%", Decimal(number) / 4)
            for number in QUARTERS
        ]
        services.save_goal(office, task_id=row.id, year=year, goal=f"{year}年：{row.name}", nodes=nodes)
        services.confirm_goal(office, task_id=row.id, year=year)


def _report(office: Scope, clerk: Scope, row: TaskRow, item: dict[str, Any]) -> None:
    """Report last year as whole and, unless nobody did, the last quarter that is over."""
    here = quarter_of(today_on())
    over = Quarter(here.year, here.number - 1) if here.number > 1 else Quarter(here.year - 1, len(QUARTERS))
    before = Quarter(here.year - 1, len(QUARTERS))
    lead = row.leads[0].department_id
    scope = clerk if lead == clerk.department_id else office
    share = Decimal(over.number) / 4 * (_SHARE_OF_PART if item["reached"] == "part" else 1)
    told = {before: Decimal(1)} | ({} if item["reached"] == "none" else {over: share})
    for quarter, reached in told.items():
        at = datetime.combine(quarter.ends_on, time(10), LOCAL_ZONE)
        answers = {
            "task": row.reference,
            "quarter": f"{quarter.year}-Q{quarter.number}",
            "percent": int(reached * 100),
            "progress": item["progress"],
            "problems": item["problems"],
            "next_step": item["next"],
        }
        given = {key: value for key, value in answers.items() if value != ""}
        # The three steps of review need a leader's own device to sign: the demo's reports count at once.
        form = replace(form_named("task-report"), reviewed="")
        place = forms.Place(row.region_id)
        forms.enter(scope, form, entry_id=new_id(at), answers=given, place=place, now=at)


def _spend(office: Scope, region_id: int) -> None:
    for project in queries.projects(office, region_id, on=today_on()):
        item = _data()["projects"][project.code]
        planned, spent = (Decimal(item[key]) * 10_000 for key in ("planned_wan", "spent_wan"))
        services.plan_money(office, project_id=project.id, planned_yuan=planned)
        report = services.ProjectReport(Decimal(item["percent"]) / 100, spent)
        services.report_project(office, project_id=project.id, report=report)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = (resources.files("wufei.demo") / "data" / "demo-tasks.yaml").read_text("utf8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document
