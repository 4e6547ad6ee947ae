"""Find out by its bytes what a file is, and open it."""

from __future__ import annotations

import io
import zipfile

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.files.core.delimited import delimited_sheet
from wufei.runtime.files.core.parquet import parquet_sheet
from wufei.runtime.files.core.sheets import (
    FILE_BYTES_MAX,
    PARQUET_BYTES_MAX,
    Sheet,
    refuse,
    refuse_damaged,
    refuse_large,
)
from wufei.runtime.files.core.workbook import workbook_sheets

# A small sheet packs to about a tenth; the best that honest ones reach is near a hundredth.
UNPACKED_BYTES_MAX = 400_000_000
RATIO_MAX = 200
_RATIO_FROM_BYTES = 20_000_000
_MEMBERS_MAX = 5_000

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Signatures of what people mistake for a sheet.
_OTHERS = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"{\\rtf": "RTF", b"\x1f\x8b": "gzip"}
_NUL_SHARE_MAX = 0.02


def open_sheets(content: bytes, name: str) -> tuple[Sheet, ...]:
    """Open a CSV, XLSX or Parquet file.

    Parameters
    ----------
    content : bytes
        The whole file, at most 50 MB (Parquet 500 MB).
    name : str
        What people call it; its ending is not believed.

    Raises
    ------
    InputError
        The file is empty, too large, of another kind, encrypted, damaged, or packed so that it would fill the
        memory.
    """
    if not content.strip():
        raise refuse(
            "empty",
            name,
            0,
            Text(
                f"“{name}”是空文件。请选择有内容的文件。", f"“{name}” is empty. Choose a file with content."
            ),
        )
    _check_size(content, name)
    if content.startswith(_PARQUET):
        return (parquet_sheet(content, name),)
    if content.startswith(ZIP):
        return workbook_sheets(open_archive(content, name), name)
    if content.startswith(OLE):
        raise refuse_old_or_encrypted(content, name)
    for signature, kind in _OTHERS.items():
        if content.startswith(signature):
            raise _other_kind(name, kind)
    return (delimited_sheet(content, name),)


def _check_size(content: bytes, name: str) -> None:
    limit = PARQUET_BYTES_MAX if content.startswith(_PARQUET) else FILE_BYTES_MAX
    if len(content) > limit:
        raise refuse_large(name, len(content), limit)


def open_archive(content: bytes, name: str) -> zipfile.ZipFile:
    """Open a packed file after its list of members was found harmless.

    Notes
    -----
    The list may lie about sizes, but `zipfile` never unpacks more of a member than the list says.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refuse_damaged(name, error) from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    dense = unpacked > _RATIO_FROM_BYTES and unpacked > RATIO_MAX * len(content)
    if unpacked > UNPACKED_BYTES_MAX or dense or len(members) > _MEMBERS_MAX:
        raise refuse(
            "bomb",
            name,
            unpacked,
            Text(
                f"“{name}”解压后有 {unpacked / 1e6:.0f} MB（{len(members)} 个部分），超过上限 "
                f"{UNPACKED_BYTES_MAX // 1_000_000} MB 或压缩比 {RATIO_MAX}。请删去多余内容后另存。",
                f"“{name}” unpacks to {unpacked / 1e6:.0f} MB ({len(members)} parts), beyond "
                f"{UNPACKED_BYTES_MAX // 1_000_000} MB or a ratio of {RATIO_MAX}. "
                "Remove what is not needed and save it again.",
            ),
        )
    if any(member.flag_bits & 1 for member in members):
        raise _encrypted(name)
    return archive


def refuse_old_or_encrypted(content: bytes, name: str) -> InputError:
    """Make the error about a file of the old Office, or one that is protected by a password."""
    if _ENCRYPTED in content:
        return _encrypted(name)
    return refuse(
        "old-format",
        name,
        "OLE",
        Text(
            f"“{name}”是旧版 .xls 或其他旧式 Office 文件。请在 Excel 或 WPS 中另存为 .xlsx。",
            f"“{name}” is an old .xls or another old Office file. Save it as .xlsx in Excel or WPS.",
        ),
    )


def _encrypted(name: str) -> InputError:
    return refuse(
        "encrypted",
        name,
        "encrypted",
        Text(
            f"“{name}”设有打开密码。请取消密码后另存，再导入。",
            f"“{name}” is protected by a password. Save it without one and load it again.",
        ),
    )


def _other_kind(name: str, kind: str) -> InputError:
    return refuse(
        "other-kind",
        name,
        kind,
        Text(
            f"“{name}”实际是 {kind} 文件，不是表格。请用 CSV、XLSX 或 Parquet。",
            f"“{name}” is really a {kind} file and no sheet. Use CSV, XLSX or Parquet.",
        ),
    )
