"""Lists of responsible units as plans write them: one a line, joined by 、, in brackets, with slips."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wufei.records.plans.core.reading.blocks import clean

# What only ends a name. Longer ones stand first, so that 管委会 is not cut to 管委.
_STRONG = (
    "管理委员会|委员会|管委会|党工委|工委|人民政府|政府|办事处|执法局|管理局|分局|总局|局|委|办公室|办|服务中心|中心|总站|站|大队|支队|总队|"
    "法院|检察院|有限责任公司|有限公司|分公司|集团公司|集团|公司|单位|部门|企业|街道|街乡镇|镇街|镇乡|乡镇|协会|联合会|总工会|工会|"
    "团委|妇联|科协|残联|供销社|合作社|银行|支行|分行|署|工作组|小组|专班|指挥部|组织部|宣传部|统战部|机构|主体"
)
# What ends a name or stands within one: 区住房城乡|建设委, 产业园|区管委会.
_WEAK = "镇|乡|园区|园|村|社区|学校|医院|部|院|所|厅|队|处|馆|社|区|场|厂|段|市|会"
_ENDINGS = f"{_STRONG}|{_WEAK}"
_BRACKETS = r"(?:[(（][^()（）]*[)）])?"
_IS_UNIT = re.compile(rf".{{1,40}}(?:{_ENDINGS}){_BRACKETS}(?:等)?")
_ENDS_STRONG = re.compile(rf"(?:{_STRONG}){_BRACKETS}$")
_BEGINS_NEW = re.compile(r"区|市|县|旗|各|相关|有关|全区|属地|本|国网|中国")
# A piece that is only the end of a name: 局, 管委会, 区管委会, 镇人民政府. But 区供销社 and 区总工会 are
# whole.
_TAIL_ONLY = re.compile(rf"(?:[镇乡]?(?:{_STRONG})|区(?:管委会|管理委员会|人民政府|办事处)){_BRACKETS}")
_HARD = re.compile(r"[、,，;；/]|\s{2,}")
_LEAD = re.compile(
    r"^(?:(?:由|以)?(?:牵头(?:责任)?(?:单位|部门)|主责(?:单位|部门)|责任(?:单位|部门|主体)|配合(?:责任)?(?:单位|部门)|协办(?:单位|部门)"
    r"|参与(?:单位|部门)|(?:项目)?实施(?:单位|主体)|完成时限|落实单位)\s*[:：为是]?\s*)"
)
_BY_ROLE = re.compile(
    r"(?:[(（](?:牵头|主责|负责|配合|参与|协办)[)）]|牵头|负责落实|负责|配合|参与|按职责分工负责|分工负责|协同|协助|落实|具体负责|主责)$"
)
# （列首位的为牵头单位，下同） says how to read all lists.
_FIRST_LEADS = re.compile(
    r"[（(，,；;、]?\s*列?(?:第一位|首位)的?为?(?:牵头|主责)(?:单位|部门)?(?:[，,]?下同)?\s*[）)]?"
)
_BETWEEN_SPACES = re.compile(r"[^、,，;；/\n：:]+")
_NOBODY = re.compile(r"[-—–―⸺⸻－/×]+|无")
_CLAUSE = re.compile(
    r"按(?:照)?(?:各自)?职责(?:分工)?(?:负责|落实)?|分别负责|等(?:(?:有关|相关|多个)?(?:部门|单位))?(?=按|$)"
)


@dataclass(frozen=True, slots=True)
class Units:
    """Units in the order printed; ``glued`` are names that seem to hold two, a 、 between them lost."""

    names: tuple[str, ...]
    glued: tuple[tuple[str, tuple[str, ...]], ...] = ()


def split_units(text: str, known: frozenset[str] = frozenset()) -> Units:
    """Give the units of a cell or bracket.

    A line end parts units only where the name above is whole: 密云水库综合⏎执法大队 is one name. Brackets
    belong to
    the name before them (相关镇街（地区）). A name that holds two whole ones is kept apart and reported.

    Parameters
    ----------
    known : frozenset of str
        Names that stand whole elsewhere in the document: what tells broken names from two names.
    """
    names: list[str] = []
    glued: list[tuple[str, tuple[str, ...]]] = []
    for piece in _pieces(_parted_by_spaces(_FIRST_LEADS.sub("", text)), known):
        parts = (piece,) if piece in known else _glued_parts(piece)
        if len(parts) > 1:
            glued.append((piece, parts))
        names += [part for part in parts if part and part not in names]
    return Units(tuple(names), tuple(glued))


def is_units(text: str) -> bool:
    """Say whether a cell or bracket lists units rather than saying something else."""
    pieces = _pieces(_parted_by_spaces(_FIRST_LEADS.sub("", text)), frozenset())
    return bool(pieces) and all(_is_unit(piece) for piece in pieces) and "。" not in text


def _parted_by_spaces(text: str) -> str:
    """Put a 、 for spaces between whole names: 区生态环境局 区发展改革委."""
    return _BETWEEN_SPACES.sub(lambda found: _with_signs(found[0]), text)


def _with_signs(words: str) -> str:
    names = words.split()
    whole = len(names) > 1 and all(len(name) > _TAIL_MAX and _ENDS_STRONG.search(name) for name in names)
    return "、".join(names) if whole else words


# What a name of an office or company ends with or holds; 厂, 站 and 中心 are things that are built as well.
_OFFICE = re.compile(
    r"(?:局|委|委员会|办|办公室|政府|街道|镇|乡|公司|集团|院|总?队|工会|妇联|协会|供销社|部|处|科|单位|部门|企业|镇街|银行|校)"
    r"(?:$|[、,，;；/\s（(）)：:])"
)


def names_an_office(text: str) -> bool:
    """Say whether a cell names an office, company or town rather than something that is built."""
    return _OFFICE.search(text) is not None


def are_mostly_units(text: str) -> bool:
    """Say whether a list holds units, though one or the other bears an ending that is not known."""
    pieces = _pieces(text, frozenset())
    known = sum(map(_is_unit, pieces))
    plain = not re.search(r"[。！？：:\d]", text) and all(len(piece) <= _LONGEST_NAME for piece in pieces)
    return plain and len(pieces) > 1 and known >= _UNITS_SHARE_MIN * len(pieces)


_UNITS_SHARE_MIN = 0.6


def whole_units(texts: Iterable[str]) -> frozenset[str]:
    """Give the names that no line end can have broken: those of lists on one line."""
    found: set[str] = set()
    for text in texts:
        if "\n" not in text and len(text) <= 200:
            found.update(
                piece
                for piece in _pieces(text, frozenset())
                if _is_unit(piece) and _ENDS_STRONG.search(piece) and len(_glued_parts(piece)) == 1
            )
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece between separators and line ends; ``full`` if its line reaches the edge of the column."""

    text: str
    full: bool


def _pieces(text: str, known: frozenset[str]) -> list[str]:
    """Give the names of a list; runs of lines without a separator are grouped at the least cost."""
    lines = [line for each in text.split("\n") if (line := clean(each))]
    width = max(map(len, lines), default=0)
    runs: list[list[_Part]] = [[]]
    for line in lines:
        full = len(line) >= width - 1
        first, *others = _outside_brackets(line, _open_brackets("".join(part.text for part in runs[-1])))
        runs[-1].append(_Part(first, full))
        runs += [[_Part(each, full)] for each in others]
    pieces = [piece for run in runs for piece in _grouped([part for part in run if part.text], known)]
    return [bare for piece in pieces if (bare := _bare(piece)) and not _NOBODY.fullmatch(bare)]


def _open_brackets(text: str) -> int:
    return max(0, sum(text.count(sign) for sign in "(（") - sum(text.count(sign) for sign in ")）"))


def _outside_brackets(line: str, depth: int) -> list[str]:
    """Split a line at separators that stand outside brackets."""
    parts, part = [], ""
    for char in line:
        depth += char in "（("
        depth -= char in "）)" and depth > 0
        if depth == 0 and _HARD.fullmatch(char):
            parts.append(part)
            part = ""
        else:
            part += char
    return [*parts, part]


def _grouped(parts: Sequence[_Part], known: frozenset[str]) -> list[str]:
    """Group parts into names so that the whole costs least: a shortest path over the line ends."""
    if len(parts) <= 1:
        return [part.text for part in parts]
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(parts) + 1):
        options = [
            (best[start][0] + _cost(parts[start:end], known), start)
            for start in range(max(0, end - _LINES_OF_A_NAME), end)
        ]
        cost, start = min(options)
        best.append((cost, [*best[start][1], "".join(part.text for part in parts[start:end])]))
    return best[-1][1]


_LINES_OF_A_NAME = 6
_LONGEST_NAME, _NAME_MIN, _TAIL_MAX = 30, 4, 2


def _cost(parts: Sequence[_Part], known: frozenset[str]) -> float:
    """Tell how unlikely it is that these parts are one name."""
    name = "".join(part.text for part in parts)
    if _bare(name) in known:
        return 0.1
    if _open_brackets(name):
        return 20.0
    if not _is_unit(name):
        cost = 4.0
    elif _TAIL_ONLY.fullmatch(name) or len(name) <= _TAIL_MAX:
        cost = 5.0
    else:
        cost = 1.0 if _BEGINS_NEW.match(name) else 1.5
    if len(name) > _LONGEST_NAME:
        cost += 8.0
    return cost + sum(_joint(parts, at, known) for at in range(1, len(parts)))


_TOWNS = re.compile(r"各.{1,3}|镇街|乡镇|镇乡|街乡镇|镇办")


def _joint(parts: Sequence[_Part], at: int, known: frozenset[str]) -> float:
    """Tell how unlikely it is that a narrow column broke a name here: it breaks where the line is full."""
    early = 0.0 if parts[at - 1].full else 2.0
    left = "".join(part.text for part in parts[:at])
    right = "".join(part.text for part in parts[at:])
    if _TOWNS.fullmatch(right) and _ENDS_STRONG.search(left):
        return 6.0
    if not _is_unit(right) or _TAIL_ONLY.fullmatch(right) or len(right) <= _TAIL_MAX:
        return early
    if not _is_unit(left):
        # A name of an ending that is not known, before one that begins anew: 中国人寿⏎市商务局.
        return early + (2.5 if len(left) >= _NAME_MIN and re.match("[市区县]", right) else 0.0)
    whole = bool(_ENDS_STRONG.search(left) or _BEGINS_NEW.match(right) or left[-1] == right[-1])
    return early + (6.0 if whole or (left in known and right in known) else 0.0)


def _bare(piece: str) -> str:
    """Give a name without what leads it in (责任单位：) or leads it out (负责, 等)."""
    bare = clean(piece).strip("。．.;；:：、 ")
    bare = _LEAD.sub("", bare)
    bare = _CLAUSE.sub("", bare)
    bare = _BY_ROLE.sub("", bare).removesuffix("等")
    return clean(bare).strip("。:： ")


def _is_unit(piece: str) -> bool:
    return len(piece) <= 44 and bool(_IS_UNIT.fullmatch(piece))


# 区 or 市 begins a unit of a district or city; met in the middle behind a whole name it begins the next one.
_NEXT = re.compile(
    r"(?<=管委会)(?=区)|(?<=局)(?=[区市县](?!域))|(?<=委)(?=[区市县][^域])|(?<=中心)(?=[区市县])|(?<=办)(?=[区市县])"
    r"|(?<=大队)(?=[区市县相])|(?<=镇)(?=区)"
)


def _glued_parts(piece: str) -> tuple[str, ...]:
    parts = _NEXT.split(piece)
    return tuple(parts) if all(len(part) >= 3 for part in parts) else (piece,)
