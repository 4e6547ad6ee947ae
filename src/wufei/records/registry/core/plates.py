"""Number plates of vehicles: their form, and whether it is that of a new-energy vehicle."""

from __future__ import annotations

import re

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import half_width

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SERIAL = "A-HJ-NP-Z"
# GA 36-2018. The first letter of small new-energy plates was widened later from D and F.
_ORDINARY = re.compile(rf"[{_PROVINCES}][{_SERIAL}][{_SERIAL}0-9]{{4}}[{_SERIAL}0-9挂学警港澳]")
_NEW_ENERGY = re.compile(rf"[{_PROVINCES}][{_SERIAL}](?:[A-HJK][{_SERIAL}0-9]\d{{4}}|\d{{5}}[DF])", re.ASCII)


def normal_plate(text: str) -> str:
    """Give a plate without blanks, dots and dashes, in capitals and half width."""
    return re.sub(r"[\s·•.\-]", "", half_width(text)).upper()


def is_new_energy(plate: str) -> bool:
    """Say whether a plate has the form of a new-energy vehicle's."""
    return bool(_NEW_ENERGY.fullmatch(plate))


def check_plate(text: str, where: str = "/plate") -> tuple[Finding, ...]:
    """Give what is wrong with a plate: it has neither the ordinary nor the new-energy form."""
    plate = normal_plate(text)
    if _ORDINARY.fullmatch(plate) or is_new_energy(plate):
        return ()
    return (
        Finding(
            "registry.plate",
            Severity.ERROR,
            where,
            Text(f"号牌“{text}”不符合 GA 36 的格式。", f"The plate “{text}” has no form of GA 36."),
            value=text,
            rule=Text(
                "省份简称、发牌机关字母，后接 5 位（新能源 6 位）字母或数字，不含 I 和 O。",
                "Province, a letter, then five signs (six for new energy) without I and O.",
            ),
            fix=Text(
                "请对照行驶证填写，例如 京AD12345。", "Copy it from the vehicle licence, such as 京AD12345."
            ),
        ),
    )
