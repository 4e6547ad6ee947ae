"""A form in Excel: what was exported comes back the same, bad cells are named, good rows are entered."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.forms import queries, services
from wufei.runtime.forms.core.checking import check
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.forms.core.sheet_reading import read_workbook
from wufei.runtime.forms.core.sheets import template_of, workbook_of

TODAY = date(2026, 3, 2)
WORDS = st.text(alphabet="王芳李明abc -=+@1", min_size=1, max_size=12).filter(lambda text: text.strip())
ENTRIES = st.fixed_dictionaries(
    {"reader": WORDS},
    optional={
        "kind": st.sampled_from(["adult", "child"]),
        "guardian": WORDS,
        "lent_on": st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(str),
        "month": st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(lambda day: str(day)[:7]),
        "members": st.integers(0, 100),
        "weight": st.fixed_dictionaries({"value": st.sampled_from(["1.5", "0", "12"]), "unit": st.just("g")}),
        "hurry": st.booleans(),
        "topics": st.lists(st.sampled_from(["art", "law"]), min_size=1, unique=True),
        "place": st.just({"longitude": "116.4", "latitude": "39.9"}),
        "loans": st.lists(
            st.fixed_dictionaries({"book": WORDS, "pages": st.integers(1, 5000)}),
            max_size=3,
            unique_by=lambda row: row["book"].strip(),
        ),
    },
)


def open_all(content):
    return open_sheets(content, "x.xlsx")


@settings(max_examples=40)
@given(st.lists(ENTRIES, min_size=1, max_size=3), st.sampled_from(["zh-hans", "en"]))
def test_what_is_exported_comes_back_the_same(lending, given_answers, language):
    valid = [check(lending, answers, TODAY).values for answers in given_answers]
    content = workbook_of(lending, [(str(at), values) for at, values in enumerate(valid, 1)], language)
    read = read_workbook(lending, open_all(content))
    assert read.findings == ()
    assert [check(lending, row.answers, TODAY).values for row in read.rows] == valid


def test_the_template_holds_no_entry_and_says_what_to_write(lending):
    assert read_workbook(lending, open_all(template_of(lending, "zh-hans"))).rows == ()
    book = openpyxl.load_workbook(io.BytesIO(template_of(lending, "zh-hans")))
    assert book.sheetnames == ["借阅登记", "书目"]
    assert [cell.value for cell in book["借阅登记"][1]][:3] == ["编号", "读者", "证号"]
    assert book["借阅登记"].data_validations.dataValidation


def filled(lending, *rows, loans=()):
    book = openpyxl.load_workbook(io.BytesIO(template_of(lending, "zh-hans")))
    head = [cell.value for cell in book["借阅登记"][1]]
    for row in rows:
        book["借阅登记"].append([row.get(name) for name in head])
    for loan in loans:
        book["书目"].append(loan)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_bad_cell_is_named_and_hides_no_other(lending):
    content = filled(
        lending,
        {"编号": "1", "读者": "王芳", "人数": "很多", "类型": "成人"},
        {"编号": "2", "读者": "李明"},
        loans=[("1", "红楼梦", 0), ("9", "西游记", 3)],
    )
    read = read_workbook(lending, open_all(content))
    assert [finding.where for finding in read.findings] == ["书目!A4"]
    first, second = read.rows
    wrong = {first.at_cell(one).where: one.code for one in check(lending, first.answers, TODAY).findings}
    assert wrong == {"借阅登记!H3": "forms.number", "书目!C3": "forms.bounds"}
    assert check(lending, second.answers, TODAY).valid


def test_rows_are_entered_each_by_itself_and_the_same_file_again_changes_nothing(lending, clerk, place):
    scope, form = clerk, Form(lending)
    content = filled(
        lending,
        {"编号": "1", "读者": "王芳"},
        {"编号": "2", "读者": "", "人数": 3},
        {"编号": "3", "读者": "李明"},
        loans=[("3", "红楼梦", 1200)],
    )

    def load():
        with session(scope):
            return services.import_workbook(
                scope, form, content=content, name="x.xlsx", place=place, now=now()
            )

    first = load()
    assert [row.outcome for row in first.rows] == ["entered", "refused", "entered"]
    assert [finding.where for finding in first.rows[1].findings] == ["借阅登记!B4"]
    again = load()
    assert [row.outcome for row in again.rows] == ["repeated", "refused", "repeated"]
    assert again.rows[1].entry_id == first.rows[1].entry_id
    with session(scope):
        assert len(queries.entries(scope, "lending")) == 2
        (draft,) = queries.entries(scope, "lending", state="draft")
    assert draft.values["members"] == "3"


def test_a_number_that_stands_for_other_content_is_refused(lending, clerk, place):
    scope, form = clerk, Form(lending)
    outcomes = []
    for reader in ("王芳", "李明"):
        content = filled(lending, {"编号": "7", "读者": reader})
        with session(scope):
            report = services.import_workbook(
                scope, form, content=content, name="x.xlsx", place=place, now=now()
            )
        outcomes.append((report.rows[0].outcome, [one.code for one in report.rows[0].findings]))
    assert outcomes == [("entered", []), ("refused", ["forms.other-content"])]


def test_a_file_without_the_head_says_what_to_use(lending):
    book = openpyxl.Workbook()
    book.active.append(["甲", "乙"])
    out = io.BytesIO()
    book.save(out)
    read = read_workbook(lending, open_all(out.getvalue()))
    assert [finding.code for finding in read.findings] == ["forms.head"]
