"""Solid waste of environmental assessments: four layouts, amounts, what is found wrong, who is refused."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import AccessError
from wufei.records.plans.core.eia.amounts import amount_of, years_of
from wufei.records.plans.core.eia.values import Kind
from wufei.records.plans.queries.eia import check_eia, check_eia_packaged, eia_workbook
from wufei.runtime.access.core import Role, Scope

ON = date(2026, 11, 26)
LIST = [
    ["序号", "固废名称", "属性", "产生环节", "产生量（t/a）", "利用处置方式", "委托单位"],
    ["1", "废机油", "危险废物", "设备维修", "3.2", "委托处置", "持危险废物经营许可证单位"],
    ["2", "边角料", "一般固废", "机加工", "12", "外售", "物资公司"],
    ["3", "职工生活垃圾", "生活垃圾", "办公", "4.5", "环卫清运", "环卫部门"],
    ["合计", "合计", "", "", "20.0", "", ""],
]
SUMMARY = [
    ["危险废物名称", "危险废物类别", "危险废物代码", "产生量（吨/年）", "产生工序及装置", "形态", "产废周期"],
    ["废机油", "HW08", "900-214-08", "3.2", "设备维修", "液态", "1年"],
]
STORES = [
    ["贮存场所（设施）名称", "危险废物名称", "危险废物代码", "位置", "占地面积", "贮存能力", "贮存周期"],
    ["危废间", "废机油", "900-214-08", "车间东", "10m2", "1t", "1年"],
]
TEXT = """项目环境影响报告表
建设单位：北京某某汽车零部件有限公司
建设规模：年产汽车零部件50万件。
4.4 固体废物
（1）废机油：设备维修产生废机油，产生量约为3.2t/a，属于HW08 900-249-08，暂存于危废间，委托有资质单位处置。
（2）废活性炭
废气处理产生废活性炭约1500kg/a，属于HW49（900-039-49），暂存于危废间，由环卫部门清运。
（3）生产过程产生的废切削液，产生量为2t/a，属于一般固废，外售物资回收单位。
危险废物产生总量为5.0t/a。
4.5 环境风险
生活污水产生量为120t/a。
"""


def word(*tables):
    document = docx.Document()
    document.add_paragraph("项目环境影响报告书")
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.add_paragraph("见上表。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def checked(content, name="环评.docx"):
    page = check_eia_packaged(content=content, name=name, on=ON)
    return page, {each.code.removeprefix("eia.") for each in page.findings}


def test_list_summary_and_stores_are_one_waste_with_all_that_is_said_of_it():
    page, codes = checked(word(LIST, SUMMARY, STORES))
    oil, scrap, household = page.eia.wastes
    assert (oil.kind, oil.codes, oil.amount.tonnes) == (Kind.HAZARDOUS, ("900-214-08",), Decimal("3.2"))
    assert oil.fields["receiver"] == "持危险废物经营许可证单位"
    assert oil.fields["form"] == "液态"
    assert (scrap.kind, household.kind) == (Kind.GENERAL, Kind.HOUSEHOLD)
    assert {"storage-small", "sum-differs", "column-hazards", "manifest-unsaid"} <= codes
    assert not {"code-missing", "amount-differs", "outlet-missing", "storage-missing"} & codes


def test_running_text_gives_wastes_and_leaves_waste_water_out():
    page, codes = checked(TEXT.encode(), "环评.txt")
    assert page.eia.builder == "北京某某汽车零部件有限公司"
    assert [(each.name, each.amount.tonnes) for each in page.eia.wastes] == [
        ("废机油", Decimal("3.2")),
        ("废活性炭", Decimal("1.5")),
        ("废切削液", Decimal(2)),
    ]
    assert page.eia.wastes[0].codes == ("900-249-08",)
    assert {"outlet-forbidden", "hazardous-as-general", "sum-differs", "stores-missing"} <= codes
    intensity = next(each for each in page.findings if each.code == "eia.intensity-missing")
    assert "0.134 t/万件" in intensity.message.zh


def test_a_head_of_two_rows_and_a_merged_kind_are_read_in_html():
    content = """<html><body><h1>项目环境影响报告表</h1><table>
    <tr><th rowspan=2>名称</th><th rowspan=2>属性</th><th colspan=2>产生情况</th><th rowspan=2>去向</th></tr>
    <tr><th>工序</th><th>产生量t/a</th></tr>
    <tr><td>漆渣</td><td rowspan=2>危险废物</td><td>喷涂</td><td>1.2</td><td>委托有资质单位</td></tr>
    <tr><td>废切削液</td><td>机加工</td><td>800kg/a</td><td></td></tr></table></body></html>"""
    page, codes = checked(content.encode(), "环评.html")
    paint, fluid = page.eia.wastes
    assert (paint.kind, fluid.kind) == (Kind.HAZARDOUS, Kind.HAZARDOUS)
    assert (paint.amount.tonnes, fluid.amount.tonnes) == (Decimal("1.2"), Decimal("0.8"))
    assert {"code-missing", "outlet-missing", "storage-missing"} <= codes


def test_units_of_cells_volumes_and_wrong_codes_are_told_in_a_table_of_text():
    rows = [
        "项目环境影响报告表",
        "废物名称\t类别\t代码\t产生量\t处置方式",
        "废机油\tHW49\t900-214-08\t3.2\t委托有资质单位处置",
        "边角料\t一般固废\t900-999-S17\t12m3/a\t外售",
        "污泥\t需鉴别\t/\t5t/a\t待定",
    ]
    page, codes = checked("\n".join(rows).encode(), "环评.txt")
    assert [each.amount.text for each in page.eia.wastes] == ["3.2", "12m3/a", "5t/a"]
    assert {"category-against-code", "amount-no-unit", "amount-no-mass", "code-unknown"} <= codes
    assert "identify-unasked" in codes


@given(st.decimals("0.001", "99999", places=3), st.sampled_from([("t/a", 1), ("kg/a", 1000), ("吨/年", 1)]))
def test_any_amount_keeps_its_mass_whether_cell_or_head_gives_the_unit(value, unit):
    symbol, per_tonne = unit
    for amount in (amount_of(f"约{value}{symbol}"), amount_of(str(value), symbol)):
        assert amount.tonnes == value / per_tonne


@pytest.mark.parametrize(
    ("text", "years"), [("半年", "0.5"), ("3个月", "0.25"), ("≤1年", "1"), ("不定期", None)]
)
def test_times_are_read_in_years_or_not_at_all(text, years):
    assert years_of(text) == (Decimal(years) if years else None)


def test_a_standard_named_by_its_number_says_what_it_asks_for():
    rows = ("废物名称\t属性\t产生量（t/a）\t处置方式", "污泥\t需鉴别\t5\t待定", "废机油\t危险废物\t1\t待定")
    text = "\n".join(("项目环境影响报告表", *rows, ""))
    missing = checked(text.encode(), "环评.txt")[1]
    assert {"identify-unasked", "labels-unsaid"} <= missing
    said = checked(f"{text}按HJ 298鉴别，按HJ 1276-2022设置。\n".encode(), "环评.txt")[1]
    assert not {"identify-unasked", "labels-unsaid"} & said


def test_a_document_without_waste_says_so():
    assert "no-waste" in checked("项目环境影响报告表\n一、基本情况\n".encode(), "环评.txt")[1]


def test_the_workbook_holds_every_waste_and_every_finding_and_no_formula():
    page, _ = checked(word(LIST))
    eia = replace(page.eia, title="=1+1环境影响报告表", builder="=1+1")
    book = openpyxl.load_workbook(io.BytesIO(eia_workbook(eia, page.findings, "zh-hans")))
    wastes, missing = (list(sheet.values) for sheet in book)
    assert [row[0] for row in wastes if row[0] in {"废机油", "边角料", "职工生活垃圾"}] == [
        each.name for each in eia.wastes
    ]
    assert {row[1] for row in missing} >= {each.message.zh for each in page.findings}
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_who_does_not_review_is_refused_before_anything_is_read():
    driver = Scope(1, 1, Role.DRIVER, party_ids=frozenset({1}))
    with pytest.raises(AccessError):
        check_eia(driver, content=b"", name="x", on=ON)
