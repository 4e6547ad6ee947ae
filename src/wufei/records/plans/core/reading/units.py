"""Lists of responsible units as plans write them: one a line, joined by 、, grouped by brackets, with slips."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wufei.records.plans.core.reading.blocks import clean

# What a unit's name ends with. Longer endings stand first, so that 管委会 is not cut to 管委.
_ENDINGS = (
    "管理委员会|委员会|管委会|工委|党工委|人民政府|办事处|执法局|管理局|分局|总局|局|委|办公室|办|中心|总站|站|大队|支队|总队|法院|检察院|公安分局|"
    "有限责任公司|有限公司|分公司|集团公司|集团|公司|公司|单位|部门|企业|街道|街乡镇|镇街|镇乡|乡镇|镇|乡|园区|园|村|社区|学校|医院|协会|联合会|总工会|工会|团委|妇联|"
    "科协|残联|供销社|银行|支行|工作组|小组|专班|指挥部|组织部|宣传部|统战部|部|院|所|厅|队|处|馆|社|区|场|厂|段|市|机构|主体"
)
_UNIT = re.compile(rf".{{1,40}}?(?:{_ENDINGS})(?:\([^()]*\)|（[^（）]*）)?")
_SEPARATORS = re.compile(r"[、,，;；\n/]|\s{2,}")
_LEAD = re.compile(
    r"^(?:(?:由|以)?(?P<role>牵头(?:责任)?(?:单位|部门)|主责(?:单位|部门)|责任(?:单位|部门|主体)|配合(?:责任)?(?:单位|部门)|协办(?:单位|部门)|参与(?:单位|部门)"
    r"|(?:项目)?实施(?:单位|主体)|完成时限|落实单位)\s*[:：为是]?\s*)"
)
_BY_ROLE = re.compile(r"(?:牵头|负责|配合|参与|按职责分工负责|分工负责|协同|协助|落实|具体负责|主责)$")
_CLAUSE = re.compile(r"按(?:照)?(?:各自)?职责(?:分工)?(?:负责|落实)?|分别负责|等(?=按|$)")


@dataclass(frozen=True, slots=True)
class Units:
    """Units in the order printed; ``glued`` are names that seem to hold two, a 、 between them lost."""

    names: tuple[str, ...]
    glued: tuple[tuple[str, tuple[str, ...]], ...] = ()


def split_units(text: str) -> Units:
    """Give the units of a cell or bracket.

    A line end parts units only where the name above is whole: 密云水库综合⏎执法大队 is one name. Brackets belong to
    the name before them (相关镇街（地区）). A name that holds two whole ones is kept apart and reported.
    """
    names: list[str] = []
    glued: list[tuple[str, tuple[str, ...]]] = []
    for piece in _pieces(text):
        parts = _glued_parts(piece)
        if len(parts) > 1:
            glued.append((piece, parts))
        names += [part for part in parts if part and part not in names]
    return Units(tuple(names), tuple(glued))


def is_units(text: str) -> bool:
    """Say whether a cell or bracket lists units rather than saying something else."""
    pieces = _pieces(text)
    return bool(pieces) and all(len(piece) <= 40 and _is_unit(piece) for piece in pieces) and "。" not in text


def _pieces(text: str) -> list[str]:
    lines = [clean(line) for line in text.split("\n")]
    whole: list[str] = []
    for line in filter(None, lines):
        if whole and not _is_complete(whole[-1]):
            whole[-1] += line
        else:
            whole.append(line)
    pieces = []
    for line in whole:
        pieces += [_bare(piece) for piece in _outside_brackets(line)]
    return [piece for piece in pieces if piece]


def _is_complete(line: str) -> bool:
    """Say whether a line ends where a name may end: with a unit's ending, a separator or a closed bracket."""
    if line.count("（") + line.count("(") > line.count("）") + line.count(")"):
        return False
    return bool(re.search(rf"(?:{_ENDINGS}|[、,，;；)）等])$", line))


def _outside_brackets(line: str) -> list[str]:
    """Split a line at separators that stand outside brackets."""
    parts, depth, part = [], 0, ""
    for char in line:
        depth += char in "（("
        depth -= char in "）)" and depth > 0
        if depth == 0 and _SEPARATORS.fullmatch(char):
            parts.append(part)
            part = ""
        else:
            part += char
    return [*parts, part]


def _bare(piece: str) -> str:
    """Give a name without what leads it in (责任单位：) or leads it out (负责, 等)."""
    bare = clean(piece).strip("。．.;；:：、 ")
    bare = _LEAD.sub("", bare)
    bare = _CLAUSE.sub("", bare)
    bare = _BY_ROLE.sub("", bare)
    return clean(bare).strip("。:： ")


def _is_unit(piece: str) -> bool:
    return bool(re.fullmatch(rf".{{1,40}}(?:{_ENDINGS})(?:[(（][^()（）]*[)）])?(?:等)?", piece))


# 区 or 市 begins a unit of a district or city; met in the middle behind a whole name it begins the next one.
_NEXT = re.compile(r"(?<=管委会)(?=区)|(?<=局)(?=[区市县](?!域))|(?<=委)(?=[区市县][^域])|(?<=中心)(?=[区市县])|(?<=办)(?=[区市县])|(?<=大队)(?=[区市县相])|(?<=镇)(?=区)")


def _glued_parts(piece: str) -> tuple[str, ...]:
    parts = _NEXT.split(piece)
    return tuple(parts) if all(len(part) >= 3 for part in parts) else (piece,)
