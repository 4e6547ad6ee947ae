"""Tasks that stand in the running text: numbered items, and paragraphs that name who is responsible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from wufei.records.plans.core.reading.blocks import NOTE, Paragraph, clean
from wufei.records.plans.core.reading.responsible import Responsible, responsible_at_end
from wufei.records.plans.core.reading.result import ReadTask
from wufei.records.plans.core.reading.units import is_units, names_an_office, split_units

_HAN = "[一二三四五六七八九十百]"
# How plans number their parts, from the highest to the lowest.
_NUMBERED = (
    re.compile(rf"第(?P<no>{_HAN}+|\d+)[章编篇部](?:分)?[\s、.．:：]*(?P<rest>.+)"),
    re.compile(
        rf"(?:第(?P<no>{_HAN}+|\d+)[节条]|(?:[\u4e00-\u9fff]{{0,2}}(?:行动|工程|举措|专项|任务|板块))(?P<open>{_HAN}+))[\s、.．:：]*(?P<rest>.+)"
    ),
    re.compile(rf"(?P<no>{_HAN}+)[、.．]\s*(?P<rest>.+)"),
    re.compile(rf"[（(](?P<no>{_HAN}+)[）)][、.．]?\s*(?P<rest>.+)"),
    re.compile(
        r"(?:任务)?(?P<no>\d{1,3})\s*(?:[.．、:：]|\s(?=[\u4e00-\u9fff“])|(?=[\u4e00-\u9fff“]{2}[^年月日个项家座、，。]))\s*(?!\d)(?P<rest>.+)"
    ),
    # 2.1 and 2.1.1, as standards number; 2.5万吨 is an amount.
    re.compile(r"(?P<no>\d{1,2}\.\d{1,2})(?:\s+|[、.．]\s*)(?=[\u4e00-\u9fff“])(?P<rest>.+)"),
    re.compile(r"(?P<no>\d{1,2}(?:\.\d{1,2}){2,3})[、.．]?\s*(?=[\u4e00-\u9fff“])(?P<rest>.+)"),
    re.compile(r"(?:[（(](?P<no>\d{1,3})[）)]|(?P<open>\d{1,3})[）)])\s*(?P<rest>.+)"),
    re.compile(r"(?P<no>[①-⑳])\s*(?P<rest>.+)"),
    re.compile(r"(?P<no>)(?:[—–-]{1,3}|[●•·■◆▪○□◇➢])\s*(?P<rest>[\u4e00-\u9fff“《].+)"),
)
_BULLET = len(_NUMBERED) - 1
_LOWEST = len(_NUMBERED)
_TITLE_MAX = 40
_STOPS_TASKS = re.compile(r"^(?:附件|附表|附录|专栏)\s*\d*|保障措施$|组织实施$|保障机制$|组织保障$")


@dataclass(slots=True)
class _Part:
    """A numbered part of the text: its rank, its number, and its paragraphs, the first without the number."""

    rank: int
    no: str
    head: str
    place: Paragraph
    more: list[Paragraph] = field(default_factory=list)


def items_of(paragraphs: Sequence[Paragraph], known: frozenset[str]) -> Iterator[ReadTask]:
    """Give the items of the running text that name who is responsible.

    An item goes on until the next number. Its units stand in brackets at its end, or at the end of any of its
    paragraphs, or behind 责任单位：. Where several paragraphs of a heading name units, each is a task of
    its own.
    Parts without units are no tasks: short ones are the headings of those below.
    """
    above: dict[int, str] = {}
    parts = _folded(list(_parts(paragraphs)), known)
    # Where one heading holds several tasks without number, its like are headings too, not items.
    heads = frozenset(part.rank for part in parts if _heads_several(part, known))
    for part in parts:
        for deeper in [rank for rank in above if rank >= part.rank]:
            del above[deeper]
        section = above[max(above)] if above else ""
        tasks = [_led_by(section, each) for each in _tasks(part, section, known, part.rank in heads)]
        yield from tasks
        if _is_heading(part) and (not tasks or part.rank in heads or not part.no):
            above[part.rank] = clean(part.head).removesuffix("。")


def _led_by(section: str, task: ReadTask) -> ReadTask:
    """Give a task below the name of an office (一、区生态环境局) to that office, where it names no other."""
    if task.lead or not _is_office(section):
        return task
    return replace(task, lead=split_units(section).names)


def _is_office(section: str) -> bool:
    return is_units(section) and names_an_office(section)


def number_and_rank(paragraph: Paragraph) -> tuple[str, int]:
    """Give the number that a paragraph begins with and its rank, the highest first; lowest without."""
    part = _numbered(paragraph)
    return (part.no, part.rank) if part is not None else ("", _LOWEST)


def _parts(paragraphs: Iterable[Paragraph]) -> Iterator[_Part]:
    """Cut the text where a number or a heading of the word processor stands."""
    part: _Part | None = None
    for paragraph in paragraphs:
        new = _numbered(paragraph)
        if new is not None:
            if part is not None:
                yield part
            part = new
        elif part is None:
            part = _Part(_LOWEST, "", "", paragraph, [paragraph])
        else:
            part.more.append(paragraph)
    if part is not None:
        yield part


_ITEMS = range(3, 9)
_BELOW_ITEMS = 7
_CHILDREN_MIN = 2


def _folded(parts: Sequence[_Part], known: frozenset[str]) -> list[_Part]:
    """Make parts one item where the last of them names the units of all: 1.… ①… ②…（牵头单位：…）."""
    folded: list[_Part] = []
    at = 0
    while at < len(parts):
        part, end = parts[at], at + 1
        while end < len(parts) and parts[end].no and parts[end].rank > part.rank:
            end += 1
        below = parts[at + 1 : end]
        if part.rank in _ITEMS and part.no and _say_who_last(part, below, known):
            more = [*part.more, *(each for child in below for each in (child.place, *child.more))]
            folded.append(_Part(part.rank, part.no, part.head, part.place, more))
            at = end
        else:
            folded.append(part)
            at += 1
    return folded


def _say_who_last(part: _Part, below: Sequence[_Part], known: frozenset[str]) -> bool:
    """Say whether only the last of the parts below names units: of small items, or on a line of its own."""
    if len(below) < _CHILDREN_MIN or len({child.rank for child in below}) > 1 or _who(part, known):
        return False
    *others, last = below
    who = _who(last, known)
    if not who or any(_who(child, known) for child in others):
        return False
    return last.rank >= _BELOW_ITEMS or (len(last.more) > 0 and not who[-1].rest and last.head != "")


def _who(part: _Part, known: frozenset[str]) -> list[Responsible]:
    said = (
        responsible_at_end(text, known) for text in (part.head, *(each.text for each in part.more)) if text
    )
    return [who for who in said if who is not None and who.names_somebody]


def _numbered(paragraph: Paragraph) -> _Part | None:
    for rank, pattern in enumerate(_NUMBERED):
        found = pattern.fullmatch(paragraph.text)
        if found:
            no = found["no"] or found.groupdict().get("open") or ""
            return _Part(rank, no, found["rest"], paragraph)
    stops = _STOPS_TASKS.search(paragraph.text) and len(paragraph.text) <= _TITLE_MAX
    if stops or paragraph.text.startswith(NOTE):
        return _Part(0, "", paragraph.text, paragraph)
    if paragraph.heading and len(paragraph.text) <= _TITLE_MAX:
        return _Part(min(paragraph.heading, 3), "", paragraph.text, paragraph)
    return None


def _is_heading(part: _Part) -> bool:
    return bool(part.head) and len(part.head) <= _TITLE_MAX and "。" not in part.head.removesuffix("。")


@dataclass(frozen=True, slots=True)
class _Said:
    """A paragraph with what it names at its end."""

    text: str
    who: Responsible | None
    place: Paragraph


def _heads_several(part: _Part, known: frozenset[str]) -> bool:
    if not _is_heading(part) or responsible_at_end(part.head, known) is not None:
        return False
    said = (responsible_at_end(each.text, known) for each in part.more)
    return sum(who is not None and who.names_somebody and bool(who.rest) for who in said) > 1


def _tasks(part: _Part, section: str, known: frozenset[str], is_head: bool) -> Iterator[ReadTask]:  # noqa: FBT001 (private)
    own = [_said(part.head, part.place, known)] if part.head else []
    said = [*own, *(_said(each.text, each, known) for each in part.more)]
    by_heading = bool(part.no) and _is_office(section)
    naming = [each for each in said if each.who is not None and (each.who.names_somebody or by_heading)]
    heads_others = is_head and _is_heading(part) and own[0].who is None
    if naming and heads_others and all(each.text for each in naming):
        yield from _each_its_own(part, naming, section)
    elif naming and (part.no or part.rank == _BULLET):
        yield _whole(part, _its_own(said, naming), section)
    elif naming:
        yield from _each_its_own(part, naming, section)


def _its_own(said: Sequence[_Said], naming: Sequence[_Said]) -> Sequence[_Said]:
    """Give the paragraphs of an item: to the last that names units, or all below a title that does."""
    title_names = (
        said[0] is naming[-1] and len(said[0].text) <= _TITLE_MAX and "。" not in said[0].text.rstrip("。")
    )
    last = max(at for at, each in enumerate(said) if each.who is not None)
    return said if title_names else said[: last + 1]


def _said(text: str, place: Paragraph, known: frozenset[str]) -> _Said:
    who = responsible_at_end(text, known)
    return _Said(who.rest if who else text, who, place)


def _each_its_own(part: _Part, naming: Sequence[_Said], section: str) -> Iterator[ReadTask]:
    """Give the paragraphs below a heading that name units, each as a task; the heading is their section."""
    under = clean(part.head) if part.head else section
    for each in naming:
        who = each.who or Responsible((), ())
        title, text = _title_and_text([clean(each.text)])
        if text:
            yield ReadTask(
                "", under, title, text, who.lead, who.support, who.due, each.place.place, who.glued
            )


def _whole(part: _Part, said: Sequence[_Said], section: str) -> ReadTask:
    """Give an item as one task: its paragraphs joined, its units together."""
    lead: tuple[str, ...] = ()
    support: list[str] = []
    due = ""
    glued: list[tuple[str, tuple[str, ...]]] = []
    for each in said:
        if each.who is None:
            continue
        others = (*each.who.lead, *each.who.support) if lead else each.who.support
        support += [name for name in others if name not in support]
        lead, due = lead or each.who.lead, due or each.who.due
        glued += each.who.glued
    title, body = _title_and_text([clean(each.text) for each in said])
    rest = tuple(name for name in support if name not in lead)
    return ReadTask(part.no, section, title, body, lead, rest, due, part.place.place, tuple(glued))


def _title_and_text(texts: Sequence[str]) -> tuple[str, str]:
    """Part the title of an item from its text: a line of its own, or the words before the first full stop."""
    first, *others = texts
    if any(others) and len(first) <= _TITLE_MAX and "。" not in first.removesuffix("。"):
        return first.rstrip("。：:"), "".join(others)
    body = "".join(texts)
    found = _TITLE_BEFORE.match(body)
    return (found[1], body[found.end() :].strip()) if found else ("", body)


_TITLE_BEFORE = re.compile(rf"([^。：:]{{1,{_TITLE_MAX}}})[。：:](?=\s*\S)")
