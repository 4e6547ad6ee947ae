"""What is said about codes, times and references."""

from __future__ import annotations

# code: (message zh, message en, fix zh, fix en).
WORDS: dict[str, tuple[str, str, str, str]] = {
    "unknown-stream": (
        "废物类别“{value}”不在目录的末级类别中。",
        "Stream “{value}” is no leaf of the catalogue.",
        "从目录中选择末级类别。",
        "Choose a leaf stream from the catalogue.",
    ),
    "unknown-sector": (
        "来源领域“{value}”不在目录中。",
        "Origin sector “{value}” is not in the catalogue.",
        "改用 {choices} 之一。",
        "Use one of {choices}.",
    ),
    "unknown-method": (
        "处理方式“{value}”不在目录中。",
        "Method “{value}” is not in the catalogue.",
        "从目录中选择；去向未细分时用 unspecified。",
        "Choose one from the catalogue; unspecified where not broken down.",
    ),
    "method-missing": (
        "进入处理的流水没有处理方式。",
        "A transfer into treatment names no method.",
        "从目录中选择；去向未细分时用 unspecified。",
        "Choose one from the catalogue; unspecified where not broken down.",
    ),
    "unknown-region": (
        "没有编号为 {value} 的地区。",
        "There is no region {value}.",
        "先登记地区，或改用已有地区。",
        "Register the region first, or use one that exists.",
    ),
    "unknown-holder": (
        "没有编号为 {value} 的单位。",
        "There is no party {value}.",
        "先登记单位，或改用已有单位。",
        "Register the party first, or use one that exists.",
    ),
    "unknown-site": (
        "没有编号为 {value} 的场所。",
        "There is no site {value}.",
        "先登记场所，或改用已有场所。",
        "Register the site first, or use one that exists.",
    ),
    "unknown-reason": (
        "更正原因“{value}”不在目录中。",
        "Reason “{value}” is not known.",
        "改用 {choices} 之一。",
        "Use one of {choices}.",
    ),
    "time-zone-missing": (
        "发生时间 {value} 没有时区。",
        "The time {value} has no time zone.",
        "用 UTC 或带时区的时间。",
        "Give an instant with its zone.",
    ),
    "date-too-early": (
        "发生时间 {value} 早于 {limit}。",
        "The time {value} lies before {limit}.",
        "核对年份。",
        "Check the year.",
    ),
    "future-date": (
        "发生时间 {value} 在现在（{now}）之后。",
        "The time {value} lies after now ({now}).",
        "流水只记已经发生的事；核对日期。",
        "The ledger records what has happened; check the date.",
    ),
    "precision-not-kept": (
        "时间精度“{value}”不能用于流水。",
        "Precision “{value}” cannot be used for a transfer.",
        "改用 instant、day、month 或 year。",
        "Use instant, day, month or year.",
    ),
    "period-form": (
        "更正所属期间“{value}”无法识别。",
        "The period “{value}” that is amended is not understood.",
        "写作 2025、2025Q1、2025-03 或 2025-03-05。",
        "Write 2025, 2025Q1, 2025-03 or 2025-03-05.",
    ),
    "text-form": (
        "“{value}”过长或含有控制字符。",
        "“{value}” is too long or holds control characters.",
        "不超过 {limit} 个可见字符。",
        "Use at most {limit} printable characters.",
    ),
}
