"""Rows become postings: names, accounts, groups, identifiers, and Findings that come back to their cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.kernel.ids import id_instant
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.checks import Rules
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.model import Ledger
from wufei.records.ledger.core.sheet import template, words
from wufei.records.ledger.core.sheet.columns import BY_KEY, COLUMNS
from wufei.records.ledger.core.sheet.entries import Numbering, entries_of, ledger_finding
from wufei.records.ledger.core.sheet.files import Upload, open_ledger_file
from wufei.records.ledger.core.sheet.places import Area, Directory, Holder, Store, names_of
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.core.vocabulary import load_vocabulary

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
FIRM, PLANT = Holder(1, "甲厂 a", 10), Holder(2, "处理厂 b", 20)
TWIN, OTHER_TWIN = Holder(3, "双 c", 10), Holder(4, "双 d", 20)
STORE, SECOND, FAR = Store(5, "一号库", 1, 10), Store(6, "二号库", 1, 11), Store(7, "一号库", 2, 20)
HEADER = (
    "日期,环节,废物类别,数量（吨）,单位名称,场所,对方单位,对方场所,联单号,处理方式,到,从,凭证组,办结,来源地,来源行业,"
    "地区,账簿,编号"
)
KEYS = (
    *("date", "step", "stream", "quantity", "holder", "site", "other_holder", "other_site", "ref", "method"),
    *("target_kind", "source_kind", "group", "finish", "origin", "sector", "region", "book", "id"),
)


def directory(synthetic=True):
    areas = {number: Area(number, synthetic) for number in (10, 11, 20)}
    return Directory(
        holders={"甲厂": (FIRM,), "a": (FIRM,), "处理厂": (PLANT,), "双": (TWIN, OTHER_TWIN)},
        stores={"一号库": (STORE, FAR), "二号库": (SECOND,), "far": (FAR,)},
        areas={"十区": areas[10], "廿区": areas[20]},
        homes={one.id: one for one in (FIRM, PLANT, TWIN, OTHER_TWIN)},
        areas_by_id=areas,
    )


def row(**cells):
    filled = {
        "date": "2025-03-09",
        "step": "产生",
        "stream": "SW03",
        "quantity": "1",
        "holder": "甲厂",
    } | cells
    return [filled.get(key, "") for key in KEYS]


def entries(*rows, known: Directory | None = None, numbering=None):
    out = io.StringIO()
    csv.writer(out).writerows([HEADER.split(","), *rows])
    file = open_ledger_file(Upload(out.getvalue().encode(), "x.csv"))
    (portion,) = file.portions()
    return entries_of(portion, file.sheets, known or directory(), numbering or Numbering(NOW))


def transfer(**cells):
    made = entries(row(**cells))
    assert made.findings == ()
    return made.entries[0].posting.transfers[0]


def codes(made):
    return [(one.finding.where, one.finding.code.removeprefix("ledger.")) for one in made.findings]


def test_waste_is_generated_where_its_holder_lies():
    one = transfer(site="一号库")
    assert (one.source.kind, one.source.holder_id, one.source.region_id) == (Kind.ORIGIN, None, 10)
    assert (one.target.holder_id, one.target.site_id, one.target.region_id) == (1, 5, 10)
    assert (one.target.origin_region_id, one.target.origin_sector, one.target.book) == (
        10,
        "industry",
        "synthetic",
    )


def test_a_store_in_another_region_moves_the_account_there():
    assert transfer(site="二号库").target.region_id == 11
    assert transfer(holder="", site="二号库").target.holder_id == 1
    assert transfer(holder="", site="far").target.holder_id == 2


def test_a_dispatch_and_its_receipt_name_the_same_leg():
    there = transfer(step="起运", ref="L1", site="一号库", other_holder="处理厂")
    here = transfer(step="签收", ref="L1", holder="处理厂", other_holder="甲厂")
    assert there.target == here.source
    assert (there.target.holder_id, there.target.site_id, there.target.ref) == (1, None, "L1")
    assert (here.target.holder_id, here.target.region_id, here.target.origin_region_id) == (2, 20, 10)


def test_a_weighing_difference_belongs_to_the_leg_of_the_sender():
    gap = transfer(
        step="磅差", ref="L1", holder="处理厂", other_holder="甲厂", target_kind="磅差", origin="十区"
    )
    assert (gap.source.kind, gap.source.holder_id, gap.source.region_id) == (Kind.TRANSIT, 1, 10)
    assert (gap.target.kind, gap.target.region_id) == (Kind.DIFFERENCE, 10)


def test_what_goes_into_a_run_comes_out_of_the_same_run():
    into = transfer(step="投入处理", ref="R1", method="填埋", holder="处理厂", origin="十区")
    out = transfer(step="处理产出", ref="R1", target_kind="已填埋", holder="处理厂", origin="十区")
    assert into.target == out.source
    assert (into.target.stream, into.target.holder_id) == ("", 2)
    assert (out.target.kind, out.target.holder_id, out.target.stream) == (Kind.LANDFILLED, None, "SW03")


def test_new_waste_begins_its_life_at_the_plant():
    new = transfer(step="次生废物", ref="R1", stream="HW18", holder="处理厂", origin="十区")
    assert (new.source.origin_region_id, new.target.origin_region_id) == (10, 20)


def test_a_move_leads_to_another_store():
    moved = transfer(step="移库", site="一号库", other_site="二号库")
    assert (moved.source.site_id, moved.target.site_id, moved.target.holder_id) == (5, 6, 1)


def test_the_book_is_that_of_the_region_unless_the_row_says_otherwise():
    made = entries(row(), known=directory(synthetic=False))
    assert made.entries[0].posting.transfers[0].target.book == "actual"
    assert transfer(book="declared").target.book == "declared"


@pytest.mark.parametrize(
    ("cells", "where", "code"),
    [
        ({"holder": "丙厂"}, "E2", "unknown-name"),
        ({"holder": "双"}, "E2", "ambiguous-name"),
        ({"holder": ""}, "E2", "holder-needed"),
        ({"site": "三号库"}, "F2", "unknown-place"),
        ({"site": "far"}, "F2", "unknown-place"),
        ({"holder": "", "site": "一号库"}, "F2", "ambiguous-place"),
        ({"step": "签收", "ref": "L1"}, "G2", "sender-needed"),
        ({"step": "移库"}, "H2", "target-needed"),
        ({"origin": "卅区"}, "O2", "unknown-area"),
        ({"region": "卅区"}, "Q2", "unknown-area"),
    ],
)
def test_a_name_that_is_not_certain_is_told_with_its_cell(cells, where, code):
    made = entries(row(**cells))
    assert codes(made) == [(where, code)]
    assert made.entries == ()
    assert len(made.refused) == made.records == 1


def test_an_unknown_party_is_told_although_another_cell_of_the_row_is_wrong():
    made = entries(row(holder="丙厂", quantity="-1"))
    assert codes(made) == [("D2", "quantity-not-positive"), ("E2", "unknown-name")]


def test_a_party_that_several_are_called_after_lists_them():
    (found,) = entries(row(holder="双")).findings
    assert "双 c、双 d" in found.finding.message.zh


def test_a_group_is_posted_as_one_and_half_of_it_not_at_all():
    good = entries(row(group="g", quantity="2"), row(group="g", step="直接利用"), row())
    assert [len(one.posting.transfers) for one in good.entries] == [2, 1]
    bad = entries(row(group="g"), row(group="g", quantity="-1"), row(group="g", holder="丙厂"), row())
    assert [len(one.posting.transfers) for one in bad.entries] == [1]
    assert codes(bad) == [("2", "held-back"), ("D3", "quantity-not-positive"), ("E4", "unknown-name")]
    (held, *_) = bad.findings
    assert "第 3、4 行" in held.finding.message.zh
    assert len(bad.refused) == 3


def test_an_account_is_finished_once_by_whichever_row_says_so():
    rows = [
        row(step="起运", ref="L1"),
        row(
            step="签收",
            ref="L1",
            holder="处理厂",
            other_holder="甲厂",
            group="g",
            finish="是",
            quantity="0.9",
        ),
        row(
            step="磅差",
            ref="L1",
            holder="处理厂",
            other_holder="甲厂",
            group="g",
            finish="是",
            quantity="0.1",
            target_kind="磅差",
            origin="十区",
        ),
    ]
    made = entries(*rows)
    assert [len(one.posting.finishes) for one in made.entries] == [0, 1]
    assert made.entries[1].posting.finishes[0] == made.entries[0].posting.transfers[0].target


def test_the_same_rows_have_the_same_identifiers_and_equal_rows_have_two():
    rows = [row(), row(), row(quantity="2"), row(group="g"), row(group="g", quantity="3")]
    first, second = entries(*rows), entries(*rows)
    numbers = [one.posting.id for one in first.entries]
    assert numbers == [one.posting.id for one in second.entries]
    assert len(set(numbers)) == len(numbers) == 4
    assert all(id_instant(number) == datetime(2025, 3, 8, 16, tzinfo=UTC) for number in numbers)


def test_what_is_written_differently_and_means_the_same_has_the_same_identifier():
    one = transfer(quantity="1", date="2025-03-09", stream="SW03", holder="甲厂")
    two = transfer(quantity="１.00", date="2025年3月9日", stream="炉渣", holder="a")
    assert one.id == two.id


def test_an_old_record_gets_an_identifier_that_has_a_place_in_the_tables():
    assert id_instant(transfer(date="1985").id) == datetime(2000, 1, 1, tzinfo=UTC)
    assert id_instant(transfer(date="2030").id) == NOW


def test_an_identifier_that_the_row_brings_is_kept():
    number = "0195e3a0-0000-7000-8000-000000000001"
    assert str(transfer(id=number).id) == number


def test_postings_stand_in_order_of_occurrence_and_then_of_the_file():
    made = entries(
        row(date="2025-03-10"), row(date="2025-03-09", quantity="7"), row(date="2025-03-09", quantity="8")
    )
    assert [one.rows for one in made.entries] == [(3,), (4,), (2,)]


@pytest.mark.parametrize(
    ("where", "place", "column"),
    [
        ("transfer 2, grams", "D3", "数量（吨）"),
        ("transfer 1, id", "S2", "编号"),
        ("transfer 2, source.holder_id", "E3", "单位名称"),
        ("transfer 1, source", "D2", "数量（吨）"),
        ("transfer 1, target.ref", "I2", "联单号"),
        ("id", "S2", "编号"),
        ("finish 1", "N2", "办结"),
        ("transfer 1", "2", ""),
    ],
)
def test_what_the_ledger_says_comes_back_to_the_cell(where, place, column):
    out = io.StringIO()
    csv.writer(out).writerows([HEADER.split(","), row(), row()])
    file = open_ledger_file(Upload(out.getvalue().encode(), "x.csv"))
    found = ledger_finding(finding("grams-not-positive", where, 0), (2, 3), file.sheets)
    assert (found.finding.where, found.column) == (place, column)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["产生", "直接利用", "起运", "投入处理", "消失"]),
            st.sampled_from(["1", "2", "-1", "", "甲"]),
            st.sampled_from(["甲厂", "丙厂", ""]),
            st.sampled_from(["", "g", "h"]),
        ),
        max_size=12,
    )
)
def test_every_record_is_posted_or_refused_and_every_refusal_has_a_reason(cells):
    rows = [row(step=a, quantity=b, holder=c, group=d, ref="R", method="填埋") for a, b, c, d in cells]
    if not rows:
        return
    made = entries(*rows)
    posted = {number for one in made.entries for number in one.rows}
    assert posted.isdisjoint(made.refused)
    assert len(posted) + len(made.refused) == made.records
    assert {found.row for found in made.findings if found.grave} == made.refused
    ids = [one.id for entry in made.entries for one in entry.posting.transfers]
    assert len(set(ids)) == len(ids)


def _known_to_examples(language) -> Directory:
    firm, plant = (Holder(n, "", 10) for n in (1, 2))
    areas: Mapping[str, Area] = {words.plain(name): Area(10, True) for name in ("示例区", "Example district")}
    named = {"示例甲厂": (firm,), "示例处理厂": (plant,), "examplefirm": (firm,), "exampleplant": (plant,)}
    stores = {words.plain(name): (Store(3, "", 1, 10),) for name in ("二号库", "Second store")}
    return Directory(named, stores, areas, {1: firm, 2: plant}, {10: Area(10, True)})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_example_of_the_template_is_accepted_by_the_ledger(language):
    """The examples are one story that balances, except the return of a leg that began elsewhere."""
    content = template.template_workbook(language)
    sheet = template.EXAMPLES_SHEET.in_language(language)
    file = open_ledger_file(Upload(content, "模板.xlsx", sheet))
    (portion,) = file.portions()
    assert len(portion) == len(Step)
    made = entries_of(portion, file.sheets, _known_to_examples(language), Numbering(NOW))
    assert made.findings == ()
    ledger = Ledger(Rules(load_vocabulary(), NOW))
    refused = {}
    for entry in made.entries:
        receipt = ledger.post(entry.posting)
        if receipt.outcome == "refused":
            refused[entry.posting.transfers[0].step] = [found.code for found in receipt.findings]
    assert refused == {Step.RETURN: ["ledger.stock-below-zero"]}


def test_the_template_to_fill_in_is_empty_and_its_examples_are_never_posted_by_themselves():
    file = open_ledger_file(Upload(template.template_workbook("zh"), "模板.xlsx"))
    assert [sheet.name for sheet in file.sheets] == ["台账"]
    assert list(file.portions()) == []
    assert file.findings == ()


def test_the_template_offers_lists_whose_every_choice_is_understood():
    book = openpyxl.load_workbook(io.BytesIO(template.template_workbook("en")))
    rules = book["Ledger"].data_validations.dataValidation
    assert len(rules) == 10
    assert book["Choices"].sheet_state == "hidden"
    for column in book["Choices"].iter_cols(values_only=True):
        key, *choices = [value for value in column if value]
        table = {
            "step": words.steps,
            "method": words.methods,
            "evidence": words.evidence,
            "sector": words.sectors,
        }.get(key)
        for choice in choices:
            assert table is None or words.plain(choice) in table()
            assert key != "stream" or words.stream_named(choice)[0]


def test_the_template_as_text_opens_in_excel_and_reads_back():
    content = template.template_text("zh")
    assert content.startswith(b"\xef\xbb\xbf")
    file = open_ledger_file(Upload(content, "模板.csv"))
    assert file.sheets[0].header.columns == {column.key: at for at, column in enumerate(COLUMNS)}
    assert file.sheets[0].header.title("date") == BY_KEY["date"].title.zh


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InputError) as refused:
        open_ledger_file(Upload(template.template_workbook("zh"), "模板.xlsx", "三月"))
    assert "台账" in refused.value.message.zh


def test_names_are_collected_once():
    out = io.StringIO()
    csv.writer(out).writerows([HEADER.split(","), row(), row(other_holder="处理厂", site="一号库")])
    (portion,) = open_ledger_file(Upload(out.getvalue().encode(), "x.csv")).portions()
    names = names_of(portion)
    assert (names.holders, names.stores) == (frozenset({"甲厂", "处理厂"}), frozenset({"一号库"}))
