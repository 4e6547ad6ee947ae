"""A definition is read and refused with its place; one check makes typed values of any answers."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.runtime.forms.core.checking import check
from wufei.runtime.forms.core.expressions import evaluate, parse_expression
from wufei.runtime.forms.core.loading import load_definition
from wufei.runtime.forms.core.schema import schema_of

TODAY = date(2026, 3, 2)
WORDS = st.sampled_from(
    [
        "",
        " ",
        "12",
        "1.50",
        "-3",
        "abc",
        "是",
        "no",
        "child",
        "儿童",
        "art,law",
        "2025-03-09",
        "2025-03",
        "２０",
        "1e5",
        "A0001",
        "116.3,39.9",
        "018f8d4e-5c1a-7000-8000-000000000001",
        "kg",
        "4999",
    ]
)
SCALARS = st.one_of(WORDS, st.none(), st.booleans(), st.integers(-9999, 9999), st.text(max_size=6))
PARTS = st.dictionaries(st.sampled_from(["value", "unit", "longitude", "latitude", "accuracy_m"]), WORDS)
ANYTHING = st.one_of(SCALARS, PARTS, st.lists(SCALARS, max_size=3))
ROWS = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("book", "pages", "fee"), ANYTHING)), max_size=7
)
KEYS = [
    "reader",
    "card",
    "kind",
    "guardian",
    "lent_on",
    "month",
    "members",
    "weight",
    "hurry",
    "topics",
    "place",
    "photos",
    "pages_total",
]
ANSWERS = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(KEYS, ANYTHING), "loans": st.one_of(ROWS, ANYTHING)}
)
BOUNDS = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def codes(found):
    return {(one.code, one.where) for one in found.findings}


@BOUNDS
@given(answers=ANSWERS)
def test_checking_the_values_that_came_out_gives_the_same_values(lending, answers):
    first = check(lending, answers, TODAY)
    again = check(lending, json.loads(json.dumps(first.values)), TODAY)
    assert again.values == first.values


@BOUNDS
@given(answers=ANSWERS)
def test_every_place_is_one_of_the_form(lending, answers):
    fields = {field.key: field for field in lending.fields}
    for finding in check(lending, answers, TODAY).findings:
        parts = finding.where.split("/")[1:]
        field = fields[parts[0]]
        if len(parts) > 1:
            assert int(parts[1]) < len(answers[parts[0]])
            assert parts[2] in {inner.key for inner in field.fields}
        assert finding.fix


@BOUNDS
@given(answers=ANSWERS, hidden=ANYTHING)
def test_a_hidden_answer_never_matters(lending, answers, hidden):
    plain = {**answers, "kind": "adult"}
    assert check(lending, {**plain, "guardian": hidden}, TODAY) == check(
        lending, {**plain, "guardian": "x"}, TODAY
    )


def test_every_rule_names_its_place(lending):
    loans = [{"book": "a", "pages": "0"}, {"book": "a", "pages": "9x"}]
    answers = {
        "kind": "儿童",
        "card": "12",
        "lent_on": "2026-03-03",
        "members": "11",
        "weight": {"value": "60000", "unit": "g"},
    }
    found = check(lending, answers | {"loans": loans}, TODAY)
    assert codes(found) == {
        ("forms.required", "/reader"),
        ("forms.pattern", "/card"),
        ("forms.required", "/guardian"),
        ("forms.future", "/lent_on"),
        ("forms.unusual", "/members"),
        ("forms.bounds", "/weight"),
        ("forms.bounds", "/loans/0/pages"),
        ("forms.number", "/loans/1/pages"),
        ("forms.repeated", "/loans/1/book"),
    }
    assert not found.valid


def test_good_answers_become_canonical_values(lending):
    loans = [{"book": "甲", "pages": "100"}, {"book": "乙", "pages": 205, "fee": "1.50"}]
    answers = {
        "reader": " 王 ",
        "members": "３",
        "weight": {"value": "1.50", "unit": "kg"},
        "topics": "法律、艺术",
        "hurry": "是",
    }
    found = check(lending, answers | {"loans": loans, "month": "2025年3月"}, TODAY)
    assert found.findings == ()
    assert found.values == {
        "reader": "王",
        "month": "2025-03",
        "members": 3,
        "weight": {"value": "1.5", "unit": "kg"},
        "hurry": True,
        "topics": ["art", "law"],
        "loans": [{"book": "甲", "pages": 100}, {"book": "乙", "pages": 205, "fee": "1.5"}],
        "pages_total": "305",
        "mean": "152.5",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2", Decimal("0.3")),
        ("a / 0", None),
        ("missing + 1", None),
        ("1 if a > 2 else 0", Decimal(1)),
        ("not missing and word in ('x', 'y')", True),
        ("word < 3", False),
        ("-a * 2", Decimal(-6)),
    ],
)
def test_expressions_compute_with_decimals(text, value):
    assert evaluate(parse_expression(text, "/x"), {"a": Decimal(3), "word": "x"}) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "a ** 9",
        "f'{a}'",
        "1 <",
        "0x1F",
        "(" * 300,
        "a < b < c",
    ],
)
def test_anything_else_is_no_expression(text):
    with pytest.raises(InputError) as caught:
        parse_expression(text, "/fields/0/compute")
    assert caught.value.field == "/fields/0/compute"


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("{key: a, kind: texts, title: x}", "f.yaml#/fields/0/kind"),
        ("{key: A, kind: text, title: x}", "f.yaml#/fields/0/key"),
        ("{key: a, kind: text}", "f.yaml#/fields/0/title"),
        ("{key: a, kind: text, title: x, colour: red}", "f.yaml#/fields/0/colour"),
        ("{key: a, kind: text, title: x, visible_if: later}", "f.yaml#/fields/0/visible_if"),
        ("{key: a, kind: computed, title: x, compute: 'open(1)'}", "f.yaml#/fields/0/compute"),
        ("{key: a, kind: quantity, title: x, units: [kg, m]}", "f.yaml#/fields/0/units"),
        ("{key: a, kind: choice, title: x}", "f.yaml#/fields/0/choices"),
        ("{key: a, kind: text, title: x, required: 'yes'}", "f.yaml#/fields/0/required"),
        ("{key: a, kind: text, title: x, pattern: '('}", "f.yaml#/fields/0/pattern"),
    ],
)
def test_a_defective_definition_says_where_and_how_to_mend_it(line, where):
    definition, findings = load_definition(f"key: f\ntitle: x\nfields:\n  - {line}\n", "f.yaml")
    assert definition is None
    assert [one.where for one in findings] == [where]
    assert findings[0].fix


def test_broken_yaml_names_its_line():
    definition, (finding,) = load_definition("key: f\ntitle: [", "f.yaml")
    assert definition is None
    assert finding.where == "f.yaml:2"


def test_the_schema_names_every_field(lending):
    schema = schema_of(lending, "en")
    assert list(schema["properties"]) == [field.key for field in lending.fields]
    assert schema["required"] == ["reader"]
    assert schema["properties"]["loans"]["items"]["required"] == ["book"]
