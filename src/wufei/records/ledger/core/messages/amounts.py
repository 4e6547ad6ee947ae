"""What is said about masses, quantities and units."""

from __future__ import annotations

# code: (message zh, message en, fix zh, fix en).
WORDS: dict[str, tuple[str, str, str, str]] = {
    "grams-not-positive": (
        "质量 {value} 克不是正整数。",
        "A mass of {value} g is not a positive whole number.",
        "质量应大于零；要减少请用更正。",
        "Enter a mass above zero; to take mass back, reverse the record.",
    ),
    "grams-beyond-reason": (
        "质量 {value} 克超过上限 {limit} 克。",
        "A mass of {value} g is above the bound of {limit} g.",
        "核对单位与数量。",
        "Check unit and quantity.",
    ),
    "quantity-not-positive": (
        "申报数量 {value} 不大于零。",
        "The declared quantity {value} is not above zero.",
        "按单据填写大于零的数量。",
        "Enter the quantity of the document, above zero.",
    ),
    "grams-differ-from-quantity": (
        "质量 {value} 克与申报的 {quantity} {unit}（{expected} 克）不一致。",
        "The mass of {value} g differs from the declared {quantity} {unit}, which is {expected} g.",
        "核对单位与数量。",
        "Check unit and quantity.",
    ),
    "quantity-beyond-reason": (
        "申报数量 {value} 过大、过小或位数过多。",
        "The declared quantity {value} is too large, too small or has too many digits.",
        "按单据填写，换用合适的单位，不超过 28 位数字。",
        "Enter the quantity of the document in a fitting unit, with at most 28 digits.",
    ),
    "conversion-missing": (
        "单位“{value}”不是质量单位，却没有写明折算依据。",
        "Unit “{value}” is not one of mass and no conversion is named.",
        "写明目录中的折算系数编号。",
        "Name the conversion from the catalogue.",
    ),
    "unknown-unit": (
        "单位“{value}”无法识别。",
        "Unit “{value}” is not known.",
        "改用 g、kg、t、万吨、m3 等。",
        "Use g, kg, t, 万吨, m3 and the like.",
    ),
    "unknown-conversion": (
        "目录中没有折算系数“{value}”。",
        "The catalogue has no conversion “{value}”.",
        "从目录的折算系数中选择。",
        "Choose one from the catalogue of conversions.",
    ),
    "conversion-does-not-fit": (
        "折算系数“{value}”用于 {stream} 的 {unit}，自 {on} 起。",
        "Conversion “{value}” is for {unit} of {stream}, from {on} on.",
        "改用该类别、单位与日期的折算系数。",
        "Name the conversion of this stream, unit and day.",
    ),
    "uncertainty-bounds": (
        "相对标准不确定度 {value} ppm 不在 0 到 1000000 之间。",
        "A relative uncertainty of {value} ppm is not within 0 and 1000000.",
        "以百万分之一为单位填写。",
        "Give it in parts per million.",
    ),
    "dry-share-bounds": (
        "干基比例 {value} ppm 不在 0 到 1000000 之间。",
        "A dry share of {value} ppm is not within 0 and 1000000.",
        "以百万分之一为单位填写。",
        "Give it in parts per million.",
    ),
    "mass-jump": (
        "{value} 克，而该处近 {count} 次的中位数为 {median} 克。",
        "{value} g, while the median of the last {count} here is {median} g.",
        "像是单位填错（吨与千克）；核对单位，无误可不改。",
        "It looks like tonnes typed as kilograms; check the unit, leave it if right.",
    ),
}
