"""The sentence that is shown to whoever signs, and kept with the signature."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.runtime.review.core.procedure import Step

TITLE_MAX = 200


def statement_of(title: Text, step: Step) -> Text:
    """Give what a person states by signing at a step."""
    zh, en = title.zh[:TITLE_MAX], (title.en or title.zh)[:TITLE_MAX]
    return Text(
        f"本人已核对“{zh}”的全部内容，确认无误并承担责任（{step.title.zh}）。",
        f"I have checked all of “{en}”, find it right and answer for it ({step.title.en}).",
    )
