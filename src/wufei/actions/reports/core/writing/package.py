"""What every Office file shares: text that XML can hold, bytes that depend on the content alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

# XML 1.0, 2.2: what is no character of a document; `\r` is one, but readers turn it into `\n`.
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_UNKNOWN = "\ufffd"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def xml_text(text: str) -> str:
    """Give a text that XML can hold: a sign that it cannot becomes U+FFFD, so that its loss is seen."""
    return _NOT_XML.sub(_UNKNOWN, text.replace("\r\n", "\n").replace("\r", "\n"))


def repacked(content: bytes, replace: Callable[[str, bytes], bytes] = lambda _, part: part) -> bytes:
    """Write a package again without the times of its parts, each as `replace` gives it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(out, "w") as write:
        for name in read.namelist():
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 0
            write.writestr(entry, replace(name, read.read(name)))
    return out.getvalue()
