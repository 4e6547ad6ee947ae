"""The simple units Wufei knows, each with its size in the base unit of its dimension.

Base units: g, m3, 元, m2, 人, day, J, m, and one for counts. A unit year is 365 days: a rate per year is
only compared with another rate per year through it; the days of a real period come from `kernel.period`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Atom:
    """A unit without prefix or slash: its symbol, how both languages print it, size and dimension."""

    symbol: str
    zh: str
    en: str
    factor: Fraction
    dimension: str
    aliases: tuple[str, ...] = ()


def _atom(symbol: str, zh: str, en: str, factor: str, dimension: str, *aliases: str) -> Atom:
    return Atom(symbol, zh, en, Fraction(factor), dimension, aliases)


_ATOMS = (
    _atom("μg", "微克", "μg", "1/1000000", "mass", "ug"),
    _atom("mg", "毫克", "mg", "1/1000", "mass"),
    _atom("g", "克", "g", "1", "mass"),
    _atom("斤", "斤", "jin", "500", "mass", "市斤"),
    _atom("kg", "千克", "kg", "1000", "mass", "公斤", "KG", "Kg", "kG"),
    _atom("t", "吨", "t", "1000000", "mass", "公吨", "T"),
    _atom("mL", "毫升", "mL", "1/1000000", "volume", "ml"),
    _atom("L", "升", "L", "1/1000", "volume", "l"),
    _atom("m3", "立方米", "m³", "1", "volume", "m^3", "M3", "立方", "方"),
    _atom("m2", "平方米", "m²", "1", "area", "m^2", "M2", "平米"),
    # GB 3100 keeps 亩 out of the legal units; by custom 15 亩 are one hectare.
    _atom("亩", "亩", "mu", "2000/3", "area"),
    _atom("公顷", "公顷", "ha", "10000", "area", "hm2"),
    _atom("km2", "平方公里", "km²", "1000000", "area", "km^2", "KM2", "平方千米"),
    _atom("mm", "毫米", "mm", "1/1000", "length"),
    _atom("cm", "厘米", "cm", "1/100", "length"),
    _atom("m", "米", "m", "1", "length"),
    _atom("km", "公里", "km", "1000", "length", "千米", "KM"),
    _atom("元", "元", "CNY", "1", "money", "yuan", "人民币元"),
    _atom("人", "人", "persons", "1", "person", "person", "名"),
    _atom("s", "秒", "s", "1/86400", "time"),
    _atom("min", "分钟", "min", "1/1440", "time"),
    _atom("h", "小时", "h", "1/24", "time"),
    _atom("d", "日", "day", "1", "time", "天", "days"),
    _atom("月", "月", "month", "365/12", "time", "个月"),
    _atom("年", "年", "year", "365", "time", "a", "yr"),
    _atom("J", "焦耳", "J", "1", "energy", "焦"),
    _atom("kJ", "千焦", "kJ", "1000", "energy"),
    _atom("MJ", "兆焦", "MJ", "1000000", "energy"),
    _atom("GJ", "吉焦", "GJ", "1000000000", "energy"),
    _atom("kWh", "千瓦时", "kWh", "3600000", "energy", "度", "kwh", "KWH", "kW·h"),
)

# Chinese counts with a measure word per noun. They keep the word and share one dimension, so that
# 千克/台 and 千克/辆 compare, while neither is taken for a plain number.
_MEASURE_WORDS = (
    "个 家 台 种 项 件 座 辆 次 户 只 头 羽 套 处 条 所 批 份 张 床 场 起 篇 株 袋 桶 箱 车 艘 人次"
)

PERCENT = Atom("%", "%", "%", Fraction(1, 100), "")
PERMILLE = Atom("‰", "‰", "‰", Fraction(1, 1000), "")

PREFIXES: Mapping[str, int] = {
    "万亿": 10**12,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
}


@lru_cache(maxsize=1)
def atoms_by_name() -> Mapping[str, Atom]:
    """Return every simple unit under each of its names."""
    counts = tuple(Atom(word, word, "", Fraction(1), "count") for word in _MEASURE_WORDS.split())
    names: dict[str, Atom] = {}
    for atom in (*_ATOMS, *counts, PERCENT, PERMILLE):
        for name in (atom.symbol, atom.zh, atom.en, *atom.aliases):
            if name:
                names.setdefault(name, atom)
    return names
