"""What a check-up says about one part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.text import Text


class State(StrEnum):
    """How a part is; only `State.FAILED` keeps Wufei from working."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One part: its state, what was found, and how to mend it."""

    part: str
    title: Text
    state: State
    found: Text
    fix: Text = Text("")  # noqa: RUF009 - a frozen value

    def as_json(self, language: str) -> dict[str, str]:
        """Give the check as plain JSON in one language."""
        return {
            "part": self.part,
            "title": self.title.in_language(language),
            "state": self.state.value,
            "found": self.found.in_language(language),
            "fix": self.fix.in_language(language),
        }


def exit_code(checks: list[Check]) -> int:
    """Give 1 if any part failed, else 0."""
    return int(any(check.state is State.FAILED for check in checks))
