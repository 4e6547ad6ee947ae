"""会签: departments sign one after the other or at once, each with an opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Countersigner:
    """A department that is asked to sign; ``place`` is its turn, the same for all who sign at once."""

    department_id: int
    department: str
    place: int
    agrees: bool | None = None
    opinion: str = ""
    user_id: int | None = None
    at: datetime | None = None


def turn(asked: Sequence[Countersigner]) -> tuple[Countersigner, ...]:
    """Give those whose turn it is: who has not signed and has nobody unsigned before."""
    waiting = [each for each in asked if each.agrees is None]
    first = min((each.place for each in waiting), default=0)
    return tuple(each for each in waiting if each.place == first)


def refuse_out_of_turn(asked: Sequence[Countersigner], department_id: int | None) -> None:
    """Refuse a signature of a department that was not asked, has signed, or comes later.

    Raises
    ------
    ConflictError
        ``report.countersign-turn``, with those whose turn it is.
    """
    now = turn(asked)
    if department_id is None or department_id not in {each.department_id for each in now}:
        names = "、".join(each.department for each in now) or "（无）"
        raise ConflictError(
            "report.countersign-turn",
            Text(
                f"现在不是本部门会签。当前待会签：{names}。请等轮到后再办理。",
                f"It is not your department's turn to sign. Waiting for: {names}.",
            ),
        )


def refuse_opinion(opinion: str, *, agrees: bool) -> None:
    """Refuse disagreement without a reason.

    Raises
    ------
    InputError
        ``report.opinion``.
    """
    if not agrees and not opinion.strip():
        raise InputError("report.opinion", "opinion", opinion, _OPINION)


def refuse_unsigned(asked: Sequence[Countersigner]) -> None:
    """Refuse to finish while somebody has not signed, or does not agree.

    Raises
    ------
    ConflictError
        ``report.countersign``, with the names.
    """
    waiting = "、".join(each.department for each in asked if each.agrees is None)
    against = "、".join(each.department for each in asked if each.agrees is False)
    if waiting or against:
        told = [f"待会签：{waiting}" if waiting else "", f"不同意：{against}" if against else ""]
        said = [f"waiting for {waiting}" if waiting else "", f"against: {against}" if against else ""]
        raise ConflictError(
            "report.countersign",
            Text(
                f"会签未完成（{'；'.join(each for each in told if each)}），不能定稿。请等会签完成，"
                "或退回修改。",
                f"Not all have signed ({'; '.join(each for each in said if each)}). "
                "Wait for them, or send the document back.",
            ),
        )


_OPINION = Text("不同意时请写明意见。", "Write your opinion if you do not agree.")
