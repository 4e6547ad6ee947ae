"""Parquet, read batch by batch, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.runtime.files.core.sheets import (
    COLUMNS_MAX,
    Sheet,
    SheetRow,
    Value,
    place_of,
    refuse,
    refuse_damaged,
    refuse_wide,
)

BATCH_ROWS = 10_000
PARQUET_ROWS_MAX = 20_000_000
_UNPACKED_BYTES_MAX = 20_000_000_000


def parquet_sheet(content: bytes, name: str) -> Sheet:
    """Open a Parquet file; its column names are row 1, as if it were a sheet.

    Raises
    ------
    InputError
        The file is damaged or says that it would unpack beyond reason.
    """
    import pyarrow as pa  # noqa: PLC0415 - takes 0.2 s, and most files are sheets
    from pyarrow import parquet  # noqa: PLC0415

    try:
        file = parquet.ParquetFile(pa.BufferReader(content))
        known = file.metadata
        unpacked = sum(known.row_group(index).total_byte_size for index in range(known.num_row_groups))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refuse_damaged(name, error) from error
    if known.num_rows > PARQUET_ROWS_MAX or unpacked > _UNPACKED_BYTES_MAX:
        raise refuse(
            "bomb",
            name,
            known.num_rows,
            Text(
                f"“{name}”有 {known.num_rows} 行，超过 {PARQUET_ROWS_MAX} 行的上限。请分成几个文件。",
                f"“{name}” has {known.num_rows} rows; the limit is {PARQUET_ROWS_MAX}. Split it.",
            ),
        )
    if len(file.schema_arrow.names) > COLUMNS_MAX:
        raise refuse_wide(name, place_of("", 1, len(file.schema_arrow.names) - 1))
    return Sheet("", hidden=False, rows=lambda: _rows(file, name), long=True)


def _rows(file: Any, name: str) -> Iterator[SheetRow]:
    import pyarrow as pa  # noqa: PLC0415

    yield SheetRow(1, tuple(file.schema_arrow.names))
    number = 1
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            columns = [[_value(one) for one in column.to_pylist()] for column in batch.columns]
            for values in zip(*columns, strict=True):
                number += 1
                yield SheetRow(number, values)
    except (pa.ArrowException, OSError) as error:
        raise refuse_damaged(name, error) from error


def _value(raw: object) -> Value:  # noqa: PLR0911 - one line for each kind of value
    match raw:
        case str():
            return raw.strip() or None
        case None:
            return None
        case bool() | Decimal():
            return raw
        case int():
            return Decimal(raw)
        case float():
            return Decimal(repr(raw)) if raw == raw and abs(raw) != float("inf") else None  # noqa: PLR0124 - NaN
        case datetime():
            return raw
        case date():
            return Period(Precision.DAY, raw)
        case bytes():
            return raw.decode("utf-8", "replace").strip() or None
    return str(raw)
