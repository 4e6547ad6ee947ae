"""From a document to a plan: what was read, mended, accepted and left out; what is missing is told."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.records.plans.document import PLAN
from wufei.kernel.errors import InputError
from wufei.records.plans.core.drafts import (
    Part,
    Standing,
    anchors,
    blocks_json,
    draft_of,
    plan_of,
    units_of,
    value_of,
)
from wufei.records.plans.core.mending import mended, mended_head
from wufei.records.plans.core.plan import LineType
from wufei.records.plans.core.reading.files import blocks_of_file
from wufei.records.plans.core.reading.read import read_plan
from wufei.records.plans.core.values import Op


@pytest.fixture
def blocks():
    return blocks_of_file(PLAN.encode(), "plan.txt")[0]


@pytest.fixture
def draft(blocks):
    return draft_of(read_plan(blocks), "河东区人民政府")


def made(draft):
    return plan_of(draft, key="hedong-2025", region_key="hedong", file_name="plan.txt")


def test_a_draft_becomes_the_plan_that_was_read(draft):
    plan = made(draft).plan
    assert plan is not None
    assert (plan.base_year, plan.target_years, str(plan.issued_on)) == (2024, (2027,), "2025-03-18")
    assert plan.number == "东政发〔2025〕7号"
    assert [line.name for line in plan.lines] == [
        "一般工业固体废物产生强度",
        "生活垃圾回收利用率",
        "一般工业固体废物综合利用率",
        "拆房料再生率",
    ]
    second = plan.lines[1]
    assert (second.type, second.units, second.target(2027).op) == (LineType.MUST, ("区城管委",), Op.AT_LEAST)
    assert second.indicator_id
    assert plan.lines[3].indicator_id == ""
    assert [(task.code, task.lead, task.due) for task in plan.tasks] == [
        ("1", ("区工信局",), "2026年底前"),
        ("2", ("区城管委",), "长期"),
    ]


def test_a_draft_survives_being_kept_as_json(draft, blocks):
    assert json.loads(json.dumps(draft)) == draft
    assert json.loads(json.dumps(blocks_json(blocks))) == blocks_json(blocks)


def test_every_line_leads_to_the_words_it_was_read_from(draft, blocks):
    shown = blocks_json(blocks)
    known = set(anchors(shown).values())
    for part in Part:
        for each in draft[part.value]:
            assert each["anchor"] in known
            _, block, *row = each["anchor"].split("-")
            found = shown[int(block)]
            words = "".join(found["rows"][int(row[0])]) if row else found["text"]
            assert each.get("name", each.get("title", "")) in words


def test_a_mended_value_keeps_the_unit_of_its_column_and_says_that_it_was_mended(draft):
    item = draft["indicators"][0]
    better = mended(Part.INDICATORS, item, {"target-2027": "0.15"})
    value = value_of(dict(better["targets"])[2027])
    assert (value.value, value.unit) == (Decimal("0.15"), item["baseline"]["unit"])
    assert better["standing"] == Standing.MENDED
    assert mended(Part.INDICATORS, item, {"name": item["name"]})["standing"] == Standing.ACCEPTED


def test_a_year_may_be_added_to_a_line(draft):
    better = mended(Part.INDICATORS, draft["indicators"][1], {"target-2026": "43%"})
    assert [year for year, _ in better["targets"]] == [2026, 2027]


def test_units_are_written_with_commas_of_any_kind(draft):
    better = mended(Part.TASKS, draft["tasks"][0], {"support": "区生态环境局，区财政局;各镇街"})
    assert better["support"] == ["区生态环境局", "区财政局", "各镇街"]


@pytest.mark.parametrize(
    ("part", "said", "code"),
    [
        (Part.INDICATORS, {"name": " "}, "plan-draft.needed"),
        (Part.INDICATORS, {"type": "重要"}, "plan-draft.choice"),
        (Part.INDICATORS, {"indicator": "no-such"}, "plan-draft.choice"),
        (Part.TASKS, {"text": "字" * 4001}, "plan-draft.too-long"),
        (Part.TARGETS, {"year": "27"}, "plan-draft.year"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(draft, part, said, code):
    with pytest.raises(InputError) as raised:
        mended(part, draft[part.value][0], said)
    assert raised.value.code == code
    assert raised.value.field == next(iter(said))
    assert raised.value.message.en


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"issued_on": "去年"}, "issued_on"),
        ({"base_year": "24"}, "base_year"),
        ({"target_years": "2027、后年"}, "target_years"),
    ],
)
def test_a_date_that_is_none_is_refused(draft, said, field):
    with pytest.raises(InputError) as raised:
        mended_head(draft["head"], said)
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("written", "kept"),
    [("2025年3月18日", "2025-03-18"), ("2025-3", "2025-03"), ("2025/03/18", "2025-03-18")],
)
def test_a_date_is_taken_as_people_write_it(draft, written, kept):
    assert mended_head(draft["head"], {"issued_on": written})["issued_on"] == kept


def test_what_is_left_out_is_not_published_and_its_units_do_not_count(draft):
    draft["indicators"][3]["standing"] = Standing.DROPPED.value
    plan = made(draft).plan
    assert plan is not None
    assert len(plan.lines) == 3
    assert "区住建委" not in units_of(draft)


def test_what_is_missing_is_told_with_where_to_give_it(draft):
    draft["head"] |= {"issued_on": "", "base_year": None}
    outcome = made(draft)
    assert outcome.plan is None
    assert [each.code for each in outcome.findings] == ["plan-draft.no-issued-on", "plan-draft.no-base-year"]
    assert all(each.fix.zh and each.fix.en for each in outcome.findings)


def test_numbers_that_begin_anew_still_tell_tasks_apart(draft):
    draft["tasks"].append({**draft["tasks"][0], "title": "另一章"})
    plan = made(draft).plan
    assert plan is not None
    assert len({task.code for task in plan.tasks}) == 3
