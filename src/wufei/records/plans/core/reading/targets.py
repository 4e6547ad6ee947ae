"""Targets in running text: 到2030年…达到91以上, 每万平方米分别低于140吨、210吨."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wufei.records.plans.core.reading.blocks import NOTE, Paragraph, clean
from wufei.records.plans.core.reading.result import ReadTarget
from wufei.records.plans.core.values import Op, PlanValue, parse_value

# 较2020年下降 names what is compared with, not when.
_YEAR = re.compile(
    r"(?:到|至|自|截至|截止到?|力争到?|力争在)?\s*(?<![较比以与同由从])(20\d\d)年(?:年?[底末初])?(?:\d{1,2}月[底末初]?)?(?:之?前|起)?[，,、]?"
    r"|“?(十[四五六七]五)”?(?:末|时期末|期末|期间)[，,]?"
)
_PLAN_END = {"十四五": 2025, "十五五": 2030, "十六五": 2035, "十七五": 2040}
_NUMBER = r"\d+(?:[.,]\d+)*"
_COUNTERS = "人次|批次|场次|辆|家|个|座|处|条|项|台|套|次|名|件|所|种|户|人|类|批|片|支|例"
_UNIT = (
    rf"(?:%|％|‰|个百分点|(?:(?:(?:万亿|[万亿])?(?:吨标准煤|吨二氧化碳当量|吨|千瓦|兆瓦|千克|公斤|公里|平方米|立方米|千瓦时|亩|公顷|元)|亿|kg|t|m2|m3|m²|m³)"
    rf"(?:/[\u4e00-\u9fffA-Za-z0-9]{{1,6}}(?:·[天日月年])?)*|万?(?:{_COUNTERS})|倍|分))"
)
_MOVE = (
    r"达到|达|提高到|提高至|提升到|提升至|增加到|增至|上升到|降低到|降低至|降至|降到|下降到|下降至|控制在|保持在|稳定在|稳定保持在|维持在|保持|维持|实现|不超过|不高于|不大于|不低于|不少于|低于|高于|少于|"
    r"大于|小于|超过|突破|减少到|减少至|压减到|压减至|为|至少建成|至少|完成|建成|建设|新增|培育|创建|力争达到|下降|降低|减少|削减|压减|提高|提升|增长|增加|覆盖"
)
_VALUE = re.compile(
    rf"(?P<move>[≥≤>＞<＜]|(?:(?:力争|基本|稳定|总体|均|全部|全面|累计|分别|就|约|再|持续|动态|比(?!例|重)\S{{2,12}}?|较\S{{2,12}}?){{0,4}}(?:{_MOVE})(?:到|至|在|了)?(?:不少于|不低于|不超过|至少|约|近)?){{1,4}}|(?<=率)|(?<=占比)|(?<=比例)|(?P<size>(?<=能力)|(?<=投资)|(?<=规模)|(?<=产值)|(?<=量)))\s*"
    rf"(?P<value>{_NUMBER}\s*(?:{_UNIT})?(?:\s*[-—~～至到]\s*{_NUMBER}\s*(?:{_UNIT})?)?(?P<tail>(?:及以上|以上|以下|以内|之内|左右)?))"
)
_MORE = re.compile(
    rf"\s*[、和及与]\s*(?P<value>{_NUMBER}\s*(?:{_UNIT})?(?:及以上|以上|以下|以内|左右)?)(?![^，。；]{{0,2}}[个家座]?(?:重点)?(?:部门|措施|方面))"
)
_SENTENCE = re.compile(r"[^。；;！？]+[。；;！？]?")
_CLAUSE_BREAK = re.compile(r"[，,]")


@dataclass(frozen=True, slots=True)
class _Found:
    """Numbers with their names; a size without a verb (处理能力1000吨/日) needs a named year."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    is_size: bool = False


def targets_of(
    paragraphs: Sequence[Paragraph], base_year: int | None, plan_year: int | None = None
) -> Iterator[ReadTarget]:
    """Give the numbers that running text sets as targets, in order.

    A sentence's year is the one it names, else that of the sentence before it in the same paragraph. What
    tells of
    the base year or earlier, or of what has been reached, is no target; nor is the chapter on where the
    place stands.

    Parameters
    ----------
    base_year : int or None
        Of the plan.
    plan_year : int or None
        The only year that the plan aims at: what its chapter of aims means where it names none.
    """
    chapter = _Chapter(plan_year)
    for paragraph in paragraphs:
        chapter.turn_to(paragraph.text)
        if chapter.looks_back:
            continue
        year = chapter.year
        subject = _topic(paragraph.text)
        for piece, named in _pieces(paragraph.text):
            year = named or year
            past = named is None and (_REACHED.search(piece) or (chapter.aims is None and "累计" in piece))
            if past or (year and base_year and year <= base_year):
                continue
            found_here = list(_values(piece, subject))
            yield from _zeros(piece, year, paragraph)
            for found in found_here:
                if year or not found.is_size:
                    yield from _each(found, year, paragraph)
            subject = _subject_after(piece, found_here) or subject
        chapter.remember(paragraph.text, year)


def is_set_for_a_year(target: ReadTarget) -> bool:
    """Say whether a target names its year and is no plain number of things that a task makes."""
    made = target.value.op is Op.EQUAL and _COUNTER.fullmatch(target.value.unit) is not None
    return target.year is not None and not made


_MEASURED = re.compile(
    r"(?:率|量|度|比例|占比|比重|数|值|面积|能力|规模|产出|水平|长度|人次|指数)(?:[（(][^（）()]*[）)])?$"
)
_TOPIC = re.compile(r"([^。：:，,；;]{3,40})[。：:]")


def _topic(text: str) -> str:
    """Give what a paragraph is about where it says that first: 1.农膜回收率。到2025年不低于85%."""
    found = _TOPIC.match(_without_item_number(text))
    return clean(found[1]) if found and _MEASURED.search(clean(found[1])) else ""


def _subject_after(piece: str, found: Sequence[_Found]) -> str:
    """Give what the words up to a year speak of, for numbers behind it that have no name of their own."""
    if found:
        return found[-1].names[-1] if found[-1].names else ""
    names = _names(piece, 1)
    if names and _MEASURED.search(names[0]):
        return names[0]
    made = _MADE.search(piece)
    return _whole_quotes(made[1]) if made else ""


# 遴选“无废细胞”，到2027年累计达到80个
_MADE = re.compile(r"(?:创建|建设|培育|遴选|打造|评选|开展|建成)(“[^“”]{2,12}”)[^“”。；;]{0,6}[，,]?\s*$")


@dataclass(slots=True)
class _Chapter:
    """What the chapter so far says of the next paragraph: whether it looks back, and which year it is of.

    ``listed`` is the year of a list below 到2030年，实现以下目标：; ``aims`` are the years that a chapter
    of aims names.
    """

    plan_year: int | None = None
    looks_back: bool = False
    listed: int | None = None
    aims: set[int] | None = None

    @property
    def year(self) -> int | None:
        """The year of a paragraph that names none; a chapter of aims that named one alone speaks of that."""
        if self.aims is None or self.listed:
            return self.listed
        return next(iter(self.aims)) if len(self.aims) == 1 else None if self.aims else self.plan_year

    def turn_to(self, text: str) -> None:
        """Begin a new chapter where a paragraph is its heading; footnotes explain and set nothing."""
        self.looks_back = self.looks_back or text.startswith(NOTE)
        if _CHAPTER.match(text) and len(text) <= _HEADING_MAX:
            self.looks_back = _LOOKS_BACK.search(text) is not None
            self.listed = None
            if _TOP.match(text):
                self.aims = set() if "目标" in text else None

    def remember(self, text: str, year: int | None) -> None:
        """Keep the year of a paragraph for those below it."""
        if text.rstrip().endswith(("：", ":")):
            self.listed = year
        if self.aims is not None and year:
            self.aims.add(year)


def _pieces(text: str) -> Iterator[tuple[str, int | None]]:
    for sentence in _SENTENCE.findall(_without_item_number(text)):
        # Nobody writes sentences of that length: it is no prose, and would keep the patterns busy.
        if len(sentence) <= _SENTENCE_MAX:
            yield from _by_year(sentence)


_SENTENCE_MAX = 2_000


_CHAPTER = re.compile(
    r"(?:第[一二三四五六七八九十\d]+[章部]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|前言)"
)
_TOP = re.compile(r"第[一二三四五六七八九十\d]+[章部]|[一二三四五六七八九十]+、")
_HEADING_MAX = 40
_LOOKS_BACK = re.compile(r"基础|现状|形势|成效|背景|意义|必要|挑战|问题|回顾|优势|机遇|评估")
_REACHED = re.compile(
    r"已[经达建完实全]|目前|去年|上年|同比|近年来|现有|共有|十三五|截至|在册|位列|荣获|获得"
)
_YEARS = range(1990, 2100)


# 原生生活垃圾实现零填埋: a goal in words that means a number, where a year is named.
_ZERO = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,16}?)(?:基本)?(?:实现|保持|达到|做到)?(?P<zero>零(?P<of>填埋|排放|废弃|增长))"
)


def _zeros(piece: str, year: int | None, paragraph: Paragraph) -> Iterator[ReadTarget]:
    for found in _ZERO.finditer(piece) if year else ():
        name = _names(piece[: found.end("name")], 1)
        if name:
            value = PlanValue(found["zero"], Op.EQUAL, Decimal(0))
            yield ReadTarget(name[0] + found["of"], year, value, paragraph.place)


def _each(found: _Found, year: int | None, paragraph: Paragraph) -> Iterator[ReadTarget]:
    for position, text in enumerate(found.texts):
        name = found.names[min(position, len(found.names) - 1)] if found.names else ""
        value = parse_value(text)
        # 期限为2021—2025年 names years, not an amount.
        a_year = not value.unit and value.value is not None and value.value in _YEARS
        # 建设中转站5座, without a year, is what a task makes.
        made = year is None and value.op is Op.EQUAL and _COUNTER.fullmatch(value.unit) is not None
        if value.is_number and name and not (a_year or made or _NO_NAME.fullmatch(name)):
            yield ReadTarget(name, year, value, paragraph.place)


_NO_NAME = re.compile(r"按.{0,8}|(?:每年|全年|年均|平均|共|各|其余|分别|以上|以下)+")
_COUNTER = re.compile(rf"万?(?:{_COUNTERS})")


def _by_year(sentence: str) -> Iterator[tuple[str, int | None]]:
    """Cut a sentence where it names a new year."""
    last, year = 0, None
    for match in _YEAR.finditer(sentence):
        if match.start() > last:
            yield sentence[last : match.start()], year
        year = int(match[1]) if match[1] else _PLAN_END[match[2]]
        last = match.end()
    yield sentence[last:], year


def amounts_for_a_year(text: str) -> Iterator[str]:
    """Give the amounts with a unit that sentences set for a year to come, whether targets or not."""
    for piece, named in _pieces(text):
        if named and not _REACHED.search(piece):
            yield from (found[0] for found in _AMOUNT.finditer(_COMPARED.sub("", piece)))


_AMOUNT = re.compile(rf"(?<![\d第.]){_NUMBER}\s*{_UNIT}(?!方面|[项条]?(?:任务|措施|指标|举措))")
_COMPARED = re.compile(r"(?:由|从)[^，,。；;]{0,12}?(?=提高|提升|增|降|下|减|上升)")


def _values(piece: str, subject: str) -> Iterator[_Found]:
    """Give each number with its name, in order: things that are counted, and amounts."""
    counted = list(_counted(piece))
    spans = [span for span, _ in counted]
    amounts = list(_amounts(piece, spans, subject))
    shares = list(_shares_of(piece))
    for span, found in sorted([*counted, *amounts, *shares], key=lambda pair: pair[0]):
        # 每年开展4次, 每个镇建1座: a rule rather than a sum, unless a year is named.
        yield replace(found, is_size=True) if "每" in _last_statement(piece[: span[0]]) else found


# 50%以上的镇（街道）建成“无废镇街”
_SHARE_OF = re.compile(
    rf"(?:^|[，,；;])(?:全[区市县])?(?P<value>{_NUMBER}[%％](?:及?以上)?)的(?P<name>[^，,。；;、\d]{{3,24}})(?=[，,。；;]|$)"
)


def _shares_of(piece: str) -> Iterator[tuple[_Span, _Found]]:
    for found in _SHARE_OF.finditer(piece):
        yield found.span("value"), _Found((found["name"],), (found["value"],), is_size=True)


_MAKE = (
    "新增|引进|更新|购置|配备|更换|建成|建设|培育|创建|打造|完成|"
    "遴选|评选|形成|推出|改造|新建|扩建|设置|布设|建立|开展"
)
_THING = r"[\u4e00-\u9fff“”A-Za-z]{2,30}?"
_BOUNDS = "不少于|至少|不低于|不超过|约|近|各"
_COUNT = (
    rf"(?P<bound>(?:{_BOUNDS})?)\s*(?P<number>{_NUMBER})\s*(?P<unit>万?(?:{_COUNTERS}))"
    r"(?P<tail>(?:及以上|以上|以内|左右)?)"
)
_AND_SO_ON = rf"(?P<thing>(?!{_BOUNDS}|及?以[上下内]|左右){_THING})(?=[，,。；;、及和与（(]|$)"
_THEN_THING = re.compile(
    rf"(?P<least>至少|不少于)?(?:力争|基本)?(?:{_MAKE}|实现)+(?:一批)?{_COUNT}的?{_AND_SO_ON}"
)
_MORE_THEN = re.compile(rf"\s*[及和与、]+(?P<thing>(?!{_BOUNDS}){_THING}){_COUNT}(?![\u4e00-\u9fff])")
_MORE_THINGS = re.compile(rf"\s*[及和与、]+{_COUNT}的?{_AND_SO_ON}")
# 引进废酸再生、溶剂回收项目2个; 培育年产值超5亿元的企业3家
_BEFORE_THING = r"(?:(?:[^，,。；;、\d]{2,20}、){1,3}|[^，,。；;、]{2,16}的)?"
_THING_THEN = re.compile(
    rf"(?P<least>至少|不少于)?(?:{_MAKE}|覆盖){_BEFORE_THING}(?P<thing>(?!{_BOUNDS}){_THING}){_COUNT}(?![\u4e00-\u9fff])"
)
# 其中“无废园区”10个、“无废社区”100个
_QUOTED_THEN = re.compile(rf"(?P<thing>“[^“”]{{2,12}}”){_COUNT}(?![\u4e00-\u9fff])")
_Span = tuple[int, int]


def _counted(piece: str) -> Iterator[tuple[_Span, _Found]]:
    """Give what is to be made, by number: 建设2家以上“无废工厂”, 新增绿色工厂6个, 3座矿山及4个尾矿库."""
    taken: list[_Span] = []
    for pattern in (_THEN_THING, _THING_THEN, _QUOTED_THEN):
        found = pattern.search(piece)
        while found is not None:
            span = found.span("number")
            name = re.sub(rf"^(?:{_MAKE})+|(?:建设|创建)?数量$", "", found["thing"])
            if (
                len(clean(name)) >= _NAME_MIN
                and not _SAYS_HOW.search(found["thing"])
                and not any(start <= span[0] < end for start, end in taken)
            ):
                taken.append(span)
                bound = found.groupdict().get("least") or found["bound"].strip("约近各")
                text = bound + found["number"] + found["unit"] + found["tail"]
                yield (span[0], found.end("tail")), _Found((name,), (text,))
            following = (_MORE_THINGS if pattern is _THEN_THING else _MORE_THEN).match(piece, found.end())
            found = following or pattern.search(piece, found.end("unit"))


_NAME_MIN = 2
_SAYS_HOW = re.compile(r"达到|提高|提升|不|数量|超过|控制|降|增加到")


def _amounts(piece: str, taken: Sequence[_Span], subject: str) -> Iterator[tuple[_Span, _Found]]:
    """Give each amount with its name: what stands before it since the last comma that ends a statement.

    ``subject`` is what the words before the piece speak of.
    """
    behind = 0
    for match in _VALUE.finditer(piece):
        if match.start() < behind or any(
            start < match.end() and match.start("value") < end for start, end in taken
        ):
            continue
        texts, end = [match["value"]], match.end()
        while (more := _MORE.match(piece, end)) is not None:
            texts.append(more["value"])
            end = more.end()
        unit = re.search(_UNIT, texts[-1])
        texts = [text if re.search(_UNIT, text) or not unit else text + unit[0] for text in texts]
        if len(texts) > 1 and (side := _SIDE.search(texts[-1])) and not any(map(_SIDE.search, texts[:-1])):
            # 分别达到85%、95%以上: the last word is said of both.
            texts = [*(text + side[0] for text in texts[:-1]), texts[-1]]
        before = piece[behind : match.start()]
        names = _names(before, len(texts)) or ((subject,) if subject else ())
        if len(names) == 1 and _OF_SOMETHING.fullmatch(names[0]):
            # 数量均不少于6个，数量合计不少于18个: the second is a number of the same things.
            names = (_COUNT_AT_END.sub("", subject) + names[0],)
        subject = names[-1] if names else subject
        if len(texts) == 1 and (all_of := _all_of(before)):
            # 农药包装回收率、农膜回收率均达到100%
            names, texts = all_of, texts * len(all_of)
        by = _BY.search(re.sub(r"分别|约|近", "", match["move"]))
        if by:
            # 产生强度较2020年下降10%: the amount is that of the change.
            names = tuple(f"{name}{by[0]}" for name in names)
        behind = end
        if names:
            yield (
                (match.start("value"), end),
                replace(
                    _per_unit(names, tuple(_bound_of(match["move"]) + clean(text) for text in texts)),
                    is_size=match["size"] is not None,
                ),
            )


def _all_of(before: str) -> tuple[str, ...]:
    """Give the names of several things of which one amount is said."""
    clause = re.sub(r"(?:分别|均|都)$", "", _last_statement(before))
    parts = [clean(_LEADING.sub("", part)) for part in re.split(r"[、和与及]", clause) if clean(part)]
    several = len(parts) > 1 and all(map(_MEASURED.search, parts)) and not re.search(r"[（()）]", clause)
    return tuple(parts) if several else ()


_FROM = re.compile(r"(?:由|从)(?:20\d\d年(?:底|末)?)?的?\s*[\d.]+\S{0,8}$")
_SIDE = re.compile(r"(?:及以上|以上|以下|以内|之内)$")
_BY = re.compile(r"(?:(?:较|比)[^较比]{2,12}?)?(?:下降|降低|减少|削减|压减|提高|提升|增长|增加|覆盖)$")
_OF_SOMETHING = re.compile(r"(?:建设|创建)?(?:数量|总数|规模|总量)?(?:合计|总计|共计|共)?")
_COUNT_AT_END = re.compile(r"(?:建设|创建)?(?:数量|总数|规模|总量)?(?:合计|总计|共计|共)?$")


def _per_unit(names: tuple[str, ...], texts: tuple[str, ...]) -> _Found:
    """Turn 每万平方米 behind a name into the unit: 产生量每万平方米低于140吨 is 140 t/万平方米."""
    per = _PER.search(names[-1])
    if per is None:
        return _Found(names, texts)
    bare = tuple(name.removesuffix(per[0]) for name in names)
    return _Found(bare, tuple(f"{text}/{per[1]}" if text[-1:] not in "上下内" else text for text in texts))


_BOUND = re.compile(r"[≥≤>＞<＜]|不超过|不高于|不大于|不低于|不少于|低于|高于|少于|大于|小于|超过|突破|至少")


def _bound_of(move: str) -> str:
    """Give the bound among the verbs before a number: the last one."""
    return "".join(_BOUND.findall(move)[-1:])


_LEADING = re.compile(
    r"^(?:[，,、；;：:\s]|其中|实现|并|且|力争|确保|使|全区|全市|本区|本市|我区|我市|全县|区域内|通过[^，,]{1,30}[，,]|[一二三四五]是|同时)+"
)
_PER = re.compile(r"每(万?(?:平方米|立方米|人|亩|公顷|吨|元))$")


def _names(before: str, count: int) -> tuple[str, ...]:
    clause = _last_statement(before)
    if count > 1 and (parts := _paired(clause, count)):
        return parts
    # 利用率由2023年的68%提高到72%
    name = _FROM.sub("", _LEADING.sub("", clause))
    name = clean(re.sub(r"(?:的)?(?:分别|均|也|将|要|应|需|就|始终|一直|逐步|基本)?$", "", name)).strip(
        "，,、：:的 "
    )
    return (name,) if (name := _whole_quotes(name)) else ()


def _whole_quotes(name: str) -> str:
    """Drop a quote that was opened or closed outside the name, and the two that only hold it."""
    if name.count("“") != name.count("”"):
        return name.strip("“”")
    return name[1:-1] if name[:1] == "“" and name.find("”") == len(name) - 1 else name


def _last_statement(before: str) -> str:
    """Give the words since the last comma outside brackets; a bracket may hold commas of its own."""
    depth, start = 0, 0
    for at, char in enumerate(before):
        depth += char in "（("
        depth -= char in "）)" and depth > 0
        if depth == 0 and char in "，,；;：:":
            start = at + 1
    tail = before[start:]
    return tail if clean(tail) else _last_statement(before[: start - 1]) if start else ""


def _paired(clause: str, count: int) -> tuple[str, ...]:
    """Pair several subjects with several values: A、B产生量每万平方米分别低于140吨、210吨."""
    depth, parts, part = 0, [], ""
    for char in clause:
        depth += char in "（("
        depth -= char in "）)" and depth > 0
        if depth == 0 and char in "、和与及":
            parts.append(part)
            part = ""
        else:
            part += char
    parts.append(part)
    parts = [clean(_LEADING.sub("", piece)) for piece in parts if clean(piece)]
    if len(parts) != count:
        return ()
    # What the last subject has in common with the others stands behind it: 施工现场建筑垃圾产生量每万平方米.
    common = re.search(
        r"(?:建筑垃圾|产生量|产生强度|比例|占比|覆盖率|利用率|回收率|处置率|数量).*$", parts[-1]
    )
    measured = re.search(r"(?:率|量|度|比例|占比|比重|数|值|面积|能力)$", parts[0])
    tail = common[0] if common and not measured else ""
    return tuple(piece if piece.endswith(tail) else piece + tail for piece in parts)


def _without_item_number(text: str) -> str:
    return re.sub(
        r"^\s*(?:\d{1,3}\s*[.．、]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、)\s*(?!\d)",
        "",
        text,
    )
