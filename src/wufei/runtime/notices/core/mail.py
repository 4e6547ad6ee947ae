"""The words of mails: a digest, and what is urgent; in the language of the person, with links to the site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wufei.kernel.text import Text
from wufei.runtime.notices.core.notices import Section

LINES_MAX = 30
"""Lines of a section that a mail holds; the rest is on the site."""

_DIGEST = Text("无废每日摘要", "Wufei daily digest")
_URGENT = Text("无废紧急通知", "Wufei: urgent")
_SETTINGS = Text("更改或停止邮件提醒", "Change or stop these mails")
_MORE = Text("……另有 {} 条，请登录查看", "… and {} more on the site")


def digest_mail(
    name: str, sections: Sequence[Section], on: date, *, language: str, site_url: str, urgent: bool = False
) -> tuple[str, str]:
    """Give subject and body, as plain text."""
    count = sum(len(section.lines) for section in sections)
    title = (_URGENT if urgent else _DIGEST).in_language(language)
    counted = Text(f"{count} 条", f"{count} items" if count != 1 else "1 item").in_language(language)
    parts = [name]
    for section in sections:
        lines = [_line(line.text.in_language(language), line.link, site_url) for line in section.lines]
        left = len(lines) - LINES_MAX
        if left > 0:
            lines = [*lines[:LINES_MAX], _MORE.in_language(language).format(left)]
        parts.append("\n".join([f"【{section.heading.in_language(language)}】", *lines]))
    parts.append(f"{_SETTINGS.in_language(language)}: {site_url}/account/notices")
    return f"{title} {on.isoformat()}（{counted}）", "\n\n".join(parts) + "\n"


def _line(text: str, link: str, site_url: str) -> str:
    return f"· {text}\n  {site_url}{link}" if link else f"· {text}"
