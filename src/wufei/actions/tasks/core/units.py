"""What is said of a unit of a plan that no department was found for."""

from __future__ import annotations

from collections.abc import Mapping

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.departments import Match


def unit_finding(where: str, match: Match, names: Mapping[int, str]) -> Finding:
    """Say that a unit of the plan was not found among the departments, with near names.

    Parameters
    ----------
    names : mapping of int to str
        Names of departments by id.
    """
    near = [names[each] for each in match.likely]
    hint = (f"相近的有：{'、'.join(near)}。", f"Near names: {', '.join(near)}.") if near else ("", "")
    if match.is_group:
        message = Text(f"“{match.name}”没有指明具体部门", f"“{match.name}” names no department")
    else:
        message = Text(f"部门名录中没有“{match.name}”", f"No department is called “{match.name}”")
    return Finding(
        "task.unit",
        Severity.NOTE if match.is_group else Severity.WARNING,
        where,
        message,
        value=match.name,
        rule=Text("任务须有对应的部门才能分派", "A task needs a department to be assigned"),
        fix=Text(
            f"{hint[0]}请选择对应的部门，别名会记住。",
            f"{hint[1]} Choose the department; the alias is kept.".strip(),
        ),
    )
