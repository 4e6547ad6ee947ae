"""Names of units in plans find their department by short forms and aliases, and nothing by mere likeness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.records.plans.core.departments import Office, Why, is_group, matches, plain_office

OFFICES = (
    Office(1, ("密云区发展和改革委员会",)),
    Office(2, ("密云区生态环境局",)),
    Office(3, ("密云区农业农村局",)),
    Office(4, ("密云区城市管理委员会", "区环卫办")),
    Office(5, ("密云区市场监督管理局",)),
)


@pytest.mark.parametrize(
    ("name", "office"),
    [
        ("区发改委", 1),
        ("区发展改革委", 1),
        ("密云区发展和改革委员会", 1),
        ("北京市密云区发展和改革委员会", 1),
        ("区生态环境局", 2),
        ("生态环境局", 2),
        ("区环保局", 2),
        ("区城管委", 4),
        ("区城市管理委（区环卫中心）", 4),
        ("区环卫办", 4),
        ("区市场监管局", 5),
    ],
)
def test_a_short_form_finds_its_department(name, office):
    (found,) = matches([name], OFFICES)
    assert found.sure == office


@pytest.mark.parametrize("name", ["市生态环境局", "区农业服务中心", "区城市管理综合执法局", "区农业局"])
def test_what_only_looks_alike_is_proposed_and_not_taken(name):
    (found,) = matches([name], OFFICES)
    assert found.sure is None


def test_the_likeliest_is_proposed_first():
    (found,) = matches(["区农业农村水务局"], OFFICES)
    assert found.likely[:1] == (3,)


@pytest.mark.parametrize("name", ["各有关部门", "各镇街（地区）", "相关镇", "有关单位", "各乡镇人民政府"])
def test_a_name_of_many_is_told_as_one(name):
    (found,) = matches([name], OFFICES)
    assert (found.is_group, found.sure) == (True, None)
    assert is_group(name)


def test_of_two_that_bear_a_name_neither_is_sure():
    twice = (*OFFICES, Office(9, ("区发改委",)))
    (found,) = matches(["区发展改革委"], twice)
    assert (found.sure, found.likely) == (None, (1, 9))


def test_a_municipal_office_finds_itself():
    assert matches(["市生态环境局"], [Office(1, ("北京市生态环境局",))])[0].sure == 1


@given(st.text(max_size=40))
def test_any_name_is_compared_without_an_error_and_the_same_again(name):
    assert plain_office(name) == plain_office(name)
    assert len(matches([name], OFFICES)) == 1


def test_a_match_says_why_it_is_sure_and_how_like_the_others_are():
    bureau = Office(7, ("密云区发展和改革委员会", "区发改"))
    found = {
        each.name: each
        for each in matches(["密云区发展和改革委员会", "区发改", "区发改委", "发展改革部"], [bureau])
    }
    assert [found[name].why for name in ("密云区发展和改革委员会", "区发改", "区发改委")] == list(Why)
    doubtful = found["发展改革部"]
    assert doubtful.why is None
    assert len(doubtful.likeness) == len(doubtful.likely)
    assert all(0 < each <= 100 for each in doubtful.likeness)
