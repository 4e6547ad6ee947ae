"""What the ledger says about a bad transfer: value, rule and fix in two languages."""

from __future__ import annotations

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text

# code: (message zh, message en, fix zh, fix en). Braces are filled from the values given to `finding`.
_WORDS: dict[str, tuple[str, str, str, str]] = {
    "posting-empty": (
        "这笔记账没有任何流水。",
        "The posting has no transfer.",
        "至少写入一条流水。",
        "Give at least one transfer.",
    ),
    "id-not-v7": (
        "编号 {value} 不是 UUIDv7。",
        "Identifier {value} is not a UUIDv7.",
        "用系统生成的编号，不要自行编造。",
        "Use an identifier made by the system.",
    ),
    "id-too-far-ahead": (
        "编号 {value} 的时间 {instant} 比现在超前 7 天以上。",
        "Identifier {value} carries {instant}, more than 7 days ahead of now.",
        "校准设备时间后重新生成编号。",
        "Set the device's clock and make the identifier again.",
    ),
    "id-too-old": (
        "编号 {value} 的时间在 2000 年以前。",
        "The clock of identifier {value} lies before the year 2000.",
        "校准设备时间后重新生成编号；发生时间另行填写。",
        "Set the device's clock and make the identifier again; when it happened is a field of its own.",
    ),
    "id-twice": (
        "编号 {value} 在同一笔记账中出现两次。",
        "Identifier {value} stands twice in one posting.",
        "每条流水用各自的编号。",
        "Give each transfer its own identifier.",
    ),
    "id-with-other-content": (
        "编号 {value} 已有记录，而内容不同。",
        "Identifier {value} is already recorded with other content.",
        "要改正，请先更正原记录，再用新编号登记。",
        "To correct it, reverse the record and post anew under a new id.",
    ),
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
    "kinds-not-allowed": (
        "环节 {value} 不能从 {source} 到 {target}。",
        "Step {value} cannot lead from {source} to {target}.",
        "允许：{choices}。",
        "Allowed: {choices}.",
    ),
    "same-account": (
        "转出与转入是同一账户。",
        "Source and target are the same account.",
        "核对持有单位、场所与类别。",
        "Check holder, site and stream.",
    ),
    "stream-changes": (
        "废物类别从 {value} 变为 {other}，而没有经过处理过程。",
        "The stream changes from {value} to {other} outside a process.",
        "类别只能在处理过程中改变：先 treat-in 或 reclassify，再转出。",
        "Streams change only inside a process: go in by treat-in or reclassify, then out.",
    ),
    "origin-changes": (
        "产生地从 {value} 变为 {other}。",
        "The origin changes from {value} to {other}.",
        "流转中产生地与领域不变；处理新产生的废物用 new-waste。",
        "Origin region and sector stay; waste newly made by a plant is posted as new-waste.",
    ),
    "origin-elsewhere": (
        "产生地 {value} 不是产生废物的地区 {other}。",
        "The origin region {value} is not region {other}, where the waste is made.",
        "废物的产生地就是产生它的地区：由该地区登记。",
        "Waste has its origin where it is made: let that region record it.",
    ),
    "site-of-another": (
        "场所 {value} 不属于该单位，或不在该地区。",
        "Site {value} is not this holder's, or not in this region.",
        "核对场所、单位与地区。",
        "Check site, holder and region.",
    ),
    "synthetic-in-real-region": (
        "地区 {value} 是真实地区，不能写入合成数据。",
        "Region {value} is a real one: no synthetic record may be written there.",
        "合成数据只记在合成地区。",
        "Keep synthetic records in a synthetic region.",
    ),
    "process-with-stream": (
        "处理过程账户不应带类别（{value}）。",
        "A process account has no stream of its own ({value}).",
        "类别留空。",
        "Leave its stream empty.",
    ),
    "ref-missing": (
        "{value} 账户没有联单段号或处理批号。",
        "The {value} account names no leg or run.",
        "填写 ref。",
        "Fill in ref.",
    ),
    "ref-unexpected": (
        "{value} 账户不应有 ref。",
        "The {value} account takes no ref.",
        "只有在途、处理过程与倾倒点账户有 ref。",
        "Only transit, process and dumped accounts have one.",
    ),
    "boundary-with-holder": (
        "边界账户 {value} 不应有单位或场所。",
        "Boundary account {value} has no holder and no site.",
        "边界账户只按账本、地区、类别与产生地区分。",
        "Boundary accounts are per book, region, stream and origin only.",
    ),
    "unknown-book": (
        "账本名“{value}”不合规则。",
        "Book name “{value}” is not well formed.",
        "用 actual、declared、synthetic、published:<来源> 或 scenario:<编号>。",
        "Use actual, declared, synthetic, published:<source> or scenario:<id>.",
    ),
    "books-mixed": (
        "一笔记账中混用账本 {value}。",
        "One posting mixes the books {value}.",
        "每个账本各记一笔。",
        "Make one posting per book.",
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
    "text-form": (
        "“{value}”过长或含有控制字符。",
        "“{value}” is too long or holds control characters.",
        "不超过 {limit} 个可见字符。",
        "Use at most {limit} printable characters.",
    ),
    "finish-kind": (
        "{value} 账户不能办结。",
        "A {value} account cannot be finished.",
        "只有在途与处理过程可以办结。",
        "Only legs and runs are finished.",
    ),
    "finish-not-empty": (
        "办结时账户仍有 {value} 克。",
        "The account still holds {value} g when it is finished.",
        "先把余量记入 difference、discharged 或退回。",
        "First settle the rest as difference, discharge or return.",
    ),
    "account-finished": (
        "{value} 账户已办结，不再接受流水。",
        "The {value} account is finished and takes no more transfers.",
        "核对联单段号或批号。",
        "Check the leg or run.",
    ),
    "stock-below-zero": (
        "账面余量 {value} 克，本次转出后缺 {missing} 克。",
        "The balance is {value} g; after this posting {missing} g would be missing.",
        "先补记入库或盘点，或核对质量。",
        "First record what came in or take stock, or check the mass.",
    ),
    "tolerant-stock-below-zero": (
        "账面余量 {value} 克，本次转出后为负，缺 {missing} 克。",
        "The balance is {value} g and falls below zero: {missing} g are missing.",
        "该场所允许迟报：尽快补记入库。",
        "This site may report late: record soon what came in.",
    ),
    "reversal-unknown": (
        "找不到要更正的流水 {value}。",
        "The transfer {value} to be reversed was not found.",
        "核对编号；只能更正看得到的流水。",
        "Check the identifier; only a transfer you can see can be reversed.",
    ),
    "reversal-of-reversal": (
        "{value} 本身是更正，不能再更正。",
        "{value} is itself a reversal and cannot be reversed.",
        "重新登记正确的流水。",
        "Post the right transfer anew.",
    ),
    "reversal-twice": (
        "流水 {value} 已被更正过。",
        "The transfer {value} has been reversed before.",
        "每条流水只能更正一次。",
        "A transfer is reversed at most once.",
    ),
    "reversal-differs": (
        "更正与原流水 {value} 的内容不一致。",
        "The reversal differs from the transfer {value} that it takes back.",
        "更正须照抄原记录，仅交换转出与转入。",
        "Copy the record and only exchange source and target.",
    ),
    "mass-jump": (
        "{value} 克，而该处近 {count} 次的中位数为 {median} 克。",
        "{value} g, while the median of the last {count} here is {median} g.",
        "像是单位填错（吨与千克）；核对单位，无误可不改。",
        "It looks like tonnes typed as kilograms; check the unit, leave it if right.",
    ),
    "outside-scope": (
        "当前身份不能在 {value} 账户记账。",
        "Your present role may not post on the {value} account.",
        "切换身份，或由所在地区登记。",
        "Switch roles, or let the region concerned record it.",
    ),
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
}
_GENERAL_RULE = Text("台账记账规则", "Rules of the ledger")
_WARNINGS = frozenset({"mass-jump", "tolerant-stock-below-zero"})


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
        severity=Severity.WARNING if code in _WARNINGS else Severity.ERROR,
        where=where,
        message=Text(zh.format(**filled), en.format(**filled)),
        value=str(value),
        rule=_RULES.get(code, _GENERAL_RULE),
        fix=Text(fix_zh.format(**filled), fix_en.format(**filled)),
    )
