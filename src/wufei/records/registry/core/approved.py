"""Waste that an enterprise makes beside what the approvals of its assessments foresee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text
from wufei.records.catalogue.core.codes import Level, category_of, is_hazardous, level
from wufei.records.registry.core.papers import Line
from wufei.records.registry.core.uses import covers

APPROVAL = "eia"
"""The kind of paper whose lines foresee grams a year of a waste: its code, its name, its mass."""


@dataclass(frozen=True, slots=True)
class ApprovedMass:
    """Grams of a year under one code, in one book.

    ``approved_g`` is the sum of all approvals in force; None where one of them gives no mass, or where none
    names the waste (``names`` is empty).
    """

    code: str
    names: tuple[str, ...]
    approved_g: int | None
    book: str
    made_g: int

    @property
    def over(self) -> bool:
        """Whether more was made than is foreseen."""
        return self.approved_g is not None and self.made_g > self.approved_g

    @property
    def unforeseen(self) -> bool:
        """Whether it is hazardous waste that no approval names."""
        told = level(self.code) is not Level.CLASS
        return told and not self.names and self.made_g > 0 and is_hazardous(self.code)


def approved_masses(lines: Sequence[Line], made: Mapping[str, Mapping[str, int]]) -> list[ApprovedMass]:
    """Give what was made under each code that is foreseen, and hazardous waste that is not; those first.

    What the ledger keeps by category only is compared with the sum of the category.

    Parameters
    ----------
    lines : sequence of Line
        Of all approvals in force in that year; none: nothing is compared.
    made : mapping
        Grams made in the year, by book and stream. Books are accounts of the same waste and are never added.
    """
    if not lines:
        return []
    found: list[ApprovedMass] = []
    for book, streams in (made or {"": {}}).items():
        coarse = [each for each in streams if any(category_of(line.code) == each for line in lines)]
        codes = dict.fromkeys([*(line.code for line in lines), *coarse])
        rows = [_mass(code, lines, book, _made(code, streams)) for code in codes]
        # What the ledger keeps by category says nothing of the codes in it.
        found += [each for each in rows if each.made_g or category_of(each.code) not in coarse]
        others = [
            each
            for each in streams
            if not any(covers(line.code, each) for line in lines) and each not in coarse
        ]
        unforeseen = (_mass(each, lines, book, streams[each]) for each in others)
        found += [each for each in unforeseen if each.unforeseen]
    return sorted(found, key=lambda each: (not each.over, not each.unforeseen))


def _mass(code: str, lines: Iterable[Line], book: str, made_g: int) -> ApprovedMass:
    named = [line for line in lines if covers(code, line.code)]
    grams = [line.quota_g for line in named]
    known = [each for each in grams if each is not None]
    approved = sum(known) if known and len(known) == len(grams) else None
    return ApprovedMass(code, tuple(dict.fromkeys(line.way for line in named)), approved, book, made_g)


def _made(code: str, streams: Mapping[str, int]) -> int:
    return sum(grams for stream, grams in streams.items() if covers(code, stream))


RULE = Text(
    "建设项目环评批复的固体废物种类和数量；是否构成重大变动按《污染影响类建设项目重大变动清单（试行）》"
    "（环办环评函〔2020〕688号）判断，条目待核实",
    "Kinds and amounts as approved; whether it is a major change is decided by the list of major changes "
    "(2020, No. 688), clause to be confirmed",
)


def approved_findings(masses: Iterable[ApprovedMass], year: int) -> list[Finding]:
    """Give a warning for each code of which more was made than is foreseen, or that none foresees."""
    found = []
    for each in masses:
        if not (each.over or each.unforeseen):
            continue
        made, names = _tonnes(each.made_g), "、".join(each.names)
        if each.over:
            approved = _tonnes(each.approved_g or 0)
            say = Text(
                f"{each.code} {names}：{year}年产生{made}吨，超过环评批复的{approved}吨。",
                f"{each.code} {names}: {made} t in {year}, above the approved {approved} t.",
            )
        else:
            say = Text(
                f"{each.code}：{year}年产生{made}吨，环评批复中没有这种危险废物。",
                f"{each.code}: {made} t in {year}; no approval names this hazardous waste.",
            )
        code = "approved-exceeded" if each.over else "approved-unnamed"
        found.append(Finding(f"registry.{code}", Severity.WARNING, each.code, say, made, RULE, _FIX))
    return found


_FIX = Text(
    "核对台账的代码和数量；确有增加的，由企业说明原因并判断是否重大变动",
    "Check code and mass in the ledger; if so, the enterprise says why and whether it is a major change",
)


def _tonnes(grams: int) -> str:
    return decimal_text((Decimal(grams) / 1_000_000).normalize())
