"""Rules of papers, contracts, vehicles and places, without a database."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.records.registry.core.contracts import GRACE_DAYS, Cycle, missed, turns
from wufei.records.registry.core.drafts import (
    PaperDraft,
    PersonDraft,
    PlaceDraft,
    VehicleDraft,
    check_paper,
    check_person,
    check_place,
    check_vehicle,
)
from wufei.records.registry.core.expiry import Certificate, certificates_due, due
from wufei.records.registry.core.kinds import certificate_kind, paper_kinds, place_kinds
from wufei.records.registry.core.lifecycle import survivor
from wufei.records.registry.core.papers import (
    Line,
    PaperState,
    Standing,
    Term,
    holds,
    overlap_findings,
    overlapping,
    standing,
)
from wufei.records.registry.core.plates import check_plate, is_new_energy, normal_plate
from wufei.records.registry.core.regions import load_region_records, withdrawn_on

DAY = date(2026, 3, 1)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def term(number, start, end, kind="permit", state=PaperState.ACTIVE, party=1):
    return Term(number, kind, number, party, start, end, state)


def codes(findings):
    return [(each.code, each.where) for each in findings]


def test_the_data_files_name_known_fields_and_label_all_in_two_languages():
    assert len(paper_kinds()) == 12
    for kind in (*paper_kinds().values(), *place_kinds().values()):
        assert kind.label.zh
        assert kind.label.en
    assert all(kind.required <= kind.fields for kind in paper_kinds().values())
    assert place_kinds()["storage-point"].capacity_max == 3


@pytest.mark.parametrize(
    ("start", "end", "state", "worth"),
    [
        (DAY, DAY, PaperState.ACTIVE, Standing.SOON),
        (DAY, DAY + timedelta(days=90), PaperState.ACTIVE, Standing.SOON),
        (DAY, DAY + timedelta(days=91), PaperState.ACTIVE, Standing.VALID),
        (DAY, None, PaperState.ACTIVE, Standing.VALID),
        (DAY + timedelta(days=1), None, PaperState.ACTIVE, Standing.NOT_YET),
        (date(2020, 1, 1), DAY - timedelta(days=1), PaperState.ACTIVE, Standing.EXPIRED),
        (DAY, None, PaperState.SUSPENDED, Standing.WITHDRAWN),
        (DAY, None, PaperState.REVOKED, Standing.WITHDRAWN),
    ],
)
def test_a_paper_is_worth_what_its_dates_and_state_say(start, end, state, worth):
    assert standing(term("A", start, end, state=state), DAY) is worth
    assert holds(term("A", start, end, state=state), DAY) == (worth in (Standing.VALID, Standing.SOON))


def test_an_overlap_is_told_with_both_numbers_and_dates():
    first, second = term("甲", date(2024, 1, 1), date(2026, 6, 30)), term("乙", date(2026, 6, 30), None)
    (finding,) = overlap_findings([second, first])
    assert finding.where == "乙"
    for word in ("甲", "乙", "2024-01-01", "2026-06-30"):
        assert word in finding.message.zh
        assert word in finding.message.en


def test_nothing_overlaps_that_may_or_was_revoked_or_is_another_s():
    span = (date(2025, 1, 1), date(2026, 1, 1))
    assert overlapping([term("A", *span, kind="contract"), term("B", *span, kind="contract")]) == []
    assert overlapping([term("A", *span, state=PaperState.REVOKED), term("B", *span)]) == []
    assert overlapping([term("A", *span), term("B", *span, party=2)]) == []
    assert overlapping([term("A", *span), term("B", date(2026, 1, 2), None)]) == []


@given(st.lists(st.tuples(DAYS, st.integers(0, 900)), max_size=7))
def test_pairs_overlap_just_when_they_share_a_day(spans):
    terms = [term(str(n), start, start + timedelta(days=days)) for n, (start, days) in enumerate(spans)]
    shared = {
        frozenset((a.key, b.key))
        for a in terms
        for b in terms
        if a.key < b.key and max(a.valid_from, b.valid_from) <= min(a.valid_to, b.valid_to)
    }
    assert {frozenset((a.key, b.key)) for a, b in overlapping(terms)} == shared


@pytest.mark.parametrize(
    ("left", "step"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-400, 0)]
)
def test_a_reminder_is_due_at_ninety_thirty_and_seven_days_and_at_the_end(left, step):
    found = due([term("A", date(2020, 1, 1), DAY + timedelta(days=left))], DAY)
    assert [each.days for each in found] == ([] if step is None else [step])


def test_nobody_is_reminded_of_a_paper_that_a_newer_one_follows():
    old, new = term("A", date(2020, 1, 1), DAY), term("B", DAY, date(2030, 1, 1))
    assert due([old, new], DAY) == []
    assert [each.paper_key for each in due([old], DAY)] == ["A"]
    assert due([term("A", date(2020, 1, 1), DAY, state=PaperState.REVOKED)], DAY) == []


@given(DAYS, st.integers(0, 200))
def test_the_key_of_a_reminder_stays_until_the_next_step(end, before):
    day = end - timedelta(days=before)
    keys = {each.key for each in due([term("A", date(2019, 1, 1), end)], day)}
    tomorrow = {each.key for each in due([term("A", date(2019, 1, 1), end)], day + timedelta(days=1))}
    assert keys == tomorrow or before in (91, 31, 8, 0)


SPANS = st.tuples(st.sampled_from(sorted(paper_kinds())), st.integers(-60, 200), st.booleans())


@given(st.lists(SPANS, max_size=6), st.lists(st.integers(0, 260), max_size=5), st.sets(st.integers(0, 260)))
def test_over_any_run_of_days_each_is_told_once_per_step_and_the_last_step_is_never_lost(spans, people, runs):
    papers = [
        term(str(n), date(2020, 1, 1), DAY + timedelta(days=left) if ends else None, kind=kind, party=n % 2)
        for n, (kind, left, ends) in enumerate(spans)
    ]
    certificates = [
        Certificate(f"person-{n}", 1, f"D{n}", "驾驶员", DAY + timedelta(days=left))
        for n, left in enumerate(people)
    ]
    ends = {each.key: (each.valid_to, paper_kinds()[each.kind].remind_days) for each in papers}
    ends |= {each.key: (each.valid_to, certificate_kind().remind_days) for each in certificates}
    followed = {
        old.key
        for old in papers
        for new in papers
        if old.valid_to and (new.party_id, new.kind) == (old.party_id, old.kind)
        if (new.valid_to is None or new.valid_to > old.valid_to) and not paper_kinds()[old.kind].overlap
    }
    told = {}
    for day in (DAY + timedelta(days=offset) for offset in sorted(runs)):
        fresh = [*due(papers, day), *certificates_due(certificates, day)]
        told |= {each.key: (each.paper_key, each.days) for each in fresh if each.key not in told}
        for key, (end, steps) in ends.items():
            passed = [step for step in steps if end and end - day <= timedelta(days=step)]
            latest = (0 if end < day else min(passed)) if passed else None
            assert ((key, latest) in told.values()) == (latest is not None and key not in followed)
    assert len(set(told.values())) == len(told)


def test_a_certificate_is_told_without_its_number_and_by_name_of_duty():
    one = Certificate("person-1", 1, "D1", "驾驶员", DAY + timedelta(days=1))
    (found,) = certificates_due([one], DAY)
    assert (found.days, found.ended) == (7, False)
    assert found.text.zh == f"资格证 驾驶员 D1 将于 {one.valid_to} 到期，还有 1 天。"
    assert found.text.en == f"Certificate of D1 (驾驶员) ends on {one.valid_to}, in 1 day."
    assert certificates_due([one], DAY + timedelta(days=2))[0].ended


@given(DAYS, st.integers(0, 800), st.sampled_from(list(Cycle)))
def test_turns_cover_a_contract_without_gap_or_overlap(start, days, cycle):
    end = start + timedelta(days=days)
    found = turns(start, end, cycle)
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(b.start - a.end == timedelta(days=1) for a, b in pairwise(found))


def test_months_that_are_too_short_end_on_their_last_day():
    found = turns(date(2024, 1, 31), date(2024, 4, 30), Cycle.MONTH)
    assert [turn.start for turn in found] == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
    ]


def test_a_pick_up_serves_one_turn_and_a_late_one_its_own():
    start, end = date(2025, 1, 1), date(2025, 6, 30)
    picked = [date(2025, 1, 15), date(2025, 3, 3), date(2025, 3, 20)]
    lacking = missed(start, end, Cycle.MONTH, picked, date(2025, 5, 8))
    assert [turn.start.month for turn in lacking] == [4]
    assert missed(start, end, Cycle.MONTH, picked, date(2025, 5, 7)) == []


@given(DAYS, st.integers(0, 400), st.sampled_from(list(Cycle)))
def test_without_pick_ups_every_turn_past_its_grace_is_missed(start, days, cycle):
    end = start + timedelta(days=days)
    late = end + timedelta(days=GRACE_DAYS[cycle] + 1)
    assert missed(start, end, cycle, [], late) == turns(start, end, cycle)
    assert missed(start, end, cycle, [turn.start for turn in turns(start, end, cycle)], late) == []


@pytest.mark.parametrize(
    "plate", ["京A12345", "京·AD12345", "京a f12345", "津B12345D", "冀C1234挂", "京AA12345"]
)
def test_plates_of_the_standard_pass(plate):
    assert check_plate(plate) == ()


@pytest.mark.parametrize("plate", ["", "A12345", "京AI2345", "京A1234O", "京A1234", "京A123456", "京A12345X"])
def test_other_plates_are_refused(plate):
    assert codes(check_plate(plate)) == [("registry.plate", "/plate")]


def test_the_plate_says_whether_a_vehicle_is_new_energy():
    assert is_new_energy(normal_plate("京AD12345"))
    assert is_new_energy("京A12345D")
    assert not is_new_energy("京A12345")
    assert codes(check_vehicle(VehicleDraft(1, "京A12345", new_energy=True))) == [
        ("registry.new-energy", "/new_energy")
    ]


def test_a_paper_lacks_what_its_kind_needs():
    found = check_paper(PaperDraft(1, "contract", "", DAY, DAY - timedelta(days=1)))
    assert codes(found) == [
        ("registry.missing", "/number"),
        ("registry.dates", "/valid_to"),
        ("registry.missing", "/cycle"),
        ("registry.missing", "/other_party_id"),
    ]
    lines = (Line("HW08"), Line("HW08"), Line("", "", -1))
    assert codes(check_paper(PaperDraft(1, "permit", "A", DAY, lines=lines))) == [
        ("registry.line-twice", "/lines/1"),
        ("registry.missing", "/lines/2/code"),
        ("registry.quota", "/lines/2/quota_g"),
    ]
    assert codes(check_paper(PaperDraft(1, "passport", "A", DAY))) == [("registry.unknown", "/kind")]


def test_a_storage_point_above_three_tonnes_is_told_and_may_stay():
    (finding,) = check_place(PlaceDraft(1, "storage-point", "TS1", "点", capacity=Decimal("3.5")))
    assert (finding.severity, finding.where) == ("warning", "/capacity")
    assert check_place(PlaceDraft(1, "storage-point", "TS1", "点", capacity=Decimal(3))) == []


@pytest.mark.parametrize(
    ("attributes", "where"),
    [
        ({"beds": "40"}, None),
        ({"beds": "4.5"}, "beds"),
        ({"beds": "x"}, "beds"),
        ({"beds": "99999"}, "beds"),
        ({"mu": "1"}, "mu"),
    ],
)
def test_attributes_of_a_place_are_those_of_its_kind(attributes, where):
    found = check_place(PlaceDraft(1, "ward", "W1", "病区", attributes=attributes))
    assert [each.where for each in found] == ([] if where is None else [f"/attributes/{where}"])


def test_half_a_position_is_refused():
    assert codes(check_place(PlaceDraft(1, "ward", "W1", "病区", longitude=Decimal(116)))) == [
        ("registry.position", "/longitude")
    ]


def test_a_message_about_a_person_never_repeats_what_is_personal():
    found = check_person(PersonDraft(1, "D1", "张三", "驾驶员", phone="12", id_number="9" * 40))
    assert codes(found) == [("registry.phone", "/phone"), ("registry.id-number", "/id_number")]
    assert all("99999" not in f"{each.value}{each.message.zh}" for each in found)


def test_a_merged_party_stands_for_the_last_one_and_rings_end():
    assert survivor(1, {1: 2, 2: 3}) == 3
    assert survivor(1, {1: 2, 2: 1}) == 2
    assert survivor(9, {}) == 9


def test_every_abolished_region_names_one_in_force():
    records = {record.key: record for record in load_region_records()}
    gone = [record for record in records.values() if record.valid_to]
    assert {record.key: record.successor for record in gone} == {
        "110103": "110101",
        "110104": "110102",
        "110228": "110118",
        "110229": "110119",
    }
    assert all(records[record.successor].valid_to is None for record in gone)
    assert "东城区" in withdrawn_on("110103", DAY).zh
    assert withdrawn_on("110103", date(2010, 6, 30)) is None
    assert withdrawn_on("110101", DAY) is None
