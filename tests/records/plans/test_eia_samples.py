"""Assessments in the shapes of real ones are read whole: a form, a chapter of a book, running text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.records.plans.eia_samples import SAMPLES
from wufei.records.plans.core.eia.taking import waste_lines
from wufei.records.plans.queries.eia import check_eia_packaged

ON = date(2026, 3, 1)
BUILDERS = {
    "form": "海桥塑料制品有限公司",
    "book": "东岭汽车零部件（河东）有限公司",
    "text": "清源诊断技术（北京）有限公司",
    "hospital": "河东区第三人民医院",
}
TITLES = {
    "form": "注塑制品生产线",
    "book": "汽车零部件涂装",
    "text": "体外诊断试剂",
    "hospital": "第三人民医院",
}
NEVER = {"outlet-missing", "storage-missing", "code-against-name", "amount-differs", "sum-differs"}
ASKED = {"hospital": {"code-against-name"}}
"""What is rightly asked: sludge of sewage is of other categories where no hospital makes it."""


@pytest.mark.parametrize("name", SAMPLES)
def test_every_waste_is_read_once_with_kind_code_amount_and_outlet(name):
    make, expected = SAMPLES[name]
    page = check_eia_packaged(content=make(), name=name, on=ON)
    assert {
        each.name: (each.kind.value, each.codes, str(each.amount.tonnes.normalize() + 0))
        for each in page.eia.wastes
    } == {
        each: (kind, codes, str(Decimal(mass).normalize() + 0))
        for each, (kind, codes, mass) in expected.items()
    }
    sample = name.partition(".")[0]
    assert page.eia.builder == BUILDERS[sample]
    assert page.eia.title.startswith(TITLES[sample])
    codes = {each.code.removeprefix("eia.") for each in page.findings}
    assert codes & NEVER == ASKED.get(sample, set())
    assert "column-hazards" not in codes
    assert page.eia.products


@pytest.mark.parametrize(
    ("name", "stores"), [("form.docx", 3), ("book.docx", 5), ("book.pdf", 5), ("text.pdf", 0)]
)
def test_stores_are_read_or_said_to_be_missing(name, stores):
    page = check_eia_packaged(content=SAMPLES[name][0](), name=name, on=ON)
    assert len(page.eia.stores) == stores
    assert ("eia.stores-missing" in {each.code for each in page.findings}) is (stores == 0)


def test_the_annex_of_a_form_speaks_for_waste_and_not_for_emissions():
    rows = [
        "项目分类\t污染物名称\t现有工程排放量（固体废物产生量）①\t本项目排放量（固体废物产生量）④\t变化量⑦",
        "废气\t颗粒物\t1t/a\t2t/a\t+2t/a",
        "危险废物\t废矿物油\t1t/a\t0.4t/a\t+0.4t/a",
    ]
    text = "项目环境影响报告表\n" + "\n".join(rows)
    page = check_eia_packaged(content=text.encode(), name="x.txt", on=ON)
    assert [(each.name, each.amount.text) for each in page.eia.wastes] == [("废矿物油", "0.4t/a")]


def test_of_an_expansion_the_amount_of_this_project_is_read_and_the_whole_plant_is_a_doubt():
    rows = [
        "表26 扩建前后固体废物产生情况对比表（t/a）",
        "类别\t名称\t废物代码\t扩建前产生量\t本次扩建产生量\t扩建后全厂产生量\t增减量\t处置方式",
        "危险废物\t废油墨\t900-253-12\t0.3\t0.25\t0.55\t+0.25\t交有资质的单位",
        "危险废物\t废显影液\t900-019-16\t0\t0.25\t0.25\t+0.25\t交有资质的单位",
    ]
    page = check_eia_packaged(content="\n".join(rows).encode(), name="x.txt", on=ON)
    ink, developer = waste_lines(page.eia, {}, lambda _: (), (), {})
    assert (ink.quota_g, developer.quota_g) == (250_000, 250_000)
    assert "0.55" in ink.doubt.zh
    assert developer.doubt is None


@pytest.mark.parametrize(
    ("name", "kind", "code", "found"),
    [
        ("废机油", "危险废物", "900-249-08", set()),
        ("废包装材料", "一般固废", "900-005-S17", set()),
        ("废活性炭", "一般固废", "900-099-S59", {"kind-by-name"}),
        ("废机油", "危险废物", "900-039-49", {"code-against-name"}),
    ],
)
def test_a_code_in_another_category_than_the_name_is_asked_about_and_one_in_the_same_is_not(
    name, kind, code, found
):
    text = (
        "项目环境影响报告表\n废物名称\t属性\t代码\t产生量（t/a）\t处置方式\n"
        f"{name}\t{kind}\t{code}\t1\t委托有许可证的单位\n"
    )
    page = check_eia_packaged(content=text.encode(), name="x.txt", on=ON)
    codes = {each.code.removeprefix("eia.") for each in page.findings}
    assert codes & {"kind-by-name", "code-against-name"} == found
