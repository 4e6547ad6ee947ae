"""Everyday names to codes: the thing, what it held, its source, slips; questions instead of guesses."""

from datetime import date

import pytest

from wufei.records.catalogue.core.naming.answers import Status
from wufei.records.catalogue.core.naming.find import find

ON = date(2026, 1, 1)


def first(name):
    answer = find(name, on=ON)
    return answer.candidates[0].code if answer.candidates else ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("废油漆桶", "900-041-49"),
        ("废机油", "900-214-08"),
        ("空机油桶", "900-249-08"),
        ("电瓶", "900-052-31"),
        ("日光灯管", "900-023-29"),
    ],
)
def test_the_names_everybody_asks_are_clear_and_have_a_reason(name, code):
    answer = find(name, on=ON)
    assert answer.status is Status.CLEAR
    assert answer.candidates[0].code == code
    assert answer.candidates[0].hazardous
    assert answer.candidates[0].reason.zh.endswith("。")
    assert answer.candidates[0].reason.en.endswith(".")
    assert answer.not_it


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("飞灰", {"772-002-18", "772-003-18", "900-001-S02"}),
        ("污泥", {"336-063-17", "900-210-08", "462-001-S90"}),
        ("废活性炭", {"900-039-49", "900-008-S59"}),
        ("废树脂", {"900-015-13", "900-008-S59", "900-014-13"}),
        ("废防冻液", {"900-007-09"}),
        ("废催化剂", {"772-007-50", "900-049-50"}),
        ("废抹布", {"900-041-49"}),
        ("空桶", {"900-249-08", "900-041-49", "900-003-04"}),
    ],
)
def test_an_unclear_name_gets_a_question_whose_replies_lead_to_codes(name, offered):
    answer = find(name, on=ON)
    assert answer.status is Status.ASKS
    led_to = {code for reply in answer.question.answers for code in reply.codes}
    assert offered <= led_to
    assert all(one.conditional for one in answer.candidates)
    assert answer.candidates[0].hazardous


@pytest.mark.parametrize(
    ("content", "held"),
    [("机油", "机油桶"), ("油漆", "油漆桶"), ("荧光粉", "日光灯管")],
)
def test_the_thing_and_what_it_held_have_codes_of_their_own(content, held):
    assert first(content) != first(held)


@pytest.mark.parametrize(
    ("plain", "source", "code"),
    [
        ("活性炭", "喷漆废气处理的活性炭", "900-039-49"),
        ("活性炭", "饮用水净化的活性炭", "900-008-S59"),
        ("污泥", "电镀废水处理污泥", "336-063-17"),
        ("污泥", "河道清淤的污泥", "900-001-S91"),
        ("飞灰", "生活垃圾焚烧飞灰", "772-002-18"),
        ("飞灰", "燃煤电厂的飞灰", "900-001-S02"),
        ("离子交换树脂", "锅炉软化水的离子交换树脂", "900-008-S59"),
    ],
)
def test_the_source_answers_the_question(plain, source, code):
    assert find(plain, on=ON).question is not None
    answer = find(source, on=ON)
    assert (answer.question, answer.candidates[0].code) == (None, code)


@pytest.mark.parametrize(
    "written",
    [
        "feijiyou",
        "fei ji you",
        "fjy",
        "廢機油",
        "废基油",
        "約3桶廢機油",
        "废机油（5吨）",
        "used engine oil",
        "used engne oil",
    ],
)
def test_slips_pinyin_initials_traditional_characters_amounts_and_english_are_read(written):
    assert first(written) == "900-214-08"


def test_what_was_mended_is_told():
    assert "废基油" not in find("废机油", on=ON).understood.zh
    assert "基油→机油（同音）" in find("废基油", on=ON).understood.zh


def test_what_describes_a_thing_may_stand_after_it_or_in_brackets():
    assert first("抹布沾了机油") == first("废抹布（沾机油）") == first("沾了机油的抹布") == "900-041-49"
    assert first("rags soaked with oil") == "900-041-49"
    assert first("drum of waste oil") == "900-249-08"


@pytest.mark.parametrize("name", ["沾了油漆的纸箱", "被硫酸污染的木板", "沾有农药的玻璃", "浸了柴油的床单"])
def test_an_ordinary_thing_soiled_with_harmful_matter_is_never_plainly_general(name):
    answer = find(name, on=ON)
    assert answer.candidates
    assert answer.candidates[0].hazardous


def test_a_washed_drum_stays_a_question():
    answer = find("清洗干净的油漆桶", on=ON)
    assert answer.status is Status.ASKS
    assert answer.candidates[0].hazardous


def test_what_nobody_knows_is_kept_as_undetermined_and_asked_about():
    answer = find("阿巴阿巴", on=ON)
    assert answer.status is Status.UNDETERMINED
    assert answer.question.id == "nearest"
    assert answer.candidates == ()
    assert "待定" in answer.message.zh


@pytest.mark.parametrize("text", ["", "   ", "！？", "\u200b", "（）"])
def test_an_empty_name_gets_a_clear_message(text):
    answer = find(text, on=ON)
    assert answer.status is Status.EMPTY
    assert "请输入" in answer.message.zh
    assert "Type the name" in answer.message.en


def test_only_codes_in_force_on_the_day_are_given():
    assert find("废机油", on=date(2010, 1, 1)).candidates == ()


def test_household_goods_go_to_the_bin_for_harmful_waste_and_name_the_hazardous_code_too():
    answer = find("家里的过期药品", on=ON)
    assert [one.code for one in answer.candidates[:2]] == ["900-001-S60", "900-002-03"]


def test_the_limit_bounds_the_candidates():
    assert len(find("废活性炭", on=ON, limit=2).candidates) == 2
