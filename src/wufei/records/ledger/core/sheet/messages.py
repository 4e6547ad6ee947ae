"""What is said about the cells of a ledger file: value, rule and fix in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.core import messages

# code: (message zh, message en, fix zh, fix en). Braces are filled from the values given to `finding`.
_WORDS: dict[str, tuple[str, str, str, str]] = {
    "cell-missing": (
        "“{column}”没有填写。",
        "“{column}” is empty.",
        "补上这一格。",
        "Fill in this cell.",
    ),
    "cell-error": (
        "这一格是公式错误（如 #REF!、#VALUE!）或不成日期的数字。",
        "This cell holds an error such as #REF! or #VALUE!, or a number that is no date.",
        "改正公式，或直接填写数值。",
        "Mend the formula, or type the value.",
    ),
    "cell-no-result": (
        "这一格是公式，但文件里没有算出的结果。",
        "This cell is a formula, and the file holds no result of it.",
        "在 Excel 或 WPS 中打开并保存一次，或改为数值。",
        "Open and save the file once in Excel or WPS, or type the value.",
    ),
    "date-form": (
        "日期“{value}”无法识别。",
        "The date “{value}” is not understood.",
        "写作 2025-03-09、2025-03、2025 或 2025-03-09 14:30。",
        "Write 2025-03-09, 2025-03, 2025 or 2025-03-09 14:30.",
    ),
    "unknown-step": (
        "环节“{value}”不在目录中。",
        "Step “{value}” is not known.",
        "改用 {choices} 之一。",
        "Use one of {choices}.",
    ),
    "unknown-kind": (
        "账户类型“{value}”不在目录中。",
        "Kind of account “{value}” is not known.",
        "改用 {choices} 之一。",
        "Use one of {choices}.",
    ),
    "kind-needed": (
        "环节“{value}”有几种来去：{choices}。",
        "Step “{value}” can lead several ways: {choices}.",
        "在“从”“到”两列写明。",
        "Say which in the columns From and To.",
    ),
    "ambiguous-stream": (
        "废物“{value}”不能确定是哪一类：{choices}。",
        "Waste “{value}” may be one of these: {choices}.",
        "改写为代码，或目录中的全名。",
        "Write the code, or the full name of the catalogue.",
    ),
    "quantity-form": (
        "数量“{value}”不是数字，或后面的单位无法识别。",
        "The quantity “{value}” is no number, or is followed by what is no unit.",
        "写作 1.5、1,234.5 或 1.5吨。",
        "Write 1.5, 1,234.5 or 1.5 t.",
    ),
    "unit-missing": (
        "没有计量单位。",
        "There is no unit.",
        "填写“计量单位”列，或写进表头：数量(吨)。",
        "Fill in the column Unit, or write it in the header: Quantity (t).",
    ),
    "units-disagree": (
        "数量写的是“{value}”，计量单位列却是“{other}”。",
        "The quantity says “{value}”, but the column of units says “{other}”.",
        "只保留正确的一个。",
        "Keep the right one.",
    ),
    "unit-beside-header": (
        "这一行写的是“{value}”，表头的单位是“{other}”；已按这一行的单位计算。",
        "This row says “{value}”, the header says “{other}”; the row's own unit was used.",
        "核对单位，无误可不改。",
        "Check the unit; leave it if right.",
    ),
    "quantity-about": (
        "数量“{value}”是约数，依据却是“{other}”。",
        "The quantity “{value}” is approximate, yet the evidence is “{other}”.",
        "约数的依据请写“估算”。",
        "An approximate quantity is estimated; say so as its evidence.",
    ),
    "no-conversion": (
        "“{value}”不能折算为 {stream} 的质量：{on} 没有在用的系数。",
        "“{value}” cannot be turned into a mass of {stream}: no conversion is in force on {on}.",
        "改填吨或千克，或先在目录登记折算系数。",
        "Give tonnes or kilograms, or add a conversion to the catalogue first.",
    ),
    "unknown-evidence": (
        "依据“{value}”不在目录中。",
        "Evidence “{value}” is not known.",
        "改用 {choices} 之一。",
        "Use one of {choices}.",
    ),
    "sector-needed": (
        "不能从废物类别推定由哪个行业产生。",
        "The stream does not tell which sector made it.",
        "在“来源行业”列填写 {choices} 之一。",
        "Fill in Sector of origin with one of {choices}.",
    ),
    "percent-form": (
        "“{value}”不是 0 到 100 之间的百分数。",
        "“{value}” is no percentage between 0 and 100.",
        "写作 20 或 20%。",
        "Write 20 or 20%.",
    ),
    "yes-or-no": (
        "“{value}”既不是“是”也不是“否”。",
        "“{value}” is neither yes nor no.",
        "写“是”或留空。",
        "Write yes, or leave it empty.",
    ),
    "id-form": (
        "编号“{value}”不是 UUID。",
        "Identifier “{value}” is no UUID.",
        "用系统生成的编号，或留空由系统生成。",
        "Use an identifier made by the system, or leave it empty.",
    ),
    "holder-needed": (
        "没有单位、场所或地区，不知道发生在哪里。",
        "Neither party nor site nor region: it is not known where this happened.",
        "填写统一社会信用代码、编号或全名。",
        "Give the credit code, the key or the full name.",
    ),
    "sender-needed": (
        "签收没有写明发出方。",
        "The receipt does not name the sender.",
        "在“对方单位”填写起运时的发出方。",
        "Name the sender of the dispatch as Other party.",
    ),
    "target-needed": (
        "移库没有写明移到哪里。",
        "The move does not say where to.",
        "填写“对方场所”或“对方单位”。",
        "Fill in Other site or Other party.",
    ),
    "unknown-name": (
        "找不到单位“{value}”，或不在当前身份的范围内。",
        "No party “{value}” was found, or not within your present role.",
        "核对全名，改用统一社会信用代码，或先登记单位。",
        "Check the full name, use the credit code, or register the party first.",
    ),
    "ambiguous-name": (
        "叫“{value}”的单位有几家：{choices}。",
        "Several parties are called “{value}”: {choices}.",
        "改用统一社会信用代码或编号。",
        "Use the credit code or the key.",
    ),
    "digits-lost": (
        "“{value}”在表格里存成了数字，15 位以后的数字已丢失。",
        "“{value}” was kept as a number: its digits after the fifteenth are lost.",
        "把这一列设为文本后重新填写。",
        "Format the column as text and type it again.",
    ),
    "unknown-place": (
        "找不到场所“{value}”，或它不属于该单位。",
        "No site “{value}” was found, or it is not this party's.",
        "核对场所名称，改用编号，或先登记场所。",
        "Check the name, use the key, or register the site first.",
    ),
    "ambiguous-place": (
        "叫“{value}”的场所有几处：{choices}。",
        "Several sites are called “{value}”: {choices}.",
        "改用场所编号。",
        "Use the key of the site.",
    ),
    "unknown-area": (
        "找不到地区“{value}”。",
        "No region “{value}” was found.",
        "改用六位行政区划代码或全名。",
        "Use the code of six digits or the full name.",
    ),
    "held-back": (
        "同一凭证组“{value}”的第 {rows} 行有问题，这一行随之未入账。",
        "Row {rows} of the same posting group “{value}” is wrong, so this row was held back.",
        "改好那一行后一起导入。",
        "Mend that row and load them together.",
    ),
    "hidden-sheet": (
        "工作表“{value}”是隐藏的，没有读取。",
        "Sheet “{value}” is hidden and was not read.",
        "如应入账，取消隐藏后重新导入。",
        "If it should be posted, show it and load the file again.",
    ),
    "sheet-without-header": (
        "工作表“{value}”没有台账表头，没有读取。",
        "Sheet “{value}” has no header of a ledger and was not read.",
        "如应入账，补上表头后重新导入。",
        "If it should be posted, add the header and load the file again.",
    ),
    "total-row": (
        "这一行是“{value}”，没有入账。",
        "This row is a total (“{value}”) and was not posted.",
        "无需处理。",
        "Nothing to do.",
    ),
    "remark-row": (
        "这一行没有日期、环节、类别和数量，没有入账。",
        "This row has no date, step, waste or quantity and was not posted.",
        "如是说明文字，无需处理。",
        "Nothing to do if it is a remark.",
    ),
}
_RULES: dict[str, Text] = {
    "held-back": Text(
        "凭证组的各行要么全部入账，要么全不入账", "A posting group is posted whole or not at all"
    ),
    "ambiguous-stream": Text("废物按代码或全名认定", "Waste is known by its code or full name"),
    "ambiguous-name": Text("单位须唯一确定", "A party must be certain"),
    "ambiguous-place": Text("场所须唯一确定", "A site must be certain"),
    "digits-lost": Text("Excel 的数字只保留 15 位", "A number in Excel keeps fifteen digits"),
    "units-disagree": Text("一个数量只有一个单位", "One quantity, one unit"),
    "no-conversion": Text(
        "体积与件数按目录中有日期的系数折算", "Volumes and pieces are converted by dated factors"
    ),
}
_GENERAL_RULE = Text("台账文件的填写规则", "Rules of a ledger file")
_WARNINGS = frozenset({"unit-beside-header", "quantity-about", "hidden-sheet", "sheet-without-header"})
_NOTES = frozenset({"total-row", "remark-row"})


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A Finding about a row of a file.

    Attributes
    ----------
    row : int
        `LedgerSheet.key` of the row; 0 for a sheet as a whole.
    column : str
        What the file calls the column; empty for the row as a whole.
    finding : Finding
        Its `where` is the cell, such as ``Sheet1!C7``.
    """

    row: int
    column: str
    finding: Finding

    @property
    def grave(self) -> bool:
        """Whether it keeps the row out of the ledger."""
        return self.finding.severity is Severity.ERROR


def cell_finding(code: str, where: str, value: object, **values: object) -> Finding:
    """Build the Finding of one code about one cell; codes of the ledger itself may be named too.

    Parameters
    ----------
    code : str
        Key of the rule, without the room's prefix.
    where : str
        The cell.
    value : object
        What was found there.
    **values : object
        What else the sentence names; a `Text` is said in the language of the sentence.
    """
    said = {name: one if isinstance(one, Text) else Text(str(one), str(one)) for name, one in values.items()}
    chinese = {name: one.zh for name, one in said.items()}
    english = {name: one.en for name, one in said.items()}
    if code not in _WORDS:
        found = messages.finding(code, where, value, **chinese)
        other = messages.finding(code, where, value, **english)
        words = Text(found.message.zh, other.message.en), Text(found.fix.zh, other.fix.en)
        return replace(found, message=words[0], fix=words[1])
    zh, en, fix_zh, fix_en = _WORDS[code]
    severity = Severity.WARNING if code in _WARNINGS else Severity.NOTE if code in _NOTES else Severity.ERROR
    return Finding(
        code=f"ledger.{code}",
        severity=severity,
        where=where,
        message=Text(zh.format(value=value, **chinese), en.format(value=value, **english)),
        value=str(value),
        rule=_RULES.get(code, _GENERAL_RULE),
        fix=Text(fix_zh.format(value=value, **chinese), fix_en.format(value=value, **english)),
    )


def listed(choices: Iterable[Text]) -> Text:
    """Write choices in a row."""
    chosen = list(choices)
    return Text("、".join(one.zh for one in chosen), ", ".join(one.en or one.zh for one in chosen))
