"""What is said about draws, runs, legs, dumps and counts."""

from __future__ import annotations

# code: (message zh, message en, fix zh, fix en).
WORDS: dict[str, tuple[str, str, str, str]] = {
    "store-short": (
        "需要 {value} 克，而各来源合计只有 {held} 克，缺 {missing} 克。",
        "{value} g are wanted, but all origins together hold {held} g: {missing} g are missing.",
        "先补记入库或盘点，或核对质量。",
        "First record what came in or take stock, or check the mass.",
    ),
    "run-exists": (
        "批号或段号“{value}”已经用过。",
        "The run “{value}” exists already.",
        "继续投料用 feed；新的一批请用新批号。",
        "Feed the run that is open, or give a new one a number of its own.",
    ),
    "run-unknown": (
        "找不到处理批“{value}”。",
        "There is no run “{value}”.",
        "核对批号、处理单位与地区，或先开批。",
        "Check number, plant and region, or open the run first.",
    ),
    "nothing-to-finish": (
        "“{value}”中没有物料，无法办结。",
        "“{value}” holds no mass, so there is nothing to finish.",
        "核对批号或联单段号；先投料或起运。",
        "Check the run or leg; feed or dispatch first.",
    ),
    "run-unexplained-rest": (
        "投入 {total} 克与产出及已说明损失相差 {value} 克（{share}），已记入磅差，未作平账。",
        "Outputs and losses leave {value} g ({share}) of {total} g unexplained; booked as difference.",
        "核对产出与水分损失的称量；确有遗漏的，更正后重记。",
        "Check how outputs and moisture were weighed; if something was left out, reverse and record anew.",
    ),
    "leg-difference-large": (
        "在途 {total} 克相差 {value} 克，允许 {bound} 克（{relative} 与 {absolute} 克取大；{status.zh}）。",
        "Of {total} g {value} g differ; {bound} g may ({relative} or {absolute} g, the more; {status.en}).",
        "复核两端磅单；属实的保留记录并说明去向。",
        "Check the tickets of both scales; if they are right, keep the record and explain it.",
    ),
    "dump-overattributed": (
        "要溯源 {value} 克，而尚未查明来源的只有 {held} 克。",
        "{value} g are to be attributed, but only {held} g are of unknown origin here.",
        "核对质量与地区；已溯源的不再重复登记。",
        "Check mass and region; what has been attributed is not recorded again.",
    ),
    "count-negative": (
        "盘点数量 {value} 克小于零。",
        "A count of {value} g is below zero.",
        "填写实盘质量，空库填 0。",
        "Enter the mass counted; 0 for an empty store.",
    ),
    "stocktake-agrees": (
        "实盘 {value} 克与账面一致，无需记账。",
        "The count of {value} g agrees with the book; nothing was posted.",
        "无需处理。",
        "Nothing to do.",
    ),
    "balance-moved": (
        "账面已由 {book} 克变为 {value} 克，盘点依据失效。",
        "The book balance has moved from {book} g to {value} g since it was shown.",
        "刷新账面数后重新盘点。",
        "Look at the balance again and count anew.",
    ),
}
