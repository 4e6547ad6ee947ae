"""One row of a ledger file: cells are read as people write them, and a wrong one says how to mend it."""

# ruff: noqa: DTZ001 - a sheet has no time zone

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period, Precision
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.sheet import words
from wufei.records.ledger.core.sheet.columns import COLUMNS
from wufei.records.ledger.core.sheet.dates import read_date
from wufei.records.ledger.core.sheet.drafts import read_row
from wufei.records.ledger.core.sheet.headers import Header, LedgerSheet
from wufei.records.ledger.core.sheet.units import mass_of, read_amount, unit_in
from wufei.records.ledger.core.steps import ALLOWED, allowed_kinds
from wufei.records.ledger.core.transfers import Evidence, Step
from wufei.records.ledger.core.words import EVIDENCE, KINDS, STEPS
from wufei.runtime.files.core.sheets import Flaw, SheetRow

CHINESE = re.compile(r"[\u4e00-\u9fff]")
GOOD = {
    "date": "2025-03-09",
    "step": "产生",
    "stream": "SW03",
    "quantity": "1.5",
    "unit": "吨",
    "holder": "甲厂",
    "evidence": "过磅",
}


def read(header_unit="", flaws=(), **changes):
    """Read a row; a column given as None is missing from the file, an empty one is an empty cell."""
    cells = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    header = Header({key: at for at, key in enumerate(cells)}, tuple(cells), header_unit, 1)
    places = {list(cells).index(key): flaw for key, flaw in dict(flaws).items()}
    row = SheetRow(7, tuple(None if value == "" else value for value in cells.values()), places)
    return read_row(row, LedgerSheet(0, "Sheet1", header))


def codes(reading):
    return [found.finding.code.removeprefix("ledger.") for found in reading.findings]


def only(reading):
    (found,) = reading.findings
    return found


def test_a_plain_row_is_read():
    draft = read().draft
    assert (draft.step, draft.kinds, draft.stream) == (Step.GENERATE, (Kind.ORIGIN, Kind.STOCK), "SW03")
    assert (draft.quantity, draft.unit, draft.grams) == (Decimal("1.5"), "t", 1_500_000)
    assert (draft.evidence, draft.sector, draft.holder) == (Evidence.WEIGHBRIDGE, "industry", "甲厂")
    # Midnight in Shanghai is four in the afternoon of the day before in UTC.
    assert (draft.occurred_at, draft.precision) == (datetime(2025, 3, 8, 16, tzinfo=UTC), Precision.DAY)


@pytest.mark.parametrize(
    ("written", "unit", "grams"),
    [
        ("１，２３４．５", "t", 1_234_500_000),
        ("1,234.5", "t", 1_234_500_000),
        ("1.5吨", None, 1_500_000),
        ("1500公斤", "", 1_500_000),
        ("1500 kg", "公斤", 1_500_000),
        ("0.5万吨", None, 5_000_000_000),
        (Decimal("0.3"), "吨", 300_000),
        ("2", "斤", 1_000),
    ],
)
def test_quantities_are_read_as_people_write_them(written, unit, grams):
    reading = read(quantity=written, unit=unit)
    assert reading.findings == ()
    assert reading.draft.grams == grams


def test_the_unit_of_the_header_serves_rows_without_one():
    assert read(unit=None, header_unit="kg").draft.grams == 1_500


def test_a_row_in_kilograms_under_a_header_in_tonnes_is_taken_at_its_word_and_asked_about():
    reading = read(header_unit="t", unit=None, quantity="500公斤")
    assert reading.draft.grams == 500_000
    found = only(reading)
    assert (found.finding.code, found.finding.severity) == ("ledger.unit-beside-header", "warning")
    assert (found.finding.where, found.finding.value) == ("Sheet1!D7", "500公斤")


def test_a_cell_and_its_column_of_units_must_agree():
    found = only(read(quantity="1.5吨", unit="公斤"))
    assert found.finding.code == "ledger.units-disagree"
    assert found.grave


def test_a_volume_is_converted_by_the_catalogue_and_named():
    draft = read(stream="SW70", quantity="2", unit="立方米").draft
    assert (draft.unit, draft.grams, draft.conversion) == ("m3", 3_400_000, "excavated-soil-m3")
    dry = read(stream="SW90", quantity="1", unit="tDS", sector="城市服务与商业").draft
    assert (dry.unit, dry.conversion) == ("tDS", "sewage-sludge-dry")
    assert codes(read(stream="SW03", quantity="2", unit="m3")) == ["no-conversion"]
    assert codes(read(stream="SW70", quantity="2", unit="m3", date="2010-01-01")) == ["no-conversion"]


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"quantity": "-3"}, "quantity-not-positive", "Sheet1!D7"),
        ({"quantity": Decimal(0)}, "quantity-not-positive", "Sheet1!D7"),
        ({"quantity": "若干"}, "quantity-form", "Sheet1!D7"),
        ({"quantity": "12,34"}, "quantity-form", "Sheet1!D7"),
        ({"quantity": True}, "quantity-form", "Sheet1!D7"),
        ({"quantity": ""}, "cell-missing", "Sheet1!D7"),
        ({"unit": "箩"}, "unknown-unit", "Sheet1!E7"),
        ({"unit": ""}, "unit-missing", "Sheet1!E7"),
        ({"unit": "米"}, "no-conversion", "Sheet1!E7"),
        ({"date": "3月9日"}, "date-form", "Sheet1!A7"),
        ({"date": "2025-02-30"}, "date-form", "Sheet1!A7"),
        ({"date": "0001"}, "date-form", "Sheet1!A7"),
        ({"date": "2025Q1"}, "precision-not-kept", "Sheet1!A7"),
        ({"step": "消失"}, "unknown-step", "Sheet1!B7"),
        ({"step": "损失"}, "kind-needed", "Sheet1!B7"),
        ({"step": "产生", "target_kind": "已填埋"}, "kind-needed", "Sheet1!H7"),
        ({"target_kind": "天上"}, "unknown-kind", "Sheet1!H7"),
        ({"stream": "SW98"}, "unknown-stream", "Sheet1!C7"),
        ({"stream": "石膏"}, "ambiguous-stream", "Sheet1!C7"),
        ({"stream": "SW03 粉煤灰"}, "ambiguous-stream", "Sheet1!C7"),
        ({"evidence": "目测"}, "unknown-evidence", "Sheet1!G7"),
        ({"method": "变没"}, "unknown-method", "Sheet1!H7"),
        ({"sector": "天庭"}, "unknown-sector", "Sheet1!H7"),
        ({"stream": "SW90"}, "sector-needed", "Sheet1!C7"),
        ({"dry_share": "120"}, "percent-form", "Sheet1!H7"),
        ({"dry_share": Decimal("0.2")}, "percent-form", "Sheet1!H7"),
        ({"uncertainty": "很小"}, "percent-form", "Sheet1!H7"),
        ({"finish": "或许"}, "yes-or-no", "Sheet1!H7"),
        ({"id": "12345"}, "id-form", "Sheet1!H7"),
        ({"amends": "去年"}, "period-form", "Sheet1!H7"),
        ({"reason": "手滑"}, "unknown-reason", "Sheet1!H7"),
        ({"holder": Decimal(911100000000000000)}, "digits-lost", "Sheet1!F7"),
    ],
)
def test_a_wrong_cell_says_its_value_place_rule_and_fix(change, code, place):
    reading = read(**change)
    assert reading.draft is None
    found = only(reading)
    assert found.finding.code == f"ledger.{code}"
    (column,) = list(change)[-1:]
    where = found.finding.where
    assert where == (place if code != "sector-needed" else "Sheet1!7")
    if code != "sector-needed" and not (code == "kind-needed" and column == "target_kind"):
        assert found.column == column
    for text in (found.finding.message, found.finding.rule, found.finding.fix):
        assert text.zh
        assert text.en
        # What the file says stays as it is; all else is English.
        said = text.en.replace(found.finding.value or "\0", "").replace("万吨", "")
        assert not CHINESE.search(said), said


def test_an_ambiguous_stream_lists_what_it_may_be():
    found = only(read(stream="石膏"))
    assert all(
        name in found.finding.message.zh for name in ("SW06 脱硫石膏", "SW10 磷石膏", "SW11 工业副产石膏")
    )


@pytest.mark.parametrize(("flaw", "code"), [(Flaw.ERROR, "cell-error"), (Flaw.NO_RESULT, "cell-no-result")])
def test_a_cell_without_value_is_not_called_empty(flaw, code):
    reading = read(quantity="", flaws={"quantity": flaw})
    assert codes(reading) == [code]
    assert reading.findings[0].finding.where == "Sheet1!D7"


def test_several_wrong_cells_are_told_at_once():
    reading = read(date="?", step="?", stream="?", quantity="?", evidence="?")
    assert sorted(codes(reading)) == [
        "date-form",
        "quantity-form",
        "unknown-evidence",
        "unknown-step",
        "unknown-stream",
    ]


def test_an_approximate_quantity_that_claims_to_be_weighed_is_asked_about():
    reading = read(quantity="约3吨", unit=None)
    assert codes(reading) == ["quantity-about"]
    assert reading.draft.grams == 3_000_000
    assert read(quantity="约3吨", unit=None, evidence="估算").findings == ()


def test_totals_and_remarks_are_no_records():
    for total in ("合计", "合 计：", "Total"):
        reading = read(date=total, step="", stream="", holder="", evidence="", unit="", quantity="99")
        assert (codes(reading), reading.record) == (["total-row"], False)
    remark = read(date="制表人：", step="", stream="", holder="", evidence="", unit="", quantity="")
    assert (codes(remark), remark.record) == (["remark-row"], False)
    assert remark.findings[0].finding.value == ""
    assert read(**dict.fromkeys(GOOD, "")) is None


def test_a_record_whose_document_is_called_total_stays_one():
    assert read(document="合计").draft.document == "合计"


@pytest.mark.parametrize(
    ("written", "start", "precision"),
    [
        ("2025-03-09", "2025-03-08T16:00", Precision.DAY),
        ("2025/3/9", "2025-03-08T16:00", Precision.DAY),
        ("2025.3.9", "2025-03-08T16:00", Precision.DAY),
        ("20250309", "2025-03-08T16:00", Precision.DAY),
        (Decimal(20250309), "2025-03-08T16:00", Precision.DAY),
        (Decimal(45725), "2025-03-08T16:00", Precision.DAY),
        (Decimal("45725.5"), "2025-03-09T04:00", Precision.INSTANT),
        ("２０２５年３月９日", "2025-03-08T16:00", Precision.DAY),
        ("2025年3月", "2025-02-28T16:00", Precision.MONTH),
        ("2025.3", "2025-02-28T16:00", Precision.MONTH),
        (Decimal(202503), "2025-02-28T16:00", Precision.MONTH),
        (Decimal(2025), "2024-12-31T16:00", Precision.YEAR),
        ("2025-03-09 14:30", "2025-03-09T06:30", Precision.INSTANT),
        ("2025年3月9日 14时30分", "2025-03-09T06:30", Precision.INSTANT),
        ("2025-03-09T14:30:15", "2025-03-09T06:30:15", Precision.INSTANT),
        ("2025-03-09T06:30+00:00", "2025-03-09T06:30", Precision.INSTANT),
        (datetime(2025, 3, 9, 14, 30), "2025-03-09T06:30", Precision.INSTANT),
        (Period.parse("2025-03"), "2025-02-28T16:00", Precision.MONTH),
    ],
)
def test_dates_are_read_no_finer_than_they_are_written(written, start, precision):
    assert read_date(written) == (datetime.fromisoformat(start).replace(tzinfo=UTC), precision)


@given(st.text(max_size=24) | st.from_regex(r"[0-9]{1,9}[./年-][0-9]{0,3}.{0,12}", fullmatch=True))
def test_whatever_stands_in_a_date_is_a_date_or_refused(text):
    try:
        instant, _ = read_date(text)
    except InputError:
        return
    assert instant.tzinfo is UTC


@given(st.text(max_size=30))
def test_whatever_stands_in_any_cell_is_read_or_refused_and_never_a_crash(text):
    for column in COLUMNS:
        reading = read(**{column.key: text})
        assert (
            reading.draft is not None or any(found.grave for found in reading.findings) or not reading.record
        )


@given(st.decimals("0.000001", "1000000", places=6), st.sampled_from(["t", "kg", "g", "斤", "万吨"]))
def test_grams_are_what_the_ledger_expects_of_the_quantity(quantity, unit):
    draft = read(quantity=quantity, unit=unit).draft
    again = read(quantity=f"{quantity}{unit}", unit=None).draft
    assert (again.grams, again.unit) == (draft.grams, draft.unit)
    assert abs(draft.grams - mass_of(quantity, unit_in(unit), "SW03", draft.occurred_at.date())[0]) == 0


def test_every_word_on_screen_is_understood():
    for table, said in ((words.steps(), STEPS), (words.kinds(), KINDS), (words.evidence(), EVIDENCE)):
        for code, text in said.items():
            for word in (code, text.zh, text.en, text.en.upper()):
                assert table[words.plain(word)] == code
    for code, stream in load_streams().items():
        for text in (code, code.lower(), stream.name.zh, f"{code} {stream.name.zh}"):
            assert words.stream_named(text) == (code, ()), text
    for code, method in load_methods().items():
        assert words.methods()[words.plain(method.name.zh)] == code


def test_a_step_with_one_pair_of_kinds_needs_no_column_and_any_other_is_chosen_by_two():
    for step in Step:
        pairs = allowed_kinds(step)
        if len(pairs) == 1:
            assert read(step=STEPS[step].zh).draft.kinds == pairs[0]
    for step, source, target in ALLOWED:
        chosen = read(step=STEPS[step].zh, source_kind=KINDS[source].zh, target_kind=KINDS[target].en)
        assert chosen.draft.kinds == (source, target)


def test_identifiers_and_the_like_are_taken_over():
    number = UUID("0195e3a0-0000-7000-8000-000000000001")
    draft = read(
        id=str(number),
        dry_share="20%",
        uncertainty="0.4",
        finish="√",
        amends="2025年3月",
        reason="填错",
        book="申报账",
    ).draft
    assert (draft.id, draft.dry_share_ppm, draft.uncertainty_ppm) == (number, 200_000, 4_000)
    assert (draft.finish, draft.amends_period, draft.reason, draft.book) == (
        True,
        "2025-03",
        "typed-wrong",
        "declared",
    )


def test_amounts_know_their_unit():
    assert read_amount("1.5吨").unit == "t"
    assert unit_in("公斤") == "kg"
    assert unit_in("甲厂") == ""
