"""Title, region, number, date and years of a plan, from its first paragraphs and what it says of its term."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wufei.records.plans.core.reading.blocks import Paragraph, clean
from wufei.records.plans.core.reading.result import Head

_KIND = (
    r"(?:实施方案|工作方案|建设方案|行动方案|行动计划|工作计划|专项规划|规划|实施意见|工作要点|实施计划|方案"
    r"|计划)"
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[（(【]\s*20\d\d\s*[〕\]）)】]\s*(?:第\s*)?\d{1,4}\s*号")
# What stands for a plan where there is none: a list of its tasks.
_LIST = r"(?:若干措施|措施|任务清单|项目清单|工作清单|措施清单|分工表|分解表|清单)"
_DIGITS = {digit: at for at, digit in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0, "О": 0, "O": 0}
_DATE = re.compile(
    rf"(20\d\d|二[{''.join(_DIGITS)}]{{3}})\s*年\s*(\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月"
    r"(?:\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?"
)
_BASE = re.compile(
    r"(?:基准年|基期年?|现状(?:年|值)|基准期)[^0-9]{0,6}(20\d\d)|(20\d\d)年?为?(?:基准年|基期)"
)
_TERM = re.compile(r"(20\d\d)\s*年?\s*[-—–―~～至到]+\s*(20\d\d)\s*年")
_REGION = re.compile(
    r"((?:[\u4e00-\u9fff]{2,3}(?:省|自治区))?(?:[\u4e00-\u9fff]{2,8}?(?:自治州|地区|盟|市))?(?:[\u4e00-\u9fff]{2,8}?(?:自治县|新区|新城|开发区|示范区|功能区|区|县|旗|市))?)"
)


def head_of(paragraphs: Sequence[Paragraph], years: Sequence[tuple[int | None, int | None]]) -> Head:
    """Give the head.

    Parameters
    ----------
    years : sequence of (base, target)
        Of the indicator tables' heads.
    """
    title = _title(paragraphs)
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    targets = {target for _, target in years if target}
    aims = "\n".join(_aims(paragraphs))
    text_of_aims = aims if _BY_YEAR.search(aims) else text
    said = {int(year) for year in _BY_YEAR.findall(text_of_aims) if int(year) >= _FIRST_YEAR}
    # 2030年，建成… names a later stage; the past begins sentences as well.
    later = {int(year) for year in _IN_YEAR.findall(text_of_aims) if said and int(year) > min(said)}
    if not said and not targets:
        named = "\n".join(_aims(paragraphs, in_preface=False))
        later = {int(year) for year in _IN_YEAR.findall(f"\n{named}") if int(year) >= _FIRST_YEAR}
    targets |= said | later
    term = _TERM.search(title) or _TERM.search(text)
    of_year = re.search(r"(20\d\d)\s*年(?:度)?", title)
    if not targets and (term or of_year):
        targets = {int(term[2])} if term else {int(of_year[1])} if of_year else set()
    base = next((base for base, _ in years if base), None) or _base_year(text)
    if base:
        targets = {year for year in targets if year > base}
    return Head(
        title,
        _region(title, paragraphs),
        _number(paragraphs[:_FRONT]),
        _issued(paragraphs),
        base,
        tuple(sorted(targets)),
    )


_BY_YEAR = re.compile(
    r"(?:(?:到|(?<![年月日底])至|目标年[为：:]?)\s*|(?<!\d)(?=20\d\d年(?:底|末|年底)?前))(20\d\d)\s*年"
)
_IN_YEAR = re.compile(r"(?<=[。；;\n])(20\d\d)年(?=[底末]?[，,])")
_FIRST_YEAR = 2020


_TOP = re.compile(r"第[一二三四五六七八九十\d]+[章部]|[一二三四五六七八九十]+、")
_BELOW = re.compile(r"第[一二三四五六七八九十\d]+节|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}[.．、]")
_OF_AIMS = re.compile(r"目标|时限|期限|阶段|步骤|范围|总则")
_HEAD_OF_PART = 16


def _aims(paragraphs: Sequence[Paragraph], *, in_preface: bool = True) -> Iterator[str]:
    """Give the paragraphs that set the aims of the whole: before the first chapter, below headings of aims.

    A task may be due in a year that the plan as a whole does not aim at.
    """
    of_chapter = of_part = in_preface
    for paragraph in paragraphs:
        begins = paragraph.text[:_HEAD_OF_PART]
        if _TOP.match(begins):
            of_chapter = of_part = _OF_AIMS.search(begins) is not None
        elif _BELOW.match(begins):
            of_part = of_chapter or _OF_AIMS.search(begins) is not None
        if of_part:
            yield paragraph.text


def last_year_before(paragraphs: Sequence[Paragraph]) -> int | None:
    """Give the last year before the plan: its base year, or the one before its term; None if not said."""
    stated = _base_year("\n".join(paragraph.text for paragraph in paragraphs))
    alone = (each.text for each in paragraphs[:_FRONT] if _TERM_ALONE.match(clean(each.text)))
    term = _TERM.search(_title(paragraphs)) or _TERM.search("\n".join(alone))
    return stated or (int(term[1]) - 1 if term else None)


def names_a_year(text: str) -> bool:
    """Say whether a text sets something for a year: 到2030年."""
    return _BY_YEAR.search(text) is not None


def is_named_as_plan(title: str) -> bool:
    """Say whether a title ends as those of plans do, or of lists of tasks and projects."""
    return re.fullmatch(rf".*(?:{_KIND}|{_LIST})(?:[（(].*[）)])?.{{0,6}}", title) is not None


def is_number(text: str) -> bool:
    """Say whether a paragraph is nothing but a document number: 密政发〔2022〕39号."""
    return _NUMBER.fullmatch(clean(text)) is not None


_FRONT = 40
# 云政办发〔2023〕15号 stands alone, behind 某某政府文件 or 发文字号：, or in brackets behind the title.
# A number in the text is that of another document: 根据《…》（环固体〔2021〕114号）.
_OWN_NUMBER = re.compile(
    rf"(?:.{{0,30}}文件\s*|(?:发文字号|发文文号|文件编号|文\s*号|字\s*号)\s*[:：]?\s*|[^《》]*(?:通知|方案|计划)\s*[（(]?|[（(])?"
    rf"(?P<number>{_NUMBER.pattern})(?:\s*20\d\d年\d+月\d+日)?\s*[）)]?(?:\s*签发人.*)?"
)


def _number(front: Sequence[Paragraph]) -> str:
    found = (_OWN_NUMBER.fullmatch(clean(each.text)) for each in front)
    return next((clean(each["number"]) for each in found if each), "")


_ISSUED_AS = re.compile(rf"印发\s*《?([^《》]*?{_KIND}(?:[（(][^（）()]*[）)])?)(?=》|的通知|。|，|$)")
_ISSUER = re.compile(r".*(?:政府|办公室|办公厅|委员会|局|文件)")
_ANNEX_ALONE = re.compile(r"附\s*件\s*\d*\s*[:：]?")


def _is_no_title(line: str) -> bool:
    plain = clean(line)
    return (
        is_number(line)
        or _ISSUER.fullmatch(plain) is not None
        or _ANNEX_ALONE.fullmatch(plain) is not None
        or _DATE.fullmatch(plain) is not None
    )


def is_title(text: str) -> bool:
    """Say whether a paragraph is nothing but the title of a plan."""
    plain = clean(text)
    short = 8 <= len(plain) <= 60 and not re.search(
        r"[。，；：]|^附|^[（(]?[一二三四五六七八九十\d]+[）)、.．]", plain
    )
    return short and re.fullmatch(rf".*{_KIND}(?:[（(].*[）)])?", plain) is not None and "废" in plain


def _title(paragraphs: Sequence[Paragraph]) -> str:
    front = paragraphs[:_FRONT]
    # An accompanying letter names the plan in 《》; otherwise it is the first short line that ends as a
    # plan does.
    for at, paragraph in enumerate(front):
        whole = "".join(part.text for part in front[at : at + 3] if not _DATE.fullmatch(clean(part.text)))
        named = _issued_as(paragraph.text) or (_issued_as(whole) if len(paragraph.text) <= _LINE_MAX else "")
        if named and "印发" in paragraph.text:
            return named
    named = next((clean(made[1]) for each in front if (made := _MADE.search(each.text))), "")
    named = named or _title_line(front, _KIND)
    if named:
        return named
    words = (part.text for part in front[:_NAMED_WITHIN] if "无废" in part.text and len(part.text) <= 60)
    found = next((clean(text) for text in words if not re.search("[。；：]", text)), "")
    bare = re.sub(r"^附?表\s*\d*[:：、.\s]*|附表\s*\d*$", "", found)
    return bare or _title_line([each for each in front if not re.match("附|表", each.text)], _LIST)


_LINE_MAX = 40
# Notices that ask for opinions, and letters, name what they made: 研究制定了《…》, 《…》已经区政府同意.
_MADE = re.compile(
    rf"(?:(?:制定|起草|编制|形成|拟订|修订)了?|现将|现就|关于(?:公开)?征求|^)\s*《([^《》]*{_KIND}(?:[（(][^《》]*[）)])?)》"
)


def _issued_as(text: str) -> str:
    """Give what a text says is issued; not what a document that it names did: 《关于印发〈…〉的通知》."""
    named = _ISSUED_AS.search(text)
    if named is None or text.count("《", 0, named.start()) > text.count("》", 0, named.start()):
        return ""
    return clean(named[1])


def _title_line(front: Sequence[Paragraph], kind: str) -> str:
    """Give the first short line, or lines, that end as a kind of document does."""
    for at in range(len(front)):
        for span in (1, 2, 3, 4):
            lines = [part.text for part in front[at : at + span]]
            whole = "".join(lines)
            of_words = all(len(line) <= _LINE_MAX and not re.search("[。，]", line) for line in lines)
            if not of_words or any(map(_is_no_title, lines)) or not 6 < len(whole) <= 80:
                continue
            if re.fullmatch(rf".*{kind}(?:[（(].*[）)])?", whole):
                behind = front[at + span].text if at + span < len(front) else ""
                goes_on = _TERM_ALONE.fullmatch(clean(behind)) or _AND_MORE.fullmatch(clean(behind))
                return clean(whole + behind if goes_on else whole)
    return ""


# （2023—2025年） on a line of its own below the title.
_TERM_ALONE = re.compile(r"[（(][^（）()号月]*20\d\d[^（）()号月]*[）)]")
_AND_MORE = re.compile(r"[及暨和][^。，；]{2,20}")
_NAMED_WITHIN = 8


def _region(title: str, paragraphs: Sequence[Paragraph]) -> str:
    own = re.sub(r"^[《“]|“.*|^20\d\d\s*年", "", title)
    issuers = [
        paragraph.text for paragraph in [*paragraphs[:20], *paragraphs[-10:]] if _ISSUER.match(paragraph.text)
    ]
    for text in (own, *issuers):
        found = _REGION.match(text)
        if found and len(found[1]) >= _REGION_MIN and not _NO_REGION.match(found[1]):
            return found[1]
    return ""


_REGION_MIN = 3
_NO_REGION = re.compile(r"为|关于|我|本|全|各|根据|按照|经|推进|加快|.*无废")


def _issued(paragraphs: Sequence[Paragraph]) -> str:
    """Give the date of a line that is only a date near the front, else one before 印发, as ISO text."""
    dates = [found for each in paragraphs[:_FRONT] if (found := _DATE.fullmatch(each.text.strip()))]
    if dates:
        return _iso(next((found for found in dates if found[3]), dates[0]))
    for paragraph in [*paragraphs[:_FRONT], *paragraphs[-15:]]:
        found = _DATE.search(paragraph.text)
        alone = (
            found
            and (found[3] or len(found[0]) == len(paragraph.text))
            and not _IS_DEADLINE.search(paragraph.text)
        )
        if found and ("印发" in paragraph.text[found.end() :] or (alone and len(paragraph.text) <= 30)):
            return _iso(found)
    return ""


_IS_DEADLINE = re.compile(r"时限|完成|底前|之前|到20|至20|期限")


def _iso(found: re.Match[str]) -> str:
    day = f"-{_figure(found[3]):02d}" if found[3] else ""
    return f"{_figure(found[1])}-{_figure(found[2]):02d}{day}"


def _figure(digits: str) -> int:
    """Read 2024, 二〇二四, 十二 or 三十一."""
    if digits.isascii():
        return int(digits)
    if "十" in digits:
        tens, _, ones = digits.partition("十")
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[each]) for each in digits))


def _base_year(text: str) -> int | None:
    found = _BASE.search(text)
    return int(found[1] or found[2]) if found else None
