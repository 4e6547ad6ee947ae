"""Amounts in a sentence with what each is of: 回收利用率达到42%, 新增绿色工厂6个, 分别低于140吨、210吨."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wufei.records.plans.core.reading.blocks import clean

NUMBER = r"\d+(?:[.,]\d+)*"
COUNTERS = "头|只|羽|株|艘|栋|人次|批次|场次|辆|家|个|座|处|条|项|台|套|次|名|件|所|种|户|人|类|批|片|支|例"
UNIT = (
    rf"(?:%|％|‰|个百分点|(?:(?:(?:万亿|[万亿])?(?:吨标准煤|吨二氧化碳当量|吨|千瓦|兆瓦|千克|公斤|公里|平方米|立方米|千瓦时|亩|公顷|元)|亿|kg|t|[万亿]?(?:m2|m3|m²|m³))"
    rf"(?:/[\u4e00-\u9fffA-Za-z0-9]{{1,6}}(?:·[天日月年])?)*|万?(?:{COUNTERS})|倍|分))"
)
_MOVE = (
    r"达到|达|提高到|提高至|提升到|提升至|增加到|增至|上升到|降低到|降低至|降至|降到|下降到|下降至|控制在|保持在|稳定在|稳定保持在|维持在|保持|维持|实现|不超过|不高于|不大于|不低于|不少于|低于|高于|少于|"
    r"大于|小于|超过|突破|减少到|减少至|压减到|压减至|为|至少建成|至少|完成|建成|建设|新增|培育|创建|力争达到|下降|降低|减少|削减|压减|提高|提升|增长|增加|覆盖"
)
_VALUE = re.compile(
    rf"(?P<move>[≥≤>＞<＜]|(?:(?:力争|基本|稳定|总体|均|全部|全面|累计|分别|就|约|再|持续|动态|比(?!例|重)\S{{2,12}}?|较\S{{2,12}}?){{0,4}}(?:{_MOVE})(?:到|至|在|了)?(?:不少于|不低于|不超过|至少|约|近)?){{1,4}}|(?<=率)|(?<=占比)|(?<=比例)|(?P<size>(?<=能力)|(?<=投资)|(?<=规模)|(?<=产值)|(?<=量)))\s*"
    rf"(?P<value>{NUMBER}\s*(?:{UNIT})?(?:\s*[-—~～至到]\s*{NUMBER}\s*(?:{UNIT})?)?(?P<tail>(?:及以上|以上|以下|以内|之内|左右)?))"
)
_MORE = re.compile(
    rf"\s*[、和及与]\s*(?P<value>{NUMBER}\s*(?:{UNIT})?(?:及以上|以上|以下|以内|左右)?)(?![^，。；]{{0,2}}[个家座]?(?:重点)?(?:部门|措施|方面))"
)
MEASURED = re.compile(
    r"(?:率|量|度|比例|占比|比重|数|值|面积|能力|规模|产出|水平|长度|人次|指数)(?:[（(][^（）()]*[）)])?$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers with their names; a size without a verb (处理能力1000吨/日) needs a named year."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    is_size: bool = False


def named_amounts(piece: str, subject: str) -> Iterator[Found]:
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
    rf"(?:^|[，,；;])(?:全[区市县])?(?P<value>{NUMBER}[%％](?:及?以上)?)的(?P<name>[^，,。；;、\d]{{3,24}})(?=[，,。；;]|$)"
)


def _shares_of(piece: str) -> Iterator[tuple[_Span, Found]]:
    for found in _SHARE_OF.finditer(piece):
        yield found.span("value"), Found((found["name"],), (found["value"],), is_size=True)


_MAKE = (
    "新增|引进|更新|购置|配备|更换|建成|建设|培育|创建|打造|完成|"
    "遴选|评选|形成|推出|改造|新建|扩建|设置|布设|建立|开展"
)
_THING = r"[\u4e00-\u9fff“”A-Za-z]{2,30}?"
_BOUNDS = "不少于|至少|不低于|不超过|约|近|各"
_COUNT = (
    rf"(?P<bound>(?:{_BOUNDS})?)\s*(?P<number>{NUMBER})\s*(?P<unit>万?(?:{COUNTERS}))"
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


def _counted(piece: str) -> Iterator[tuple[_Span, Found]]:
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
                yield (span[0], found.end("tail")), Found((name,), (text,))
            following = (_MORE_THINGS if pattern is _THEN_THING else _MORE_THEN).match(piece, found.end())
            found = following or pattern.search(piece, found.end("unit"))


_NAME_MIN = 2
_SAYS_HOW = re.compile(r"达到|提高|提升|不|数量|超过|控制|降|增加到")


def _amounts(piece: str, taken: Sequence[_Span], subject: str) -> Iterator[tuple[_Span, Found]]:
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
        unit = re.search(UNIT, texts[-1])
        if unit is None and not _SIDE.search(texts[-1]) and _GOES_ON.match(piece, end):
            # 不超过48小时, 厚度小于0.01毫米: a number of something else.
            continue
        texts = [text if re.search(UNIT, text) or not unit else text + unit[0] for text in texts]
        if len(texts) > 1 and (side := _SIDE.search(texts[-1])) and not any(map(_SIDE.search, texts[:-1])):
            # 分别达到85%、95%以上: the last word is said of both.
            texts = [*(text + side[0] for text in texts[:-1]), texts[-1]]
        before = piece[behind : match.start()]
        names = names_in(before, len(texts)) or ((subject,) if subject else ())
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
    several = len(parts) > 1 and all(map(MEASURED.search, parts)) and not re.search(r"[（()）]", clause)
    return tuple(parts) if several else ()


_GOES_ON = re.compile(r"[\u4e00-\u9fff]")
_FROM = re.compile(r"(?:由|从)(?:20\d\d年(?:底|末)?)?的?\s*[\d.]+\S{0,8}$")
_SIDE = re.compile(r"(?:及以上|以上|以下|以内|之内)$")
_BY = re.compile(r"(?:(?:较|比)[^较比]{2,12}?)?(?:下降|降低|减少|削减|压减|提高|提升|增长|增加|覆盖)$")
_OF_SOMETHING = re.compile(r"(?:建设|创建)?(?:数量|总数|规模|总量)?(?:合计|总计|共计|共)?")
_COUNT_AT_END = re.compile(r"(?:建设|创建)?(?:数量|总数|规模|总量)?(?:合计|总计|共计|共)?$")


def _per_unit(names: tuple[str, ...], texts: tuple[str, ...]) -> Found:
    """Turn 每万平方米 behind a name into the unit: 产生量每万平方米低于140吨 is 140 t/万平方米."""
    per = _PER.search(names[-1])
    if per is None:
        return Found(names, texts)
    bare = tuple(name.removesuffix(per[0]) for name in names)
    return Found(bare, tuple(f"{text}/{per[1]}" if text[-1:] not in "上下内" else text for text in texts))


_BOUND = re.compile(r"[≥≤>＞<＜]|不超过|不高于|不大于|不低于|不少于|低于|高于|少于|大于|小于|超过|突破|至少")


def _bound_of(move: str) -> str:
    """Give the bound among the verbs before a number: the last one."""
    return "".join(_BOUND.findall(move)[-1:])


_LEADING = re.compile(
    r"^(?:[，,、；;：:\s]|其中|实现|并|且|力争|确保|使|全区|全市|本区|本市|我区|我市|全县|区域内|通过[^，,]{1,30}[，,]|[一二三四五]是|同时)+"
)
_PER = re.compile(r"每(万?(?:平方米|立方米|人|亩|公顷|吨|元))$")


def names_in(before: str, count: int) -> tuple[str, ...]:
    """Give what so many amounts are of, by the words before them; none if those name nothing."""
    clause = _last_statement(before)
    if count > 1 and (parts := _paired(clause, count)):
        return parts
    # 利用率由2023年的68%提高到72%
    name = _FROM.sub("", _LEADING.sub("", clause))
    name = clean(re.sub(r"(?:的)?(?:分别|均|也|将|要|应|需|就|始终|一直|逐步|基本)?$", "", name)).strip(
        "，,、：:的 "
    )
    return (name,) if (name := whole_quotes(name)) else ()


def whole_quotes(name: str) -> str:
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
        r"(?:建筑垃圾|产生量|产生强度|比例|占比|覆盖率|数量"
        r"|(?:综合|回收|资源化|无害化|安全)?(?:利用|回收|处置|处理)率).*$",
        parts[-1],
    )
    measured = re.search(r"(?:率|量|度|比例|占比|比重|数|值|面积|能力)$", parts[0])
    tail = common[0] if common and not measured else ""
    return tuple(piece if piece.endswith(tail) else piece + tail for piece in parts)
