"""What an assessment must say at all: columns of the table of hazardous waste, marks, ledger, intensity."""

from __future__ import annotations

import re

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text
from wufei.records.plans.core.eia import rules
from wufei.records.plans.core.eia.columns import TITLES
from wufei.records.plans.core.eia.values import Eia, Kind, Product

_ASKED = ("source", "form", "components", "harmful", "cycle", "hazards", "measures")
"""Columns of the summary of hazardous waste that the guide of 2017 lists beside name, code and amount."""
_NAMED_MAX = 5
_INTENSITY = re.compile(
    r"产生强度|单位产品(?:固体废物|固废|危险废物|工业固体废物)?产生量|万元产值.{0,8}产生量"
)
_SAID = (
    (
        "labels",
        re.compile(r"标识|标志|标签|hj1276|gb(?:/t)?15562"),
        rules.LABELS,
        Text("危险废物识别标志", "marks"),
    ),
    (
        "emergency",
        re.compile(r"应急|突发环境事件"),
        rules.EMERGENCY,
        Text("意外事故应急预案", "an emergency plan"),
    ),
    ("ledger", re.compile(r"台账|管理计划"), rules.LEDGER, Text("管理计划和台账", "a plan and ledger")),
    ("manifest", re.compile(r"转移联单|电子联单|转移管理"), rules.MANIFEST, Text("转移联单", "manifests")),
)


def whole_findings(eia: Eia) -> list[Finding]:
    """Give what the document as a whole leaves out."""
    if not eia.wastes:
        return []
    found = _intensity(eia)
    hazardous = [each for each in eia.wastes if each.kind is Kind.HAZARDOUS]
    if not hazardous:
        return found
    if not any(each.fields.get(field) for each in hazardous for field in _ASKED[1:-1]):
        say = Text("没有危险废物汇总表。", "There is no summary table of hazardous waste.")
        titles = "、".join(TITLES[each].zh for each in _ASKED)
        fix = Text(
            f"按指南列表，除名称、类别、代码、产生量外写明{titles}",
            "Give the table of the guide: beside name, category, code and amount also "
            + ", ".join(TITLES[each].en.lower() for each in _ASKED),
        )
        found.append(_of("summary-missing", say, rules.GUIDE, fix))
        hazardous = []
    for field in _ASKED if hazardous else ():
        without = [each.name for each in hazardous if not each.fields.get(field)]
        if without:
            found.append(_column(field, without, len(hazardous)))
    if not eia.stores:
        say = Text("没有危险废物贮存场所基本情况表。", "There is no table of the stores of hazardous waste.")
        fix = Text(
            "列出贮存场所名称、位置、占地面积、贮存方式、贮存能力、贮存周期",
            "Give name, position, area, way, capacity and cycle of each store",
        )
        found.append(_of("stores-missing", say, rules.GUIDE, fix))
    for code, pattern, rule, what in _SAID:
        if not pattern.search(eia.text):
            say = Text(f"全文没有提到{what.zh}。", f"The document says nothing of {what.en}.")
            fix = Text("在环境管理要求中补充", "Add it to the requirements")
            found.append(_of(f"{code}-unsaid", say, rule, fix))
    return found


def _column(field: str, without: list[str], of: int) -> Finding:
    title = TITLES[field]
    names = "、".join(without[:_NAMED_MAX]) + ("等" if len(without) > _NAMED_MAX else "")
    say = Text(
        f"危险废物缺“{title.zh}”：{names}（{of}种中的{len(without)}种）。",
        f"“{title.en}” is missing for {len(without)} of {of} hazardous wastes: {names}.",
    )
    fix = Text("按指南的危险废物汇总表补齐", "Complete the summary table of the guide")
    return _of(f"column-{field}", say, rules.GUIDE, fix)


def _intensity(eia: Eia) -> list[Finding]:
    if _INTENSITY.search(eia.text):
        return []
    if not eia.products:
        say = Text(
            "没有写明产生强度，也没有读出产品产能，无法计算。",
            "Neither the intensity nor a production capacity was found.",
        )
    else:
        product = eia.products[0]
        computed = intensity_text(eia, product)
        say = Text(
            f"没有写明产生强度；按“{product.text}”计算，工业固体废物为{computed}。",
            f"No intensity is given; by “{product.text}” industrial waste is {computed}.",
        )
    fix = Text("写明单位产品或产值的工业固体废物产生量", "Give waste per product or per output value")
    return [_of("intensity-missing", say, rules.INTENSITY, fix)]


def intensity_text(eia: Eia, product: Product) -> str:
    """Give the mass of industrial waste per unit of a product, such as ``0.28 t/万件``; household aside."""
    industrial = eia.tonnes(Kind.HAZARDOUS, Kind.GENERAL, Kind.OPEN, Kind.UNSAID)
    ratio = industrial / product.value
    digits = max(0, 3 - ratio.adjusted() - 1) if ratio else 0
    return f"{decimal_text(round(ratio, digits))} t/{product.unit}"


def _of(code: str, say: Text, rule: Text, fix: Text) -> Finding:
    return Finding(f"eia.{code}", Severity.WARNING, "全文", say, "", rule, fix)
