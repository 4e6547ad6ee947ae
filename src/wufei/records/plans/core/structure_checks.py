"""Checks on the table as a whole: declared totals, numbering, repeated lines."""

from collections.abc import Callable, Hashable, Iterator

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.plan import Counted, DeclaredTotal, LineSet, Plan, PlanLine

_COUNTED = {
    Counted.LINES: Text("三级指标", "indicators"),
    Counted.LEVEL1: Text("一级指标", "level-1 groups"),
    Counted.LEVEL2: Text("二级指标", "level-2 groups"),
    Counted.TYPE: Text("指标", "indicators"),
    Counted.ATTRIBUTE: Text("指标", "indicators"),
    Counted.OWN_LINES: Text("另列的自选指标", "indicators of the separate own list"),
}


def structure_findings(plan: Plan) -> list[Finding]:
    """Return Findings on totals, numbering and repetition."""
    return [*_totals(plan), *_gaps(plan), *_repeated_numbers(plan), *_repeated_indicators(plan)]


def count_lines(plan: Plan, counted: Counted, value: str = "") -> int:
    """Return how many lines or groups of the plan a declared total speaks of.

    Levels are counted as printed: a level-2 name under two level-1 names makes two groups.
    """
    main = [line for line in plan.lines if line.set is LineSet.MAIN]
    counts = {
        Counted.LINES: len(main),
        Counted.LEVEL1: len({line.level1 for line in main}),
        Counted.LEVEL2: len({(line.level1, line.level2) for line in main}),
        Counted.TYPE: sum(line.type.value == value for line in plan.lines),
        Counted.ATTRIBUTE: sum(line.attribute.value == value for line in plan.lines),
        Counted.OWN_LINES: len(plan.lines) - len(main),
    }
    return counts[counted]


def _totals(plan: Plan) -> Iterator[Finding]:
    for total in plan.declared_totals:
        found = count_lines(plan, total.counted, total.value)
        if found != total.count:
            yield _total_differs(plan, total, found)


def _total_differs(plan: Plan, total: DeclaredTotal, found: int) -> Finding:
    noun = _COUNTED[total.counted]
    return Finding(
        code="plan.totals-differ",
        severity=Severity.ERROR,
        where=plan.id,
        value=str(total.count),
        message=Text(
            f"正文称有{total.count}个{total.value}{noun.zh}，指标表中有{found}个",
            f"The text declares {total.count} {total.value} {noun.en}, the table has {found}".replace(
                "  ", " "
            ),
        ),
        rule=Text("正文所述数目与指标表一致", "The totals in the text are those of the table"),
        fix=Text(
            "核对指标表是否漏行、类型是否标错，或更正正文", "Look for a lost line or type, or mend the text"
        ),
    )


def _gaps(plan: Plan) -> Iterator[Finding]:
    for line_set in LineSet:
        numbers = sorted({line.no for line in plan.lines if line.set is line_set})
        missing = sorted(set(range(1, (numbers or [0])[-1] + 1)) - set(numbers))
        for no in missing:
            yield Finding(
                code="plan.numbering-gap",
                severity=Severity.WARNING,
                where=plan.id,
                value=str(no),
                message=Text(f"序号{no}缺失，可能漏了一行", f"Number {no} is missing; a line may be lost"),
                rule=Text("序号从1起连续", "Numbers run from 1 without a gap"),
                fix=Text(
                    "对照原文补上该行，或更正序号", "Add the line from the document, or mend the numbers"
                ),
            )


def _repeated_numbers(plan: Plan) -> Iterator[Finding]:
    for line in _repeated(plan, lambda line: (line.set, line.no)):
        yield Finding(
            code="plan.number-repeated",
            severity=Severity.ERROR,
            where=f"{plan.id}{line.label}",
            value=str(line.no),
            message=Text(f"序号{line.no}出现多次", f"Number {line.no} occurs more than once"),
            rule=Text("同一张表中序号不重复", "A number occurs once in a table"),
            fix=Text("更正序号", "Mend the numbers"),
        )


def _repeated_indicators(plan: Plan) -> Iterator[Finding]:
    for line in _repeated(plan, lambda line: line.indicator_id):
        yield Finding(
            code="plan.indicator-repeated",
            severity=Severity.ERROR,
            where=f"{plan.id}{line.label}",
            value=line.name,
            message=Text(
                f"“{line.name}”与另一行是同一指标", f"“{line.name}” is the same indicator as another line"
            ),
            rule=Text("一个指标在一份方案中只出现一次", "An indicator occurs once in a plan"),
            fix=Text("合并两行，或区分两个指标", "Merge the two lines, or tell the indicators apart"),
        )


def _repeated(plan: Plan, key: Callable[[PlanLine], Hashable]) -> Iterator[PlanLine]:
    """Yield each line whose key an earlier line already has."""
    seen: set[Hashable] = set()
    for line in plan.lines:
        if key(line) in seen:
            yield line
        seen.add(key(line))
