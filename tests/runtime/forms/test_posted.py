"""What a page sends becomes answers, and answers become a page."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.forms.core.checking import check
from wufei.runtime.forms.core.page import cards_of, wrong_places
from wufei.runtime.forms.core.posted import add_row, answers_of, without_row
from wufei.runtime.forms.core.shown import field_at, shown_values
from wufei.runtime.forms.core.standing import standing

TODAY = date(2026, 3, 2)
SENT = [
    ("csrfmiddlewaretoken", ["x"]),
    ("/reader", ["王芳"]),
    ("/kind", ["child"]),
    ("/weight/value", ["1.5"]),
    ("/weight/unit", ["kg"]),
    ("/topics", ["art", "law"]),
    ("/loans/0/book", ["红楼梦"]),
    ("/loans/7/book", ["西游记"]),
    ("/loans/7/pages", ["12"]),
    ("/nobody", ["?"]),
]


def test_names_are_places_and_rows_keep_their_order_whatever_their_numbers(lending):
    answers = answers_of(lending, SENT)
    assert answers["reader"] == "王芳"
    assert answers["weight"] == {"value": "1.5", "unit": "kg"}
    assert answers["topics"] == ["art", "law"]
    assert answers["loans"] == [{"book": "红楼梦"}, {"book": "西游记", "pages": "12"}]
    assert "nobody" not in answers


def test_rows_are_added_and_taken_out_without_losing_what_was_typed(lending):
    answers = add_row(answers_of(lending, SENT), "loans")
    assert [row.get("book") for row in answers["loans"]] == ["红楼梦", "西游记", None]
    assert [row.get("book") for row in without_row(answers, "loans", 0)["loans"]] == ["西游记", None]


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="/abcdefgloans0123456789_weightvlu", max_size=24),
            st.lists(st.text(max_size=8), min_size=1, max_size=3),
        ),
        max_size=12,
    )
)
def test_nothing_that_a_page_sends_breaks_the_reading(lending, sent):
    answers = answers_of(lending, sent)
    check(lending, answers, TODAY)
    cards_of(lending, answers)


def test_what_is_wrong_stands_at_its_field_and_in_the_list_above(lending):
    answers = {"kind": "child", "members": "200", "loans": [{"book": "甲"}, {"book": "甲"}]}
    cards = cards_of(lending, answers, check(lending, answers, TODAY).findings)
    wrong = [widget.name for widget, _ in wrong_places(cards)]
    assert set(wrong) == {"/reader", "/guardian", "/members", "/loans/1/book"}
    assert wrong == [widget.name for card in cards for widget in _flat(card.widgets) if widget.said]


def test_a_field_that_is_not_asked_is_named_and_what_is_computed_is_given(lending):
    answers = {"kind": "adult", "loans": [{"book": "甲", "pages": 10}, {"book": "乙", "pages": 20}]}
    found = standing(lending, check(lending, answers, TODAY).values)
    assert found.hidden == ["/guardian"]
    assert (found.computed["/pages_total"], found.computed["/mean"]) == ("30", "15")
    assert standing(lending, check(lending, {"kind": "child"}, TODAY).values).hidden == []


def test_values_are_printed_with_their_place_name_and_group(lending):
    values = check(lending, answers_of(lending, SENT) | {"hurry": "true"}, TODAY).values
    shown = {one.pointer: (one.label.zh, one.shown.zh) for one in shown_values(lending, values)}
    assert shown["/kind"] == ("类型", "儿童")
    assert shown["/weight/value"] == ("重量（kg）", "1.5")
    assert shown["/topics"] == ("主题", "艺术、法律")
    assert shown["/hurry"] == ("加急", "是")
    assert shown["/loans/1/pages"] == ("页数", "12")
    for pointer in shown:
        assert field_at(lending, pointer) is not None


def _flat(widgets):
    for widget in widgets:
        yield widget
        for row in widget.rows:
            yield from _flat(row)
