"""Workbooks made part by part, so that a test can break any of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.files.core.sheets import SheetRow


@pytest.fixture
def saved() -> Callable[[Workbook], bytes]:
    """Give the bytes of a workbook."""

    def save(book: Workbook) -> bytes:
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return save


@pytest.fixture
def with_part() -> Callable[[bytes, str, bytes], bytes]:
    """Replace one part of a packed file, or add it."""

    def replace(content: bytes, name: str, part: bytes) -> bytes:
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for member in old.namelist():
                if member != name:
                    new.writestr(member, old.read(member))
            new.writestr(name, part)
        return out.getvalue()

    return replace


@pytest.fixture
def rows_of() -> Callable[[bytes], list[SheetRow]]:
    """Read all rows of the first sheet."""

    def read(content: bytes) -> list[SheetRow]:
        return list(open_sheets(content, "试.xlsx")[0].rows())

    return read
