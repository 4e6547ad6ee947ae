"""What is said about closed periods."""

from __future__ import annotations

# code: (message zh, message en, fix zh, fix en).
WORDS: dict[str, tuple[str, str, str, str]] = {
    "period-closed": (
        "{value} 属于已关账期间 {period}。",
        "{value} lies in the closed period {period}.",
        "由区县主管人员填写更正期间和更正原因后补记，或改用实际发生日期。",
        "An officer of the region enters it with the amended period and a reason; or correct the date.",
    ),
    "amends-other-period": (
        "更正期间 {value} 不是 {on} 所属的已关账期间 {period}。",
        "The amended period {value} is not the closed period {period} in which {on} lies.",
        "更正期间填 {period}。",
        "Enter {period} as the amended period.",
    ),
    "amendment-without-reason": (
        "更正已关账期间 {period}，没有写明原因。",
        "The closed period {period} is amended without a reason.",
        "选择更正原因。",
        "Choose the reason of the correction.",
    ),
    "amendment-not-allowed": (
        "当前身份不能更正已关账期间 {value}。",
        "Your role may not amend the closed period {value}.",
        "请区县无废办补记，或切换到该身份。",
        "Ask the zero-waste office of the region, or switch to that role.",
    ),
    "amends-open-period": (
        "更正期间 {value} 尚未关账，按普通流水登记。",
        "The amended period {value} is not closed; this is recorded like any other transfer.",
        "不更正已关账期间时，请留空更正期间。",
        "Leave the amended period empty unless a closed period is amended.",
    ),
    "closing-not-over": (
        "期间 {value} 到 {end} 才结束，不能提前关账。",
        "The period {value} ends on {end} and cannot be closed before.",
        "期间结束后再关账。",
        "Close it when it is over.",
    ),
    "closing-period-kind": (
        "期间“{value}”不是月、季或年。",
        "“{value}” is no month, quarter or year.",
        "写作 2025-03、2025Q1 或 2025。",
        "Write 2025-03, 2025Q1 or 2025.",
    ),
    "closing-of-whom": (
        "关账须针对一个区域或一个单位。",
        "A closing is of one region or of one party.",
        "填写区域或单位之一。",
        "Name either a region or a party.",
    ),
    "closing-grouping": (
        "分类“{value}”在 {on} 不存在。",
        "There is no grouping “{value}” on {on}.",
        "留空表示全部废物，或用 {choices} 之一。",
        "Leave it empty for all waste, or use one of {choices}.",
    ),
}
