"""牵头汇总: from the reports of the responsible units, what the lead may report of the whole task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from wufei.actions.tasks.core.task import Progress, Quarter


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft of the lead's report.

    Attributes
    ----------
    share : Decimal
        That of the slowest unit, 0..1; zero while a unit has not reported.
    missing : tuple of int
        Departments that have not reported for the quarter.
    """

    share: Decimal
    text: str
    problems: str
    next_step: str
    missing: tuple[int, ...]


def rolled_up(
    reports: Iterable[Progress], quarter: Quarter, units: Iterable[int], names: Mapping[int, str]
) -> Proposal:
    """Propose the lead's report: each unit's words under its name, and the share of the slowest.

    Parameters
    ----------
    units : iterable of int
        The departments that are to report, in the order of the plan.
    names : mapping of int to str
        Their names.
    """
    wanted = list(dict.fromkeys(units))
    latest: dict[int, Progress] = {}
    for report in reports:
        before = latest.get(report.department_id)
        if report.quarter == quarter and (before is None or report.number > before.number):
            latest[report.department_id] = report
    there = [latest[unit] for unit in wanted if unit in latest]
    missing = tuple(unit for unit in wanted if unit not in latest)
    share = Decimal(0) if missing or not there else min(report.share for report in there)
    return Proposal(
        share,
        _joined(there, names, "text"),
        _joined(there, names, "problems"),
        _joined(there, names, "next_step"),
        missing,
    )


def _joined(reports: Iterable[Progress], names: Mapping[int, str], field: str) -> str:
    said = ((names.get(report.department_id, ""), getattr(report, field).strip()) for report in reports)
    return "\n".join(f"{name}：{words}" for name, words in said if words)
