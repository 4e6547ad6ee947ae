"""Reading the annex of an official list: columns by their heads, merged cells, bad rows by their place."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.records.catalogue.conftest import HEAD, workbook
from wufei.kernel.errors import InputError
from wufei.records.catalogue.core.annex import AnnexItem, ListKind, read_annex
from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.core.lists import compare
from wufei.runtime.files.core.opening import open_sheets

OIL = ("HW08 废矿物油与含矿物油废物", "非特定行业", "900-214-08", "车辆维修产生的废润滑油", "T，I")
DRUM = ("", "", "900-249-08", "其他废矿物油", "T, I")
REST = ("HW18 焚烧处置残渣", "环境治理业", "772-002-18", "生活垃圾焚烧飞灰", "T")


def read(content, name="名录.xlsx"):
    return read_annex(open_sheets(content, name), name)


def read_rows(*rows):
    return read(workbook([HEAD, *rows]))


def test_merged_cells_of_category_and_industry_hold_for_every_row_they_cover():
    rows = [("国家危险废物名录",), HEAD, OIL, (None, None, *DRUM[2:]), REST]
    annex = read(workbook(rows, merged=["A1:E1", "A3:A4", "B3:B4"]))
    assert annex.kind is ListKind.HAZARDOUS
    assert annex.findings == ()
    assert [(item.code, item.category, item.industry, item.hazards) for item in annex.items] == [
        ("900-214-08", "HW08", "非特定行业", "T,I"),
        ("900-249-08", "HW08", "非特定行业", "T,I"),
        ("772-002-18", "HW18", "环境治理业", "T"),
    ]


def test_a_csv_in_gbk_leaves_repeated_cells_empty_and_means_the_row_above():
    lines = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (HEAD, OIL, DRUM, REST))
    annex = read(lines.encode("gbk"), "名录.csv")
    assert [item.industry for item in annex.items] == ["非特定行业", "非特定行业", "环境治理业"]


def test_columns_are_found_by_their_heads_in_any_order_and_heads_repeat_on_every_page():
    turned = [tuple(reversed(row)) for row in (HEAD, OIL, REST)]
    annex = read(workbook([turned[0], turned[1], turned[0], turned[2]]))
    assert [item.code for item in annex.items] == ["900-214-08", "772-002-18"]


def test_the_catalogue_of_other_waste_has_no_hazards():
    head = ("废物种类", "行业来源", "废物代码", "名称")
    annex = read(workbook([head, ("SW17 可再生类废物", "非特定行业", "900-001-S17", "废钢铁")]))
    assert annex.kind is ListKind.GENERAL
    assert annex.items[0].category == "SW17"
    assert annex.items[0].hazards == ""


def test_codes_and_lines_of_word_processors_are_put_together_again():
    annex = read_rows((*OIL[:2], "900－214\n－08*", "车辆维修产生的\n废润滑油", "T,\nI"))
    assert annex.items[0].code == "900-214-08"
    assert annex.items[0].name == "车辆维修产生的废润滑油"
    assert annex.items[0].hazards == "T,I"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((OIL[0], OIL[1], "900-214-43", "物", "T"), "bad-code"),
        ((OIL[0], OIL[1], "9002-14-08", "物", "T"), "bad-code"),
        ((OIL[0], OIL[1], "900-041-49", "物", "T"), "other-category"),
        ((OIL[0], OIL[1], "900-221-08", "", "T"), "no-name"),
        ((OIL[0], OIL[1], "900-221-08", "物", ""), "bad-hazards"),
        ((OIL[0], OIL[1], "900-221-08", "物", "T,Z"), "bad-hazards"),
        ((OIL[0], OIL[1], "", "续文", ""), "no-code"),
        (("SW17", OIL[1], "900-001-S17", "废钢铁", ""), "other-list"),
        (OIL, "repeated"),
        ((OIL[0], OIL[1], "#REF!", "物", "T"), "flaw"),
    ],
)
def test_a_bad_row_is_refused_with_its_cell_and_never_hides_the_others(row, code):
    content = workbook([HEAD, OIL, row, REST])
    if code == "flaw":
        content = _with_error(content)
    annex = read(content)
    assert [item.code for item in annex.items] == ["900-214-08", "772-002-18"]
    (finding,) = annex.findings
    assert finding.code == f"catalogue.annex-{code}"
    assert re.fullmatch(r"附表!C3", finding.where)
    for text in (finding.message, finding.rule, finding.fix):
        assert text.zh
        assert text.en


def _with_error(content):
    book = load_workbook(io.BytesIO(content))
    cell = book.active["C3"]
    cell.value, cell.data_type = "#REF!", "e"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_file_without_the_head_says_which_words_it_needs():
    with pytest.raises(InputError, match="废物代码") as caught:
        read(workbook([("甲", "乙"), ("1", "2")]))
    assert caught.value.code == "catalogue.annex-no-head"


def test_a_file_without_one_good_row_shows_the_first_bad_one():
    with pytest.raises(InputError, match="附表!C2") as caught:
        read_rows((OIL[0], OIL[1], "x", "物", "T"))
    assert caught.value.code == "catalogue.annex-empty"


CODES = sorted(code for code, item in load_items().items() if item.hazardous)
LISTS = st.dictionaries(st.sampled_from(CODES), st.sampled_from(["甲", "乙"]), max_size=12)


def annex_items(names):
    return {code: AnnexItem(code, f"HW{code[-2:]}", "", name, "T") for code, name in names.items()}


@given(standing=LISTS, incoming=LISTS, whole=st.booleans())
def test_every_item_of_both_lists_is_counted_once(standing, incoming, whole):
    found = compare(annex_items(standing), list(annex_items(incoming).values()), whole=whole)
    changed = [change.after for change in found.changed]
    assert {item.code for item in (*found.new, *changed, *found.equal)} == incoming.keys()
    assert len(found.new) + len(changed) + len(found.equal) == len(incoming)
    assert {item.code for item in found.withdrawn} == (standing.keys() - incoming.keys() if whole else set())
    assert all(standing[change.after.code] != incoming[change.after.code] for change in found.changed)
    assert all(change.fields == ("name",) for change in found.changed)


@given(names=LISTS)
def test_a_list_held_against_itself_changes_nothing(names):
    listed = annex_items(names)
    assert compare(listed, list(listed.values()), whole=True).changes_nothing
