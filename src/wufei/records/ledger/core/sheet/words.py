"""What people write for steps, streams, methods and the like, and the codes that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from wufei.kernel.text import Text
from wufei.kernel.units import half_width
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.streams import LegalClass, load_streams
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.transfers import Evidence, Reason, Step
from wufei.records.ledger.core.words import EVIDENCE, KINDS, STEPS

REASONS = {
    Reason.TYPED_WRONG: Text("填错", "Typed wrong"),
    Reason.COUNTED_TWICE: Text("重复登记", "Counted twice"),
    Reason.WRONG_PARTY: Text("单位有误", "Wrong party"),
    Reason.WRONG_STREAM: Text("类别有误", "Wrong stream"),
    Reason.WRONG_DATE: Text("日期有误", "Wrong date"),
    Reason.WITHDRAWN: Text("撤回", "Withdrawn"),
    Reason.SOURCE_REVISED: Text("来源数据修订", "Source revised"),
}
_STEP_ALIASES = {
    Step.GENERATE: ("产废", "生成", "产生入库"),
    Step.DISPATCH: ("发运", "外运", "出厂", "发出"),
    Step.RECEIVE: ("接收", "收货", "入厂", "收运入厂"),
    Step.TREAT_IN: ("处理", "投料", "投入", "入炉", "treat in"),
    Step.TREAT_OUT: ("产出", "treat out"),
    Step.USE: ("利用", "自行利用"),
    Step.OPEN: ("期初库存", "期初余额"),
}
# Waste of a class is mostly made by one sector; where that is not so the file must say it.
_SECTORS = {
    LegalClass.GENERAL_INDUSTRIAL: Sector.INDUSTRY,
    LegalClass.HAZARDOUS: Sector.INDUSTRY,
    LegalClass.HOUSEHOLD: Sector.HOUSEHOLD,
    LegalClass.CONSTRUCTION: Sector.CONSTRUCTION,
    LegalClass.AGRICULTURAL: Sector.AGRICULTURE,
}
_MEDICAL_WASTE = "HW01"
_YES = frozenset({"是", "√", "✓", "y", "yes", "true", "1", "办结", "已办结"})
_NO = frozenset({"否", "×", "n", "no", "false", "0", "未办结"})
_CHOICES_SHOWN = 8


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """Bring a word into the form under which it is looked up."""
    return "".join(half_width(text).split()).lower()


@lru_cache(maxsize=1)
def steps() -> Mapping[str, str]:
    """Codes of steps by all their words."""
    return _table(STEPS, _STEP_ALIASES)


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, str]:
    """Codes of kinds of account by all their words."""
    return _table(
        KINDS, {Kind.USED: ("利用",), Kind.DISCHARGED: ("排放", "水分"), Kind.LANDFILLED: ("填埋",)}
    )


@lru_cache(maxsize=1)
def evidence() -> Mapping[str, str]:
    """Codes of evidence by all their words."""
    return _table(EVIDENCE, {Evidence.WEIGHBRIDGE: ("地磅", "磅单"), Evidence.SCALE: ("电子秤",)})


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, str]:
    """Codes of reasons by all their words."""
    return _table(REASONS, {})


@lru_cache(maxsize=1)
def sectors() -> Mapping[str, str]:
    """Codes of sectors by all their words."""
    return _table(
        {sector: sector.label for sector in Sector},
        {Sector.HOUSEHOLD: ("生活", "居民生活"), Sector.MEDICAL: ("医疗",)},
    )


@lru_cache(maxsize=1)
def methods() -> Mapping[str, str]:
    """Codes of methods by all their words."""
    return _table({method.id: method.name for method in load_methods().values()}, {})


@lru_cache(maxsize=4096)
def stream_named(text: str) -> tuple[str, tuple[str, ...]]:
    """Give the stream that a text names, or those that it may mean.

    Parameters
    ----------
    text : str
        A code, an exact name, or both as lists show them: SW03 炉渣.

    Returns
    -------
    (str, tuple of str)
        The code, empty if it is not certain, and then the codes to choose from: several of one name, a code
        beside another's name, or all whose name holds the text.
    """
    exact = _exact_streams()
    found = exact.get(plain(text), ())
    code, _, name = half_width(text).partition(" ")
    if not found and name:
        found = tuple(dict.fromkeys((*exact.get(plain(code), ()), *exact.get(plain(name), ()))))
        # One of the two must not be a word that says nothing.
        found = found if plain(code) in exact and plain(name) in exact else ()
    if len(found) == 1:
        return found[0], ()
    return "", found or _holding(plain(text))


def _holding(wanted: str) -> tuple[str, ...]:
    names = ((one.code, plain(one.name.zh), plain(one.name.en)) for one in load_streams().values())
    near = (code for code, zh, en in names if wanted and (wanted in zh or wanted in en))
    return tuple(near)[:_CHOICES_SHOWN]


def stream_label(code: str) -> Text:
    """Write a stream as lists show it."""
    name = load_streams()[code].name
    return Text(f"{code} {name.zh}", f"{code} {name.en}")


def default_sector(stream: str) -> str:
    """Give the sector that makes most of a stream; empty if none does."""
    if stream == _MEDICAL_WASTE:
        return Sector.MEDICAL
    known = load_streams().get(stream)
    return _SECTORS.get(known.legal_class, "") if known else ""


def yes_or_no(text: str) -> bool | None:
    """Read 是 or 否; None for anything else."""
    wanted = plain(text)
    return True if wanted in _YES else False if wanted in _NO else None


@lru_cache(maxsize=1)
def _exact_streams() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for stream in load_streams().values():
        for name in {plain(stream.code), plain(stream.name.zh), plain(stream.name.en)} - {""}:
            found[name] = (*found.get(name, ()), stream.code)
    return found


def _table(names: Mapping[Any, Text], aliases: Mapping[Any, tuple[str, ...]]) -> Mapping[str, str]:
    table: dict[str, str] = {}
    for code, name in names.items():
        for word in (code, name.zh, name.en, *aliases.get(code, ())):
            if word:
                table.setdefault(plain(word), str(code))
    return table
