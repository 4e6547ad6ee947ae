"""Names and codes of firms held against the lists: every row gets one judgement, and nothing is guessed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records.catalogue.conftest import workbook
from wufei.kernel.errors import InputError
from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.core.name_sheets import corrected_workbook, read_names
from wufei.records.catalogue.core.proposals import Defect, NamedRow, propose_names
from wufei.records.catalogue.core.withdrawn import load_withdrawn
from wufei.runtime.files.core.opening import open_sheets

ITEMS = load_items()
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def judge(name, code, **more):
    (proposal,) = propose_names([NamedRow(name, code)], ITEMS, **more)
    return proposal


@pytest.mark.parametrize(
    ("name", "code", "defect", "codes"),
    [
        ("废机油", "900-214-08", Defect.NONE, ("900-214-08",)),
        ("废机油", "90021408", Defect.NONE, ("900-214-08",)),
        ("废机油", "", Defect.NO_CODE, ()),
        ("", "900-214-08", Defect.NO_NAME, ("900-214-08",)),
        ("废机油", "214", Defect.BAD_FORM, ()),
        ("废机油", "900-214-43", Defect.BAD_FORM, ()),
        ("废机油", "900-998-08", Defect.UNKNOWN, ()),
        ("废溶剂", "900-403-06", Defect.WITHDRAWN, ("900-402-06",)),
        ("集尘", "900-040-49", Defect.WITHDRAWN, ()),
        ("感染性废物", "831-001-01", Defect.WITHDRAWN, ("841-001-01",)),
        ("HW12 染料、涂料废物", "900-214-08", Defect.OTHER_CATEGORY, ()),
        ("HW12废漆渣", "900-214-08", Defect.OTHER_CATEGORY, ()),
        ("其他废物", "900-214-08", Defect.OTHER_CATEGORY, ()),
        ("HW08废机油", "900-214-08", Defect.NONE, ("900-214-08",)),
        ("废矿物油与含矿物油废物", "900-214-08", Defect.IMPRECISE, ("900-214-08",)),
        ("工程渣土", "900-001-S70", Defect.NONE, ("900-001-S70",)),
        ("HW08", "900-214-08", Defect.IMPRECISE, ("900-214-08",)),
        ("其它废渣", "900-000-49", Defect.IDENTIFIED, ()),
    ],
)
def test_what_is_wrong_follows_from_the_code_and_the_names_of_categories(name, code, defect, codes):
    proposal = judge(name, code)
    assert (proposal.defect, proposal.codes) == (defect, codes)
    assert proposal.defect.label.zh
    assert proposal.defect.label.en


def test_a_name_of_another_category_says_both_and_changes_nothing():
    proposal = judge("HW12废漆渣", "900-214-08")
    assert "HW12" in proposal.reason.zh
    assert "HW08" in proposal.reason.zh
    assert not proposal.changes


def test_a_finder_is_asked_only_where_the_code_does_not_serve():
    asked = []

    def find(name):
        asked.append(name)
        return ("900-214-08", "900-249-08")

    assert judge("废机油", "", find=find).codes == ("900-214-08", "900-249-08")
    assert judge("废机油", "214", find=find).code == "214"
    assert judge("废机油", "900-214-08", find=find).defect is Defect.NONE
    assert judge("废溶剂", "900-403-06", find=find).codes == ("900-402-06",)
    assert asked == ["废机油", "废机油"]


def test_one_candidate_is_written_and_several_are_left_to_a_person():
    assert judge("废机油", "", find=lambda _: ("900-214-08",)).code == "900-214-08"
    assert not judge("废机油", "", find=lambda _: ("900-214-08", "900-249-08")).changes


CODES = st.sampled_from([*ITEMS, *load_withdrawn(), "", "900-000-49", "900-998-08", "x"])
ROWS = st.lists(st.builds(NamedRow, name=st.text(max_size=12), code=CODES), max_size=20)


@given(rows=ROWS)
def test_every_row_gets_one_proposal_in_order_and_only_codes_of_the_lists(rows):
    proposals = propose_names(rows, ITEMS)
    assert [one.row for one in proposals] == rows
    assert all(set(one.codes) <= ITEMS.keys() for one in proposals)


@given(rows=ROWS)
def test_a_corrected_row_has_nothing_more_to_correct(rows):
    once = propose_names(rows, ITEMS)
    again = propose_names([NamedRow(one.name or one.row.name, one.code) for one in once], ITEMS)
    assert not any(one.changes for one in again)


def names_of(content, name="清单.xlsx"):
    return read_names(open_sheets(content, name), name)


def test_the_head_may_stand_lower_and_empty_rows_are_passed_over():
    sheet = names_of(
        workbook(
            [("清单",), ("废物代码", "数量", "废物名称"), ("900-214-08", 1, "废机油"), (), ("", "", "物")]
        )
    )
    assert [(row.name, row.code, row.where) for row in sheet.rows] == [
        ("废机油", "900-214-08", "附表!A3"),
        ("物", "", "附表!A5"),
    ]


def test_a_csv_of_english_heads_is_read():
    sheet = names_of(b"name,code\noil,900-214-08\n", "a.csv")
    assert sheet.rows[0].name == "oil"


@pytest.mark.parametrize(
    ("rows", "code"), [([("甲",), ("乙",)], "no-head"), ([("废物名称", "废物代码")], "no-rows")]
)
def test_a_file_without_head_or_rows_says_so(rows, code):
    with pytest.raises(InputError) as caught:
        names_of(workbook(rows))
    assert caught.value.code == f"catalogue.names-{code}"


def test_what_looks_like_a_formula_stays_text():
    sheet = names_of(b"name,code\n=1+1,x\n", "a.csv")
    content = corrected_workbook(sheet, propose_names(sheet.rows, ITEMS), "en", NOW)
    page, log = open_sheets(content, "out.xlsx")
    assert [row.values[0] for row in page.rows()][1] == "'=1+1"
    assert [row.values[2] for row in log.rows()][1] == "'=1+1"
