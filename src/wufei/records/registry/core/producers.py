"""What the size of a producer means for its duties."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

# HJ 1259-2022: 100 t and 10 t of hazardous waste a year part the classes. Nobody could confirm the clause
# yet, so what follows from them is a proposal that the office accepts or changes.
KEY_T_PER_YEAR_MIN = Decimal(100)
SIMPLIFIED_T_PER_YEAR_MIN = Decimal(10)

_INDUSTRY = re.compile(r"[A-T]?\d{2,4}", re.ASCII)


class ManagementClass(StrEnum):
    """How closely a producer of hazardous waste is managed."""

    KEY = "key"
    SIMPLIFIED = "simplified"
    REGISTERED = "registered"

    @property
    def label(self) -> Text:
        """The words of the standard."""
        return _LABELS[self]


_LABELS = {
    ManagementClass.KEY: Text("重点监管", "Key supervision"),
    ManagementClass.SIMPLIFIED: Text("简化管理", "Simplified management"),
    ManagementClass.REGISTERED: Text("登记管理", "Registration only"),
}


def management_class(hazardous_t_per_year: Decimal) -> ManagementClass:
    """Propose the class of a producer from its hazardous waste, tonnes a year, >= 0."""
    if hazardous_t_per_year >= KEY_T_PER_YEAR_MIN:
        return ManagementClass.KEY
    if hazardous_t_per_year >= SIMPLIFIED_T_PER_YEAR_MIN:
        return ManagementClass.SIMPLIFIED
    return ManagementClass.REGISTERED


def parse_industry_code(text: str) -> str:
    """Give an industry code of GB/T 4754-2017 in its normal form: section letter (optional), 2 to 4 digits.

    Raises
    ------
    InputError
        ``registry.industry-code`` if it has another form.
    """
    code = text.strip().upper()
    if not _INDUSTRY.fullmatch(code):
        raise InputError(
            "registry.industry-code",
            "industry_code",
            text,
            Text(
                f"行业代码“{text}”应为 2 至 4 位数字，可带门类字母（GB/T 4754-2017），例如 C3612。",
                f"Industry code “{text}” should be 2 to 4 digits, with or without the section letter "
                "(GB/T 4754-2017), for example C3612.",
            ),
        )
    return code
