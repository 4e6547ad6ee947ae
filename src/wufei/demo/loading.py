"""Fill a database with what the demo shows, step by step; a second run changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

from django.db import connections

from wufei.actions.reports.queries import reports
from wufei.actions.reports.services import draft_briefing
from wufei.demo.account_file import read_account
from wufei.demo.account_postings import account_postings
from wufei.demo.assessing import run_assessment
from wufei.demo.cases import run_cases
from wufei.demo.district import YEAR, demo_district, post_year, save_places
from wufei.demo.people import acting, load_people, save_people
from wufei.demo.plan_values import base_values
from wufei.demo.register import save_register
from wufei.demo.tasks import run_tasks, take_published
from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, has_error
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.ledger.services import ensure_key, follow_lots, post_many, seal
from wufei.records.observations.services import Report, record, record_file
from wufei.records.plans.core.files import load_plans, read_plan
from wufei.records.plans.core.plan import Plan
from wufei.records.plans.services import load_plan
from wufei.records.registry.services import load_regions, register_party
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.environment import environment
from wufei.runtime.identity.queries import find_region

DEMO_PLAN = "demo-2025"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the load: its name, and what does it and tells the result."""

    name: Text
    run: Callable[[], Text]


def load_steps() -> tuple[Step, ...]:
    """Give the steps of the load, in order; each is idempotent."""
    scope = Scope.operator()
    return (
        Step(Text("行政区划与示例区", "Regions and the synthetic district"), lambda: save_regions(scope)),
        Step(Text("经开区2018年公布账", "Published account of BDA, 2018"), lambda: load_account(scope)),
        Step(Text("实施方案", "Plans"), lambda: load_all_plans(scope)),
        Step(Text("公布与上报的数值", "Published and reported values"), lambda: record_values(scope)),
        Step(Text("示例区一年的台账", "A year of the synthetic district"), lambda: load_year(scope)),
        Step(Text("示例区一企一档", "Register of the synthetic district"), lambda: load_register(scope)),
        Step(Text("封存与库龄", "Sealing, ages of stocks"), lambda: seal_all(scope)),
        Step(Text("演示账号", "Sign-ins"), save_sign_ins),
        Step(Text("任务与项目", "Tasks and projects"), load_tasks),
        Step(Text("部门考核", "Assessment of departments"), load_assessment),
        Step(Text("责任清单与案例", "Duties and cases"), load_cases),
        Step(Text("示例区季度简报", "Quarterly briefing of the synthetic district"), draft_quarter),
        Step(Text("数据库统计信息", "Database statistics"), analyse),
    )


def save_regions(scope: Scope) -> Text:
    """Register Beijing's regions, and the synthetic ones with their parties and sites."""
    count = len(load_regions())
    places = save_places(scope, demo_district())
    return Text(
        f"{count} 个真实区域，{len(places.regions)} 个合成区域，{len(places.parties)} 家合成单位",
        f"{count} real regions, {len(places.regions)} synthetic ones with {len(places.parties)} parties",
    )


def load_register(scope: Scope) -> Text:
    """Save papers, facilities, vehicles and people of the synthetic district."""
    district = demo_district()
    count = save_register(scope, district, save_places(scope, district), on=now().date())
    return Text(f"{count} 项", f"{count} rows")


def load_account(scope: Scope) -> Text:
    """Post BDA's published account.

    Raises
    ------
    InputError
        ``demo.account``: the data file is defective, or the ledger refuses a line; nothing is written.
    """
    reading = read_account(_data("bda-2018-account.yaml"))
    if reading.account is None:
        raise _defective("demo.account", reading.findings)
    account = reading.account
    region = find_region(account.region_key)
    holder = register_party(
        scope,
        key=account.holder_key,
        name=account.holder_name,
        kind="aggregate",
        region_id=region.id,
    )
    postings = account_postings(account, region_id=region.id, holder_id=holder.party_id)
    # Raising inside the transaction takes back the lines that were accepted before the refused one.
    with session(scope):
        report = post_many(scope, postings, now=now())
        if report.refused:
            raise _defective("demo.account", report.findings)
    return _counted(report.posted, report.repeated, "笔", "postings")


def load_all_plans(scope: Scope) -> Text:
    """Publish the plans that come with Wufei and that of the synthetic district."""
    loaded = [load_plan(scope, plan) for plan in (*load_plans(), demo_plan())]
    return Text("、".join(each.plan_id for each in loaded), ", ".join(each.plan_id for each in loaded))


def demo_plan() -> Plan:
    """Read the plan of the synthetic district.

    Raises
    ------
    InputError
        ``demo.plan``: the data file is defective.
    """
    path = _data(f"{DEMO_PLAN}.yaml")
    units = {indicator.id: indicator.unit for indicator in load_indicators().values()}
    reading = read_plan(path.read_text("utf8"), file=path.name, indicator_units=units)
    if reading.plan is None:
        raise _defective("demo.plan", reading.findings)
    return reading.plan


def record_values(scope: Scope) -> Text:
    """Record the base values of the published plans, BDA's context figures and the synthetic district's.

    Raises
    ------
    InputError
        ``demo.observations``: a value is refused; nothing is written.
    """
    at = now()
    context = resources.files("wufei.records.observations") / "data" / "bda-2018.yaml"
    files = (Path(str(context)), _data("demo-observations.yaml"), _data("demo-reported.yaml"))
    with session(scope):
        reports = [_record_base(scope, plan, at) for plan in load_plans()]
        reports += [record_file(scope, path, now=at) for path in files]
        findings = tuple(finding for report in reports for finding in report.findings)
        if has_error(findings):
            raise _defective("demo.observations", findings)
    recorded = sum(len(report.recorded) for report in reports)
    return _counted(recorded, sum(len(report.repeated) for report in reports), "项", "values")


def load_year(scope: Scope) -> Text:
    """Post the year of the synthetic district."""
    district = demo_district()
    report = post_year(scope, district, save_places(scope, district), now=now())
    return _counted(report.posted, report.repeated, "笔", "postings")


def seal_all(scope: Scope) -> Text:
    """Seal what was posted, and let the lots follow; what another transaction holds back is sealed later."""
    key, leaves = ensure_key(environment().data_dir), 0
    while (done := seal(key, now=now())).leaves:
        leaves += done.leaves
    follow_lots(scope, now=now())
    return Text(f"{leaves} 条流水", f"{leaves} transfers")


def save_sign_ins() -> Text:
    """Create the people of the demo."""
    count = save_people(load_people())
    return Text(f"{count} 人", f"{count} people")


def load_tasks() -> Text:
    """Take the tasks of the plans; in the synthetic district its people report on them."""
    count = run_tasks(demo_plan()) + sum(take_published(plan) for plan in load_plans() if plan.tasks)
    return Text(f"{count} 项任务", f"{count} tasks")


def load_assessment() -> Text:
    """Assess the departments of the synthetic district for last year."""
    count = run_assessment(demo_plan())
    return Text(f"{count} 个部门", f"{count} departments")


def load_cases() -> Text:
    """Enter the list of duties, the cases and the question of the synthetic district."""
    duties, cases, questions = run_cases(demo_plan().region_key)
    return Text(
        f"{duties} 条职责，{cases} 篇案例，{questions} 个问答",
        f"{duties} duties, {cases} cases, {questions} answered questions",
    )


def draft_quarter() -> Text:
    """Draft the briefing of the last quarter of the synthetic district's year, if it has no document yet."""
    region_id = find_region(demo_plan().region_key).id
    office = acting("demo-office")
    if not reports(office, region_id=region_id):
        draft_briefing(office, region_id=region_id, year=YEAR, quarter=4, now=now(), book="synthetic")
    return Text(f"{YEAR}年第四季度", f"fourth quarter of {YEAR}")


def analyse() -> Text:
    """Let the database count its rows, so that the first page is already answered by good plans."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return Text("已更新", "updated")


def _record_base(scope: Scope, plan: Plan, at: datetime) -> Report:
    region = find_region(plan.region_key)
    values = base_values(plan, region_id=region.id, indicators=load_indicators())
    return record(scope, observations=values, now=at)


def _data(name: str) -> Path:
    return Path(str(resources.files("wufei.demo") / "data" / name))


def _counted(new: int, repeated: int, zh: str, en: str) -> Text:
    if not new:
        return Text(f"{repeated} {zh}已在库中", f"{repeated} {en} were there already")
    return Text(f"{new} {zh}", f"{new} {en}")


def _defective(code: str, findings: tuple[Finding, ...]) -> InputError:
    first = next((finding for finding in findings if has_error((finding,))), findings[0])
    return InputError(
        code,
        first.where,
        first.value,
        Text(
            f"演示数据有 {len(findings)} 处需看，首处：{first.where}：{first.message.zh}{first.fix.zh}",
            f"The demo data have {len(findings)} remarks, first {first.where}: "
            f"{first.message.in_language('en')} {first.fix.in_language('en')}",
        ),
    )
