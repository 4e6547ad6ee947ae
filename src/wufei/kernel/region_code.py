"""Administrative division codes after GB/T 2260: six digits, province, prefecture and county."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

_SIX_DIGITS = re.compile(r"[1-9]\d{5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RegionCode:
    """One code; only its form is known here, whether it is in force is the registry's business."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> RegionCode:
        """Read a code, allowing blanks around it.

        Raises
        ------
        InputError
            If it is not six digits, or names a county without its prefecture.
        """
        digits = text.strip()
        if not _SIX_DIGITS.fullmatch(digits):
            raise InputError(
                "region-code.form",
                "region_code",
                text,
                Text(
                    f"行政区划代码“{text}”应为六位数字（GB/T 2260），例如 110118。",
                    f"Region code “{text}” should be six digits (GB/T 2260), for example 110118.",
                ),
            )
        if digits[2:4] == "00" and digits[4:] != "00":
            raise InputError(
                "region-code.levels",
                "region_code",
                text,
                Text(
                    f"行政区划代码“{text}”有区县段而无市段（第三、四位为 00）。",
                    f"Region code “{text}” names a county but no prefecture (digits 3-4 are 00).",
                ),
            )
        return cls(digits)

    @property
    def level(self) -> str:
        """``province``, ``prefecture`` or ``county``."""
        if self.digits.endswith("0000"):
            return "province"
        return "prefecture" if self.digits.endswith("00") else "county"

    @property
    def province(self) -> RegionCode:
        """The code of the province or municipality."""
        return RegionCode(self.digits[:2] + "0000")

    def __str__(self) -> str:
        return self.digits
