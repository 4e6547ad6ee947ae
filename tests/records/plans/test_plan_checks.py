"""Plans are told what contradicts itself, and nothing else."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.findings import Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans.core.checks import plan_findings
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.core.lost_digits import likely_targets
from wufei.records.plans.core.plan import (
    Attribute,
    Counted,
    DeclaredTotal,
    LineSet,
    LineType,
    Plan,
    PlanLine,
    Source,
    TextTarget,
)
from wufei.records.plans.core.values import parse_value

PLANS = {plan.id: plan for plan in load_plans()}

# The whole list for both published plans; the reasons stand in docs/methods/plan-checks.md.
EXPECTED = {
    "bda-2020": [
        ("plan.reading-doubt", "note", "bda-2020"),
        ("plan.reading-doubt", "note", "bda-2020#10"),
        ("plan.digit-lost", "error", "bda-2020#13"),
    ],
    "miyun-2022": [
        ("plan.tenfold-change", "explain", "miyun-2022#1"),
        ("plan.decrease-from-zero", "explain", "miyun-2022#34"),
        ("plan.amount-on-rate", "note", "miyun-2022#36"),
    ],
}


def _directions() -> dict[str, str]:
    return {name.id: name.direction.value for name in load_indicators().values()}


@pytest.mark.parametrize("plan_id", sorted(EXPECTED))
def test_a_published_plan_gets_exactly_the_expected_findings(plan_id: str) -> None:
    findings = plan_findings(PLANS[plan_id], _directions())
    assert [(f.code, f.severity.value, f.where) for f in findings] == EXPECTED[plan_id]


def test_the_kitchen_target_names_both_numbers_and_what_it_may_have_been() -> None:
    findings = plan_findings(PLANS["bda-2020"], _directions())
    message = next(finding.message for finding in findings if finding.code == "plan.digit-lost")
    for part in ("5%", "44.7%", "45%", "50%"):
        assert part in message.zh
        assert part in message.en


def _line(name: str, base: str, target: str, no: int = 1, indicator: str = "x") -> PlanLine:
    return PlanLine(
        no=no,
        set=LineSet.MAIN,
        level1="一级",
        level2="二级",
        name=name,
        indicator_id=indicator,
        type=LineType.MUST,
        attribute=Attribute.BINDING,
        baseline=parse_value(base),
        targets=((2025, parse_value(target)),),
    )


def _plan(
    *lines: PlanLine, texts: tuple[TextTarget, ...] = (), totals: tuple[DeclaredTotal, ...] = ()
) -> Plan:
    return Plan(
        id="p",
        title=Text("方案"),
        region_key="DEMO",
        number="",
        issuer="",
        issued_on=Period.parse("2022-10"),
        base_year=2020,
        target_years=(2025,),
        declared_totals=totals,
        lines=lines,
        text_targets=texts,
        source=Source("方案", "指标表"),
        status="official",
    )


def _codes(plan: Plan, direction: str = "none") -> list[str]:
    return [finding.code for finding in plan_findings(plan, {"x": direction})]


@pytest.mark.parametrize(
    ("name", "base", "target", "direction"),
    [
        ("生活垃圾清运量", "17.97万吨", "不超过23万吨", "down"),
        ("回收率", "大于99%", "保持99%以上", "up"),
        ("施用量", "61.5kg/亩", "稳定在61.5kg/亩", "down"),
        ("施用量", "0.554kg/亩", "0.500kg/亩以下", "down"),
        ("综合利用率", "1.49%", "应转移尽转移；应利用尽利用", "up"),
        ("剩余矿山数量", "2个", "0个", "down"),
        ("单位数量", "0", "不少于20个", "up"),
        ("企业数量", "7", "12", "up"),
        ("企业数量", "0", "1-2个", "up"),
        ("治理数量占比", "0", "65%", "up"),
        ("增长率", "-", "135%", "up"),
        ("增长率", "20%", "135%", "up"),
        ("处置量", "2.17万吨", "27400吨", "none"),
        ("清运量", "-", "23万吨", "down"),
        ("清运量", "2-3万吨", "1-2万吨", "down"),
        ("回收率", "X%", "30%", "up"),
        ("填埋量", "3.38万吨", "33000吨", "down"),
        ("技术示范", "1", "2", "up"),
        ("强度降低幅度", "-", "5%", "up"),
        ("普及率", "暂无", "80%", "up"),
    ],
)
def test_what_is_right_stays_silent(name: str, base: str, target: str, direction: str) -> None:
    assert _codes(_plan(_line(name, base, target)), direction) == []


@pytest.mark.parametrize(
    ("name", "base", "target", "direction", "code"),
    [
        ("回收率", "44.7%", "5%", "up", "plan.digit-lost"),
        ("回收率", "80%", "8%", "up", "plan.digit-lost"),
        ("产生强度", "0.030 t/万元", "0.28 t/万元", "down", "plan.digit-lost"),
        ("回收率", "44.7%", "40%", "up", "plan.target-worse-than-base"),
        ("填埋量", "3.38万吨", "35000吨", "down", "plan.target-worse-than-base"),
        ("企业数量", "5-8家", "1-4家", "up", "plan.target-worse-than-base"),
        ("回收率", "44.7%", "447%", "up", "plan.share-above-hundred"),
        ("产生强度", "4.31 t/万元", "0.1646 t/万元", "down", "plan.tenfold-change"),
        ("回收率", "2%", "90%", "up", "plan.tenfold-change"),
        ("填埋量下降幅度", "0", "保持零填埋处置量", "down", "plan.decrease-from-zero"),
        ("贮存处置量下降幅度", "-", "保持零贮存处置量", "up", "plan.amount-on-rate"),
        ("综合利用率", "-", "5万吨", "up", "plan.amount-on-rate"),
        ("综合利用率", "30%", "45", "up", "plan.unit-missing"),
        ("清运量", "17.97", "23万吨", "none", "plan.unit-missing"),
        ("清运量", "17.97担", "23万吨", "none", "plan.unit-unknown"),
        ("产生强度", "4.31 t/万元", "0.16 kg/亩", "down", "plan.units-differ"),
        ("回收率", "30%", "-", "up", "plan.target-missing"),
    ],
)
def test_each_defect_has_its_code_once(name: str, base: str, target: str, direction: str, code: str) -> None:
    assert _codes(_plan(_line(name, base, target)), direction) == [code]


def test_an_indicator_without_a_direction_is_never_worse() -> None:
    assert _codes(_plan(_line("处置量", "2万吨", "3万吨", indicator="unheard-of"))) == []


def test_findings_carry_value_rule_and_fix_in_two_languages() -> None:
    plan = _plan(_line("回收率", "44.7%", "5%"), _line("率", "30%", "45", no=3))
    for finding in plan_findings(plan, {"x": "up"}):
        assert finding.value
        for text in (finding.message, finding.rule, finding.fix):
            assert text.zh
            assert text.en


def test_declared_totals_are_held_against_the_lines() -> None:
    lines = (_line("甲", "1", "2"), replace(_line("乙", "1", "2", no=2, indicator="y"), level2="另一"))
    right = (
        DeclaredTotal(Counted.LINES, "", 2),
        DeclaredTotal(Counted.LEVEL1, "", 1),
        DeclaredTotal(Counted.LEVEL2, "", 2),
        DeclaredTotal(Counted.TYPE, "必选", 2),
        DeclaredTotal(Counted.ATTRIBUTE, "约束性", 2),
        DeclaredTotal(Counted.OWN_LINES, "", 0),
    )
    assert _codes(_plan(*lines, totals=right)) == []
    for total in right:
        wrong = replace(total, count=total.count + 1)
        findings = plan_findings(_plan(*lines, totals=(wrong,)), {})
        assert [(f.code, f.severity, f.value) for f in findings] == [
            ("plan.totals-differ", Severity.ERROR, str(wrong.count))
        ]


def test_a_missing_number_is_named() -> None:
    plan = _plan(*(_line("甲", "1", "2", no=no, indicator=f"i{no}") for no in (1, 2, 4)))
    findings = plan_findings(plan, {})
    assert [(f.code, f.value) for f in findings] == [("plan.numbering-gap", "3")]


def test_a_repeated_number_and_a_repeated_indicator_are_told_apart() -> None:
    first = _line("甲", "1", "2")
    assert _codes(_plan(first, replace(first, indicator_id="y"))) == ["plan.number-repeated"]
    assert _codes(_plan(first, replace(first, no=2))) == ["plan.indicator-repeated"]


def test_own_lines_are_numbered_apart() -> None:
    own = replace(_line("乙", "1", "2", indicator="y"), set=LineSet.OWN)
    assert _codes(_plan(_line("甲", "1", "2"), own)) == []
    assert own.label == "自选#1"


def _text(value: str, indicator: str = "x", name: str = "甲", clause: str = "正文") -> TextTarget:
    return TextTarget(2025, name, indicator, parse_value(value), clause)


@pytest.mark.parametrize(
    ("in_text", "in_table", "codes"),
    [
        ("达到30%", "30%", []),
        ("达到30%以上", "30%", []),
        ("30%以下", "不低于30%", ["plan.text-differs"]),
        ("达到35%", "30%", ["plan.text-differs"]),
        ("3座", "3个", []),
        ("20", "20个", []),
        ("4座", "3个", ["plan.text-differs"]),
        ("300000吨", "30万吨", []),
        ("300000吨", "30%", ["plan.text-differs"]),
        ("逐步提高", "30%", []),
        ("5担", "30万吨", []),
    ],
)
def test_a_target_of_the_text_is_held_against_the_table(
    in_text: str, in_table: str, codes: list[str]
) -> None:
    assert _codes(_plan(_line("甲", "-", in_table), texts=(_text(in_text),))) == codes


def test_two_places_of_the_text_are_held_against_each_other() -> None:
    texts = (_text("2家以上", "", clause="总体目标"), _text("不少于2个", "", clause="附件2"))
    assert _codes(_plan(texts=texts)) == []
    findings = plan_findings(_plan(texts=(*texts, _text("不少于5个", "", clause="附件3"))), {})
    assert [finding.code for finding in findings] == ["plan.text-differs"]
    assert "附件3" in findings[0].message.zh
    assert "附件2" in findings[0].message.zh


def test_a_text_target_whose_line_is_missing_is_noted() -> None:
    assert _codes(_plan(texts=(_text("30%", "nowhere"),))) == ["plan.text-target-without-line"]


percents = st.decimals(min_value=Decimal(10), max_value=Decimal("99.9"), places=1)


@given(base=percents, target=percents)
def test_a_target_is_called_worse_exactly_when_it_is_lower(base: Decimal, target: Decimal) -> None:
    codes = _codes(_plan(_line("回收率", f"{base}%", f"{target}%")), "up")
    assert bool(codes) == (target < base)


@given(base=percents, whole=st.integers(min_value=11, max_value=99))
def test_dropping_the_first_digit_of_a_good_target_is_guessed_back(base: Decimal, whole: int) -> None:
    lost = parse_value(f"{whole % 10}%")
    guesses = likely_targets(parse_value(f"{base}%"), lost, "up")
    far = lost.value is not None and lost.value > 0 and lost.value * 5 <= base
    if far and whole >= base:
        assert guesses
        assert all(base <= guess <= 100 for guess in guesses)
        assert min(guesses) <= whole
