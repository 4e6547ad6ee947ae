"""Who is responsible, from a cell or from the end of an item: who leads, who takes part, until when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wufei.records.plans.core.reading.blocks import clean, joined
from wufei.records.plans.core.reading.units import are_mostly_units, is_units, names_an_office, split_units

_Glued = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who is named, and when it is due; ``rest`` is the text before, ``single`` that one list names all."""

    lead: tuple[str, ...]
    support: tuple[str, ...]
    due: str = ""
    rest: str = ""
    glued: _Glued = ()
    single: bool = False

    @property
    def names_somebody(self) -> bool:
        """Whether anybody is named; a deadline may stand alone."""
        return bool(self.lead or self.support)


_LEADS = r"牵头(?:责任)?(?:单位|部门)?|主责(?:单位|部门)|主办(?:单位|部门)"
_SUPPORTS = (
    r"配合(?:责任)?(?:单位|部门)?|协办(?:单位|部门)|参与(?:单位|部门)|协同(?:单位|部门)|参加(?:单位|部门)"
)
_SINGLES = (
    r"(?:任务)?责任(?:单位|部门|主体)|落实(?:单位|部门)|(?:项目)?实施(?:单位|主体)|负责(?:单位|部门)"
    r"|承担(?:单位|部门)"
)
_DUES = r"(?:计划)?完成(?:时限|时间|年限|期限)|时限(?:要求)?|完成节点|时间节点"
_LABEL = rf"(?P<role>{_LEADS}|{_SUPPORTS}|{_SINGLES}|{_DUES})\s*[:：]"
_LABELLED = re.compile(
    rf"{_LABEL}\s*(?P<what>[^;；。]*?)"
    rf"(?=[;；。]|$|[，,、\s(（【\[〔［]*(?:{_LEADS}|{_SUPPORTS}|{_SINGLES}|{_DUES})\s*[:：])"
)
_BEGINS_LABELLED = re.compile(rf"^[(（【\[〔［]?\s*{_LABEL}")
_OPENING, _CLOSING = "（(【[〔［", "）)】]〕］"
_BRACKET_AT_END = re.compile(
    r"[（(【\[〔［](?P<inside>[^（）()【】\[\]〔〕［］]*(?:[（(][^（）()]*[）)][^（）()【】\[\]〔〕［］]*)*)[）)】\]〕］]\s*[。.；;]?\s*$"
)
# What stands in brackets behind a name or a word and is no list of its own: 各镇街（地区）, 方案（试行）.
_PART_OF_A_NAME = re.compile(
    r"地区|街道|园区|乡镇|镇街|试行|暂行|含.*|以下简称.*|简称.*|不含.*|不包括.*|包括.*|如.*|.*(?:设在|设于|下同|详见|另行).*"
)
_VERBS = re.compile(
    r"^(?:由)?(?P<lead>.+?)(?:牵头(?:负责)?|主责|主办)[，,；;、。]?(?P<support>.*?)(?:配合|参与|协助|协办|按职责分工负责|分工负责|落实|等?按职责.*)?$"
)
_MARKED_LEAD = re.compile(r"[(（](?:牵头|主责|主办)(?:单位|部门)?[)）]")
_DUE_WORDS = re.compile(
    r"长期.*|(?:全年|常态|持续|每年|常年|立即|即时|即行|逐年|按年度|按季度|已完成).{0,8}"
    r"|.*(?:\d{2,4}\s*年|\d{1,2}\s*月).{0,12}|20\d\d(?:\s*[-—~至]\s*20\d\d)?|“?十[四五六]五”?.{0,6}"
)


def is_due(text: str) -> bool:
    """Say whether a cell states when something is to be done."""
    plain = joined(text)
    return bool(plain) and len(plain) <= 24 and _DUE_WORDS.fullmatch(plain) is not None and not is_units(text)


def responsible_at_end(text: str, known: frozenset[str] = frozenset()) -> Responsible | None:
    """Give who a paragraph names at its end or after 责任单位：, or None."""
    if len(text) <= _NAME_MAX and ":" not in text and "：" not in text and _is_an_office(text):
        # 区农业农村局（区乡村振兴局） is a name, not an item of the office in brackets.
        return None
    begins = _BEGINS_LABELLED.match(text)
    bracket = None if begins else _BRACKET_AT_END.search(text)
    if bracket and not _PART_OF_A_NAME.fullmatch(bracket["inside"]):
        found = responsible_in(bracket["inside"], known)
        if found:
            stop = "。" if text.rstrip().endswith("。") and text[bracket.start() - 1] not in "。；！" else ""
            before = text[: bracket.start()].rstrip()
            return _behind(_with_those_before(found, before, known), before + (stop if before else ""))
    label = _LABELLED.search(text)
    if label and (found := _labelled(_unbracketed(text[label.start() :]), known)):
        return _behind(found, text[: label.start()].rstrip(_OPENING + " "))
    return _in_a_sentence(text, known) or _behind_the_title(text, known)


_NAME_MAX = 40


def _is_an_office(text: str) -> bool:
    bare = text.rstrip(_CLOSING)
    return bare != text and not _DUE_WORDS.fullmatch(bare) and is_units(text) and names_an_office(text)


_TITLE_BRACKET = re.compile(
    r"(?P<title>[^。（()）]{2,40}[。：:]?)[（(](?P<inside>[^（）()]{3,120})[）)](?P<rest>[^，,、。；;].+)"
)


def _behind_the_title(text: str, known: frozenset[str]) -> Responsible | None:
    """Give who is named in brackets between the title of an item and its text."""
    found = _TITLE_BRACKET.fullmatch(text)
    if found is None or not is_units(found["inside"]) or not found["title"].endswith(("。", "：", ":")):
        return None
    who = _listed(found["inside"], known)
    return _behind(who, found["title"] + found["rest"]) if who else None


_SENTENCE = re.compile(r"[^。；;]+[。；;]?\s*$")
_IN_SENTENCE = re.compile(
    r"(?:^|[，,]|由)\s*由?(?P<lead>[^，,。；;由]{2,80}?)(?:牵头(?:负责)?|负责牵头|主责)"
    r"(?:[，,]\s*(?P<support>[^。；;]{2,200}?)(?:等)?(?:单位|部门)?(?:配合|参与|协同|协助|按职责分工负责)(?:落实|实施|推进)?)?"
    r"(?:[，,](?P<due>[^，,。；;]{4,16}?)完成)?[。；;]?\s*$"
)


def _in_a_sentence(text: str, known: frozenset[str]) -> Responsible | None:
    """Give who the last sentence names: 由区城管局牵头，区发改委、各街道配合，2025年6月底前完成."""
    sentence = _SENTENCE.search(text)
    found = _IN_SENTENCE.search(sentence[0]) if sentence else None
    if (
        found is None
        or not is_units(found["lead"])
        or not (found["support"] is None or is_units(found["support"]))
    ):
        return None
    lead, support = split_units(found["lead"], known), split_units(found["support"] or "", known)
    due = found["due"] or ""
    if due and not is_due(due):
        due = ""
    return Responsible(lead.names, support.names, due, clean(text), (*lead.glued, *support.glued))


_INLINE = re.compile(r"[（(]([^（）()]{2,80})[）)](?=[；;。])")


def _with_those_before(found: Responsible, text: str, known: frozenset[str]) -> Responsible:
    """Add who is named in brackets within an item: 一是甲（区教委）；二是乙（区水务局）."""
    if not found.single:
        return found
    inside = [named for each in _INLINE.findall(text) if (named := _listed(each, known)) is not None]
    names = dict.fromkeys(name for each in (*inside, found) for name in (*each.lead, *each.support))
    first, *rest = names
    return Responsible((first,), tuple(rest), found.due, "", found.glued, single=True)


def _unbracketed(text: str) -> str:
    """Drop a closing bracket that was opened before the text."""
    plain = text.rstrip("。．. ")
    return plain[:-1] if plain[-1:] in _CLOSING and not _balanced(plain) else plain


def _balanced(text: str) -> bool:
    return sum(text.count(sign) for sign in _OPENING) >= sum(text.count(sign) for sign in _CLOSING)


def _behind(found: Responsible, rest: str) -> Responsible:
    return Responsible(found.lead, found.support, found.due, clean(rest), found.glued, found.single)


def responsible_in(text: str, known: frozenset[str] = frozenset()) -> Responsible | None:
    """Give who a cell or bracket names: by labels, verbs (A牵头，B配合), marks (A（牵头）、B), or a list."""
    whole = _whole_labels(text)
    return _labelled(whole, known) or _listed(whole, known)


_WORDS_OF_LABELS = [
    first + second
    for first in ("牵头", "主责", "主办", "配合", "协办", "参与", "责任", "落实", "实施")
    for second in ("单位", "部门")
] + ["完成时限", "完成时间"]
_BROKEN_LABEL = re.compile("|".join(r"\n?".join(word) + r"\n?[:：]" for word in _WORDS_OF_LABELS))


def _whole_labels(text: str) -> str:
    """Heal labels that a narrow column broke: 配合单⏎位：."""
    return _BROKEN_LABEL.sub(lambda match: match[0].replace("\n", ""), text)


def _labelled(text: str, known: frozenset[str]) -> Responsible | None:
    lead: list[str] = []
    support: list[str] = []
    single: list[str] = []
    due, glued = "", list[tuple[str, tuple[str, ...]]]()
    for found in _LABELLED.finditer(text):
        what = found["what"].strip()
        if re.fullmatch(_DUES, found["role"]):
            due = joined(what).strip("。，,；; ")
            continue
        units = split_units(what, known)
        glued += units.glued
        into = lead if re.fullmatch(_LEADS, found["role"]) else support
        into = single if re.fullmatch(_SINGLES, found["role"]) else into
        into += units.names
    if single and not lead:
        alone = not support
        return Responsible(tuple(single[:1]), (*single[1:], *support), due, "", tuple(glued), alone)
    if not lead and not support:
        return Responsible((), (), due) if due else None
    return Responsible(tuple(lead), (*support, *single), due, "", tuple(glued))


def _listed(text: str, known: frozenset[str]) -> Responsible | None:
    plain, due = _without_due(text)
    verbs = _VERBS.match(plain.replace("\n", ""))
    if verbs and is_units(verbs["lead"]) and not _MARKED_LEAD.search(plain):
        first = split_units(verbs["lead"], known)
        rest = split_units(re.sub(r"[，,]\s*$", "", verbs["support"]), known)
        return Responsible(first.names, rest.names, due, "", (*first.glued, *rest.glued))
    before, slash, behind = plain.partition("/")
    if slash and is_units(before) and is_units(behind):
        first, rest = split_units(before, known), split_units(behind, known)
        return Responsible(first.names, rest.names, due, "", (*first.glued, *rest.glued))
    if not is_units(plain) and not are_mostly_units(plain):
        return None
    units = split_units(plain, known)
    marked = [
        split_units(part, known).names[:1]
        for part in re.split(r"[、,，;；\n]", plain)
        if _MARKED_LEAD.search(part)
    ]
    lead = tuple(name for names in marked for name in names)
    if lead:
        return Responsible(
            lead, tuple(name for name in units.names if name not in lead), due, "", units.glued
        )
    return Responsible(units.names[:1], units.names[1:], due, "", units.glued, single=True)


def _without_due(text: str) -> tuple[str, str]:
    """Take a deadline off the end of a list of units: （A、B；2025年底）."""
    parts = re.split(r"([;；，,、])", text)
    last = clean(parts[-1])
    if len(parts) > 2 and is_due(last):
        return "".join(parts[:-2]), last.removesuffix("完成")
    return text, ""
