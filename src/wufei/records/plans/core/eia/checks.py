"""What an assessment lacks or says wrongly about its waste, each as a Finding with rule, place and fix."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import category_of, is_hazardous
from wufei.records.catalogue.core.exemptions import exemptions_of
from wufei.records.catalogue.core.items import Item
from wufei.records.catalogue.core.withdrawn import load_withdrawn, successors_of
from wufei.records.plans.core.eia import rules
from wufei.records.plans.core.eia.rules import Why, about
from wufei.records.plans.core.eia.storage import storage_findings
from wufei.records.plans.core.eia.sums import sum_findings
from wufei.records.plans.core.eia.values import Eia, Kind, Waste
from wufei.records.plans.core.eia.whole import whole_findings

_GENERAL_OUTLET = re.compile(
    r"环卫|垃圾填埋|生活垃圾|外售|出售|卖|废品|物资(?:回收|公司|部)|绿化|回填|排入|倾倒|自行(?:填埋|焚烧)"
)
_LICENSED = re.compile(r"医疗废物集中处[置理]|资质|许可|危险废物(?:经营|处置|利用)|危废(?:经营|处置|利用)")
# The words of a document are compared in small letters.
_ASKED = re.compile(
    r"hj(?:/t)?298|gb(?:/t)?5085|鉴别方案|鉴别单位|鉴别报告|按(?:照)?危险废物|从严管理|鉴别标准"
)


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists in force: items by code, whether they are whole, names to the codes they may mean."""

    items: Mapping[str, Item]
    codes_of: Callable[[str], tuple[str, ...]]
    on: date
    whole: bool = False


def eia_findings(eia: Eia, lists: Lists) -> tuple[Finding, ...]:
    """Check a document; the gravest first, and in the order of the document.

    Parameters
    ----------
    lists : Lists
        What codes and names mean on a day.
    """
    found = list(eia.findings)
    if not eia.wastes:
        found.append(_nothing(eia))
    for waste in eia.wastes:
        found += _code_findings(waste, lists)
        found += _name_findings(waste, lists)
        found += _amount_findings(waste)
        found += _outlet_findings(waste, lists)
        found += _open_findings(waste, eia)
    found += storage_findings(eia)
    found += sum_findings(eia)
    found += whole_findings(eia)
    return tuple(sorted(found, key=lambda each: each.severity.rank))


def _nothing(eia: Eia) -> Finding:
    return Finding(
        "eia.no-waste",
        Severity.ERROR,
        eia.title or "—",
        Text("没有读出任何固体废物。", "No waste was read."),
        "",
        rules.FORM,
        Text(
            "文件应列出固体废物名称、属性、产生量和去向；若文中已有，请以可复制的表格提供",
            "List name, kind, amount and outlet; if they stand there, give them as a table with text",
        ),
    )


def _code_findings(waste: Waste, lists: Lists) -> list[Finding]:
    if not waste.codes:
        if waste.kind is not Kind.HAZARDOUS:
            return []
        say = Text(f"危险废物“{waste.name}”没有废物代码。", f"“{waste.name}” is hazardous and has no code.")
        fix = _suggested(waste, lists)
        return [about(waste, "code-missing", Severity.ERROR, say, Why(waste.category, rules.GUIDE, fix))]
    found = []
    for code in waste.codes:
        found += _listed(waste, code, lists) or _in_category(waste, code)
        if is_hazardous(code) and waste.kind in {Kind.GENERAL, Kind.HOUSEHOLD}:
            say = Text(
                f"“{waste.name}”写为{waste.kind.label.zh}，代码{code}是危险废物代码。",
                f"“{waste.name}” is called {waste.kind.label.en.lower()}; its code {code} is hazardous.",
            )
            fix = Text(
                "核对属性；属危险废物的按危险废物管理", "Check the kind; manage it as hazardous if it is"
            )
            found.append(about(waste, "kind-against-code", Severity.ERROR, say, Why(code, rules.LIST, fix)))
        elif not is_hazardous(code) and waste.kind is Kind.HAZARDOUS:
            say = Text(
                f"危险废物“{waste.name}”用了一般固体废物代码{code}。",
                f"“{waste.name}” is hazardous and has {code}, a code of general waste.",
            )
            fix = Text("填写《国家危险废物名录》的代码", "Give a code of the hazardous list")
            found.append(about(waste, "kind-against-code", Severity.ERROR, say, Why(code, rules.LIST, fix)))
    return found


def _listed(waste: Waste, code: str, lists: Lists) -> list[Finding]:
    if code in lists.items:
        return []
    rule = rules.LIST if is_hazardous(code) else rules.CATALOGUE
    if code in load_withdrawn():
        after = "、".join(successors_of(code))
        say = Text(f"“{waste.name}”的代码{code}已停用。", f"“{waste.name}”: {code} was withdrawn.")
        fix = Text(f"改用{after}", f"Use {after}") if after else Text("按现行名录改", "Use the present list")
        return [about(waste, "code-withdrawn", Severity.ERROR, say, Why(code, rule, fix))]
    severity = Severity.ERROR if lists.whole else Severity.WARNING
    say = Text(
        f"“{waste.name}”的代码{code}在系统收录的名录中没有。", f"“{waste.name}”: {code} is in no list here."
    )
    return [
        about(
            waste,
            "code-unknown",
            severity,
            say,
            Why(code, rule, Text("与名录原文核对", "Compare the official list")),
        )
    ]


def _in_category(waste: Waste, code: str) -> list[Finding]:
    said, is_so = waste.category, f"HW{code[-2:]}" if is_hazardous(code) else f"SW{code[-2:]}"
    if not said or said == is_so or len(waste.codes) > 1:
        return []
    say = Text(
        f"“{waste.name}”的类别写为{said}，代码{code}属于{is_so}。",
        f"“{waste.name}” is said to be {said}; {code} belongs to {is_so}.",
    )
    return [
        about(
            waste,
            "category-against-code",
            Severity.ERROR,
            say,
            Why(said, rules.LIST, Text("统一", "Make them agree")),
        )
    ]


def _name_findings(waste: Waste, lists: Lists) -> list[Finding]:
    known = lists.codes_of(waste.name)
    if not known:
        return []
    shown = "、".join(known[:3])
    if waste.codes and all(code in lists.items for code in waste.codes):
        return _against_name(waste, known, shown)
    if not waste.codes and waste.kind in {Kind.GENERAL, Kind.HOUSEHOLD} and all(map(is_hazardous, known)):
        say = Text(
            f"“{waste.name}”写为{waste.kind.label.zh}，按名称是危险废物（{shown}）。",
            f"“{waste.name}” is called {waste.kind.label.en.lower()}; by its name it is hazardous ({shown}).",
        )
        fix = Text(
            "对照名录判定属性；名录未列的先鉴别",
            "Decide by the list; identify it first where the list is silent",
        )
        return [
            about(
                waste, "hazardous-as-general", Severity.ERROR, say, Why(waste.kind.label.zh, rules.LIST, fix)
            )
        ]
    return []


def _against_name(waste: Waste, known: tuple[str, ...], shown: str) -> list[Finding]:
    """Say that the codes lie in no category that the name may mean; within one only the process decides.

    A name alone does not tell clean packing from dirty: general waste whose name may be hazardous is a note.
    """
    if {category_of(code) for code in known} & {category_of(code) for code in waste.codes}:
        return []
    written = "、".join(waste.codes)
    if is_hazardous(waste.codes[0]) != is_hazardous(known[0]):
        say = Text(
            f"“{waste.name}”写{written}；同名废物也有{shown}的，视是否沾染或含有危险废物。",
            f"“{waste.name}” has {written}; waste of this name may also be {shown}, if it is tainted.",
        )
        fix = Text("写明判定依据，如是否沾染化学品", "Say why, such as whether chemicals stick to it")
        return [about(waste, "kind-by-name", Severity.NOTE, say, Why(written, rules.LIST, fix))]
    say = Text(
        f"“{waste.name}”按名称多为{shown}，文件写{written}。",
        f"By its name “{waste.name}” is mostly {shown}; the document says {', '.join(waste.codes)}.",
    )
    fix = Text("按产生工序和行业来源核对代码", "Check the code by process and industry")
    return [about(waste, "code-against-name", Severity.WARNING, say, Why(waste.codes[0], rules.LIST, fix))]


def _amount_findings(waste: Waste) -> list[Finding]:
    amount = waste.amount
    if waste.shared and amount is None:
        return []
    if amount is None:
        say = Text(f"“{waste.name}”没有产生量。", f"“{waste.name}” has no amount.")
        fix = Text("给出年产生量和单位", "Give the yearly amount with its unit")
        return [about(waste, "amount-missing", Severity.ERROR, say, Why("", rules.FORM, fix))]
    if amount.value is None:
        say = Text(
            f"“{waste.name}”的产生量“{amount.text}”不是一个量。",
            f"“{waste.name}”: “{amount.text}” is no amount.",
        )
        fix = Text("写成一个数和单位，如 3.2 t/a", "Write a number and a unit such as 3.2 t/a")
        return [about(waste, "amount-unread", Severity.WARNING, say, Why(amount.text, rules.FORM, fix))]
    if not amount.unit:
        say = Text(
            f"“{waste.name}”的产生量{amount.text}没有单位。", f"“{waste.name}”: {amount.text} has no unit."
        )
        fix = Text("在表头或单元格写明单位，如 t/a", "Give the unit in the head or cell, such as t/a")
        return [about(waste, "amount-no-unit", Severity.ERROR, say, Why(amount.text, rules.FORM, fix))]
    if amount.tonnes is None:
        say = Text(
            f"“{waste.name}”的产生量{amount.text}不是吨，未折算。",
            f"“{waste.name}”: {amount.text} is no mass and was not converted.",
        )
        fix = Text("同时给出以吨计的年产生量", "Give the yearly amount in tonnes too")
        return [about(waste, "amount-no-mass", Severity.NOTE, say, Why(amount.text, rules.FORM, fix))]
    return []


def _outlet_findings(waste: Waste, lists: Lists) -> list[Finding]:
    said = [waste.fields[each] for each in ("outlet", "receiver", "measures") if waste.fields.get(each)]
    if not said:
        say = Text(f"“{waste.name}”没有去向。", f"“{waste.name}” has no outlet.")
        fix = Text("写明利用处置方式和接收单位", "Say how it is treated and by whom")
        return [about(waste, "outlet-missing", Severity.ERROR, say, Why("", rules.FORM, fix))]
    words = "；".join(dict.fromkeys(said))
    if waste.kind is not Kind.HAZARDOUS or _LICENSED.search(words):
        return []
    if _GENERAL_OUTLET.search(words):
        return [_wrong_outlet(waste, words, lists)]
    say = Text(
        f"危险废物“{waste.name}”的去向“{words[:60]}”没有写明接收单位持有许可证。",
        f"Outlet of hazardous “{waste.name}”, “{words[:60]}”: nothing says that the receiver has a licence.",
    )
    fix = Text("写明委托持危险废物经营许可证的单位", "Name a receiver with a hazardous waste licence")
    return [about(waste, "outlet-licence", Severity.WARNING, say, Why(words, rules.LICENCE, fix))]


def _wrong_outlet(waste: Waste, words: str, lists: Lists) -> Finding:
    say = Text(
        f"危险废物“{waste.name}”的去向“{words[:60]}”不能接收危险废物。",
        f"Outlet of hazardous “{waste.name}”, “{words[:60]}”, may not take hazardous waste.",
    )
    if any(exemptions_of(code, lists.on) for code in waste.codes):
        fix = Text(
            "名录对该代码有豁免条款：写明豁免环节和满足的条件，否则委托有许可证的单位",
            "The list exempts this code under conditions: say which, or name a licensee",
        )
        return about(waste, "outlet-exempt", Severity.WARNING, say, Why(words, rules.LIST, fix))
    fix = Text("委托持危险废物经营许可证的单位", "Give it to a holder of a hazardous waste licence")
    return about(waste, "outlet-forbidden", Severity.ERROR, say, Why(words, rules.LICENCE, fix))


def _open_findings(waste: Waste, eia: Eia) -> list[Finding]:
    if waste.kind is not Kind.OPEN or _ASKED.search(eia.text):
        return []
    say = Text(
        f"“{waste.name}”需鉴别，但没有写明鉴别方案和鉴别前的管理。",
        f"“{waste.name}” is to be identified; neither how, nor how it is kept until then, is said.",
    )
    fix = Text(
        "写明鉴别的时间、方案、依据，鉴别前按危险废物管理",
        "Say when, how and by what; keep it as hazardous until then",
    )
    return [about(waste, "identify-unasked", Severity.ERROR, say, Why("", rules.IDENTIFY, fix))]


def _suggested(waste: Waste, lists: Lists) -> Text:
    known = "、".join(code for code in lists.codes_of(waste.name)[:3] if is_hazardous(code))
    if known:
        return Text(
            f"按名称可能是{known}，按工序核定后填写", f"By name perhaps {known}; decide by the process"
        )
    return Text("按名录填写八位代码", "Give the eight-digit code of the list")
