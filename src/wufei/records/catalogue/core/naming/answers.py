"""What Wufei makes of a name: status, candidates, question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.text import Text
from wufei.records.catalogue.core.naming.rules import LookAlike, Question
from wufei.records.catalogue.core.streams import LegalClass


class Status(StrEnum):
    """How far a name was understood."""

    CLEAR = "clear"
    """The first candidate is the answer."""
    ASKS = "asks"
    """The name alone does not tell: the candidates are conditional, the question decides."""
    UNDETERMINED = "undetermined"
    """No code fits; kept as 待定 with the nearest ones."""
    EMPTY = "empty"
    """There is nothing to read."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that a name may have.

    Attributes
    ----------
    code, name : str, Text
        The item.
    score : float
        0 to 1; order counts, not the figure.
    reason : Text
        Why, in words of people who handle the waste.
    legal_class : LegalClass
        Its class in law.
    basis : Text
        The list and category, and whether the code is confirmed.
    conditional : bool
        Whether it depends on the answer to the question.
    """

    code: str
    name: Text
    score: float
    reason: Text
    legal_class: LegalClass
    basis: Text
    conditional: bool

    @property
    def hazardous(self) -> bool:
        """Whether it is hazardous waste."""
        return self.legal_class is LegalClass.HAZARDOUS


@dataclass(frozen=True, slots=True)
class Answer:
    """What Wufei makes of a name.

    Attributes
    ----------
    text : str
        The name as typed, at most 200 characters of it.
    status : Status
        How far it was understood.
    understood : Text
        How it was read; a mended slip is told.
    candidates : tuple of Candidate
        The likeliest first.
    not_it : tuple of LookAlike
        What looks alike and is not meant.
    question : Question or None
        What to ask.
    message : Text
        One sentence about the outcome.
    """

    text: str
    status: Status
    understood: Text
    candidates: tuple[Candidate, ...]
    not_it: tuple[LookAlike, ...]
    question: Question | None
    message: Text
