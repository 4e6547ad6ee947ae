"""One measured figure beside its target, and the table and file they end in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark found.

    Attributes
    ----------
    name : str
        What was measured, with its unit.
    value : float
        The median of the runs.
    target : str
        The bound, such as ``<= 1.3``; empty where the figure only informs.
    met : bool or None
        Whether the bound holds; None without a bound.
    detail : str
        Size and spread of the runs.
    """

    name: str
    value: float
    target: str = ""
    met: bool | None = None
    detail: str = ""


def at_most(name: str, value: float, bound: float, detail: str = "") -> Result:
    """Judge a figure that must not exceed a bound."""
    return Result(name, round(value, 3), f"<= {bound:g}", value <= bound, detail)


def at_least(name: str, value: float, bound: float, detail: str = "") -> Result:
    """Judge a figure that must reach a bound."""
    return Result(name, round(value, 3), f">= {bound:g}", value >= bound, detail)


def publish(results: Sequence[Result], file_name: str = "bench.json") -> None:
    """Print the table and write it as JSON in the project's root."""
    table = Table("figure", "value", "target", "met", "detail")
    for result in results:
        met = "" if result.met is None else ("yes" if result.met else "NO")
        table.add_row(result.name, f"{result.value:g}", result.target, met, result.detail)
    Console(width=150).print(table)
    rows = [asdict(result) for result in results]
    (ROOT / file_name).write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf8")
