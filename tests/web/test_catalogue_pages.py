"""The pages of the catalogue: search and browse, one item, standards, and the check of names."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.services import ListFile, import_list
from wufei.records.catalogue.urls import ACCESS, urlpatterns
from wufei.runtime.access.core import Scope

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def visitor(db):
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE catalogue_officialitem, catalogue_officiallist")
    yield Client()
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE catalogue_officialitem, catalogue_officiallist")


def test_every_route_says_who_may_come():
    assert {route.name for route in urlpatterns} == ACCESS.keys()


def test_a_visitor_browses_from_class_to_category_to_item(visitor):
    lists = visitor.get("/catalogue")
    assert "HW08" in words(lists)
    assert f"待核实 {len(load_items())} 项" in words(lists)
    category = visitor.get("/catalogue?category=HW08")
    assert "900-214-08" in words(category)
    assert "900-041-49" not in words(category)
    item = words(visitor.get("/catalogue/items/900-214-08"))
    for part in ("发动机油", "毒性", "易燃性", "汽修厂", "待核实", "社会源危险废物", "1 L = 900 g"):
        assert part in item


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("机油", "900-214-08"),
        ("日光灯管", "900-023-29"),
        ("900214", "900-214-08"),
        ("hw31 电动自行车", "900-052-31"),
    ],
)
def test_the_search_box_finds_by_plain_words_and_code(visitor, wanted, code):
    assert code in words(visitor.get("/catalogue", {"q": wanted}))


def test_what_is_not_found_says_what_to_do(visitor):
    assert "按类别浏览" in words(visitor.get("/catalogue", {"q": "没有这种废物"}))


def test_emerging_waste_is_a_group_and_its_proposed_codes_warn(visitor):
    group = words(visitor.get("/catalogue?group=emerging"))
    assert "废光伏组件" in group
    assert "农作物秸秆" in words(visitor.get("/catalogue/items/010-001-S80"))
    assert "请勿用于正式单据" in words(visitor.get("/catalogue/items/900-013-S17"))


def test_an_item_shows_the_exemptions_of_each_step_with_conditions_and_what_remains(visitor):
    battery = words(visitor.get("/catalogue/items/900-052-31"))
    for part in ("运输", "未破损的废铅蓄电池", "防雨、防渗漏", "转移联单"):
        assert part in battery
    assert "清单没有针对这一条目的豁免" in words(visitor.get("/catalogue/items/900-039-49"))


def test_the_page_of_an_item_decides_by_what_is_ticked(visitor):
    address = "/catalogue/items/900-052-31"
    whole = words(
        visitor.get(address, {"step": "transport", "fact": ["battery-unbroken", "sheltered-vehicle"]})
    )
    assert "✓ 可豁免" in whole
    assert "仍须 台账、转移联单" in whole
    half = words(visitor.get(address, {"step": "transport", "fact": "battery-unbroken"}))
    assert "? 满足条件可豁免" in half
    assert "还须满足：运输工具满足防雨" in half
    assert "✕ 不豁免" in words(visitor.get(address, {"step": "store", "fact": "battery-unbroken"}))
    assert "不豁免" not in words(visitor.get(address, {"step": "nonsense"}))


def test_a_code_is_found_however_it_is_written_and_an_unknown_one_is_a_page(visitor):
    assert visitor.get("/catalogue/items/90021408").status_code == 200
    old = visitor.get("/catalogue/items/900-403-06")
    assert old.status_code == 404
    assert "900-402-06" in words(old)


def test_pages_speak_english(visitor):
    visitor.cookies["wufei_language"] = "en"
    text = words(visitor.get("/catalogue/items/900-052-31"))
    for part in (
        "Waste lead batteries",
        "Toxic",
        "Corrosive",
        "To be confirmed",
        "It is an unbroken lead battery",
    ):
        assert part in text


def test_the_items_are_exported_as_shown_with_their_status(visitor):
    answer = visitor.get("/catalogue/items?category=HW01")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    head = next(index for index, row in enumerate(rows) if row[0] == "废物代码")
    assert [row[0] for row in rows[head + 1 :]] == [f"841-00{number}-01" for number in range(1, 6)]
    assert {row[rows[head].index("状态")] for row in rows[head + 1 :]} == {"待核实"}


def test_pages_ask_the_database_a_constant_number_of_times(visitor):
    visitor.get("/catalogue?q=油")
    with CaptureQueriesContext(connections["default"]) as few:
        visitor.get("/catalogue?category=HW20")
    with CaptureQueriesContext(connections["default"]) as many:
        visitor.get("/catalogue?q=废")
    assert len(many) == len(few)


def test_an_imported_annex_shows_on_the_pages(visitor):
    rows = [
        ("废物类别", "行业来源", "废物代码", "危险废物", "危险特性"),
        ("HW08", "非特定行业", "900-214-08", "官方文字", "T,I"),
    ]
    file = ListFile(sheet(*rows), "附表.xlsx", part=True)
    import_list(Scope.operator(), file=file, now=NOW)
    item = words(visitor.get("/catalogue/items/900-214-08"))
    assert "官方文字" in item
    assert "官方" in item
    assert "附表.xlsx" in words(visitor.get("/catalogue"))


def test_standards_are_searched_and_show_force_successor_and_what_rests_on_them(visitor):
    found = words(visitor.get("/catalogue/standards", {"q": "hj 212"}))
    for part in ("HJ 212-2025", "HJ 212-2017", "已停用", "由其取代：HJ 212-2025"):
        assert part in found
    assert "records.registry.core.producers" in words(visitor.get("/catalogue/standards", {"q": "1259"}))
    assert "看全部标准" in words(visitor.get("/catalogue/standards", {"q": "没有"}))


ROWS = [
    ("企业废物清单",),
    ("序号", "废物名称", "废物代码", "数量"),
    (1, "废机油", "900-214-08", 2.5),
    (2, "废溶剂", "900-403-06", 1),
    (3, "感光材料废物", "900-214-08", 1),
    (4, "废活性炭", "123", 1),
    (5, "废矿物油与含矿物油废物", "９００－２４９－０８", 1),
]


def upload(client, content, answer="list", name="清单.xlsx"):
    return client.post("/catalogue/names", {"file": SimpleUploadedFile(name, content), "answer": answer})


def test_a_sheet_of_names_is_checked_row_by_row(district, signed_in):
    client = signed_in(district, "producer")
    text = words(upload(client, sheet(*ROWS)))
    assert "核对 5 行" in text
    assert "有问题 4 行" in text
    for part in (
        "代码已停用",
        "900-402-06",
        "名称是另一类别的",
        "代码格式不符",
        "名称只写了类别",
        "Sheet!C4",
    ):
        assert part in text
    assert "没有发现问题" in words(upload(client, sheet(*ROWS[:3])))


def test_the_corrected_sheet_keeps_everything_else_and_has_a_log(district, signed_in):
    client = signed_in(district, "clerk")
    answer = upload(client, sheet(*ROWS), answer="sheet")
    book = load_workbook(io.BytesIO(answer.content))
    page, log = book.worksheets
    assert page["A1"].value == "企业废物清单"
    assert page["D3"].value == 2.5
    assert page["C4"].value == "900-402-06"
    assert page["C5"].value == "900-214-08"
    assert page["C6"].value == "123"
    assert (page["B7"].value, page["C7"].value) == (load_items()["900-249-08"].name.zh, "900-249-08")
    rows = list(log.values)
    assert [row[0] for row in rows[1:]] == ["Sheet!C4", "Sheet!C5", "Sheet!C6", "Sheet!C7"]
    assert rows[1][3] == "900-403-06"
    assert rows[1][5] == "900-402-06"


def test_a_row_without_a_code_gets_one_by_its_name(district, signed_in):
    client = signed_in(district, "producer")
    content = sheet(*ROWS[:2], (1, "换下来的偈油", "", 1), (2, "飞灰", "", 1))
    text = words(upload(client, content))
    assert "按名称查得" in text
    page = load_workbook(io.BytesIO(upload(client, content, answer="sheet").content)).worksheets[0]
    assert page["C3"].value == "900-214-08"
    assert not page["C4"].value


def test_a_file_that_cannot_be_checked_says_why_and_visitors_sign_in_first(district, signed_in):
    client = signed_in(district, "producer")
    answer = upload(client, sheet(("甲", "乙"), ("1", "2")))
    assert answer.status_code == 422
    assert "废物名称" in words(answer)
    assert client.post("/catalogue/names").status_code == 422
    assert upload(client, b"\x00\x01", name="x.xlsx").status_code == 422
    assert Client().get("/catalogue/names").headers["Location"].startswith("/sign-in?next=")
    assert client.get("/catalogue/names/template.xlsx").status_code == 200
