"""What a briefing says of the tasks: by rule, each number leading to the tasks it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wufei.actions.reports.core.content import as_json, from_json
from wufei.actions.reports.core.document import Document, Head, Kind
from wufei.actions.reports.core.drafting import text_of
from wufei.actions.reports.core.lineage import annex_rows
from wufei.actions.reports.core.taskwork import (
    BoardNotes,
    OrderNote,
    ProjectNote,
    Said,
    TaskNote,
    task_sections,
)
from wufei.actions.tasks.core.judging import Standing
from wufei.actions.tasks.core.task import State

NOTES = BoardNotes(
    "xs",
    date(2026, 4, 11),
    "2026年第一季度",
    "2026-Q1",
    ((State.DONE, 1), (State.ON_TRACK, 2), (State.LASTING, 0), (State.NOT_STARTED, 0), (State.BEHIND, 1)),
    tasks=(
        TaskNote(
            "建分拣中心",
            ((3, "区城管委"), (4, "区商务局")),
            Standing.REACHED,
            State.ON_TRACK,
            "",
            (Said("区城管委", "主体完工"), Said("区商务局", "已选址。", "缺地块", "下月办手续")),
        ),
        TaskNote(
            "治理工业固废", ((3, "区城管委"),), Standing.LATE, State.BEHIND, "一季度节点应达20%，实际0%", ()
        ),
    ),
    orders=(
        OrderNote("督办〔2026〕1号", "治理工业固废", "区城管委", date(2026, 4, 20), open=True, within=False),
        OrderNote("提醒", "建分拣中心", "区城管委", None, open=False, within=True),
    ),
    projects=(ProjectNote("焚烧厂", Decimal(12_345_000), Decimal(5_000_000), date(2026, 4, 1)),),
)


def drafted(notes: BoardNotes) -> Document:
    sections, counts = task_sections(notes)
    return Document(Head(Kind.BRIEFING, "简报"), sections, figures=counts)


def test_states_departments_words_orders_and_money_are_told_with_their_numbers():
    text = text_of(drafted(NOTES))
    assert (
        "截至2026年4月11日，在办任务共4项，其中已完成1项、达到序时2项、长期坚持0项、未启动0项、进度滞后1项。"
        in text
    )
    assert "区城管委牵头的任务中，节点已完成1项：建分拣中心。" in text
    assert "区商务局牵头的任务中，节点已完成1项：建分拣中心。" in text
    assert "治理工业固废：一季度节点应达20%，实际0%。" in text
    assert text.count("区城管委报告（建分拣中心）：主体完工。") == 1
    assert "区商务局（建分拣中心）：缺地块。" in text
    assert "区商务局（建分拣中心）：下月办手续。" in text
    assert "本期发出督办1件；累计已销号1件，尚未销号1件。" in text
    assert "督办〔2026〕1号：治理工业固废（区城管委，2026年4月20日前回复）。" in text
    assert "在册项目1个，1个已填报计划投资，合计1,234.5万元，1个已填报已完成投资，合计500万元。" in text
    assert "焚烧厂：计划投资1,234.5万元，截至2026年4月1日已完成投资500万元。" in text


def test_every_number_leads_to_the_tasks_that_it_counts_as_of_its_day():
    document = drafted(NOTES)
    addresses = {each.name: each.address for each in document.figures}
    assert addresses["任务：进度滞后"] == "/tasks?region=xs&state=behind&on=2026-04-11"
    reached = "/tasks?region=xs&department=4&duty=lead&quarter=2026-Q1&node=reached&on=2026-04-11"
    assert addresses["区商务局：节点已完成"] == reached
    assert addresses["已销号督办"] == "/tasks/steps?region=xs"
    rows = annex_rows(document)
    assert [row[0] for row in rows] == [f"T{n}" for n in range(1, len(rows) + 1)]
    assert {len(row) for row in rows} == {12}


def test_a_district_without_tasks_and_projects_says_nothing_of_them():
    bare = BoardNotes("xs", date(2026, 4, 11), "2026年第一季度", "2026-Q1", tuple((s, 0) for s in State))
    assert task_sections(bare) == ((), ())
    quiet = text_of(drafted(replace(NOTES, tasks=(), orders=(), projects=())))
    assert "各部门本期未报告问题。" in quiet
    assert "重点项目" not in quiet


@given(st.lists(st.integers(0, 400), min_size=5, max_size=5))
def test_the_states_add_up_to_the_whole_and_a_document_with_counts_comes_back_as_it_was(numbers):
    document = drafted(replace(NOTES, counts=tuple(zip(State, numbers, strict=True))))
    assert from_json(as_json(document)) == document
    if sum(numbers):
        known = {each.name: each.value for each in document.figures}
        assert known["在办任务"] == sum(each for name, each in known.items() if name.startswith("任务："))
