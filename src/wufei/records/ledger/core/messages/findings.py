"""Build the Finding of a code: value, rule and fix in two languages."""

from __future__ import annotations

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.core.messages import accounts, amounts, balances, doors, identifiers, terms

# Braces are filled from the values given to `finding`.
_WORDS = {
    **identifiers.WORDS,
    **amounts.WORDS,
    **terms.WORDS,
    **accounts.WORDS,
    **balances.WORDS,
    **doors.WORDS,
}

_RULES: dict[str, Text] = {
    "stock-below-zero": Text("库存不得为负", "A stock never goes below zero"),
    "tolerant-stock-below-zero": Text(
        "迟报场所的负库存须说明", "A late reporter's negative stock is shown at once"
    ),
    "mass-jump": Text("与历史中位数相差不应达 300 倍", "Within a factor of 300 of the site's median"),
    "kinds-not-allowed": Text("环节与账户类型表", "Table of steps and kinds of account"),
    "grams-differ-from-quantity": Text("克数等于申报数量的换算", "Grams equal the declared quantity"),
    "id-with-other-content": Text("同一编号只能有一种内容", "One identifier, one content"),
    "books-mixed": Text("流水不跨账本", "No transfer crosses books"),
    "store-short": Text(
        "按各来源余量比例取料，不得超出", "A draw takes from its origins in proportion, never more"
    ),
    "run-exists": Text("一个批号只开一次", "A run is opened once"),
    "run-unexplained-rest": Text(
        "投入＝产出＋已说明的水分与损失，不得平账",
        "Sum in = sum out + stated moisture and loss, never plugged",
    ),
    "leg-difference-large": Text("磅差允许范围", "Bound of the weighing difference"),
    "dump-overattributed": Text("倾倒物只产生一次", "Dumped waste is generated once"),
    "balance-moved": Text("盘点差额按所见账面计算", "A count is compared with the balance that was shown"),
}
_GENERAL_RULE = Text("台账记账规则", "Rules of the ledger")
_SEVERITIES = {
    "mass-jump": Severity.WARNING,
    "tolerant-stock-below-zero": Severity.WARNING,
    "run-unexplained-rest": Severity.WARNING,
    "leg-difference-large": Severity.WARNING,
    "stocktake-agrees": Severity.NOTE,
}


def finding(code: str, where: str, value: object, **values: object) -> Finding:
    """Build the Finding of one code at one place.

    Parameters
    ----------
    code : str
        Key of the rule, without the room's prefix.
    where : str
        The place, such as ``transfer 2, grams``.
    value : object
        What was found.
    **values : object
        What else the sentence names: bounds, choices, the balance.
    """
    zh, en, fix_zh, fix_en = _WORDS[code]
    filled = {"value": value, **values}
    return Finding(
        code=f"ledger.{code}",
        severity=_SEVERITIES.get(code, Severity.ERROR),
        where=where,
        message=Text(zh.format(**filled), en.format(**filled)),
        value=str(value),
        rule=_RULES.get(code, _GENERAL_RULE),
        fix=Text(fix_zh.format(**filled), fix_en.format(**filled)),
    )
