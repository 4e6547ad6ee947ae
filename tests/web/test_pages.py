"""Pages answered by the whole stack on a real database."""

import io
import re
import time

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.queries import accounts, sealing_lag
from wufei.records.ledger.services import ensure_key, follow_lots, seal
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.pages.memory import forget_all

RATE = "general-industrial-waste-utilisation-rate"
PAGES = ["/", "/overview", "/indicators", "/plans", "/ledger", "/ledger/transfers"]
SYNTHETIC = "示例区·合成数据"


def body(answer):
    return answer.content.decode()


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(answer)))


def sheet_of(answer):
    return list(load_workbook(io.BytesIO(answer.content)).active.values)


@pytest.mark.parametrize("role", ["leader", "office", "clerk", "auditor"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_menu_opens_for_officials(district, signed_in, role, path):
    answer = signed_in(district, role).get(path)
    assert answer.status_code == 200
    assert SYNTHETIC in body(answer) or path == "/plans"


# Plans are published for everybody, so their page is empty for nobody.
@pytest.mark.parametrize("path", [path for path in PAGES if path != "/plans"])
def test_an_empty_district_is_told_what_to_do_next(empty_district, signed_in, path):
    answer = signed_in(empty_district, "office").get(path)
    assert answer.status_code == 200
    assert "wf-empty" in body(answer)


def test_a_visitor_is_asked_to_sign_in_first_and_may_see_published_figures(district_factory):
    place, client = district_factory(published=True), Client()
    assert client.get("/").headers["Location"] == "/sign-in"
    assert "79%" in words(client.get(f"/overview?region={place.key}"))
    assert client.get(f"/indicators?region={place.key}").status_code == 200
    assert client.get(f"/plans/{place.plan_id}").status_code == 200


@pytest.mark.parametrize("path", ["/overview", "/indicators", "/ledger", "/ledger/transfers"])
def test_what_is_not_published_asks_a_visitor_to_sign_in(district, path):
    answer = Client().get(f"{path}?region={district.key}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_a_visitor_sees_a_published_figure_without_its_single_transfers(district_factory):
    answer = Client().get(district_factory(published=True).figure)
    assert answer.status_code == 200
    assert "/ledger/transfers/" not in body(answer)
    assert "不可看逐笔流水" in words(answer)


def test_a_producer_sees_its_own_stock_and_no_figures(district, signed_in):
    client = signed_in(district, "producer")
    # Three days of 10 t in and 8 t out leave 6 t.
    assert "6 吨" in words(client.get("/"))
    assert "6 吨" in words(client.get("/ledger"))
    assert client.get("/overview").status_code == 403


def test_a_producer_does_not_see_another_one_of_the_same_district(district, district_factory, signed_in):
    other = district_factory()
    client = signed_in(other, "producer")
    assert client.get(f"/ledger/transfers/{district.used_id}").status_code == 404


def test_someone_elses_district_is_refused_with_the_way_out(district, empty_district, signed_in):
    answer = signed_in(empty_district, "office").get(f"/overview?region={district.key}")
    assert answer.status_code == 403
    assert "切换" in words(answer)


def test_an_unknown_page_and_a_bad_period_say_what_is_wrong(district, signed_in):
    client = signed_in(district, "office")
    assert "请检查地址" in words(client.get("/no-such-page"))
    answer = client.get("/overview?period=soon")
    assert answer.status_code == 422
    assert "soon" in words(answer)


def test_status_counts_are_links_to_the_filtered_table(district, signed_in):
    client = signed_in(district, "office")
    page = body(client.get("/overview"))
    link = re.search(r'href="(/indicators\?[^"]*status=not-numeric)"', page)[1].replace("&amp;", "&")
    table = words(client.get(link))
    assert "协调机制" in table
    assert "一般工业固体废物综合利用率" not in table


def test_the_table_filters_by_text_and_type_on_the_server(district, signed_in):
    client = signed_in(district, "office")
    assert "协调机制" not in words(client.get("/indicators?q=综合利用"))
    assert "协调机制" in words(client.get("/indicators?type=可选"))
    assert "没有符合条件的指标" in words(client.get("/indicators?q=没有这样的"))


def test_columns_are_chosen_by_the_address(district, signed_in):
    client = signed_in(district, "office")
    page = words(client.get("/indicators?column=units"))
    assert "试验区生态环境局" in page
    assert "试验区生态环境局" not in words(client.get("/indicators"))


def test_the_export_holds_what_is_shown_and_says_that_it_is_synthetic(district, signed_in):
    client = signed_in(district, "office")
    rows = sheet_of(client.get("/indicators?q=综合利用&format=xlsx"))
    assert any(SYNTHETIC in str(cell) for row in rows for cell in row if cell)
    names = [row[1] for row in rows]
    assert names.count("一般工业固体废物综合利用率") == 1
    assert "餐厨垃圾回收利用率" not in names


@pytest.mark.parametrize("path", ["/ledger?format=xlsx", "/overview?format=csv", "/plans/{plan}?format=xlsx"])
def test_every_export_is_marked_as_synthetic(district, signed_in, path):
    answer = signed_in(district, "office").get(path.format(plan=district.plan_id))
    assert answer.status_code == 200
    if "csv" in path:
        assert SYNTHETIC in answer.content.decode("utf-8-sig")
    else:
        assert any(SYNTHETIC in str(cell) for row in sheet_of(answer) for cell in row if cell)


def test_the_lineage_shows_formula_numbers_both_values_and_rows(district, signed_in):
    page = words(signed_in(district, "auditor").get(district.figure))
    # 24 t used of 30 t generated.
    for part in (
        "24 吨",
        "30 吨",
        "80%",
        "79%",
        "上报值（考核口径）",
        "测算值（运行口径）",
        "1 个百分点",
        "投入处理",
    ):
        assert part in page


def test_the_working_sheet_downloads_with_live_formulas(district, signed_in):
    client = signed_in(district, "auditor")
    answer = client.get(f"/indicators/sheets/{RATE}@{district.key}/2025/{district.book}.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    formulas = [c.value for sheet in book for row in sheet for c in row if str(c.value or "").startswith("=")]
    assert formulas


def test_a_transfer_shows_all_it_carries(district, signed_in):
    page = words(signed_in(district, "auditor").get(f"/ledger/transfers/{district.used_id}"))
    for part in ("8,000,000 g", "投入处理", "过磅", "±0.4%", "2025-01-03", str(district.used_id), "试验一厂"):
        assert part in page


def test_a_stock_shows_how_old_its_waste_is(district, signed_in, monkeypatch, tmp_path):
    """Three days of 10 t in and 8 t out: what is left came on the third of January."""
    monkeypatch.setenv("WUFEI_NOW", "2026-03-01T04:00:00+00:00")
    operator = Scope.operator()
    until = time.monotonic() + 60
    # Other tests of this run have transactions open for a moment, which hold sealing back.
    while sealing_lag(operator).transfers:
        seal(ensure_key(tmp_path), now=clock.now())
        assert time.monotonic() < until
    follow_lots(operator, now=clock.now())
    with session(operator):
        (row,) = accounts(
            operator, book=district.book, region_id=district.region_id, kind=Kind.STOCK, limit=9
        ).rows
    page = words(signed_in(district, "office").get(f"/ledger/accounts/{row.id}"))
    for part in ("库龄", "最早入库 2025-01-03", "422 天", "超过365天"):
        assert part in page


def test_the_plan_page_puts_the_finding_beside_its_line(district, signed_in):
    page = body(signed_in(district, "office").get(f"/plans/{district.plan_id}"))
    line = page[page.index('id="line-main-2"') : page.index('id="line-main-3"')]
    assert "wf-inline-error" in line
    assert "44.7%" in line


def test_pages_speak_english_when_asked(district, signed_in):
    client = signed_in(district, "office")
    client.cookies["wufei_language"] = "en"
    for path in [
        *PAGES,
        district.figure,
        f"/plans/{district.plan_id}",
        f"/ledger/transfers/{district.used_id}",
    ]:
        page = client.get(path)
        assert '<html lang="en">' in body(page)
        assert "Example district · synthetic data" in words(page) or path == "/plans"
    assert "Overview" in words(client.get("/overview"))
    assert "Met" in words(client.get("/indicators"))


def test_no_page_carries_an_inline_script_or_style(district, signed_in):
    client = signed_in(district, "office")
    for path in [*PAGES, district.figure, f"/plans/{district.plan_id}", "/sign-in", "/nope"]:
        page = body(client.get(path))
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page)


def test_demo_accounts_are_offered_only_where_the_settings_name_them(db, settings):
    client = Client()
    assert "演示账号" not in words(client.get("/sign-in"))
    settings.DEMO_SIGN_INS = [
        {"username": "u", "password": "p", "title": {"zh": "甲", "en": "A"}, "place": {"zh": "乙", "en": "B"}}
    ]
    assert "演示账号" in words(client.get("/sign-in"))


@pytest.mark.parametrize(
    "path",
    ["/", "/overview", "/indicators", "/plans", "/ledger?kind=all", "/ledger/transfers", "figure", "plan"],
)
def test_the_number_of_queries_does_not_grow_with_the_rows(district_factory, signed_in, path):
    counts = []
    for days in (5, 100):  # two transfers a day: 10 and 200 rows
        place = district_factory(days=days)
        client = signed_in(place, "office")
        address = {"figure": place.figure, "plan": f"/plans/{place.plan_id}"}.get(path, path)
        client.get(address)
        # Imports and texts are loaded now; what was worked out must be asked for again.
        forget_all()
        total = 0
        captured = [CaptureQueriesContext(connections[alias]) for alias in ("default", "system")]
        for capture in captured:
            capture.__enter__()
        assert client.get(address).status_code == 200
        for capture in captured:
            capture.__exit__(None, None, None)
            total += len(capture.captured_queries)
        counts.append(total)
    assert counts[0] == counts[1] > 0


def test_the_list_of_plans_asks_no_more_for_more_plans(district_factory):
    client, counts = Client(), []
    for _ in range(2):
        district_factory(published=True)
        forget_all()
        with CaptureQueriesContext(connections["default"]) as capture:
            assert client.get("/plans").status_code == 200
        counts.append(len(capture.captured_queries))
    assert counts[0] == counts[1]


def test_the_counts_of_a_plan_come_as_a_piece_of_the_page(district, signed_in):
    page = words(signed_in(district, "office").get(f"/plans/{district.plan_id}/counts"))
    assert "必须修改 1" in page


def test_pages_of_the_ledger_turn_by_key_without_losing_or_repeating_rows(district_factory, signed_in):
    place = district_factory(days=60)
    client = signed_in(place, "office")
    address, seen = "/ledger/transfers", []
    while address:
        page = body(client.get(address))
        seen += re.findall(r'href="/ledger/transfers/([0-9a-f-]{36})"', page)
        following = re.search(r'class="wf-more" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 120


def names_in_order(answer):
    return re.findall(r'<th scope="row"[^>]*>\s*<a [^>]*>([^<]+)</a>', body(answer))


def test_the_table_sorts_by_the_address_and_back_to_the_plan(district, signed_in):
    client = signed_in(district, "office")
    plan = names_in_order(client.get("/indicators"))
    up, down = (names_in_order(client.get(f"/indicators?sort={key}")) for key in ("name", "-name"))
    assert up == sorted(plan)
    assert down == up[::-1]
    assert up != plan
    page = body(client.get("/indicators?sort=name"))
    assert 'aria-sort="ascending"' in page
    assert "sort=-name" in page


def test_by_status_what_is_behind_stands_above_what_is_only_words(district, signed_in):
    names = names_in_order(signed_in(district, "office").get("/indicators?sort=status"))
    assert names[-1] == "“无废城市”建设协调机制"


def test_transfers_are_exported_as_they_are_filtered(district, signed_in):
    client = signed_in(district, "office")
    rows = sheet_of(client.get("/ledger/transfers?step=treat-in&format=xlsx"))
    head = next(number for number, row in enumerate(rows) if row[0] == "日期")
    table = rows[head + 1 :]
    mass = rows[head].index("质量（吨）")
    # Three days on which 8 t are used.
    assert [row[mass] for row in table] == [8, 8, 8]
    assert {row[1] for row in table} == {"投入处理"}
    assert any(SYNTHETIC in str(cell) for row in rows[:head] for cell in row if cell)


def test_a_refusal_speaks_in_words_and_not_in_names_of_the_program(district, signed_in):
    page = body(signed_in(district, "producer").get("/overview"))
    assert "当前身份" in page
    assert "figures.read" not in page
    assert "access.refused" not in page


def test_the_overview_titles_its_months_by_what_they_show(district_factory, signed_in):
    # 31 days in January, 28 in February and one in March, 10 t made and 8 t used on each.
    page = words(signed_in(district_factory(days=60), "office").get("/overview"))
    assert "1月产生最多，4月最少；利用 80%" in page
