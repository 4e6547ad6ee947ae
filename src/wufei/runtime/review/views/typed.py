"""What people typed on the page of a case, read into remarks, changes and days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.review.core.moves import WHOLE, Reason, Remark
from wufei.runtime.review.core.subject import Row, Sheet, SubjectKind
from wufei.runtime.signing.core.canonical import as_json
from wufei.runtime.signing.core.places import MISSING, value_at

DIGITS_MAX = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """One value on the page, what was typed about it, and what others have said."""

    number: int
    row: Row
    editable: bool
    present: str
    reason: str = ""
    words: str = ""
    proposal: str = ""
    said: tuple[tuple[str, Remark], ...] = ()

    @property
    def touched(self) -> bool:
        """Whether anything was typed about it."""
        return bool(self.reason or self.words or self.proposal)


def cells(sheet: Sheet, fields: Mapping[str, str]) -> list[Cell]:
    """Give every row with what the fields say of it."""
    values = as_json(sheet.values)
    found = []
    for number, row in enumerate(sheet.rows):
        value = value_at(values, row.pointer)
        found.append(
            Cell(
                number,
                row,
                editable=value is not MISSING and not isinstance(value, list | dict),
                present=value_text(value),
                reason=fields.get(f"reason-{number}", ""),
                words=fields.get(f"words-{number}", "").strip(),
                proposal=fields.get(f"proposal-{number}", "").strip(),
            )
        )
    return found


def remarks_typed(
    kind: SubjectKind, sheet: Sheet, fields: Mapping[str, str], only: int | None = None
) -> list[Remark]:
    """Give the remarks that were typed: a reason left out is guessed from what is there.

    Raises
    ------
    InputError
        ``review.reason``: no such reason; or a proposal that cannot stand at its place.
    """
    values = as_json(sheet.values)
    return [
        _remark(kind, cell, value_at(values, cell.row.pointer))
        for cell in cells(sheet, fields)
        if cell.touched and only in (None, cell.number)
    ]


def general(words: str) -> Iterator[Remark]:
    """Give a general reason, if one was typed."""
    if words.strip():
        yield Remark(WHOLE, Reason.OTHER, words.strip())


def changes_typed(
    kind: SubjectKind, sheet: Sheet, remarks: tuple[Remark, ...], fields: Mapping[str, str]
) -> tuple[dict[str, Any], list[int]]:
    """Give the new values that were typed, and the numbers of the remarks whose proposals are adopted.

    Raises
    ------
    InputError
        A value that cannot stand at its place.
    """
    values = as_json(sheet.values)
    changes, adopt = {}, []
    for number, remark in enumerate(remarks):
        answer = fields.get(f"answer-{number}", "")
        if answer == "adopt":
            _check_one_answer(number, remark, value_at(values, remark.pointer), fields)
            adopt.append(number)
        elif answer == "own" and f"own-{number}" in fields:
            present = value_at(values, remark.pointer)
            changes[remark.pointer] = kind.parse(remark.pointer, fields[f"own-{number}"], present)
    return changes, adopt


def _check_one_answer(number: int, remark: Remark, present: Any, fields: Mapping[str, str]) -> None:
    """Refuse an adopted proposal beside a value that was typed: neither is dropped in silence."""
    own = fields.get(f"own-{number}", value_text(present)).strip()
    if own not in (value_text(present), value_text(remark.proposal)):
        message = Text(
            f"您填了新值“{own}”，又选了采用建议。请选“改为”，或把新值清回原值。",
            f"You typed “{own}” and chose to adopt the proposal. Choose “Change to”, or set the value back.",
        )
        raise InputError("review.two-answers", remark.pointer, own, message)


def day_typed(text: str) -> date | None:
    """Read the day by which to act; none if left empty.

    Raises
    ------
    InputError
        ``review.due``: not a day.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        message = Text(
            f"“{text}”不是日期，请写成 2026-03-31。", f"“{text}” is no day; write it as 2026-03-31."
        )
        raise InputError("review.due", "due_on", text, message) from error


def number_typed(text: str) -> int:
    """Read a small whole number; what is none is -1, which no version and no step is."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX else -1


def value_text(value: Any) -> str:
    """Give a value as it is typed: nothing is empty."""
    if value is MISSING or value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _remark(kind: SubjectKind, cell: Cell, present: Any) -> Remark:
    pointer = cell.row.pointer
    if cell.reason and cell.reason not in set(Reason):
        message = Text("请从列表中选择原因。", "Choose a reason from the list.")
        raise InputError("review.reason", pointer, cell.reason, message)
    guessed = Reason.WRONG_VALUE if cell.proposal else Reason.OTHER
    reason = Reason(cell.reason) if cell.reason else guessed
    if not cell.proposal:
        return Remark(pointer, reason, cell.words)
    return Remark(
        pointer, reason, cell.words, proposes=True, proposal=kind.parse(pointer, cell.proposal, present)
    )
