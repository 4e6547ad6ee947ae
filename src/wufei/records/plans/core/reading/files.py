"""Read a plan from the bytes of a file: DOCX, PDF, TXT, HTML or XLSX; what a file is, its bytes say."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.reading.blocks import Block
from wufei.records.plans.core.reading.html_blocks import blocks_of_html
from wufei.records.plans.core.reading.read import read_plan
from wufei.records.plans.core.reading.result import ReadPlan
from wufei.records.plans.core.reading.sheet_blocks import blocks_of_sheets
from wufei.records.plans.core.reading.text_blocks import blocks_of_text
from wufei.records.plans.core.reading.word_blocks import blocks_of_word
from wufei.runtime.files.core.delimited import decoded
from wufei.runtime.files.core.opening import OLE, ZIP, open_archive
from wufei.runtime.files.core.workbook import workbook_sheets

BYTES_MAX = 50_000_000
PAGES_MAX = 500
# A page of a plan is some 15 kB of XML; this is a book of thousands.
_DOCUMENT_BYTES_MAX = 80_000_000
_MARKUP = re.compile(
    r"^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|table|div|p|meta)\b", re.IGNORECASE
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    KeyError,
    ValueError,
    EOFError,
    RecursionError,
    NotImplementedError,
)
_Read = tuple[list[Block], list[Finding]]


def read_plan_file(content: bytes, name: str) -> ReadPlan:
    """Read a plan from a file.

    Parameters
    ----------
    content : bytes
        The whole file, at most 50 MB; a PDF is read to page 500.
    name : str
        What people call it; its ending is not believed.

    Raises
    ------
    InputError
        ``plan-file.empty``, ``plan-file.too-large``, ``plan-file.encrypted``, ``plan-file.damaged``,
        ``plan-file.old-format``, ``plan-file.other-kind``, ``files.bomb``: nothing can be read. Everything
        less is
        a Finding, and what could be read is there.
    """
    blocks, findings = blocks_of_file(content, name)
    plan = read_plan(blocks)
    return replace(plan, findings=(*findings, *plan.findings))


def blocks_of_file(content: bytes, name: str) -> _Read:
    """Give paragraphs and tables of a file, and what could not be read of it; errors as `read_plan_file`."""
    if not content.strip(b" \t\r\n\0"):
        raise _refuse(
            "empty",
            name,
            Text("是空文件", "is empty"),
            Text("请选择有内容的文件", "Choose a file with content"),
        )
    if len(content) > BYTES_MAX:
        size = f"{len(content) / 1e6:.1f} MB"
        what = Text(f"有 {size}，上限为 50 MB", f"has {size}; the limit is 50 MB")
        raise _refuse(
            "too-large", name, what, Text("请压缩其中的图片或拆分", "Shrink its pictures or split it")
        )
    read = _reader(content)
    try:
        return read(content, name)
    except _BROKEN as error:
        what = Text(
            f"已损坏，无法读取（{str(error)[:60]}）", f"is damaged and cannot be read ({str(error)[:60]})"
        )
        raise _refuse("damaged", name, what, _AGAIN) from error


_AGAIN = Text("请用 Word、WPS 或阅读器打开后另存", "Open it and save it again")


def _reader(content: bytes) -> Callable[[bytes, str], _Read]:
    if content.startswith(ZIP):
        return _of_archive
    if b"%PDF-" in content[:1024]:
        return _of_pdf
    if content.startswith(OLE) or any(map(content.startswith, _OTHERS)):
        return _of_none
    return _of_text


def _of_archive(content: bytes, name: str) -> _Read:
    archive = open_archive(content, name)
    members = {member.filename: member.file_size for member in archive.infolist()}
    if "word/document.xml" in members:
        if members["word/document.xml"] > _DOCUMENT_BYTES_MAX:
            what = Text("正文解压后过大", "unpacks to a document that is too large")
            raise _refuse("too-large", name, what, Text("请拆成几个文件", "Split it"))
        return blocks_of_word(content), []
    if any(member.startswith("xl/") for member in members):
        return blocks_of_sheets(workbook_sheets(archive, name)), []
    what = Text("是压缩包或其他文件", "is an archive or another kind of file")
    raise _refuse(
        "other-kind", name, what, Text("请解压后选择其中要读的文件", "Unpack it and choose the file to read")
    )


def _of_pdf(content: bytes, name: str) -> _Read:
    # Only who reads a PDF waits for the library that does.
    from wufei.records.plans.core.reading.pdf_blocks import (  # noqa: PLC0415
        PdfBrokenError,
        PdfLockedError,
        blocks_of_pdf,
    )

    try:
        read = blocks_of_pdf(content, PAGES_MAX)
    except PdfLockedError as error:
        raise _encrypted(name) from error
    except PdfBrokenError as error:
        what = Text("已损坏，无法读取", "is damaged and cannot be read")
        raise _refuse("damaged", name, what, _AGAIN) from error
    findings = []
    if read.scanned:
        findings.append(_pages("scanned", read.scanned, Severity.ERROR, *_SCANNED))
    if read.broken:
        findings.append(_pages("broken", read.broken, Severity.ERROR, *_BROKEN_PAGES))
    if read.pages > PAGES_MAX:
        findings.append(
            _pages("left-out", range(PAGES_MAX + 1, read.pages + 1), Severity.WARNING, *_LEFT_OUT)
        )
    return read.blocks, findings


_SCANNED = (
    Text("是扫描图像，没有文字层，未读入", "are scans without a text layer and were not read"),
    Text(
        "换用可复制文字的版本，或先做文字识别（OCR）",
        "Use a version with text, or run text recognition first",
    ),
)
_BROKEN_PAGES = (Text("已损坏，未读入", "are damaged and were not read"), _AGAIN)
_LEFT_OUT = (
    Text(f"超过{PAGES_MAX}页的上限，未读入", f"are beyond the limit of {PAGES_MAX} pages and were not read"),
    Text("拆出正文和附件再读入", "Take the text and its annexes out of the file"),
)


def _pages(code: str, pages: range | tuple[int, ...], severity: Severity, what: Text, fix: Text) -> Finding:
    which = _ranges(pages)
    return Finding(
        f"plan.pages-{code}",
        severity,
        f"第{which}页",
        Text(f"第{which}页{what.zh}", f"Pages {which} {what.en}"),
        which,
        Text("文件以可复制的文字读入", "A file is read from its text"),
        fix,
    )


def _ranges(pages: range | tuple[int, ...]) -> str:
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return "、".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)


def _of_none(content: bytes, name: str) -> _Read:
    if content.startswith(OLE):
        if _ENCRYPTED in content:
            raise _encrypted(name)
        what = Text("是旧版 .doc/.xls/.wps 文件", "is an old .doc, .xls or .wps file")
        raise _refuse("old-format", name, what, Text("请另存为 .docx 或 .xlsx", "Save it as .docx or .xlsx"))
    kind = next(kind for start, kind in _OTHERS.items() if content.startswith(start))
    what = Text(f"是 {kind} 文件", f"is a {kind} file")
    raise _refuse(
        "other-kind",
        name,
        what,
        Text("请用 DOCX、PDF、TXT、HTML 或 XLSX", "Use DOCX, PDF, TXT, HTML or XLSX"),
    )


def _of_text(content: bytes, name: str) -> _Read:
    text = decoded(content, name)
    return (blocks_of_html(text) if _MARKUP.match(text) else blocks_of_text(text)), []


def _encrypted(name: str) -> InputError:
    what = Text("设有打开密码", "is protected by a password")
    return _refuse("encrypted", name, what, Text("请取消密码后另存", "Save it without one"))


def _refuse(code: str, name: str, what: Text, fix: Text) -> InputError:
    message = Text(f"“{name}”{what.zh}。{fix.zh}。", f"“{name}” {what.en}. {fix.en}.")
    return InputError(f"plan-file.{code}", name, code, message)
