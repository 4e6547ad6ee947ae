"""The columns of a ledger file: what they are called and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wufei.kernel.text import Text


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a ledger file.

    Attributes
    ----------
    key : str
        What it fills.
    title : Text
        How the template calls it.
    note : Text
        What to write, for the sheet of explanations.
    aliases : tuple of str
        Other names that people give it.
    required : bool
        Whether no row can do without it.
    """

    key: str
    title: Text
    note: Text
    aliases: tuple[str, ...] = ()
    required: bool = False


COLUMNS = (
    SheetColumn(
        "date",
        Text("日期", "Date"),
        Text(
            "发生的日期，如 2025-03-09；只知月份写 2025-03，只知年份写 2025；有时刻写 2025-03-09 14:30",
            "When it happened: 2025-03-09, with a time 2025-03-09 14:30; 2025-03 or 2025 if no more is known",
        ),
        (
            "发生日期",
            "发生时间",
            "业务日期",
            "登记日期",
            "时间",
            "年月",
            "月份",
            "day",
            "occurred",
            "occurred_at",
            "occurred_on",
        ),
        required=True,
    ),
    SheetColumn(
        "step",
        Text("环节", "Step"),
        Text("发生了什么，从下拉表中选择", "What happened; choose from the list"),
        ("流水环节", "业务环节", "业务类型", "操作", "operation"),
        required=True,
    ),
    SheetColumn(
        "stream",
        Text("废物类别", "Waste"),
        Text(
            "代码或全名，如 SW03、炉渣 或 SW03 炉渣",
            "Code or full name, such as SW03 or Furnace bottom ash",
        ),
        (
            "废物",
            "废物代码",
            "废物名称",
            "固废类别",
            "固废名称",
            "固体废物名称",
            "类别",
            "stream",
            "waste code",
            "waste stream",
        ),
        required=True,
    ),
    SheetColumn(
        "quantity",
        Text("数量", "Quantity"),
        Text(
            "单据上的数量；单位写在“计量单位”列、表头括号里或数字后面都可以",
            "As on the document; the unit in its own column, in the header, or after the number",
        ),
        ("重量", "质量", "净重", "产生量", "数量合计", "重量合计", "mass", "weight", "amount", "net weight"),
        required=True,
    ),
    SheetColumn(
        "unit",
        Text("计量单位", "Unit"),
        Text(
            "t、kg、m3 等；立方米、升等按目录系数折算",
            "t, kg, m3 and the like; volumes are converted by the catalogue",
        ),
        ("单位", "量纲", "重量单位", "数量单位", "unit of measure"),
    ),
    SheetColumn(
        "holder",
        Text("单位名称", "Party"),
        Text(
            "这一步发生在谁那里：统一社会信用代码、编号或全名。起运写发出方，签收写接收方",
            "Where this happened: credit code, key or full name; sender of a dispatch, receiver of a receipt",
        ),
        (
            "企业名称",
            "企业",
            "本单位",
            "持有单位",
            "产废单位",
            "统一社会信用代码",
            "信用代码",
            "holder",
            "company",
            "uscc",
        ),
    ),
    SheetColumn(
        "site",
        Text("场所", "Site"),
        Text("库房或设施，编号或名称；没有可不填", "Store or plant, key or name; may be left out"),
        ("贮存场所", "库房", "设施", "本单位场所", "place"),
    ),
    SheetColumn(
        "other_holder",
        Text("对方单位", "Other party"),
        Text(
            "签收必填发出方；移库到别处时填移入方。起运时可填接收方，仅供查看",
            "Sender of a receipt, new holder of a move. The receiver of a dispatch may stand here, unused",
        ),
        ("发出单位", "发货单位", "来源单位", "对方", "对方名称", "counterparty", "sender"),
    ),
    SheetColumn(
        "other_site",
        Text("对方场所", "Other site"),
        Text("移库的目的库房", "The store that a move leads to"),
        ("移入场所", "目的场所", "target site"),
    ),
    SheetColumn(
        "ref",
        Text("联单或批次号", "Leg or run"),
        Text(
            "起运与签收写同一个联单号；投入处理与处理产出写同一个批次号",
            "One manifest number for dispatch and receipt; one run number for into and out of treatment",
        ),
        ("联单号", "联单编号", "批次号", "批次", "运行批次", "ref", "manifest", "run", "leg"),
    ),
    SheetColumn(
        "method",
        Text("处理方式", "Method"),
        Text("投入处理必填，从下拉表中选择", "Needed for treatment; choose from the list"),
        ("利用处置方式", "处置方式", "利用方式", "处理方法", "treatment"),
    ),
    SheetColumn(
        "evidence",
        Text("依据", "Evidence"),
        Text("怎样得知的数量，从下拉表中选择；不填为填报", "How the quantity is known; left out: declared"),
        ("计量方式", "数据来源", "数据依据", "证据", "how known"),
    ),
    SheetColumn(
        "target_kind",
        Text("到", "To"),
        Text(
            "处理产出、损失等有几种去向时填写：库存、已利用、能源利用、排放与水分、已填埋、灭失",
            "Where a step has several ends: Stock, Used, Energy, Discharged, Landfilled, Lost",
        ),
        ("去向", "转入账户", "target kind"),
    ),
    SheetColumn(
        "source_kind",
        Text("从", "From"),
        Text("损失、移出等可从库存或在途发生时填写", "Where a step can begin in stock or in transit"),
        ("来源账户", "转出账户", "source kind"),
    ),
    SheetColumn(
        "finish",
        Text("办结", "Finished"),
        Text(
            "写“是”：这张联单或这个批次到此为止，账面须为零",
            "Yes: this leg or run ends here and must be empty",
        ),
        ("是否办结", "办结标记", "finish", "closed"),
    ),
    SheetColumn(
        "group",
        Text("凭证组", "Posting group"),
        Text(
            "同一凭证组的各行要么全部入账，要么全不入账，如签收与磅差",
            "Rows of one group are posted together or not at all, such as a receipt and its difference",
        ),
        ("记账组", "凭证分组", "posting", "group"),
    ),
    SheetColumn(
        "document",
        Text("凭证号", "Document"),
        Text("磅单、联单等的编号，不写人名电话", "Number of the paper; no names or phones"),
        ("单据", "单据号", "磅单号", "凭证", "凭证编号", "document number"),
    ),
    SheetColumn(
        "sector",
        Text("来源行业", "Sector of origin"),
        Text("最初由哪个行业产生；不填按废物类别推定", "Who first made it; left out: as the stream suggests"),
        ("来源领域", "产生领域", "行业", "sector"),
    ),
    SheetColumn(
        "origin",
        Text("来源地", "Origin"),
        Text(
            "最初在哪个地区产生；不填为单位所在地区（签收为发出方地区）",
            "Where it was first made; left out: the party's region",
        ),
        ("产生地", "来源地区", "产生地区", "origin region"),
    ),
    SheetColumn(
        "region",
        Text("地区", "Region"),
        Text("所在地区；不填为场所或单位的地区", "Where it is; left out: the region of site or party"),
        ("所在地", "所在地区", "行政区", "行政区划", "区县"),
    ),
    SheetColumn(
        "dry_share",
        Text("含固率(%)", "Dry share (%)"),
        Text("污泥等的干物质比例", "Dry part of sludge and the like"),
        ("含固率", "干基比例", "dry share", "dry matter"),
    ),
    SheetColumn(
        "uncertainty",
        Text("不确定度(%)", "Uncertainty (%)"),
        Text("相对标准不确定度，没有可不填", "Relative standard uncertainty; may be left out"),
        ("不确定度", "相对标准不确定度", "uncertainty"),
    ),
    SheetColumn(
        "amends",
        Text("更正期间", "Amends period"),
        Text("更正已关账的期间时填写，如 2025-03", "For a correction of a closed period, such as 2025-03"),
        ("所属期间", "更正所属期", "amends_period"),
    ),
    SheetColumn(
        "reason",
        Text("更正原因", "Reason"),
        Text("更正时填写，从下拉表中选择", "For a correction; choose from the list"),
        ("原因", "correction reason"),
    ),
    SheetColumn(
        "book",
        Text("账簿", "Book"),
        Text(
            "不填为实际账（合成地区为合成数据账）",
            "Left out: actual records (synthetic ones in a synthetic region)",
        ),
        ("账本", "book"),
    ),
    SheetColumn(
        "id",
        Text("编号", "Id"),
        Text(
            "系统生成的流水编号（UUIDv7）；一般不填", "Identifier made by a system (UUIDv7); usually left out"
        ),
        ("流水编号", "流水号", "记录编号", "uuid", "transfer id"),
    ),
)
BY_KEY: Mapping[str, SheetColumn] = {column.key: column for column in COLUMNS}

# Sheets of the template beside the one to fill in; they are not read unless asked for.
LEDGER_SHEET = Text("台账", "Ledger")
EXAMPLES_SHEET = Text("示例", "Examples")
NOTES_SHEET = Text("填写说明", "Notes")
CHOICES_SHEET = Text("选项", "Choices")
NOTES_SHEETS = frozenset(
    name for sheet in (EXAMPLES_SHEET, NOTES_SHEET, CHOICES_SHEET) for name in (sheet.zh, sheet.en)
)
# The column that an export adds, and that a load passes over.
FINDINGS_TITLE = Text("问题与改法", "Findings")
