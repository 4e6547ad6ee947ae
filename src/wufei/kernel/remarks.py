"""What people write in their own words: a reason, a reply, a note."""

from __future__ import annotations

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

REMARK_MAX = 4000
"""Characters, more than a page of A4."""


def remark(field: str, text: str, most: int = REMARK_MAX) -> str:
    r"""Give what was written without blanks around it and without U+0000, which no text column holds.

    Raises
    ------
    InputError
        ``remark``: nothing was written, or more than ``most`` characters.

    >>> remark("reply", " 已办结。\n")
    '已办结。'
    """
    written = text.replace("\0", "").strip()
    if 0 < len(written) <= most:
        return written
    message = Text(
        f"请填写内容，不超过{most}字（现有{len(written)}字）。",
        f"Write something, {most} characters at most ({len(written)} now).",
    )
    raise InputError("remark", field, written[:40], message)
