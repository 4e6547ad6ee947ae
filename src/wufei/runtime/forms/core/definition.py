"""What a form asks: fields in groups, known to desk, phone, Excel and the programming interface alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wufei.kernel.text import Text
from wufei.runtime.forms.core.expressions import Expression

_NOTHING = Text("")


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    QUANTITY = "quantity"
    DATE = "date"
    MONTH = "month"
    YES_NO = "yes-no"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"
    PHOTOS = "photos"
    FILES = "files"
    POSITION = "position"
    SIGNATURE = "signature"
    REPEAT = "repeat"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be chosen."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a number, in the field's canonical unit; both ends belong to it."""

    least: Decimal | None = None
    most: Decimal | None = None

    def hold(self, value: Decimal) -> bool:
        """Say whether a value lies within."""
        above = self.least is None or value >= self.least
        return above and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    Attributes
    ----------
    key : str
        Small letters, digits and underscores; unique within its form or repeat.
    required, required_if : bool, Expression or None
        An answer must be given: always, or where the condition holds.
    visible_if : Expression or None
        Where it does not hold the field is not asked and its answer does not count. It names earlier fields
        only.
    hard, soft : Bounds
        必须修改 outside of the first, 核对提示 outside of the second.
    pattern, length_max, decimals
        A regular expression for the whole text; characters; digits after the point.
    units : tuple of str
        Units to choose from; the first is the canonical one, in which bounds are given.
    lookup : str
        Name of the room's list in which a reference is searched.
    default : str
        As it would be typed.
    default_last : bool
        Take the value of the last entry.
    unique : bool
        No two rows of the repeat may have the same.
    future : bool
        Whether a day or month may lie after today.
    fields, rows_min, rows_max
        Of a repeat.
    compute : Expression or None
        Of a computed field; it may name earlier fields only.
    """

    key: str
    kind: Kind
    title: Text
    required: bool = False
    required_if: Expression | None = None
    visible_if: Expression | None = None
    hard: Bounds = Bounds()
    soft: Bounds = Bounds()
    pattern: str = ""
    length_max: int | None = None
    decimals: int | None = None
    units: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    lookup: str = ""
    default: str = ""
    default_last: bool = False
    help: Text = _NOTHING
    example: str = ""
    unique: bool = False
    future: bool = True
    fields: tuple[Field, ...] = ()
    rows_min: int = 0
    rows_max: int = 200
    compute: Expression | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together: a card on the desk, a step on a phone."""

    key: str
    title: Text
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A form: made by `loading.definition_of`, which checks it."""

    key: str
    version: int
    title: Text
    fields: tuple[Field, ...]
    groups: tuple[Group, ...]
    notes: Text = _NOTHING
