"""What is said about accounts, and the steps that join them."""

from __future__ import annotations

# code: (message zh, message en, fix zh, fix en).
WORDS: dict[str, tuple[str, str, str, str]] = {
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
    "outside-scope": (
        "当前身份不能在 {value} 账户记账。",
        "Your present role may not post on the {value} account.",
        "切换身份，或由所在地区登记。",
        "Switch roles, or let the region concerned record it.",
    ),
}
