"""The documents that ask for what is checked: ``docs/methods/eia-checks.md`` says how sure we are of each."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.eia.values import Store, Waste


@dataclass(frozen=True, slots=True)
class Why:
    """The value that was found, the rule, and what to do."""

    value: str
    rule: Text
    fix: Text


def about(thing: Waste | Store, code: str, severity: Severity, say: Text, why: Why) -> Finding:
    """Give a Finding about a waste or store, with its place."""
    return Finding(f"eia.{code}", severity, thing.place.label, say, why.value, why.rule, why.fix)


_TO_BE_CONFIRMED = Text("（待核实，以该文件原文为准）", " (to be confirmed by the text of that document)")


def _unread(zh: str, en: str) -> Text:
    """Give a document that was not before us as an official original: what it asks for is to be confirmed."""
    return Text(zh + _TO_BE_CONFIRMED.zh, en + _TO_BE_CONFIRMED.en)


GUIDE = _unread(
    "《建设项目危险废物环境影响评价指南》（环境保护部公告2017年第43号）",
    "Guide to the assessment of hazardous waste of construction projects (notice 43 of 2017)",
)
FORM = _unread(
    "《建设项目环境影响报告表编制技术指南（污染影响类）（试行）》（环办环评〔2020〕33号）",
    "Technical guide to the assessment form (2020, No. 33)",
)
LIST = Text("《国家危险废物名录（2025年版）》", "National List of Hazardous Wastes (2025)")
CATALOGUE = Text(
    "《固体废物分类与代码目录》（生态环境部公告2024年第4号）",
    "Catalogue and codes of solid waste (notice 4 of 2024)",
)
IDENTIFY = _unread(
    "《危险废物鉴别标准 通则》（GB 5085.7）、《危险废物鉴别技术规范》（HJ 298）",
    "General rules (GB 5085.7) and specification (HJ 298) for identifying hazardous waste",
)
STORAGE = _unread(
    "《危险废物贮存污染控制标准》（GB 18597-2023）", "Standard for storing hazardous waste (GB 18597-2023)"
)
LABELS = _unread(
    "《中华人民共和国固体废物污染环境防治法》第七十七条；《危险废物识别标志设置技术规范》（HJ 1276-2022）",
    "Solid waste law, article 77; specification of marks for hazardous waste (HJ 1276-2022)",
)
LEDGER = _unread(
    "《中华人民共和国固体废物污染环境防治法》第七十八条", "Solid waste law, article 78: plan and ledger"
)
LICENCE = _unread("《中华人民共和国固体废物污染环境防治法》第八十条", "Solid waste law, article 80: licence")
MANIFEST = Text("《中华人民共和国固体废物污染环境防治法》第八十二条", "Solid waste law, article 82: manifest")
EMERGENCY = _unread(
    "《中华人民共和国固体废物污染环境防治法》第八十五条", "Solid waste law, article 85: emergency plan"
)
INTENSITY = Text(
    "“无废城市”建设实施方案：环境影响评价文件应明确工业固体废物环境管理要求、产生强度和利用处置情况"
    "（本地方案的要求，是否适用待核实）",
    "Zero-waste plan: an assessment says requirements, intensity and outlets of industrial waste "
    "(asked for by local plans; to be confirmed whether it applies here)",
)
