"""Annexes of official lists as ministries and word processors make them."""

import io
from collections.abc import Iterator

import pytest
from django.db import connections
from openpyxl import Workbook

HEAD = ("废物类别", "行业来源", "废物代码", "危险废物", "危险特性")


def workbook(rows, merged=(), title="附表"):
    """Write rows into an .xlsx; ``merged`` are ranges such as ``A3:A4``."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def no_lists(db: None) -> Iterator[None]:
    """A database without imported lists, before and after: items are the same for everybody."""
    _clear()
    yield
    _clear()


def _clear() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE catalogue_officialitem, catalogue_officiallist")
