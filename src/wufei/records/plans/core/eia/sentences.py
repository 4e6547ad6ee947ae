"""Wastes, sums and products out of running text."""

from __future__ import annotations

import re
from decimal import Decimal

from wufei.kernel.units import half_width
from wufei.records.plans.core.eia.amounts import amount_of
from wufei.records.plans.core.eia.kinds import category_in, codes_in, kind_in
from wufei.records.plans.core.eia.values import Kind, Product, Total, Waste
from wufei.records.plans.core.reading.blocks import Paragraph, Place

_AMOUNT = (
    r"(?P<amount>\d[\d,]*(?:\.\d+)?万?(?:t|kg|吨|千克|公斤|m3|m³|立方米|个|只|套)"
    r"/?(?:\(?a\)?(?![a-z])|年))"
)
_ANY = re.compile(_AMOUNT)
_SUM = re.compile(
    r"(?P<what>危险废物|危废|一般(?:工业)?(?:固体废物|固废)|固体废物|固废)(?:年)?"
    r"(?:产生总量|总产生量|总量|合计产生量?|产生量(?:合计|共计|总计)|共产生|共计产生|合计)[^\d。；]{0,6}"
    + _AMOUNT
)
_NUMBERED = (
    r"^(?:[（(]?\d{1,2}(?:\.\d{1,2})*[）)、.]|[①-⑳]|[a-zA-Z][、.）)]|[（(][一二三四五六七八九十]+[）)])*"
)
_LABEL = re.compile(_NUMBERED + r"(?P<name>[^，。：:；\d]{2,20})[：:]")
_BARE_LABEL = re.compile(_NUMBERED + r"(?P<name>[^，。：:；\d]{2,16})$")
_MADE = re.compile(
    r"产生(?:少量|一定量|一些)?的?(?P<name>(?!量)[^，。；：、\d]{2,15}?)(?=[，,（(]|约|为|的?产生量|量约|\d|$)"
)
_OF = re.compile(r"(?:^|[，。；：])" + r"(?P<name>[^，。；：\d]{2,15}?)的?(?:年)?(?:预计)?产生量")
_LEADING = re.compile(r"^(?:本项目|项目|该项目|企业|厂区|运营期|营运期|职工|员工)+的?(?=.{2})|^的")
_NO_WASTE = re.compile(
    r"废水|废气|污水|尾水|烟气|烟尘|粉尘$|颗粒物$|噪声|COD|氨氮|VOC|总烃|[SN]O|二氧化硫|氮氧化物|用水|"
    r"(?<!医疗)(?<!感染性|损伤性|药物性|病理性|化学性)废物$|固废$|危废$|系数|^(?:的)?(?:年)?产生量|^(?:总|合)"
)
HOLDS = re.compile(r"(?:暂存|贮存|存放|储存)(?:于|在|至)?(?P<store>[^，。；、]{2,20})")
OUTLET = re.compile(
    r"(?:(?:收集后|定期|分类收集后|经收集后|统一|暂存后|并)*(?:委托|交由?|由|外售|送|出售|返回|回用|外委)[^，。；]{2,40})"
)
_RECEIVER = re.compile(
    r"(?:委托|交由|交|由)(?P<who>[^，。；]{2,30}?)(?:进行|统一|定期|负责|安全|回收|清运|处置|处理|利用|$)"
)
_UNITS = "万?(?:吨|t|kg|千克|台套|台|套|件|只|个|米|块|辆|片|支|平方米|立方米|m2|m3|㎡|瓶|支|剂|升|L|人份|盒)"
_BEDS = re.compile(r"(?:新增|设置|设有?|编制|开放|核定)?(?P<name>床位)数?(?P<value>\d+)(?P<unit>张)")
_ABILITY = re.compile(r"的?(?:生产)?(?:能力|规模|生产线|产能)$")
_PRODUCT = (
    re.compile(
        rf"年(?:产(?!生)|加工|生产|处理|组装|制造|研发|检测|印刷|装配|喷涂|清洗|维修)(?P<name>[^\d，。；、（(]{{2,20}}?)约?(?P<value>\d[\d,.]*)(?P<unit>{_UNITS})"
    ),
    re.compile(
        rf"年(?:产(?!生)|加工|生产|处理|组装|制造|研发|检测|印刷|装配|喷涂|清洗|维修)约?(?P<value>\d[\d,.]*)(?P<unit>{_UNITS})(?P<name>[^\d，。；、（(]{{2,20}})"
    ),
)


def wastes_in(paragraph: Paragraph, label: str, section: Kind) -> list[Waste]:
    """Give the wastes of a paragraph: each amount of a year begins one.

    Parameters
    ----------
    label : str
        The short line before it, which may name its waste.
    section : Kind
        What the headings above say of the kind.
    """
    text = plain(paragraph.text)
    found: list[Waste] = []
    pieces = [piece for piece in re.split(r"(?<=[。；;\n])", text) if piece]
    starts = [at for at, piece in enumerate(pieces) if _begins(piece)]
    for number, at in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(pieces)
        first = 0 if number == 0 else at
        waste = _waste("".join(pieces[first:end]), pieces[at], paragraph.place, label, section)
        if waste:
            found.append(waste)
    return found


def _begins(piece: str) -> bool:
    return bool(_ANY.search(piece)) and "产生" in piece and not _SUM.search(piece)


def _waste(words: str, piece: str, place: Place, label: str, section: Kind) -> Waste | None:
    name = _name(words, piece) or (_cleaned(label) if label else "")
    amount = _ANY.search(piece)
    if not name or not amount or _NO_WASTE.search(name):
        return None
    kind = kind_in(words)
    fields = {"amount": amount["amount"]}
    for field, pattern in (("storage", HOLDS), ("outlet", OUTLET), ("receiver", _RECEIVER)):
        said = pattern.search(words)
        if said:
            fields[field] = said[said.lastgroup] if said.lastgroup else said[0]
    return Waste(
        name,
        place,
        section if kind is Kind.UNSAID else kind,
        category_in(words),
        codes_in(words),
        amount_of(amount["amount"]),
        fields,
        in_text=True,
    )


def _name(words: str, piece: str) -> str:
    for pattern, text in ((_LABEL, words), (_MADE, piece), (_OF, piece), (_MADE, words)):
        for said in pattern.finditer(text):
            name = _cleaned(said["name"])
            if name and not _NO_WASTE.search(name):
                return name
    return ""


def label_of(text: str) -> str:
    """Give the name on a short line of its own, such as ``（1）废机油``; empty for a sentence."""
    found = _BARE_LABEL.fullmatch(plain(text))
    return found["name"] if found else ""


def _cleaned(name: str) -> str:
    return _LEADING.sub("", re.sub(_NUMBERED, "", name)).strip("的")


def sums_in(paragraph: Paragraph) -> list[Total]:
    """Give the sums that a paragraph states: 危险废物产生总量为5.2t/a."""
    found = []
    for said in _SUM.finditer(plain(paragraph.text)):
        amount = amount_of(said["amount"])
        kind = kind_in(said["what"])
        if amount:
            found.append(Total(None if kind is Kind.UNSAID else kind, amount, paragraph.place))
    return found


def products_in(text: str, place: Place) -> list[Product]:
    """Give what is made in a year: 年产汽车零部件50万件, 年产50万件汽车零部件."""
    words = plain(text)
    for pattern in (*_PRODUCT, _BEDS):
        found = [
            Product(
                _ABILITY.sub("", said[0]),
                _ABILITY.sub("", said["name"]).strip("的"),
                value,
                said["unit"],
                place,
            )
            for said in pattern.finditer(words)
            if (value := Decimal(said["value"].replace(",", "").rstrip("."))) > 0
        ]
        if found:
            return found
    return []


_KEPT = dict(zip("，；：。（）", "\ue000\ue001\ue002\ue003\ue004\ue005", strict=True))
"""Full stops and commas of Chinese keep what they divide while all else becomes half width."""
_KEEP = {ord(sign): mark for sign, mark in _KEPT.items()}
_GIVE_BACK = {ord(mark): sign for sign, mark in _KEPT.items()}


def plain(text: str) -> str:
    """Give text in half width without spaces, the full stops and commas of Chinese kept."""
    return re.sub(r"[ \t\u3000]", "", half_width(text.translate(_KEEP))).translate(_GIVE_BACK)
