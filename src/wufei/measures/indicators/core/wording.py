"""Words for quantities and for what is missing."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from wufei.kernel.text import Text
from wufei.measures.indicators.core.definitions import FlowQuantity
from wufei.records.catalogue.core.groupings import load_groupings
from wufei.records.catalogue.core.metrics import Metric

# Names of flow quantities in formulas, as people call them after the name of the waste.
FLOW_WORDS = {
    "generated": Text("产生量", "generated"),
    "collectable": Text("可收集量", "collectable"),
    "used": Text("综合利用量", "utilised"),
    "recovered": Text("回收利用量", "recovered"),
    "landfilled": Text("填埋量", "landfilled"),
    "disposed": Text("安全处置量", "safely disposed of"),
    "stored_or_disposed": Text("贮存处置量", "stored or disposed of"),
    "tipped": Text("消纳量", "taken to tips"),
}

DAYS = Text("本期天数", "Days of the period")


@lru_cache(maxsize=256)
def flow_title(quantity: FlowQuantity) -> Text:
    """Name a flow: 一般工业固体废物综合利用量."""
    group, words = load_groupings(date.max)[quantity.group].name, FLOW_WORDS[quantity.name]
    return Text(f"{group.zh}{words.zh}", f"{group.en}, {words.en}")


# Region, period and book stand on the figure itself, so these words are made once for all of them.


@lru_cache(maxsize=256)
def no_records(title: Text) -> Text:
    """Say that a book holds nothing of a kind of waste, and where to enter it."""
    return Text(
        f"缺少{title.zh}：此账簿中没有本区域本期的这类记录；请在“台账”补录，或换用其他账簿。",
        f"{title.en} is missing: this book has no such records of the region and period; "
        "enter them in the ledger, or choose another book.",
    )


def no_whereabouts(title: Text, unspecified_t: str) -> Text:
    """Say that waste was made but nobody recorded what became of it."""
    found = (
        Text(
            f"有 {unspecified_t} 吨去向未细分", f"{unspecified_t} t have whereabouts that are not broken down"
        )
        if unspecified_t
        else Text("只有产生记录，没有去向记录", "only its generation is recorded, not what became of it")
    )
    return Text(
        f"缺少{title.zh}：本期{found.zh}；请在“台账”按利用处置方式补录。",
        f"{title.en} is missing: {found.en}; enter the treatment in the ledger, by method.",
    )


@lru_cache(maxsize=256)
def no_observation(metric: Metric) -> Text:
    """Say which observed quantity is missing, and where to enter it."""
    unit_zh, unit_en = (f"（{metric.unit}）", f" ({metric.unit})") if metric.unit else ("", "")
    return Text(
        f"缺少{metric.name.zh}{unit_zh}：请录入本区域本期的观测值（wufei observations record）。",
        f"{metric.name.en}{unit_en} is missing: record its value for the region and period "
        "(wufei observations record).",
    )


def unusable_unit(metric: Metric, unit: str) -> Text:
    """Say that an observation has a unit that does not fit its metric."""
    return Text(
        f"{metric.name.zh}的单位“{unit}”与规定单位“{metric.unit}”不符；请更正该观测值。",
        f"{metric.name.en} is recorded in “{unit}”, which does not fit “{metric.unit}”; "
        "mend the observation.",
    )


ZERO_DENOMINATOR = Text(
    "分母为零，不能相除；请核对分母各项。",
    "The denominator is zero; please check the quantities below the line.",
)
STAYS_ZERO = Text("基准年为零，本期保持为零。", "The base year was zero and this period stays at zero.")
ROSE_FROM_ZERO = Text(
    "基准年为零而本期不为零，降幅无意义；请说明原因。",
    "The base year was zero and this period is not: a decrease has no meaning; please explain.",
)
IN_WORDS = Text("定性指标，不作数值计算。", "Described in words: nothing is computed.")
TARGET_IN_ERROR = Text(
    "方案中本项的基期或目标值有“必须修改”的问题，改正前不评判。",
    "Base or target of this line must be mended in the plan; nothing is judged by it before.",
)
NO_PLAN_LINE = Text("本区域本期没有含此指标的方案。", "No plan of this region and period has this indicator.")
