"""Transfers as Arrow columns: how other programs hand over many, and how they become postings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wufei.kernel.errors import InputError
from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer

Value = TypeVar("Value")

ROWS = 5_000
"""Rows that are taken from a stream at once."""

_ID = pa.binary(16)
_SIDE = (
    ("kind", pa.string()),
    ("region_id", pa.int64()),
    ("stream", pa.string()),
    ("origin_region_id", pa.int64()),
    ("origin_sector", pa.string()),
    ("holder_id", pa.int64()),
    ("site_id", pa.int64()),
    ("ref", pa.string()),
)
SCHEMA = pa.schema(
    [
        ("id", _ID),
        ("posting_id", _ID),
        ("reason", pa.string()),
        ("book", pa.string()),
        *((f"source_{name}", kind) for name, kind in _SIDE),
        *((f"target_{name}", kind) for name, kind in _SIDE),
        ("grams", pa.int64()),
        ("step", pa.string()),
        ("occurred_at", pa.timestamp("us", tz="UTC")),
        ("precision", pa.string()),
        ("quantity", pa.decimal128(38, 12)),
        ("unit", pa.string()),
        ("evidence", pa.string()),
        ("method", pa.string()),
        ("conversion", pa.string()),
        ("dry_share_ppm", pa.int32()),
        ("uncertainty_ppm", pa.int32()),
        ("document", pa.string()),
        ("container", _ID),
        ("reverses", _ID),
        ("amends_period", pa.string()),
    ]
)
"""One row is one transfer, in the words of `Transfer` and `AccountKey`; identifiers are 16 bytes.

A row without ``posting_id`` is a posting by itself; rows of one posting follow each other. Empty texts may be
null, and so may what a transfer may lack. Finished legs and runs are not said here: post them singly.
"""

_MAY_LACK = frozenset(
    {"posting_id", "source_holder_id", "source_site_id", "target_holder_id", "target_site_id"}
    | {"dry_share_ppm", "container", "reverses"}
)
_WORDS: dict[str, type] = {"step": Step, "precision": Precision, "evidence": Evidence}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@runtime_checkable
class ArrowStream(Protocol):
    """Whatever hands out Arrow data: a table, a reader, a data frame of another library."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give the stream by the Arrow PyCapsule interface."""


def postings_of(data: ArrowStream) -> Iterator[Posting]:
    """Give the postings of a stream of `SCHEMA`, in its order, some thousand rows at a time.

    Raises
    ------
    InputError
        A column is missing or of another type, or a value is not one of its words; the row is named.
    """
    reader = pa.RecordBatchReader.from_stream(data)
    rows = _rows(reader)
    for key, group in groupby(rows, key=itemgetter(0)):
        number, reason = key
        members = (transfer for _, transfer in group)
        if number is None:
            # All rows of a file may be such a group: they are given one by one.
            yield from (Posting(one.id, (one,), reason=reason) for one in members)
        else:
            yield Posting(number, tuple(members), reason=reason)


def _rows(reader: pa.RecordBatchReader) -> Iterator[tuple[tuple[UUID | None, str], Transfer]]:
    start = 0
    for whole in reader:
        for offset in range(0, whole.num_rows, ROWS):
            batch = whole.slice(offset, ROWS)
            yield from _transfers({name: _column(batch, name, start) for name in SCHEMA.names}, start)
            start += batch.num_rows


def _column(batch: pa.RecordBatch, name: str, start: int) -> pa.Array:
    wanted = SCHEMA.field(name).type
    if name not in batch.schema.names:
        if name in _MAY_LACK or wanted == pa.string():
            return pa.nulls(batch.num_rows, wanted)
        raise _misfit(name, "", f"row {start + 1}", f"column {name} of type {wanted}")
    try:
        column = batch.column(name).cast(wanted)
    except pa.ArrowInvalid as error:
        raise _misfit(name, str(batch.schema.field(name).type), f"row {start + 1}", str(wanted)) from error
    if name not in _MAY_LACK and wanted != pa.string() and column.null_count:
        place = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
        raise _misfit(name, "null", f"row {start + place + 1}", str(wanted))
    return column


def _transfers(
    columns: dict[str, pa.Array], start: int
) -> Iterator[tuple[tuple[UUID | None, str], Transfer]]:
    words = {name: _words(name, columns[name], start) for name in SCHEMA.names if _is_words(name)}
    parts = zip(
        _ids(columns["id"]),
        _accounts(columns, "source", start),
        _accounts(columns, "target", start),
        columns["grams"].to_pylist(),
        words["step"],
        _instants(columns["occurred_at"]),
        words["precision"],
        columns["quantity"].to_pylist(),
        words["unit"],
        words["evidence"],
        words["method"],
        words["conversion"],
        columns["dry_share_ppm"].to_pylist(),
        columns["uncertainty_ppm"].to_pylist(),
        words["document"],
        _ids(columns["container"]),
        _ids(columns["reverses"]),
        words["amends_period"],
        strict=True,
    )
    keys = zip(_ids(columns["posting_id"]), words["reason"], strict=True)
    return ((key, Transfer(*values)) for key, values in zip(keys, parts, strict=True))


def _is_words(name: str) -> bool:
    return SCHEMA.field(name).type == pa.string() and not name.startswith(("source_", "target_"))


def _ids(column: pa.Array) -> list[UUID | None]:
    if column.null_count == len(column):
        return [None] * len(column)
    return [None if value is None else UUID(bytes=value) for value in column.to_pylist()]


def _instants(column: pa.Array) -> list[datetime]:
    return [_EPOCH + timedelta(microseconds=value) for value in column.cast(pa.int64()).to_pylist()]


def _words(name: str, column: pa.Array, start: int) -> list[Any]:
    """Give a column of words; a word that comes again is the same object."""
    codes, words = _coded(column)
    kind = _WORDS.get(name)
    known = [_word(kind, name, word, _row(codes, code, start)) for code, word in enumerate(words)]
    return list(map(known.__getitem__, codes.tolist()))


def _accounts(columns: dict[str, pa.Array], side: str, start: int) -> list[AccountKey]:
    """Give the accounts of one side; equal ones of these rows are the same object."""
    coded = [_coded(columns["book"]), *(_coded(columns[f"{side}_{name}"]) for name, _ in _SIDE)]
    combined: npt.NDArray[np.int64] = np.zeros(len(columns["book"]), dtype=np.int64)
    for codes, values in coded:
        # Renumbered after each column, the product stays below the square of the rows.
        combined = np.unique(combined * (len(values) + 1) + codes, return_inverse=True)[1]
    _, firsts, places = np.unique(combined, return_index=True, return_inverse=True)
    keys = [
        _account([values[codes[first]] for codes, values in coded], side, start + first) for first in firsts
    ]
    return list(map(keys.__getitem__, places.tolist()))


def _account(parts: Sequence[Any], side: str, row: int) -> AccountKey:
    book, kind, *rest = parts
    return AccountKey(book, _word(Kind, f"{side}_kind", kind, f"row {row + 1}"), *rest)


def _coded(column: pa.Array) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """Give a column as codes into its distinct values; null texts are empty."""
    filled = column.fill_null("") if column.type == pa.string() else column
    encoded = filled.dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def _row(codes: npt.NDArray[np.int64], code: int, start: int) -> str:
    return f"row {start + int(np.argmax(codes == code)) + 1}"


def _word(kind: type[Value] | None, name: str, word: Any, where: str) -> Any:
    if kind is None:
        return word
    try:
        return kind(word)  # type: ignore[call-arg]
    except ValueError as error:
        choices = ", ".join(str(one) for one in kind)  # type: ignore[attr-defined]
        raise _misfit(name, word, where, choices) from error


def _misfit(name: str, value: str, where: str, expected: str) -> InputError:
    return InputError(
        "ledger.arrow-misfit",
        name,
        value,
        Text(
            f"{where} 的列 {name} 为“{value}”，应为：{expected}。请按 core/arrow.py 的 SCHEMA 准备数据。",
            f"{where}: column {name} is “{value}”, expected {expected}. Prepare the data by SCHEMA of "
            "core/arrow.py.",
        ),
    )
