"""Title, region, number, date and years of a plan, from its first paragraphs and what it says of its term."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wufei.records.plans.core.reading.blocks import Paragraph, clean
from wufei.records.plans.core.reading.result import Head

_KIND = (
    r"(?:实施方案|工作方案|建设方案|行动方案|行动计划|工作计划|专项规划|规划|实施意见|工作要点|实施计划|方案"
    r"|计划)"
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[（(【]\s*20\d\d\s*[〕\]）)】]\s*\d{1,4}\s*号")
_DATE = re.compile(r"(20\d\d)\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?")
_BASE = re.compile(
    r"(?:基准年|基期年?|现状(?:年|值)|基准期)[^0-9]{0,6}(20\d\d)|(20\d\d)年?为?(?:基准年|基期)"
)
_TERM = re.compile(r"(20\d\d)\s*年?\s*[-—–~～至到]+\s*(20\d\d)\s*年")
_REGION = re.compile(
    r"((?:[\u4e00-\u9fff]{2,3}(?:省|自治区))?(?:[\u4e00-\u9fff]{2,8}?(?:自治州|地区|盟|市))?(?:[\u4e00-\u9fff]{2,8}?(?:自治县|新区|开发区|示范区|功能区|区|县|旗|市))?)"
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
    number = _NUMBER.search("\n".join(paragraph.text for paragraph in paragraphs[:25]))
    targets = {target for _, target in years if target}
    targets |= {
        int(year)
        for year in re.findall(r"(?:到|至|目标年[为：:]?)\s*(20\d\d)\s*年", text)
        if int(year) >= 2020
    }
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
        clean(number[0]) if number else "",
        _issued(paragraphs),
        base,
        tuple(sorted(targets)),
    )


def last_year_before(paragraphs: Sequence[Paragraph]) -> int | None:
    """Give the last year before the plan: its base year, or the one before its term; None if not said."""
    stated = _base_year("\n".join(paragraph.text for paragraph in paragraphs))
    term = _TERM.search(_title(paragraphs))
    return stated or (int(term[1]) - 1 if term else None)


def is_number(text: str) -> bool:
    """Say whether a paragraph is nothing but a document number: 密政发〔2022〕39号."""
    return _NUMBER.fullmatch(clean(text)) is not None


_ISSUED_AS = re.compile(rf"印发\s*《?([^《》]*?{_KIND}(?:[（(][^（）()]*[）)])?)(?=》|的通知|。|，|$)")
_ISSUER = re.compile(r".*(?:政府|办公室|办公厅|委员会|局)")


def _is_no_title(line: str) -> bool:
    return is_number(line) or _ISSUER.fullmatch(clean(line)) is not None


def is_title(text: str) -> bool:
    """Say whether a paragraph is nothing but the title of a plan."""
    plain = clean(text)
    short = 8 <= len(plain) <= 60 and not re.search(
        r"[。，；：]|^附|^[（(]?[一二三四五六七八九十\d]+[）)、.．]", plain
    )
    return short and re.fullmatch(rf".*{_KIND}(?:[（(].*[）)])?", plain) is not None and "废" in plain


def _title(paragraphs: Sequence[Paragraph]) -> str:
    front = paragraphs[:40]
    # An accompanying letter names the plan in 《》; otherwise it is the first short line that ends as a
    # plan does.
    for at, paragraph in enumerate(front):
        joined = "".join(part.text for part in front[at : at + 3])
        named = _ISSUED_AS.search(paragraph.text) or _ISSUED_AS.search(joined)
        if "印发" in paragraph.text and named:
            return clean(named[1])
    for at in range(len(front)):
        for span in (1, 2, 3, 4):
            lines = [part.text for part in front[at : at + span]]
            whole = "".join(lines)
            of_words = all(len(line) <= 40 and not re.search("[。，]", line) for line in lines)
            if not of_words or any(map(_is_no_title, lines)) or not 6 < len(whole) <= 80:
                continue
            if re.fullmatch(rf".*{_KIND}(?:[（(].*[）)])?", whole):
                behind = front[at + span].text if at + span < len(front) else ""
                return clean(whole + behind if _TERM_ALONE.fullmatch(clean(behind)) else whole)
    words = (part.text for part in front[:_NAMED_WITHIN] if "无废" in part.text and len(part.text) <= 60)
    found = next((clean(text) for text in words if not re.search("[。；：]", text)), "")
    return re.sub(r"^附?表\s*\d*[:：、.\s]*", "", found)


# （2023—2025年） on a line of its own below the title.
_TERM_ALONE = re.compile(r"[（(][^（）()]*20\d\d[^（）()]*[）)]")
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
    for paragraph in paragraphs[:40]:
        found = _DATE.fullmatch(paragraph.text.strip())
        if found:
            return _iso(found)
    for paragraph in [*paragraphs[:40], *paragraphs[-15:]]:
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
    day = f"-{int(found[3]):02d}" if found[3] else ""
    return f"{found[1]}-{int(found[2]):02d}{day}"


def _base_year(text: str) -> int | None:
    found = _BASE.search(text)
    return int(found[1] or found[2]) if found else None
