"""Assessments in the shapes that reports have: a form of 2020, a chapter of a book, running text, a hospital.

The projects are invented; headings, columns and wording follow the forms that reports are written in.
"""

# ruff: noqa: E501 - rows of tables are read as rows

from __future__ import annotations

import io

import docx
from docx.document import Document

from benchmarks.plans.files import as_pdf, as_word
from benchmarks.plans.layouts import LEFT, Element, Grid, Words


def grid(*rows, head_rows: int = 1) -> Grid:
    """Give a table; a row too short goes on empty."""
    width = max(map(len, rows))
    padded = tuple(tuple(row) + ("",) * (width - len(row)) for row in rows)
    return Grid(padded, head_rows, "tabs", (1,) * width)


# ── A form of 2020: everything stands in cells, tables in the cell of chapter four, amounts in the annex.

FORM_EXPECTED = {
    "废包装材料": ("general", ("900-005-S17",), "0.8"),
    "不合格品": ("general", ("900-003-S17",), "2.6"),
    "废机油": ("hazardous", ("900-249-08",), "0.05"),
    "废油桶": ("hazardous", ("900-249-08",), "0.02"),
    "废活性炭": ("hazardous", ("900-039-49",), "1.37"),
    "生活垃圾": ("household", (), "6"),
}
_FORM_TABLE = (
    ("产生环节", "名称", "属性", "主要有毒有害物质名称", "物理性状", "环境危险特性", "年度产生量t/a", "贮存方式", "利用处置方式和去向", "利用或处置量t/a", "环境管理要求"),
    ("包装", "废包装材料", "一般工业固体废物\n900-005-S17", "/", "固态", "/", "0.8", "袋装", "外售物资回收单位", "0.8", "分类收集"),
    ("检验", "不合格品", "一般工业固体废物\n900-003-S17", "/", "固态", "/", "2.6", "箱装", "破碎后回用于生产", "2.6", ""),
    ("设备维护", "废机油", "危险废物\nHW08\n900-249-08", "矿物油", "液态", "T，I", "0.05", "桶装", "委托有资质单位处置", "0.05", "暂存于危废间，执行转移联单制度"),
    ("设备维护", "废油桶", "危险废物\nHW08\n900-249-08", "矿物油", "固态", "T，I", "0.02", "码放", "委托有资质单位处置", "0.02", ""),
    ("废气治理", "废活性炭", "危险废物\nHW49\n900-039-49", "有机物", "固态", "T", "1.37", "袋装", "委托有资质单位处置", "1.37", ""),
    ("办公生活", "生活垃圾", "/", "/", "固态", "/", "6", "垃圾桶", "环卫部门清运", "6", ""),
)  # fmt: skip
_FORM_STORES = (
    ("贮存场所（设施）名称", "危险废物名称", "危险废物类别", "危险废物代码", "位置", "占地面积", "贮存方式", "贮存能力", "贮存周期"),
    ("危废暂存间", "废机油", "HW08", "900-249-08", "厂区北侧", "10m2", "桶装", "3t", "半年"),
    ("危废暂存间", "废油桶", "HW08", "900-249-08", "厂区北侧", "10m2", "码放", "3t", "半年"),
    ("危废暂存间", "废活性炭", "HW49", "900-039-49", "厂区北侧", "10m2", "袋装", "3t", "半年"),
)  # fmt: skip
_ANNEX = (
    ("项目分类", "污染物名称", "现有工程排放量（固体废物产生量）①", "现有工程许可排放量②", "在建工程排放量（固体废物产生量）③", "本项目排放量（固体废物产生量）④", "以新带老削减量（新建项目不填）⑤", "本项目建成后全厂排放量（固体废物产生量）⑥", "变化量⑦"),
    ("废气", "非甲烷总烃", "0", "0", "0", "0.085t/a", "0", "0.085t/a", "+0.085t/a"),
    ("废水", "COD", "0", "0", "0", "0.21t/a", "0", "0.21t/a", "+0.21t/a"),
    ("一般工业固体废物", "废包装材料", "0", "/", "0", "0.8t/a", "0", "0.8t/a", "+0.8t/a"),
    ("一般工业固体废物", "不合格品", "0", "/", "0", "2.6t/a", "0", "2.6t/a", "+2.6t/a"),
    ("危险废物", "废机油", "0", "/", "0", "0.05t/a", "0", "0.05t/a", "+0.05t/a"),
    ("危险废物", "废油桶", "0", "/", "0", "0.02t/a", "0", "0.02t/a", "+0.02t/a"),
    ("危险废物", "废活性炭", "0", "/", "0", "1.37t/a", "0", "1.37t/a", "+1.37t/a"),
)  # fmt: skip


def form_docx() -> bytes:
    """Give the form as Word has it: tables inside the cell of a chapter, merged cells in the annex."""
    document = docx.Document()
    document.add_paragraph("建设项目环境影响报告表")
    document.add_paragraph("（污染影响类）")
    document.add_paragraph("项目名称：注塑制品生产线建设项目")
    document.add_paragraph("建设单位（盖章）：海桥塑料制品有限公司")
    document.add_paragraph("一、建设项目基本情况")
    _fill(document, (("建设项目名称", "注塑制品生产线建设项目"), ("建设地点", "某市某区某工业园")))
    document.add_paragraph("二、建设项目工程分析")
    _fill(document, (("建设内容", "项目租用现有厂房，建成后年产塑料配件200万件。"),))
    document.add_paragraph("四、主要环境影响和保护措施")
    row = document.add_table(1, 2).rows[0]
    row.cells[0].text = "运营期环境影响和保护措施"
    cell = row.cells[1]
    cell.text = "4.4固体废物"
    cell.add_paragraph("本项目产生的固体废物产生及处置情况见表4-15。")
    cell.add_paragraph("表4-15 固体废物产生及处置情况一览表")
    _copy(cell.add_table(len(_FORM_TABLE), len(_FORM_TABLE[0])), _FORM_TABLE)
    cell.add_paragraph("表4-16 建设项目危险废物贮存场所（设施）基本情况表")
    _copy(cell.add_table(len(_FORM_STORES), len(_FORM_STORES[0])), _FORM_STORES)
    cell.add_paragraph("危险废物贮存设施按HJ1276设置标志，建立管理台账，制定应急预案。4.5地下水、土壤")
    document.add_paragraph("五、环境保护措施监督检查清单")
    _fill(
        document,
        (
            ("内容要素", "排放口(编号、名称)/污染源", "污染物项目", "环境保护措施", "执行标准"),
            ("大气环境", "DA001", "非甲烷总烃", "活性炭吸附", "GB 31572-2015"),
            ("固体废物", "废包装材料外售物资回收单位；废机油、废油桶、废活性炭暂存于危废暂存间，委托有资质单位处置", "", "", ""),
        ),
    )  # fmt: skip
    document.add_paragraph("附表")
    document.add_paragraph("建设项目污染物排放量汇总表")
    _fill(document, _ANNEX)
    document.add_paragraph("注：⑥=①+③+④-⑤；⑦=⑥-①")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _fill(document: Document, rows) -> None:
    _copy(document.add_table(len(rows), len(rows[0])), rows)


def _copy(table, rows) -> None:
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text


# ── A chapter of a report book: judged, then identified, then summed up, over four tables.

BOOK_EXPECTED = {
    "废边角料": ("general", ("900-002-S17",), "35.2"),
    "焊渣": ("general", ("900-099-S59",), "0.6"),
    "漆渣": ("hazardous", ("900-252-12",), "2.4"),
    "废切削液": ("hazardous", ("900-006-09",), "1.8"),
    "废过滤棉": ("hazardous", ("900-041-49",), "0.35"),
    "废包装桶": ("hazardous", ("900-041-49",), "0.9"),
    "污水处理污泥": ("hazardous", ("336-064-17",), "4.2"),
    "生活垃圾": ("household", (), "13.5"),
}


def book_elements() -> list[Element]:
    """Give the chapter."""
    return [
        Words("汽车零部件涂装技术改造项目环境影响报告书", 1),
        Words("建设单位：东岭汽车零部件（河东）有限公司"),
        Words("3.2 产品方案", 2),
        Words("项目建成后形成年产12万套汽车底盘件的生产能力。"),
        Words("3.6.4 固体废物", 2),
        Words("根据《固体废物鉴别标准 通则》（GB34330-2017），对副产物属性进行判定，见表3.6-8。"),
        Words("表3.6-8 建设项目副产物产生情况汇总表"),
        grid(
            ("序号", "副产物名称", "产生工序", "形态", "主要成分", "预测产生量（t/a）", "种类判断", LEFT, LEFT),
            (None, None, None, None, None, None, "固体废物", "副产品", "判定依据"),
            ("1", "废边角料", "下料", "固", "钢", "35.2", "√", "/", "4.2a"),
            ("2", "焊渣", "焊接", "固", "氧化铁", "0.6", "√", "/", "4.2a"),
            ("3", "漆渣", "喷漆", "半固", "树脂、有机溶剂", "2.4", "√", "/", "4.3n"),
            ("4", "废切削液", "机加工", "液", "乳化液", "1.8", "√", "/", "4.1c"),
            ("5", "废过滤棉", "废气处理", "固", "纤维、漆雾", "0.35", "√", "/", "4.3l"),
            ("6", "废包装桶", "原料包装", "固", "铁、涂料", "0.9", "√", "/", "4.1h"),
            ("7", "污水处理污泥", "废水处理", "半固", "金属、水", "4.2", "√", "/", "4.3e"),
            ("8", "生活垃圾", "职工生活", "固", "纸张、果皮", "13.5", "√", "/", "4.1h"),
            head_rows=2,
        ),
        Words("表3.6-9 营运期固体废物分析结果汇总表"),
        grid(
            ("序号", "固废名称", "属性", "产生工序", "危险特性鉴别方法", "危险特性", "废物类别", "废物代码", "估算产生量（吨/年）"),
            ("1", "废边角料", "一般固废", "下料", "《国家危险废物名录》（2025年版）", "-", "SW17", "900-002-S17", "35.2"),
            ("2", "焊渣", None, "焊接", None, "-", "SW59", "900-099-S59", "0.6"),
            ("3", "漆渣", "危险废物", "喷漆", None, "T，I", "HW12", "900-252-12", "2.4"),
            ("4", "废切削液", None, "机加工", None, "T", "HW09", "900-006-09", "1.8"),
            ("5", "废过滤棉", None, "废气处理", None, "T/In", "HW49", "900-041-49", "0.35"),
            ("6", "废包装桶", None, "原料包装", None, "T/In", "HW49", "900-041-49", "0.9"),
            ("7", "污水处理污泥", None, "废水处理", None, "T", "HW17", "336-064-17", "4.2"),
            ("8", "生活垃圾", "生活垃圾", "职工生活", None, "-", "SW64", "-", "13.5"),
        ),
        Words("本项目危险废物合计产生量9.65t/a，一般固废合计产生量35.8t/a。"),
        Words("5.4 固体废物环境影响分析", 2),
        Words("表5.4-1 本项目固体废物利用处置方式"),
        grid(
            ("序号", "固体废物名称", "产生工序", "属性", "废物代码", "产生量\n（吨/年）", "利用处置方式", "利用处置单位"),
            ("1", "废边角料", "下料", "一般固废", "900-002-S17", "35.2", "外售综合利用", "物资回收单位"),
            ("2", "焊渣", "焊接", "一般固废", "900-099-S59", "0.6", "外售综合利用", "物资回收单位"),
            ("3", "漆渣", "喷漆", "危险废物", "900-252-12", "2.4", "焚烧", "有资质单位"),
            ("4", "废切削液", "机加工", "危险废物", "900-006-09", "1.8", "物化处置", "有资质单位"),
            ("5", "废过滤棉", "废气处理", "危险废物", "900-041-49", "0.35", "焚烧", "有资质单位"),
            ("6", "废包装桶", "原料包装", "危险废物", "900-041-49", "0.9", "综合利用", "有资质单位"),
            ("7", "污水处理污泥", "废水处理", "危险废物", "336-064-17", "4.2", "焚烧", "有资质单位"),
            ("8", "生活垃圾", "职工生活", "/", "/", "13.5", "卫生填埋", "环卫部门"),
        ),
        Words("表5.4-2 建设项目危险废物贮存场所（设施）基本情况表"),
        grid(
            ("序号", "贮存场所（设施）名称", "危险废物名称", "危险废物类别", "危险废物代码", "位置", "占地面积", "贮存方式", "贮存能力", "贮存周期"),
            ("1", "危废仓库", "漆渣", "HW12", "900-252-12", "厂房东北角", "30m2", "桶装", "20t", "3个月"),
            ("2", None, "废切削液", "HW09", "900-006-09", None, None, "桶装", None, "3个月"),
            ("3", None, "废过滤棉", "HW49", "900-041-49", None, None, "袋装", None, "6个月"),
            ("4", None, "废包装桶", "HW49", "900-041-49", None, None, "加盖", None, "3个月"),
            ("5", None, "污水处理污泥", "HW17", "336-064-17", None, None, "袋装", None, "3个月"),
        ),
        Words("危险废物转移执行电子联单制度，建立台账，制定突发环境事件应急预案，设置识别标志。"),
    ]  # fmt: skip


def book_docx() -> bytes:
    """Give the chapter as Word."""
    return as_word(book_elements())


def book_pdf() -> bytes:
    """Give the chapter as PDF."""
    return as_pdf(book_elements())


# ── A laboratory in running text, with a table that only sums up, as PDF.

TEXT_EXPECTED = {
    "废包装物": ("general", (), "0.5"),
    "纯水制备废反渗透膜": ("general", (), "0.02"),
    "实验废液": ("hazardous", ("900-047-49",), "2.5"),
    "废试剂瓶": ("hazardous", ("900-047-49",), "0.3"),
    "废一次性耗材": ("hazardous", ("900-047-49",), "0.15"),
    "废活性炭": ("hazardous", ("900-039-49",), "0.8"),
    "废紫外灯管": ("hazardous", ("900-023-29",), "0.01"),
    "生活垃圾": ("household", (), "3.75"),
}


def text_elements() -> list[Element]:
    """Give the section."""
    return [
        Words("体外诊断试剂研发实验室建设项目环境影响报告表"),
        Words("建设单位名称：清源诊断技术（北京）有限公司"),
        Words("本项目建成后年研发试剂盒5000人份。"),
        Words("4、固体废物环境影响和保护措施"),
        Words("4.1固体废物产生及处置情况"),
        Words("本项目产生的固体废物包括生活垃圾、一般工业固体废物和危险废物。"),
        Words("（1）生活垃圾"),
        Words("本项目劳动定员30人，生活垃圾产生量按0.5kg/（人·d）计，年工作250d，则生活垃圾产生量为3.75t/a，分类收集后由环卫部门定期清运。"),
        Words("（2）一般工业固体废物"),
        Words("①废包装物：拆封原辅料产生的未沾染化学试剂的废包装物，产生量约0.5t/a，集中收集后外售给物资回收公司。"),
        Words("②纯水制备废反渗透膜：纯水机约每年更换一次，产生量约0.02t/a，由厂家回收。"),
        Words("（3）危险废物"),
        Words("①实验废液：主要为实验过程产生的废液及前两遍清洗废水，产生量约2.5t/a，属于《国家危险废物名录》（2025年版）中的HW49其他废物，废物代码900-047-49。"),
        Words("②废试剂瓶：产生量约为0.3t/a，废物类别HW49，废物代码900-047-49。"),
        Words("③废一次性耗材：包括废手套、废枪头等，产生量约0.15t/a，废物类别HW49，废物代码900-047-49。"),
        Words("④废活性炭：活性炭箱装填量为0.2t，每季度更换一次，则废活性炭产生量约0.8t/a，废物类别HW49，废物代码为900-039-49。"),
        Words("⑤废紫外灯管：产生量约10kg/a，废物类别HW29含汞废物，废物代码900-023-29。"),
        Words("上述危险废物产生量合计为3.76t/a，分类收集后暂存于危废暂存间，定期交由有资质的单位清运处置。"),
        Words("表4-9 项目固体废物产生及处置情况表"),
        grid(
            ("固废类别", "固废名称", "产生量（t/a）", "处置措施"),
            ("生活垃圾", "生活垃圾", "3.75", "环卫部门定期清运"),
            ("一般工业固体废物", "废包装物", "0.5", "外售物资回收公司"),
            (None, "纯水制备废反渗透膜", "0.02", "厂家回收"),
            ("危险废物", "实验废液", "2.5", "暂存于危废暂存间，定期交由有资质的单位清运处置"),
            (None, "废试剂瓶", "0.3", None),
            (None, "废一次性耗材", "0.15", None),
            (None, "废活性炭", "0.8", None),
            (None, "废紫外灯管", "0.01", None),
        ),
        Words("4.2环境管理要求"),
        Words("危险废物暂存间面积5m2，贮存能力2t，设置标志，建立台账。"),
        Words("5、环境风险"),
        Words("本项目危险物质最大存在量见表4-12，实验废液最大暂存量为0.5t。"),
    ]  # fmt: skip


def text_pdf() -> bytes:
    """Give the section as PDF."""
    return as_pdf(text_elements())


# ── A hospital: amounts as the specification of source strengths has them, the unit above the table.

HOSPITAL_EXPECTED = {
    "医疗废物": ("hazardous", ("841-001-01", "841-002-01", "841-005-01"), "19.7"),
    "污水处理站污泥": ("hazardous", ("841-001-01",), "6.5"),
    "废活性炭": ("hazardous", ("900-041-49",), "0.6"),
    "废紫外线灯管": ("hazardous", ("900-023-29",), "0.02"),
    "废包装材料": ("general", (), "3.2"),
    "生活垃圾": ("household", (), "65.7"),
}


def hospital_elements() -> list[Element]:
    """Give the section."""
    return [
        Words("第三人民医院门诊楼改扩建项目环境影响报告表"),
        Words("建设单位：河东区第三人民医院"),
        Words("项目建成后新增床位120张，日门诊量800人次。"),
        Words("4.4 固体废物"),
        Words("运营期固体废物主要为医疗废物、污水处理站污泥、废活性炭、废紫外线灯管、废包装材料及生活垃圾。"),
        Words("（1）医疗废物：根据类比，住院部医疗废物产生系数取0.45kg/床·d，则医疗废物年产生量为19.7t/a，其中感染性废物（841-001-01）约15.8t/a，损伤性废物（841-002-01）约2.0t/a，药物性废物（841-005-01）约1.9t/a。"),
        Words("（2）污水处理站污泥：产生量约6.5t/a，属于HW01医疗废物（841-001-01），经消毒后委托有资质单位处置。"),
        Words("表4-20 项目固体废物产生排放情况一览表 单位：t/a"),
        grid(
            ("工序", "固体废物名称", "固废属性", "产生情况", LEFT, "处置措施", LEFT, "最终去向"),
            (None, None, None, "核算方法", "产生量", "工艺", "处置量", None),
            ("诊疗", "医疗废物", "危险废物（HW01，841-001-01、841-002-01、841-005-01）", "产污系数法", "19.7", "暂存于医疗废物暂存间", "19.7", "交由医疗废物集中处置单位处置"),
            ("污水处理", "污水处理站污泥", "危险废物（HW01，841-001-01）", "类比法", "6.5", "消毒、脱水", "6.5", "有资质单位处置"),
            ("废气处理", "废活性炭", "危险废物（HW49，900-041-49）", "物料衡算法", "0.6", "桶装密封", "0.6", "有资质单位处置"),
            ("消毒", "废紫外线灯管", "危险废物（HW29，900-023-29）", "类比法", "0.02", "盒装", "0.02", "有资质单位处置"),
            ("药房", "废包装材料", "一般固体废物", "类比法", "3.2", "收集", "3.2", "外售综合利用"),
            ("职工、病人", "生活垃圾", "/", "产污系数法", "65.7", "垃圾桶收集", "65.7", "环卫部门清运"),
            head_rows=2,
        ),
        Words("各类危险废物分类收集后暂存于危险废物暂存间。"),
    ]  # fmt: skip


def hospital_docx() -> bytes:
    """Give the section as Word."""
    return as_word(hospital_elements())


def hospital_pdf() -> bytes:
    """Give the section as PDF."""
    return as_pdf(hospital_elements())


SAMPLES = {
    "form.docx": (form_docx, FORM_EXPECTED),
    "book.docx": (book_docx, BOOK_EXPECTED),
    "book.pdf": (book_pdf, BOOK_EXPECTED),
    "text.pdf": (text_pdf, TEXT_EXPECTED),
    "hospital.docx": (hospital_docx, HOSPITAL_EXPECTED),
    "hospital.pdf": (hospital_pdf, HOSPITAL_EXPECTED),
}
