"""A file is posted whole, or its good part, or not at all; and what was found in it is kept."""

from __future__ import annotations

import csv
import hashlib
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import openpyxl
import pyarrow as pa
import pytest
from django.db import connections
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook
from pyarrow import parquet as pq

from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.findings import Severity
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.sheet import files
from wufei.records.ledger.core.sheet.files import Upload
from wufei.records.ledger.core.sheet.mending import mending_workbook
from wufei.records.ledger.core.sheet.reports import FINDINGS_SHOWN, LoadReport, Outcome, Tally
from wufei.records.ledger.services import load_file
from wufei.records.registry.services import save_site
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.services import save_party

TITLES = (
    "日期",
    "环节",
    "废物类别",
    "数量（吨）",
    "单位名称",
    "对方单位",
    "联单号",
    "处理方式",
    "依据",
    "凭证组",
    "账簿",
    "编号",
)


@dataclass(frozen=True)
class Town:
    """A region with a firm and a plant, and ways to load files into a book of its own."""

    book: str
    region_id: int
    firm_id: int
    firm: str
    plant: str
    now: datetime

    def row(self, quantity="10", step="产生", *, on="2026-02-01", holder=None, **more) -> list[object]:
        filled = {
            "日期": on,
            "环节": step,
            "废物类别": "SW03",
            "数量（吨）": quantity,
            "依据": "过磅",
            "账簿": self.book,
        }
        filled["单位名称"] = self.firm if holder is None else holder
        return [(filled | more).get(title, "") for title in TITLES]

    @property
    def clerk(self) -> Scope:
        return Scope(7, None, Role.CLERK, region_ids=frozenset({self.region_id}))

    def load(self, content: bytes, *, scope=None, keep_good=False, name="台账.csv", **more) -> LoadReport:
        return load_file(
            scope or Scope.operator(), Upload(content, name), keep_good=keep_good, now=self.now, **more
        )

    def transfers(self) -> list[tuple[object, ...]]:
        statement = (
            "SELECT step, grams, quantity, unit FROM ledger_transfer WHERE book = %s ORDER BY grams, id"
        )
        with session(Scope.operator()), connections["default"].cursor() as cursor:
            cursor.execute(statement, [self.book])
            return cursor.fetchall()


@pytest.fixture
def town(book: str, region_factory: Callable[..., int], now: datetime) -> Town:
    region_id = region_factory()
    key = uuid.uuid4().hex[:10]
    made = [
        save_party(
            key=f"{kind}-{key}",
            name=Text(f"{kind}（{key}）"),
            kind="enterprise",
            region_id=region_id,
            synthetic=True,
        )
        for kind in ("厂", "站")
    ]
    return Town(book, region_id, made[0], f"厂（{key}）", f"站（{key}）", now)


def text_of(*rows, titles=TITLES, encoding="utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([titles, *rows])
    return out.getvalue().encode(encoding)


def book_of(*rows, titles=TITLES) -> Workbook:
    book = Workbook()
    for row in (titles, *rows):
        book.active.append([None if cell == "" else cell for cell in row])
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(report) -> list[tuple[str, str]]:
    return [(one.finding.where, one.finding.code.removeprefix("ledger.")) for one in report.findings]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_csv_in_gbk_or_utf_8_is_posted_and_the_same_file_again_changes_nothing(town, encoding):
    content = text_of(
        town.row("１，０００．５"), town.row("3", "直接利用", on="2026-02-02"), encoding=encoding
    )
    first = town.load(content)
    assert (first.outcome, first.tally, first.findings) == (Outcome.POSTED, Tally(posted=2), ())
    assert [(step, grams) for step, grams, *_ in town.transfers()] == [
        ("use", 3_000_000),
        ("generate", 1_000_500_000),
    ]
    again = town.load(content)
    assert (again.outcome, again.tally) == (Outcome.POSTED, Tally(repeated=2))
    assert len(town.transfers()) == 2


def test_the_same_records_in_another_kind_of_file_are_the_same_records(town):
    rows = [town.row(), town.row("2.5", on="2026-02-03")]
    assert town.load(text_of(*rows, encoding="utf-16")).tally == Tally(posted=2)
    assert town.load(saved(book_of(*rows)), name="台账.xlsx").tally == Tally(repeated=2)
    columns = {title: [str(row[at]) for row in rows] for at, title in enumerate(TITLES)}
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    assert town.load(out.getvalue(), name="台账.parquet").tally == Tally(repeated=2)


def test_merged_cells_give_every_row_its_holder_and_date(town):
    book = book_of(town.row("1"), town.row("2"), town.row("3"))
    for letter in "AE":
        book.active[f"{letter}3"] = book.active[f"{letter}4"] = None
        book.active.merge_cells(f"{letter}2:{letter}4")
    assert town.load(saved(book)).tally == Tally(posted=3)
    assert [grams for _, grams, *_ in town.transfers()] == [1_000_000, 2_000_000, 3_000_000]


def test_a_file_without_header_is_refused_and_nothing_is_kept(town):
    with pytest.raises(InputError) as refused:
        town.load(text_of(town.row(), titles=("甲", "乙")))
    assert refused.value.code == "ledger.header-missing"


@pytest.mark.parametrize(("content", "code"), [(b"", "files.empty"), (b"%PDF-1.4 ...", "files.other-kind")])
def test_an_empty_file_and_one_of_another_kind_named_xlsx_are_refused(town, content, code):
    with pytest.raises(InputError) as refused:
        town.load(content, name="台账.xlsx")
    assert refused.value.code == code


def test_one_wrong_row_keeps_the_whole_file_out_and_the_good_rows_are_counted(town):
    report = town.load(text_of(town.row(), town.row("-4"), town.row("5")))
    assert (report.outcome, report.tally) == (Outcome.REFUSED, Tally(refused=1, unwritten=2))
    assert told(report) == [("D3", "quantity-not-positive")]
    assert town.transfers() == []


def test_the_good_rows_are_kept_beside_wrong_ones_if_asked_for(town):
    content = text_of(town.row(), town.row("-4"), town.row("5"))
    report = town.load(content, keep_good=True)
    assert (report.outcome, report.tally) == (Outcome.PARTLY, Tally(posted=2, refused=1))
    assert len(town.transfers()) == 2
    mended = content.replace(b",-4,", b",4,")
    assert town.load(mended).tally == Tally(posted=1, repeated=2)


def test_a_trial_writes_nothing_and_says_what_would_happen(town):
    report = town.load(text_of(town.row(), town.row("-4")), keep_good=True, dry_run=True)
    assert (report.outcome, report.tally, report.load_id) == (Outcome.TRIED, Tally(posted=1, refused=1), None)
    assert town.transfers() == []


def test_a_row_that_the_ledger_refuses_is_told_with_its_cell(town):
    report = town.load(text_of(town.row("1"), town.row("5", "直接利用", on="2026-02-02")), keep_good=True)
    assert report.tally == Tally(posted=1, refused=1)
    assert told(report) == [("D3", "stock-below-zero")]
    assert report.findings[0].column == "数量（吨）"


def test_rows_are_posted_in_order_of_occurrence_whatever_their_order_in_the_file(town):
    report = town.load(text_of(town.row("5", "直接利用", on="2026-02-02"), town.row("9", on="2026-02-01")))
    assert report.tally == Tally(posted=2)


def test_an_id_more_than_seven_days_ahead_is_refused_in_its_column(town):
    ahead = str(new_id(town.now + timedelta(days=8)))
    report = town.load(text_of(town.row(编号=ahead), town.row(编号=str(new_id(town.now)))), keep_good=True)
    assert report.tally == Tally(posted=1, refused=1)
    assert told(report) == [("L2", "id-too-far-ahead")]
    assert report.findings[0].finding.value == ahead


def test_an_id_that_comes_with_other_content_is_a_conflict_of_that_row(town):
    number = str(new_id(town.now))
    assert town.load(text_of(town.row(编号=number))).tally == Tally(posted=1)
    report = town.load(text_of(town.row("11", 编号=number)))
    assert told(report) == [("L2", "id-with-other-content")]


def test_a_posting_half_of_whose_lines_are_bad_is_held_back_and_names_them(town):
    group = {"凭证组": "一"}
    leg = {"联单号": "L1", "单位名称": town.plant, "对方单位": town.firm} | group
    rows = [
        town.row("10"),
        town.row("9", "起运", 联单号="L1"),
        town.row("9", "签收", **leg),
        town.row("-1", "磅差", **leg),
    ]
    report = town.load(text_of(*rows), keep_good=True)
    assert report.tally == Tally(posted=2, refused=2)
    assert ("4", "held-back") in told(report)
    held = next(one for one in report.findings if one.finding.code == "ledger.held-back")
    assert "第 5 行" in held.finding.message.zh


def test_a_group_that_the_ledger_refuses_names_the_row_at_fault(town):
    group = {"凭证组": "一"}
    rows = [town.row("1", **group), town.row("7", "直接利用", **group)]
    report = town.load(text_of(*rows), keep_good=True)
    assert report.tally == Tally(refused=2)
    assert told(report) == [("D3", "stock-below-zero"), ("2", "held-back")]
    assert report.outcome is Outcome.REFUSED


def test_an_unknown_holder_and_an_ambiguous_stream_name_their_cells(town):
    report = town.load(text_of(town.row(holder="无此厂"), town.row(废物类别="石膏")))
    assert told(report) == [("E2", "unknown-name"), ("C3", "ambiguous-stream")]


def test_a_thousandfold_mass_is_posted_and_asked_about(town):
    rows = [town.row("1", on=f"2026-02-0{day}") for day in (1, 2, 3)]
    report = town.load(text_of(*rows, town.row("1000", on="2026-02-04")))
    assert report.tally == Tally(posted=4)
    assert told(report) == [("D5", "mass-jump")]
    assert report.findings[0].finding.severity is Severity.WARNING


def test_a_store_is_found_by_its_name_beside_its_holder(town, party_factory):
    other = party_factory(region_id=town.region_id)
    for party_id in (town.firm_id, other):
        save_site(
            Scope.operator(),
            key=f"s-{party_id}",
            name=Text("一号库"),
            party_id=party_id,
            region_id=town.region_id,
        )
    titles = (*TITLES, "场所")
    report = town.load(text_of([*town.row(), "一号库"], titles=titles))
    assert report.tally == Tally(posted=1)


def test_names_of_other_districts_mean_nothing_here_but_their_codes_do(town, region_factory):
    far = region_factory()
    code = f"far-{uuid.uuid4().hex[:8]}"
    save_party(key=code, name=Text(f"远厂{code}"), kind="enterprise", region_id=far, synthetic=True)
    report = town.load(text_of(town.row(holder=f"远厂{code}")), scope=town.clerk)
    assert told(report) == [("E2", "unknown-name")]
    report = town.load(text_of(town.row(holder=code)), scope=town.clerk)
    assert told(report) == [("2", "outside-scope")]


def test_names_are_looked_up_by_sets_and_not_row_by_row(town):
    def queries_for(first, last):
        content = text_of(*[town.row(str(number), 凭证组=f"g{number}") for number in range(first, last)])
        with CaptureQueriesContext(connections["default"]) as asked:
            assert town.load(content).tally == Tally(posted=last - first)
        return len(asked)

    few = queries_for(1, 30)
    assert queries_for(30, 2030) <= few


def test_a_long_file_is_posted_by_portions_that_keep_groups_together(town, monkeypatch):
    monkeypatch.setattr(files, "PORTION_ROWS", 3)
    rows = [town.row(str(number), 凭证组="g" if 2 <= number <= 5 else "") for number in range(1, 9)]
    rows[6] = town.row("-1")
    columns = {title: [str(row[at]) for row in rows] for at, title in enumerate(TITLES)}
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    report = town.load(out.getvalue(), keep_good=True)
    assert report.tally == Tally(posted=7, refused=1)
    assert told(report) == [("D8", "quantity-not-positive")]


def test_several_sheets_are_read_and_hidden_ones_are_named(town):
    book = book_of(town.row("1"))
    book.active.title = "一月"
    second = book.create_sheet("二月")
    for row in (("台账",), TITLES, town.row("2"), town.row("-2")):
        second.append([None if cell == "" else cell for cell in row])
    book.create_sheet("旧").sheet_state = "hidden"
    book.create_sheet("通讯录").append(["张三", "李四"])
    report = town.load(saved(book), keep_good=True)
    assert report.tally == Tally(posted=2, refused=1)
    assert told(report) == [
        ("二月!D4", "quantity-not-positive"),
        ("旧", "hidden-sheet"),
        ("通讯录", "sheet-without-header"),
    ]
    only = load_file(Scope.operator(), Upload(saved(book), "x.xlsx", "一月"), keep_good=False, now=town.now)
    assert (only.tally, only.findings) == (Tally(repeated=1), ())


def test_what_was_found_is_kept_although_nothing_was_written(town):
    content = text_of(town.row("5"), town.row("-4"))
    report = town.load(content, scope=town.clerk, name="二月.csv")
    with session(town.clerk):
        kept = queries.get_load(town.clerk, report.load_id)
        (one,) = queries.load_findings(town.clerk, report.load_id, limit=10).rows
        (sheet,) = queries.unposted_rows(town.clerk, report.load_id, limit=10)
        assert queries.finding_counts(town.clerk, report.load_id) == {Severity.ERROR: 1}
    assert (kept.file_name, kept.sha256, kept.size) == (
        "二月.csv",
        hashlib.sha256(content).digest(),
        len(content),
    )
    assert (kept.tally, kept.outcome, kept.keep_good) == (report.tally, Outcome.REFUSED, False)
    assert (kept.region_id, kept.recorder_id, kept.recorded_at) == (town.region_id, 7, town.now)
    assert (one.finding, one.column, one.row) == (report.findings[0].finding, "数量（吨）", 3)
    assert sheet.titles == TITLES
    assert [(number, cells[3]) for number, cells in sheet.rows] == [(2, "5"), (3, "-4")]


def test_of_a_partly_posted_file_only_the_rest_is_kept(town):
    report = town.load(text_of(town.row("5"), town.row("-4")), scope=town.clerk, keep_good=True)
    with session(town.clerk):
        (sheet,) = queries.unposted_rows(town.clerk, report.load_id, limit=10)
    assert [number for number, _ in sheet.rows] == [3]


def test_the_rows_not_posted_can_be_mended_in_place_and_loaded_again(town):
    report = town.load(text_of(town.row("5"), town.row("-4"), town.row("6", 废物类别="=1+1")), keep_good=True)
    scope = Scope.operator()
    with session(scope):
        sheets = queries.unposted_rows(scope, report.load_id, limit=10)
        findings = queries.load_findings(scope, report.load_id, limit=10).rows
    by_row = {}
    for one in findings:
        by_row.setdefault((one.sheet, one.row), []).append(one)
    book = openpyxl.load_workbook(io.BytesIO(mending_workbook(sheets, by_row, "zh")))
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == [*TITLES, "问题与改法"]
    assert sheet["D2"].fill.fgColor.rgb == "00F8C9C4"
    assert "不大于零" in sheet["M2"].value
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=1+1", "s")
    sheet["D2"], sheet["C3"] = 4, "SW03"
    assert town.load(saved(book), name="待改.xlsx").tally == Tally(posted=2)
    assert sorted(grams for _, grams, *_ in town.transfers()) == [4_000_000, 5_000_000, 6_000_000]


def test_a_load_is_seen_in_its_region_by_its_producer_and_by_nobody_else(town, region_factory):
    producer = Scope(9, None, Role.PRODUCER, party_ids=frozenset({town.firm_id}))
    report = town.load(text_of(town.row("-1")), scope=producer)
    auditor = Scope(3, None, Role.AUDITOR, region_ids=frozenset({town.region_id}))
    for scope in (producer, auditor, town.clerk):
        with session(scope):
            assert queries.get_load(scope, report.load_id).id == report.load_id
            assert report.load_id in {row.id for row in queries.loads(scope, limit=50).rows}
    stranger = Scope(4, None, Role.CLERK, region_ids=frozenset({region_factory()}))
    with session(stranger):
        with pytest.raises(NotFoundError):
            queries.load_findings(stranger, report.load_id, limit=1)
        with connections["default"].cursor() as cursor:
            for table in ("load", "load_finding", "load_row"):
                cursor.execute(f"SELECT count(*) FROM ledger_{table}")
                assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", ["load", "load_finding", "load_row"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {}"])
def test_what_was_found_is_never_changed_by_the_application(db, table, statement):
    column = "outcome" if table == "load" else "row"
    change = statement.format(f"ledger_{table}", column, column)
    with pytest.raises(DatabaseError, match="permission denied"), session(Scope.operator()):
        connections["default"].cursor().execute(change)


def test_a_stranger_cannot_add_findings_to_a_load(town, region_factory):
    report = town.load(text_of(town.row()), scope=town.clerk)
    stranger = Scope(4, None, Role.CLERK, region_ids=frozenset({region_factory()}))
    insert = "INSERT INTO ledger_load_row (load_id, sheet, row, cells) VALUES (%s, 0, 1, '{}')"
    with pytest.raises(DatabaseError, match="row-level security"), session(stranger):
        connections["default"].cursor().execute(insert, [report.load_id])


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.PUBLIC])
def test_who_may_not_post_may_not_load(town, role):
    with pytest.raises(AccessError):
        town.load(text_of(town.row()), scope=Scope(1, None, role, region_ids=frozenset({town.region_id})))


def test_findings_are_read_page_by_page_the_gravest_first(town):
    rows = [town.row("约3吨"), *[town.row("-1")] * 4]
    report = town.load(text_of(*rows), keep_good=True)
    scope = Scope.operator()
    seen, after = [], None
    with session(scope):
        while True:
            page = queries.load_findings(scope, report.load_id, limit=2, after=after)
            seen += [(one.row, one.finding.severity) for one in page.rows]
            after = page.after
            if after is None:
                break
        with pytest.raises(InputError):
            queries.load_findings(scope, report.load_id, limit=2, after="x")
    assert seen == [(3, "error"), (4, "error"), (5, "error"), (6, "error"), (2, "warning")]


def test_a_hundred_thousand_bad_rows_all_go_to_the_table_and_few_are_carried_around(town):
    row = ",".join(str(cell) for cell in town.row("-1"))
    content = (",".join(TITLES) + "\n" + f"{row}\n" * 100_000).encode()
    report = town.load(content, keep_good=True)
    assert (report.outcome, report.tally) == (Outcome.REFUSED, Tally(refused=100_000))
    assert (report.findings_total, len(report.findings)) == (100_000, FINDINGS_SHOWN)
    with session(Scope.operator()), connections["default"].cursor() as cursor:
        for table in ("load_finding", "load_row"):
            cursor.execute(f"SELECT count(*) FROM ledger_{table} WHERE load_id = %s", [report.load_id])
            assert cursor.fetchone() == (100_000,)


def test_a_cell_that_the_database_cannot_hold_is_kept_without_what_it_cannot_hold(town):
    book = book_of(town.row("-1", 联单号="a"))
    content = saved(book)
    report = town.load(content, name="坏\0名\ud800.xlsx", keep_good=True)
    with session(Scope.operator()):
        assert queries.get_load(Scope.operator(), report.load_id).file_name == "坏名?.xlsx"
