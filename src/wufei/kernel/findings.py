"""Defects and remarks about documents, rows and figures, kept as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.text import Text


class Severity(StrEnum):
    """How much a Finding matters, from 必须修改 to 说明."""

    ERROR = "error"
    WARNING = "warning"
    EXPLAIN = "explain"
    NOTE = "note"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _LABELS[self]

    @property
    def rank(self) -> int:
        """Position in a list sorted with the gravest first."""
        return list(Severity).index(self)


_LABELS = {
    Severity.ERROR: Text("必须修改", "Must be mended"),
    Severity.WARNING: Text("核对提示", "Please check"),
    Severity.EXPLAIN: Text("需说明", "Needs a word of explanation"),
    Severity.NOTE: Text("说明", "Note"),
}

_NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect or remark: where it is, what was found, which rule, and how to mend it.

    Attributes
    ----------
    code : str
        Stable key, such as ``plan.target-worse-than-base``.
    severity : Severity
        Only `Severity.ERROR` stops the thing it speaks of.
    where : str
        The place: a file and row, a plan line, a posting and field.
    message : Text
        What is the matter, with the value and the bound.
    value : str
        What was found, as written.
    rule : Text
        The rule that it breaks.
    fix : Text
        What to do.
    """

    code: str
    severity: Severity
    where: str
    message: Text
    value: str = ""
    rule: Text = _NOTHING
    fix: Text = _NOTHING

    def as_json(self, language: str = "zh-hans") -> dict[str, str]:
        """Give the Finding as plain JSON in one language."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "where": self.where,
            "value": self.value,
            "message": self.message.in_language(language),
            "rule": self.rule.in_language(language),
            "fix": self.fix.in_language(language),
        }


def has_error(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    """Say whether any Finding is grave enough to stop its object."""
    return any(finding.severity is Severity.ERROR for finding in findings)
