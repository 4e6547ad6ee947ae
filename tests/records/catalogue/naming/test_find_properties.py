"""Whatever is typed: an answer, the same every time, soon."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wufei.records.catalogue.core.naming.answers import Status
from wufei.records.catalogue.core.naming.as_json import answer_json
from wufei.records.catalogue.core.naming.find import find
from wufei.records.catalogue.core.naming.printing import answer_lines
from wufei.records.catalogue.core.naming.words import Kind, load_lexicon

ON = date(2026, 1, 1)
WORDS = sorted(load_lexicon().words)
# Far above what one name takes, for a busy machine.
SECONDS_MAX = 1.0

texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=8).map("".join),
    st.lists(st.sampled_from([*WORDS, "废", "（", "）", " ", "3桶", "x"]), max_size=8).map(" ".join),
)


@settings(max_examples=300)
@given(texts)
def test_every_text_gets_an_ordered_answer_that_is_the_same_again(text):
    answer = find(text, on=ON)
    assert find(text, on=ON) == answer
    scores = [one.score for one in answer.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len({one.code for one in answer.candidates}) == len(answer.candidates)
    assert answer.status is not Status.CLEAR or (answer.candidates and answer.question is None)
    assert answer_json(answer)["status"] == answer.status.value
    assert list(answer_lines(answer))


@settings(max_examples=20)
@given(st.text(alphabet=st.sampled_from("废机油桶基气abcfjy（）(3 "), min_size=1, max_size=40))
def test_ten_thousand_characters_take_bounded_time(piece):
    text = (piece * 10_000)[:10_000]
    find("废机油", on=ON)
    started = time.perf_counter()
    find(text, on=ON)
    assert time.perf_counter() - started < SECONDS_MAX


@settings(max_examples=150)
@given(
    st.sampled_from(["机油", "油漆", "硫酸", "农药", "甲苯", "切削液", "胶水", "血", "石棉", "油墨"]),
    st.sampled_from(["桶", "抹布", "手套", "纸箱", "塑料膜", "木板", "过滤棉", "编织袋", "锯末", "瓶子"]),
    st.sampled_from(["沾有{}的{}", "废{}{}", "沾染{}的废{}", "被{}污染的{}"]),
)
def test_what_held_or_is_soiled_with_harmful_matter_is_hazardous_or_asked_about(stuff, thing, pattern):
    answer = find(pattern.format(stuff, thing), on=ON)
    assert answer.question is not None or answer.candidates[0].hazardous


CLINGING = (
    "沾油的",
    "含油",
    "油污",
    "沾漆的",
    "沾染农药的",
    "含汞",
    "含铅",
    "含砷",
    "含镉",
    "含六价铬",
    "含氰",
    "氰化",
    "废酸",
    "沾酸",
    "沾溶剂的",
    "沾染化学品的",
    "含石棉",
    "含多氯联苯",
    "沾血的",
    "沾胶水的",
    "含重金属",
    "沾焦油的",
    "沾试剂的",
    "有毒",
    "危险",
)
HEADS = [
    next(word for word in concept.words if not word.isascii())
    for concept in load_lexicon().concepts.values()
    if concept.kind in {Kind.THING, Kind.STUFF} and any(not word.isascii() for word in concept.words)
]


@pytest.mark.parametrize("clinging", CLINGING)
def test_nothing_that_harmful_matter_clings_to_is_plainly_general(clinging):
    plain = {}
    for head in HEADS:
        answer = find(clinging + head, on=ON)
        if answer.status is Status.CLEAR and not answer.candidates[0].hazardous:
            plain[clinging + head] = answer.candidates[0].code
    assert plain == {}
