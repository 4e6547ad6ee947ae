"""Files that bear a degree of secrecy (密级) do not enter an ordinary system."""

from __future__ import annotations

import re

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

# A mark stands alone or before a star and the years (秘密★1年); 商业秘密 in a sentence is no mark.
_ALONE = re.compile(r"^[\s【\[（(]*(绝\s*密|机\s*密|秘\s*密)(?:级|文件|件)?[\s】\]）)]*$", re.MULTILINE)
_STARRED = re.compile(r"(绝\s*密|机\s*密|秘\s*密)(?:级)?\s*[★☆]")
_FIELD = re.compile(r"密\s*级\s*[：:]\s*(绝\s*密|机\s*密|秘\s*密)")
_FILE_NAME = re.compile(r"(?:^|[\s_\-—【\[（(])(绝密|机密|秘密)(?=$|[\s_\-—】\]）).★级])")


def degree_of(text: str) -> str:
    """Give the degree of secrecy that a text is marked with, or nothing.

    >>> degree_of("秘密★1年"), degree_of("依法保守商业秘密。")
    ('秘密', '')
    """
    for pattern in (_STARRED, _FIELD, _ALONE):
        found = pattern.search(text)
        if found:
            return "".join(found[1].split())
    return ""


def degree_of_name(name: str) -> str:
    """Give the degree of secrecy that the name of a file shows, or nothing."""
    found = _FILE_NAME.search(name)
    return found[1] if found else ""


def classified(code: str, degree: str, place: str) -> InputError:
    """Give the error for a file of a degree of secrecy.

    References
    ----------
    中华人民共和国保守国家秘密法（2024年修订）: papers that are state secrets are marked, and are not kept or
    sent by systems that are not for them.
    """
    return InputError(
        code,
        place,
        degree,
        Text(
            f"文件标有密级“{degree}”。规定：秘密、机密、绝密文件不得进入本系统（保守国家秘密法）。"
            "请勿在此录入或上传，改用涉密渠道办理；如系误标，请按程序解密或更正密级后再试。",
            f"The file is marked “{degree}”. Rule: files marked 秘密, 机密 or 绝密 must not "
            "enter this system (law on guarding state secrets). Do not enter or upload it here; use the "
            "channel for classified files. If the mark is wrong, have it lifted first.",
        ),
    )
