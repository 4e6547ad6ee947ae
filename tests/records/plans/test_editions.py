"""A later edition beside the earlier one: everything is told once, work follows its words, not its number."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.plans.document import PLAN
from wufei.records.plans.core.drafts import Part, draft_of, plan_of
from wufei.records.plans.core.editions import Change, Move, compare, with_kept_codes
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.core.kept import plan_json, plan_of_json
from wufei.records.plans.core.plan import PlanTask
from wufei.records.plans.core.reading.files import blocks_of_file
from wufei.records.plans.core.reading.read import read_plan
from wufei.records.plans.core.values import parse_value


def plan_in(text):
    read = read_plan(blocks_of_file(text.encode(), "plan.txt")[0])
    return plan_of(draft_of(read), key="hedong", region_key="hedong", file_name="plan.txt").plan


EARLIER = plan_in(PLAN)
WORDS = st.sampled_from(
    [
        "建设分拣中心",
        "推行绿色制造",
        "完善分类收运",
        "整治非法倾倒",
        "推广净菜上市",
        "建设再生骨料厂",
        "培育静脉产业园",
    ]
)


@st.composite
def tasks(draw):
    titles = draw(st.lists(WORDS, max_size=7))
    return tuple(
        PlanTask(f"{at}", f"{at}", "", title, f"{title}，{draw(WORDS)}。", ("区城管委",), (), "长期")
        for at, title in enumerate(titles, start=1)
    )


def section(old, new, part):
    return next(each for each in compare(old, new).sections if each.part is part)


def names(found, change):
    return [each.name for each in found.changed if each.change is change]


def test_the_same_plan_again_differs_in_nothing():
    for plan in (EARLIER, *load_plans()):
        found = compare(plan, plan)
        assert found.is_same
        assert [each.count(Change.SAME) for each in found.sections] == [
            len(plan.lines),
            len(plan.tasks),
            len(plan.projects),
            len(plan.text_targets),
        ]


@given(tasks(), tasks())
@settings(max_examples=60)
def test_every_task_of_both_editions_is_told_once(old, new):
    found = section(replace(EARLIER, tasks=old), replace(EARLIER, tasks=new), Part.TASKS)
    both = found.count(Change.SAME) + found.count(Change.CHANGED)
    assert both + found.count(Change.GONE) == len(old)
    assert both + found.count(Change.NEW) == len(new)
    assert len(found.changed) == sum(n for change, n in found.counts if change is not Change.SAME)


@given(tasks(), tasks(), tasks())
@settings(max_examples=60)
def test_codes_stay_apart_and_are_those_of_the_tasks_that_go_on(old, new, withdrawn):
    shelved = tuple(replace(each, code=f"w{each.code}") for each in withdrawn)
    made = with_kept_codes(replace(EARLIER, tasks=new), replace(EARLIER, tasks=old), shelved)
    codes = [each.code for each in made.tasks]
    assert len(set(codes)) == len(codes)
    assert [replace(each, code="") for each in made.tasks] == [replace(each, code="") for each in new]
    go_on = sum(
        section(replace(EARLIER, tasks=old), replace(EARLIER, tasks=new), Part.TASKS).count(each)
        for each in (Change.SAME, Change.CHANGED)
    )
    assert len(set(codes) & {each.code for each in old}) == go_on


@given(st.permutations(range(7)))
@settings(max_examples=30)
def test_work_follows_the_words_of_a_task_when_numbers_move(order):
    titles = [
        "建设分拣中心",
        "推行绿色制造",
        "完善分类收运",
        "整治非法倾倒",
        "推广净菜上市",
        "建设骨料厂",
        "培育园区",
    ]
    old = tuple(PlanTask(f"{at}", f"{at}", "", title, title, (), (), "") for at, title in enumerate(titles))
    new = tuple(replace(old[at], code=f"{n}", no=f"{n}") for n, at in enumerate(order))
    made = with_kept_codes(replace(EARLIER, tasks=new), replace(EARLIER, tasks=old))
    assert {each.title: each.code for each in made.tasks} == {each.title: each.code for each in old}


def test_a_target_that_was_lowered_is_told_with_both_values():
    later = plan_in(PLAN.replace("≥45%", "≥43%").replace("0.18吨/万元", "0.15吨/万元"))
    found = section(EARLIER, later, Part.INDICATORS)
    told = {each.name: each.differences for each in found.changed}
    (eased,) = told["生活垃圾回收利用率"]
    assert (eased.old, eased.new, eased.move, eased.field.zh) == ("≥45%", "≥43%", Move.EASIER, "2027年目标")
    (tighter,) = told["一般工业固体废物产生强度"]
    assert (tighter.old, tighter.new, tighter.move) == ("0.18吨/万元", "0.15吨/万元", Move.TIGHTER)
    assert found.count(Change.SAME) == 2


def test_new_gone_and_changed_tasks_are_told_apart():
    later = plan_in(
        PLAN.replace("1\t推行绿色制造\t建成3家绿色工厂。", "1\t整治非法倾倒\t清理存量点位12处。").replace(
            "2\t完善分类收运\t公共机构", "2\t完善分类收运\t学校和公共机构"
        )
    )
    found = section(EARLIER, later, Part.TASKS)
    assert names(found, Change.NEW) == ["整治非法倾倒"]
    assert names(found, Change.GONE) == ["推行绿色制造"]
    assert [each.field.zh for each in found.changed[1].differences] == ["内容"]
    made = with_kept_codes(later, EARLIER)
    assert [each.code for each in made.tasks] == ["1-2", "2"]


def test_a_task_reworded_under_its_number_goes_on_where_section_and_lead_stay():
    old = PlanTask("3", "3", "一、工业", "有机肥替代", "", ("区农业服务中心",), (), "2025年")
    new = replace(old, title="库区化肥减量", text="推动一级保护区内化肥施用基本清零。")
    for later, change in ((new, Change.CHANGED), (replace(new, lead=("区水务局",)), Change.NEW)):
        found = section(replace(EARLIER, tasks=(old,)), replace(EARLIER, tasks=(later,)), Part.TASKS)
        assert found.count(change) == 1


def test_a_task_that_was_withdrawn_and_comes_back_takes_its_code_up_again():
    first, second = EARLIER.tasks
    shelved = replace(first, code="9")
    made = with_kept_codes(EARLIER, replace(EARLIER, tasks=(second,)), (shelved,))
    assert [each.code for each in made.tasks] == ["9", "2"]


def test_the_documents_own_data_are_compared():
    later = replace(EARLIER, number="东政发〔2026〕1号", base_year=2025)
    assert [(each.old, each.new) for each in compare(EARLIER, later).head] == [
        ("东政发〔2025〕7号", "东政发〔2026〕1号"),
        ("2024", "2025"),
    ]


def test_a_blank_that_was_filled_in_is_no_move():
    line = EARLIER.lines[1]
    blank = replace(line, targets=((2027, parse_value("X%")),))
    (found,) = section(
        replace(EARLIER, lines=(blank,)), replace(EARLIER, lines=(line,)), Part.INDICATORS
    ).changed
    assert found.differences[0].move is None


@pytest.mark.parametrize("plan", [EARLIER, *load_plans()], ids=lambda plan: plan.id)
def test_a_plan_that_was_kept_is_read_again_as_it_was(plan):
    assert plan_of_json(json.loads(json.dumps(plan_json(plan)))) == plan
