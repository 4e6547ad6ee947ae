"""What is said about identifiers, repetitions and reversals."""

from __future__ import annotations

# code: (message zh, message en, fix zh, fix en).
WORDS: dict[str, tuple[str, str, str, str]] = {
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
}
