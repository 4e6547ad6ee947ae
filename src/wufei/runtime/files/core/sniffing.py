"""Find out by its bytes what a file is, and refuse what is two things at once or may do harm."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.files.core.delimited import decoded
from wufei.runtime.files.core.media import (
    CSV,
    DOCX,
    HEIC,
    JPEG,
    PDF,
    PNG,
    PPTX,
    TXT,
    WEBP,
    XLSX,
    Accept,
    Media,
)
from wufei.runtime.files.core.opening import OLE, ZIP, open_archive, refuse_old_or_encrypted
from wufei.runtime.files.core.sheets import refuse

# ISO 14496-12: brands of still pictures in HEVC.
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_MACROS = re.compile(r"vbaproject|vbadata|macrosheets/", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:script|html|!doctype|svg|\?php|iframe|body|object|embed)\b", re.IGNORECASE)
_BEGINS_AS_MARKUP = re.compile(rb"^[\s\xef\xbb\xbf\x00]*<(?:[a-z!?])", re.IGNORECASE)
# Readers of PDF look for the header this far.
_PDF_HEADER_WITHIN = 1024
_HEAD_BYTES = 4096
# Inside a JPEG's data a marker is escaped (FF 00) or a restart (D0 to D7); anything else ends the data.
_JPEG_NEXT = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_SCANS_MAX = 200


def media_of(content: bytes, name: str, accept: Accept) -> Media:
    """Say what a file is.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What people call it; its ending is not believed.
    accept : Accept
        What the place takes.

    Raises
    ------
    InputError
        ``files.empty``, ``files.unknown-kind``, ``files.markup``, ``files.two-kinds``, ``files.macros``,
        ``files.archive``, ``files.old-format``, ``files.encrypted``, ``files.bomb``, ``files.damaged``,
        ``files.wrong-kind``, ``files.too-large``.
    """
    if not content.strip(b" \t\r\n\0"):
        message = Text(
            f"“{name}”是空文件。请选择有内容的文件。", f"“{name}” is empty. Choose a file with content."
        )
        raise refuse("empty", name, len(content), message)
    media = _by_signature(content, name)
    check_place(media, name, len(content), accept)
    if media.decoder or media is PDF:
        _check_one_kind(content, media, name)
    return media


def check_place(media: Media, name: str, size_bytes: int, accept: Accept) -> None:
    """Let a file pass that a place takes.

    Raises
    ------
    InputError
        ``files.wrong-kind``, ``files.too-large``.
    """
    if not media.kinds & set(accept.kinds):
        zh = "、".join(kind.label.zh for kind in accept.kinds)
        en = " or ".join(kind.label.en for kind in accept.kinds)
        message = Text(
            f"“{name}”实际是 {media.label}，此处只收{zh}。请另选文件。",
            f"“{name}” is really a {media.label}; here only {en} is taken. Choose another file.",
        )
        raise refuse("wrong-kind", name, media.type, message)
    bound = min(media.bytes_max, accept.bytes_max)
    if size_bytes > bound:
        how = (
            Text(
                "请用手机端上传（会先缩小），或压缩后再传。",
                "Upload it from a phone, which shrinks it, or shrink it first.",
            )
            if media.decoder
            else Text("请分成几个文件，或压缩其中的图片。", "Split it, or shrink the pictures in it.")
        )
        message = Text(
            f"“{name}”有 {size_bytes / 1e6:.1f} MB，{media.label} 的上限为 {bound / 1e6:.0f} MB。{how.zh}",
            f"“{name}” has {size_bytes / 1e6:.1f} MB; the bound of {media.label} is "
            f"{bound / 1e6:.0f} MB. {how.en}",
        )
        raise refuse("too-large", name, size_bytes, message)


def head_media(head: bytes) -> Media | None:
    """Say by its first bytes what a file claims to be; None for packed files, text and what is unknown."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and _brands(head) & _HEIC_BRANDS:
        return HEIC
    return PDF if head.startswith(b"%PDF-") else None


def _by_signature(content: bytes, name: str) -> Media:
    head = content[:_HEAD_BYTES]
    claimed = head_media(head)
    if claimed is not None:
        return claimed
    if content.startswith(ZIP):
        return _office(content, name)
    if content.startswith(OLE):
        raise refuse_old_or_encrypted(content, name)
    if _BEGINS_AS_MARKUP.match(head) or _MARKUP.search(head):
        raise _markup(name)
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        raise _two_kinds(name, Text("PDF 前另有内容", "something before the PDF"))
    return _text(content, name)


def _brands(head: bytes) -> set[bytes]:
    (size,) = struct.unpack(">I", head[:4])
    box = head[8 : min(size, 256)]
    return {box[place : place + 4] for place in range(0, len(box), 4) if place != 4}


def _office(content: bytes, name: str) -> Media:
    archive = open_archive(content, name)
    members = archive.namelist()
    found = [media for part, media in _PARTS.items() if part in members]
    if "[Content_Types].xml" not in members or len(found) != 1:
        message = Text(
            f"“{name}”是压缩包。请解压后逐个上传其中的文件。",
            f"“{name}” is a packed archive. Unpack it and upload the files in it.",
        )
        raise refuse("archive", name, "zip", message)
    if any(_MACROS.search(member) for member in members) or b"macroEnabled" in _types(archive):
        message = Text(
            f"“{name}”含有宏（VBA）。请另存为不含宏的 {found[0].label} 后再传。",
            f"“{name}” holds macros (VBA). Save it as {found[0].label} without macros and upload that.",
        )
        raise refuse("macros", name, "vbaProject", message)
    return found[0]


def _types(archive: zipfile.ZipFile) -> bytes:
    try:
        return archive.read("[Content_Types].xml")
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise refuse("damaged", "[Content_Types].xml", str(error)[:80], _DAMAGED) from error


_DAMAGED = Text(
    "文件已损坏，无法读取。请重新打开并另存后再传。",
    "The file is damaged. Open it, save it again and upload that.",
)


def _text(content: bytes, name: str) -> Media:
    try:
        text = decoded(content, name)
        strange = sum(sign < " " and sign not in "\t\r\n\f\x1b" for sign in text[:_HEAD_BYTES])
    except InputError:
        strange = 1
    if strange:
        message = Text(
            f"认不出“{name}”是什么文件。可用：JPEG、PNG、WebP、HEIC、PDF、DOCX、XLSX、PPTX、CSV、TXT。",
            f"“{name}” is no kind of file that is known here. Use JPEG, PNG, WebP, HEIC, PDF, DOCX, XLSX, "
            "PPTX, CSV or TXT.",
        )
        raise refuse("unknown-kind", name, content[:8].hex(" "), message) from None
    return CSV if name.lower().endswith(CSV.endings) else TXT


def _check_one_kind(content: bytes, media: Media, name: str) -> None:
    """Refuse a picture or PDF that is also an archive or a page for who reads it so."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise _two_kinds(name, Text("压缩包", "a packed archive"))
    if media is PDF:
        return
    beside = _beside_the_picture(content, media, name)
    if _MARKUP.search(beside):
        raise _two_kinds(name, Text("网页或脚本", "a page or a script"))
    if b"%PDF-" in beside:
        raise _two_kinds(name, Text("PDF"))


def _beside_the_picture(content: bytes, media: Media, name: str) -> bytes:
    """Give all but the picture's own data: what was written about it, and what stands behind it."""
    if media is JPEG:
        return _beside_jpeg(content, name)
    if media is PNG:
        return _beside_chunks(content, 8, ">I4s", b"IDAT", trailer=4, padded=False)
    if media is WEBP:
        end = 8 + int.from_bytes(content[4:8], "little")
        return _beside_chunks(content[:end], 12, "<4sI", b"VP8", trailer=0, padded=True) + content[end:]
    return content[-_HEAD_BYTES:]


def _beside_jpeg(content: bytes, name: str) -> bytes:
    beside: list[bytes] = []
    place, scans = 2, 0
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            return b"".join(beside) + content[place + 2 :]
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        beside.append(content[place + 4 : end])
        if marker == 0xDA:
            scans += 1
            following = _JPEG_NEXT.search(content, end)
            if following is None or scans > _SCANS_MAX:
                break
            end = following.end() - 2
        place = end
    tail = content[place : place + 2]
    if tail == b"\xff\xd9":
        return b"".join(beside) + content[place + 2 :]
    message = Text(
        f"“{name}”不完整或已损坏。请重新拍摄或重新导出后再传。",
        f"“{name}” breaks off or is damaged. Take or export it again.",
    )
    raise refuse("damaged", name, f"byte {place}", message)


def _beside_chunks(
    content: bytes, place: int, layout: str, picture: bytes, *, trailer: int, padded: bool
) -> bytes:
    beside: list[bytes] = []
    while place + 8 <= len(content):
        first, second = struct.unpack(layout, content[place : place + 8])
        size, chunk = (first, second) if isinstance(first, int) else (second, first)
        end = place + 8 + size
        if not chunk.startswith((picture, b"ALPH", b"ANMF", b"fdAT")):
            beside.append(content[place + 8 : end])
        place = end + trailer + (size % 2 if padded else 0)
        if chunk == b"IEND":
            break
    return b"".join(beside) + content[place:]


def _two_kinds(name: str, other: Text) -> InputError:
    message = Text(
        f"“{name}”里还夹带了别的内容（{other.zh}），可能有害。请用看图或阅读软件重新另存后再传。",
        f"“{name}” carries something else too ({other.en or other.zh}), which may do harm. Save it again "
        "in a viewer and upload that.",
    )
    return refuse("two-kinds", name, other.en or other.zh, message)


def _markup(name: str) -> InputError:
    message = Text(
        f"“{name}”是网页、SVG 或 XML，不能上传。请打印成 PDF，或截图后上传。",
        f"“{name}” is a page, an SVG or XML, which is not taken. Print it as PDF, or take a picture of it.",
    )
    return refuse("markup", name, "markup", message)
