"""Words of a draft as lines with marks: what is left alone stays a rule, what is typed keeps its figures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.actions.reports.core.document import Listing, Paragraph, Part, Section, Sentence, Shown, Table
from wufei.actions.reports.core.drafting import text_of
from wufei.actions.reports.core.editing import lines_of_section, sections_from, unnamed
from wufei.actions.reports.core.fields import corrected
from wufei.kernel.errors import InputError


def typed_of(document):
    return [(each.title, "\n".join(lines_of_section(each, document))) for each in document.sections]


def edited(document, *typed):
    return replace(document, sections=sections_from(typed, document))


def test_what_nobody_touched_comes_back_as_it_was(document):
    made = document()
    assert sections_from(typed_of(made), made) == made.sections


def test_parts_and_paragraphs_are_moved_and_still_follow_the_rules(document):
    made = document()
    parts = typed_of(made)
    title, lines = parts[1]
    moved = [parts[3], (title, "\n".join(reversed(lines.split("\n")))), parts[0], parts[2]]
    again = edited(made, *moved)
    assert again.sections[0] == made.sections[3]
    assert again.sections[3] == made.sections[2]
    kinds = [type(each) for each in again.sections[1].blocks]
    assert kinds == [Paragraph, Paragraph, Paragraph, Paragraph]
    assert Paragraph((Sentence("F1"),)) in again.sections[1].blocks
    assert again.sections[2] == made.sections[0]


def test_lists_that_say_the_same_today_stay_with_their_parts(document):
    made = document()
    lists = tuple(
        Section(title, (Listing((status,)),)) for title, status in (("甲", "no-target"), ("乙", "on-track"))
    )
    made = replace(made, sections=lists)
    first, second = typed_of(made)
    assert first[1] == second[1] == "本期无此类指标。"
    assert edited(made, second, first).sections == (lists[1], lists[0])


def test_an_edited_sentence_keeps_its_marks_and_follows_a_correction(document):
    made = document()
    (line,) = (each for each in lines_of_section(made.sections[1], made) if "{F1}" in each)
    assert "{F1.上期}" in line
    again = edited(made, ("进展", line.replace("综合利用率为", "综合利用率稳步提高，达")))
    (block,) = again.sections[0].blocks
    assert Shown("F1") in block.pieces
    assert Shown("F1", Part.PREVIOUS) in block.pieces
    field = made.figures[0]
    figures = (corrected(field, field.value + 1), *made.figures[1:])
    assert "综合利用率稳步提高，达97.0886%" in text_of(replace(again, figures=figures))


def test_a_figure_that_the_text_lost_is_named(document):
    made = document()
    assert [each.key for each in unnamed(made)] == ["F3"]
    again = edited(made, ("进展", "利用率为{F1}，与{F2.目标}相比。"))
    assert [each.key for each in unnamed(again)] == ["F3"]
    assert [each.key for each in unnamed(edited(made, ("进展", "只有话。")))] == ["F1", "F2", "F3"]


def test_headings_counts_and_tables_stand_where_they_are_typed(document):
    made = document()
    again = edited(
        made,
        ("任务", "# 小结\n## 其一\n共{项数}项，其中{count:met+on-track}项，{F1.target}。\n{表1}\n"),
        (" ", "\n \n"),
    )
    (section,) = again.sections
    assert [getattr(each, "level", None) for each in section.blocks] == [2, 3, 0, None]
    assert isinstance(section.blocks[3], Table)
    assert "共3项" in text_of(again)


@pytest.mark.parametrize("mark", ["{F9}", "{F1.将来}", "{项数:好}", "{表7}", "{T1}"])
def test_an_unknown_mark_is_refused_with_its_place_and_what_there_is(document, mark):
    with pytest.raises(InputError) as caught:
        edited(document(), ("一", "好。"), ("二", f"话。\n{mark}" if "表" in mark else f"话。\n此为{mark}。"))
    assert caught.value.code == "report.mark"
    assert caught.value.field == "section-2"
    assert "第 2 段" in caught.value.message.zh
    assert "F1" in caught.value.message.en


def test_braces_that_are_no_marks_stay_words(document):
    again = edited(document(), ("", "集合{甲}与{F}、{}照印。"))
    assert again.sections == (Section("", (Paragraph(("集合{甲}与{F}、{}照印。",)),)),)


def test_a_list_is_kept_only_whole(document):
    made = document()
    listing = made.sections[1].blocks[2]
    lines = lines_of_section(Section("", (listing,)), made)
    assert isinstance(listing, Listing)
    assert edited(made, ("", "\n".join(lines))).sections[0].blocks == (listing,)
    first = edited(made, ("", lines[0])).sections[0].blocks
    assert first == (Paragraph((Sentence("F1"),)),)


WORDS = st.text("甲乙{}F1T项数:表.#  。#\t", max_size=20)


@given(st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=4)), max_size=4))
def test_reading_what_was_written_gives_the_same_sections(typed):
    from wufei.actions.reports.core.document import Document, Head, Kind  # noqa: PLC0415 - one test

    bare = Document(Head(Kind.NOTICE, "通知"), ())
    try:
        once = replace(bare, sections=sections_from([(t, "\n".join(lines)) for t, lines in typed], bare))
    except InputError:
        return
    assert sections_from(typed_of(once), once) == once.sections
