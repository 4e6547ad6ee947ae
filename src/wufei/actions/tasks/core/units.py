"""Which department a unit of a plan is: by name, by alias, by the part of the name that tells."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text

_BRACKETS = re.compile(r"[（(].*?[）)]")
_GENERIC = ("各有关", "各相关", "有关部门", "相关部门", "各镇", "各街道", "各单位", "各委办局")
_ENDS = (("委员会", "委"), ("办公室", "办"), ("管理局", "局"))
_NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Known:
    """A department as the register of departments has it."""

    id: int
    name: str
    aliases: tuple[str, ...] = ()


def matched_unit(unit: str, departments: Sequence[Known]) -> int | None:
    """Give the department that a unit is, or None: names and aliases first, then names without their frills.

    Two departments that fit equally are none: a person decides.
    """
    wanted = unit.strip()
    exact = {one.id for one in departments if wanted in (one.name, *one.aliases)}
    if exact:
        return exact.pop() if len(exact) == 1 else None
    plain = plain_name(wanted)
    alike = {one.id for one in departments if plain and plain in map(plain_name, (one.name, *one.aliases))}
    return alike.pop() if len(alike) == 1 else None


def plain_name(name: str) -> str:
    """Take from a name what differs between documents: brackets, the leading 区 or 市, 委员会 for 委."""
    plain = _BRACKETS.sub("", name).replace(" ", "")
    plain = re.sub(r"^[\u4e00-\u9fff]{0,4}?[区市县](?=[\u4e00-\u9fff]{2})", "", plain)
    for long, short in _ENDS:
        plain = plain.removesuffix(long) + short if plain.endswith(long) else plain
    return plain


def is_generic(unit: str) -> bool:
    """Say whether the words name no department at all: 各有关部门, 各镇街."""
    return any(word in unit for word in _GENERIC)


def unit_finding(where: str, unit: str, departments: Sequence[Known]) -> Finding:
    """Say that a unit of the plan was not found among the departments, with near names."""
    near = difflib.get_close_matches(unit, [one.name for one in departments], n=3, cutoff=_NEAR)
    hint = (f"相近的有：{'、'.join(near)}。", f"Near names: {', '.join(near)}.") if near else ("", "")
    if is_generic(unit):
        message = Text(f"“{unit}”没有指明具体部门", f"“{unit}” names no department")
    else:
        message = Text(f"部门名录中没有“{unit}”", f"No department is called “{unit}”")
    return Finding(
        "task.unit",
        Severity.NOTE if is_generic(unit) else Severity.WARNING,
        where,
        message,
        value=unit,
        rule=Text("任务须有对应的部门才能分派", "A task needs a department to be assigned"),
        fix=Text(
            f"{hint[0]}请选择对应的部门，别名会记住。",
            f"{hint[1]} Choose the department; the alias is kept.".strip(),
        ),
    )
